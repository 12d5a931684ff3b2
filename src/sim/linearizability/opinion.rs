//! The clients' history in the terms of one model, and what the checker thinks of it.

use super::Judgement;
use super::stale::{self, StaleRead};
use super::view::{Foretell, View};
use crate::checker::witness::Replay;
use crate::checker::{History, Limits, Model, Operation, Outcome, Verdict, check, has_order};
use crate::protocol::OpNumber;
use crate::sim::time::Moment;
use crate::sim::violation::Code;
use crate::sim::workload::Asked;
use bytes::Bytes;
use std::collections::BTreeMap;

/// A model, and what the clients of its service saw.
pub(super) trait Opinion {
    /// The same opinion once more.
    fn again(&self) -> Box<dyn Opinion>;

    /// A client asks for the next operation of the history.
    fn ask(&mut self, client: u64, at: Moment, asked: &Asked);

    /// The operation of that index is the next that happens, with what was predicted for it.
    fn execute(&mut self, index: usize, prediction: &Bytes);

    /// Notes what the read of that index would be answered now, that being the last operation.
    fn look(&mut self, index: usize, now: OpNumber);

    /// The operation of that index is answered; if it is a read beside the log, by one who knows of
    /// all up to that operation.
    fn answer(
        &mut self,
        index: usize,
        at: Moment,
        known: Option<OpNumber>,
        asked: &Asked,
        reply: &Bytes,
    ) -> Answered;

    /// What is to be thought of reads that may be old, in a run with that order.
    fn stale(&self, order: &[(OpNumber, usize)], reads: &[StaleRead]) -> Judgement;

    /// What the checker thinks without the order in which all that happened.
    fn second(&self, may_search: bool) -> Judgement;

    /// What the checker thinks where that order is none.
    fn why_not(&self, order: &[usize]) -> Judgement;
}

/// What a client was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answered {
    AsTheModel,
    SomethingElse,
    /// By one who knew less than others did when it was asked: the model is further on.
    FromBefore,
    /// Nobody can read it.
    Nonsense,
}

/// What was seen of a service that this is the model of.
#[derive(Clone)]
pub(super) struct Seen<M: Model> {
    model: M,
    view: View<M>,
    foretell: Foretell<M>,
    replay: Replay<M>,
    history: History<M::Input, M::Output>,
    /// What should be answered to each operation that was executed.
    answers: Vec<Option<M::Output>>,
    /// What should be answered to each read that is open, from which operation on.
    looks: BTreeMap<usize, Vec<(OpNumber, M::Output)>>,
}

impl<M: Model> Seen<M> {
    pub(super) fn new(model: M, view: View<M>, foretell: Foretell<M>) -> Self {
        let history = History { operations: Vec::new() };
        let (replay, looks) = (Replay::default(), BTreeMap::new());
        Self { model, view, foretell, replay, history, answers: Vec::new(), looks }
    }
}

impl<M: Model + Clone + 'static> Opinion for Seen<M> {
    fn again(&self) -> Box<dyn Opinion> {
        Box::new(self.clone())
    }

    fn ask(&mut self, client: u64, at: Moment, asked: &Asked) {
        let (input, _) = (self.view)(asked, None).expect("clients ask what their service knows");
        let operation = Operation { client, input, invoked: at.0, outcome: Outcome::Unknown };
        self.history.operations.push(operation);
        self.answers.push(None);
    }

    fn execute(&mut self, index: usize, prediction: &Bytes) {
        let input = &mut self.history.operations[index].input;
        (self.foretell)(input, prediction);
        self.answers[index] = Some(self.replay.step(&self.model, input));
    }

    fn look(&mut self, index: usize, now: OpNumber) {
        let input = &self.history.operations[index].input;
        // It only looks: the model is where it was.
        let output = self.replay.step(&self.model, input);
        self.looks.entry(index).or_default().push((now, output));
    }

    fn answer(
        &mut self,
        index: usize,
        at: Moment,
        known: Option<OpNumber>,
        asked: &Asked,
        reply: &Bytes,
    ) -> Answered {
        let Some((_, Some(output))) = (self.view)(asked, Some(reply)) else {
            return Answered::Nonsense;
        };
        if let (Some(known), Some(looks)) = (known, self.looks.remove(&index)) {
            let count = looks.partition_point(|(since, _)| *since <= known);
            let Some((_, own)) = looks.into_iter().take(count).next_back() else {
                self.history.operations[index].outcome = Outcome::Returned { at: at.0, output };
                return Answered::FromBefore;
            };
            self.answers[index] = Some(own);
        }
        let fits = self.answers[index].take().is_some_and(|own| self.model.fits(&own, &output));
        self.history.operations[index].outcome = Outcome::Returned { at: at.0, output };
        if fits { Answered::AsTheModel } else { Answered::SomethingElse }
    }

    fn stale(&self, order: &[(OpNumber, usize)], reads: &[StaleRead]) -> Judgement {
        stale::judge(&self.model, self.view, &self.history, order, reads)
    }

    fn second(&self, may_search: bool) -> Judgement {
        let count = u64::try_from(self.history.operations.len()).unwrap_or(u64::MAX);
        let each = if may_search { SECOND_OPINION_STEPS } else { 0 };
        match has_order(&self.model, &self.history, Limits::steps(count.saturating_mul(each))) {
            Some(true) | None => Judgement::Explained,
            Some(false) => Judgement::Wrong {
                code: Code::Linearizability,
                message: "the checker contradicts itself: it has verified the order of the log, \
                          and finds none"
                    .to_owned(),
                details: Vec::new(),
            },
        }
    }

    fn why_not(&self, order: &[usize]) -> Judgement {
        let wrong = |code, message: String, details| Judgement::Wrong { code, message, details };
        let count = self.history.operations.len();
        match check(&self.model, &self.history, Some(order), Limits::steps(STEPS_MAX)) {
            Verdict::Violation(explanation) => wrong(
                Code::Linearizability,
                format!(
                    "no order explains what the clients saw ({} of {count} operations matter)",
                    explanation.operations.len(),
                ),
                explanation.lines,
            ),
            Verdict::OrderRejected(rejection) => wrong(
                Code::Order,
                format!("the order of the log is not what the clients saw: {rejection}"),
                Vec::new(),
            ),
            Verdict::Unknown { steps, .. } => wrong(
                Code::Order,
                format!(
                    "the order of the log is not what the clients saw; whether any is was not \
                     found out in {steps} steps"
                ),
                Vec::new(),
            ),
            Verdict::Malformed(malformed) => {
                let message = format!("the clients' history is none: {malformed}");
                wrong(Code::Reply, message, Vec::new())
            }
            Verdict::Linearizable => wrong(
                Code::Order,
                "the judges contradict each other: the order of the log was refuted while the run \
                 went on, and verified afterwards"
                    .to_owned(),
                Vec::new(),
            ),
        }
    }
}

/// After so many steps a search without the log's help is given up.
const STEPS_MAX: u64 = 5_000_000;

/// The second opinion is worth so many steps an operation.
const SECOND_OPINION_STEPS: u64 = 8;
