//! Non-determinism (§4.4): what an operation is executed with is predicted before, and stands in
//! the log.
//!
//! Either the primary predicts alone, when it gives a request its op-number (`normal.rs`); or it
//! asks its backups first. One round serves all the requests that wait, and there is one at a time,
//! so that requests keep their order. A round is state of a primary: it ends with its view, and
//! with it all that was answered. What is in the log is never predicted again, by whomever.
//!
//! Deviation (requests-predicted-together): the paper asks for each request by itself, and does not
//! say what becomes of what is lost, comes twice, or belongs to another view.

use super::super::client_table::Seen;
use super::super::configuration::ReplicaSet;
use super::super::log::Entry;
use super::super::mark::Mark;
use super::super::message::{Peer, Predict, Prediction, RefusalReason, Request, Requests};
use super::super::numbers::{OpNumber, ReplicaNumber};
use super::super::output::{Outbox, Timer};
use super::super::refused::Refused;
use super::super::service::{Predicting, Service};
use super::super::settings::Predictions;
use super::Replica;
use super::status::{Primary, Role, Status};
use bytes::Bytes;

/// The requests for which a primary asks what its backups predict.
#[derive(Clone, Debug, Hash)]
pub(super) struct Round {
    number: u64,
    requests: Requests,
    /// Whose predictions count.
    members: ReplicaSet,
    /// What each replica has predicted for each of the requests, by replica-number: nothing where
    /// the service can't merge it.
    answers: Box<[Option<Vec<Option<Bytes>>>]>,
}

/// How far a round is with one of its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Standing {
    /// Enough was predicted for it.
    Ready,
    /// It has not been.
    Waiting,
    /// It can't be, since what was predicted can't be merged.
    Hopeless,
}

/// At the primary.
impl<S: Service> Replica<S> {
    /// Asks the backups what they predict for the first requests that wait, so many of them.
    pub(super) fn begin_round(&mut self, count: usize, out: &mut Outbox) {
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            return;
        };
        if count > 1 {
            out.mark(Mark::PredictBatch);
        }
        let requests: Requests = primary.requests.drain(..count).collect();
        primary.rounds += 1;
        let number = primary.rounds;
        let own = self.predict_for(&requests);
        let mut answers = self.one_each(None);
        answers[self.number.index()] = Some(self.usable(&requests, own));
        let members = self.membership.configuration.set();
        let round = Round { number, requests: requests.clone(), members, answers };
        if let Status::Normal(Role::Primary(primary)) = &mut self.status {
            primary.round = Some(Box::new(round));
        }
        if self.membership.configuration.quorum() > 1 {
            out.mark(Mark::PredictAsked);
            out.broadcast(
                self.others(),
                self.peer(Peer::Predict(Box::new(Predict { round: number, requests }))),
            );
            out.set_timer(Timer::PredictResend, self.settings.timeouts.resend);
        }
        self.finish_round(false, out);
    }

    /// ⟨PREDICTION v, x, p, i⟩, §4.4.
    pub(super) fn on_prediction(
        &mut self,
        from: ReplicaNumber,
        prediction: Prediction,
        out: &mut Outbox,
    ) {
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            out.refuse(Refused::NotPrimary);
            return;
        };
        let Some(round) = &primary.round else {
            out.mark(Mark::PredictLate);
            out.refuse(Refused::NotAsked);
            return;
        };
        if prediction.round != round.number {
            out.mark(Mark::PredictLate);
            out.refuse(Refused::NotAsked);
        } else if prediction.predictions.len() != round.requests.len() {
            out.refuse(Refused::Impossible);
        } else if round.answers[from.index()].is_some() {
            // It may have changed its mind: the first answer counts.
            out.refuse(Refused::Duplicate);
        } else {
            primary.heard.insert(from);
            let requests = round.requests.clone();
            let usable = self.usable(&requests, prediction.predictions);
            if usable.iter().any(Option::is_none) {
                out.refuse(Refused::WrongPrediction);
            }
            if let Status::Normal(Role::Primary(primary)) = &mut self.status
                && let Some(round) = &mut primary.round
            {
                round.answers[from.index()] = Some(usable);
            }
            self.finish_round(false, out);
            self.fill_pipeline(out);
        }
    }

    /// Some backups have not answered: asks them again.
    ///
    /// Deviation (everything-resent): else one lost message keeps all requests waiting.
    pub(super) fn on_predict_resend_timer(&mut self, out: &mut Outbox) {
        self.finish_round(true, out);
        if let Status::Normal(Role::Primary(primary)) = &self.status
            && let Some(round) = &primary.round
        {
            out.mark(Mark::PredictResent);
            out.set_timer(Timer::PredictResend, self.settings.timeouts.resend);
            let (number, requests) = (round.number, round.requests.clone());
            let message = self.peer(Peer::Predict(Box::new(Predict { round: number, requests })));
            for backup in self.membership.configuration.members() {
                if round.answers[backup.index()].is_none() {
                    out.send(backup, message.clone());
                }
            }
        }
        self.fill_pipeline(out);
    }

    /// Gives the requests of the round their op-numbers, if enough was predicted for all of them;
    /// refuses those for which it can't be. With `is_late`, that who predicted what can't be merged
    /// is not made up for by somebody who may be down.
    fn finish_round(&mut self, is_late: bool, out: &mut Outbox) {
        let needed = usize::from(self.membership.configuration.quorum()) - 1;
        let own = self.number;
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            return;
        };
        let Some(round) = primary.round.take_if(|round| {
            let mut indexes = 0..round.requests.len();
            indexes.all(|at| round.standing(at, own, needed, is_late) != Standing::Waiting)
        }) else {
            return;
        };
        out.cancel_timer(Timer::PredictResend);
        let after = self.log.op_number();
        for (at, request) in round.requests.iter().enumerate() {
            // Whether it leads the view it need not ask: the round would not be there.
            if let Err(why) = self.may_still_prepare(request) {
                out.refuse(why);
                continue;
            }
            let is_ready = round.standing(at, own, needed, is_late) == Standing::Ready;
            let merged = if is_ready {
                let predictions = round.predictions_for(at);
                let predicting = self.predicting(request);
                self.service.merge(predicting, &request.operation, &predictions)
            } else {
                None
            };
            match merged {
                Some(prediction) => {
                    out.mark(Mark::PredictMerged);
                    self.log.append(self.entry_of(request.clone(), prediction));
                }
                None => self.refuse_unpredictable(request, out),
            }
        }
        if self.log.op_number() > after {
            self.prepare_behind(after, out);
        }
    }

    /// What was true when a round began may be so no more when it ends.
    fn may_still_prepare(&self, request: &Request) -> Result<(), Refused> {
        if request.epoch != self.epoch() {
            return Err(Refused::EarlierEpoch);
        }
        match self.client_table.classify(request.client, request.request_number, request.born) {
            Seen::InFlight => Ok(()),
            Seen::Evicted => Err(Refused::Evicted),
            Seen::New | Seen::Executed(_) | Seen::Stale => Err(Refused::StaleRequest),
        }
    }

    fn refuse_unpredictable(&mut self, request: &Request, out: &mut Outbox) {
        let (client, request_number) = (request.client, request.request_number);
        self.client_table.forget_started(client, request_number);
        self.refuse_client(client, request_number, RefusalReason::Unpredictable, out);
    }

    /// Of what came, what can be merged.
    fn usable(&self, requests: &Requests, predictions: Vec<Bytes>) -> Vec<Option<Bytes>> {
        let bytes_max = self.settings.bounds.operation_bytes_max;
        let each = requests.iter().zip(predictions).map(|(request, prediction)| {
            let is_usable = prediction.len() <= bytes_max
                && self.service.can_merge(&request.operation, &prediction);
            is_usable.then_some(prediction)
        });
        each.collect()
    }

    /// A new primary sends on what was predicted, as it stands in the log.
    pub(super) fn note_kept_predictions(&self, committed: OpNumber, out: &mut Outbox) {
        if self.settings.predictions == Predictions::Off {
            return;
        }
        if let Some(entry) = self.log.get(committed.next())
            && !entry.prediction.is_empty()
        {
            out.mark(Mark::PredictionKept);
        }
    }
}

/// At a backup.
impl<S: Service> Replica<S> {
    /// ⟨PREDICT v, x, m⟩, §4.4. Nothing is remembered of it: who is asked again answers again.
    pub(super) fn on_predict(&mut self, from: ReplicaNumber, predict: &Predict, out: &mut Outbox) {
        if self.settings.predictions != Predictions::Merged {
            out.refuse(Refused::NotOffered);
        } else if self.is_primary() || from != self.primary_of(self.view) {
            out.refuse(Refused::NotBackup);
        } else {
            let predictions = self.predict_for(&predict.requests);
            let prediction = Prediction { round: predict.round, predictions };
            out.send(from, self.peer(Peer::Prediction(Box::new(prediction))));
        }
    }
}

/// At both.
impl<S: Service> Replica<S> {
    fn predict_for(&mut self, requests: &Requests) -> Vec<Bytes> {
        let mut predictions = Vec::with_capacity(requests.len());
        for request in requests.iter() {
            let predicting = self.predicting(request);
            predictions.push(self.service.predict(predicting, &request.operation));
        }
        predictions
    }

    fn predicting(&self, request: &Request) -> Predicting {
        let (view, now) = (self.view, self.now);
        let Request { client, request_number, .. } = *request;
        Predicting { client, request_number, view, now }
    }

    fn entry_of(&self, request: Request, prediction: Bytes) -> Entry {
        let Request { client, request_number, kind, operation, .. } = request;
        Entry { view: self.view, client, request_number, kind, operation, prediction }
    }
}

impl Round {
    /// The how-manieth of its view it is.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    fn standing(&self, at: usize, own: ReplicaNumber, needed: usize, is_late: bool) -> Standing {
        let (mut usable, mut unusable, mut silent) = (0, 0, 0);
        for replica in self.members.iter().map(ReplicaNumber::index) {
            match self.answers[replica].as_ref().map(|predictions| predictions[at].is_some()) {
                Some(false) if replica == own.index() => return Standing::Hopeless,
                Some(true) if replica == own.index() => {}
                Some(true) => usable += 1,
                Some(false) => unusable += 1,
                None => silent += 1,
            }
        }
        if usable >= needed {
            Standing::Ready
        } else if usable + silent < needed || is_late && usable + unusable >= needed {
            Standing::Hopeless
        } else {
            Standing::Waiting
        }
    }

    /// What there is to be merged for one of its requests, in the order of replica-numbers,
    /// whoever answered first.
    fn predictions_for(&self, at: usize) -> Vec<(ReplicaNumber, Bytes)> {
        let numbered = (0..).map(ReplicaNumber).zip(&self.answers);
        let given = numbered.filter_map(|(replica, answer)| {
            let prediction = answer.as_ref()?[at].clone()?;
            Some((replica, prediction))
        });
        given.collect()
    }
}

impl Primary {
    /// How many requests wait for a place in the pipeline, or for what is predicted for them.
    pub(super) fn waiting(&self) -> usize {
        self.requests.len() + self.round.as_ref().map_or(0, |round| round.requests.len())
    }

    /// Who does not lead asks for nothing; the requests wait again.
    pub(super) fn drop_round(&mut self, out: &mut Outbox) {
        if let Some(round) = self.round.take() {
            out.mark(Mark::PredictDropped);
            out.cancel_timer(Timer::PredictResend);
            for request in round.requests.iter().rev() {
                self.requests.push_front(request.clone());
            }
        }
    }

    /// What a replica has predicted in a life that is over counts no more.
    pub(super) fn forget_predictions_of(&mut self, replica: ReplicaNumber) {
        if let Some(round) = &mut self.round
            && let Some(answer) = round.answers.get_mut(replica.index())
        {
            *answer = None;
        }
    }
}
