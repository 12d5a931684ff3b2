//! Predictions (§4.4): what stands in a log for an operation was predicted for it, by the primary
//! of the view in which it got its op-number, or merged there of what enough replicas predicted in
//! that view, in the order of their numbers. Whoever predicts anew is found before anything is
//! executed by it.

use super::super::service::Foretold;
use super::super::violation::Code;
use super::{Canon, Finding, Judgement};
use crate::protocol::log::{Entry, EntryKind};
use crate::protocol::service::Predicting;
use crate::protocol::{
    ClientId, Configuration, OpNumber, Predictions, Replica, ReplicaNumber, RequestNumber,
    Settings, ViewNumber,
};
use bytes::Bytes;
use std::collections::BTreeMap;

/// Whose prediction, for which request, in which view.
type Place = (ReplicaNumber, ClientId, RequestNumber, ViewNumber);

/// What services have predicted and merged, by their own up-calls.
#[derive(Clone, Debug, Hash)]
pub(super) struct Prophecies {
    how: Predictions,
    predicted: BTreeMap<Place, Vec<Bytes>>,
    merged: BTreeMap<Place, Vec<Bytes>>,
}

impl Prophecies {
    pub(super) fn new(settings: &Settings) -> Self {
        Self { how: settings.predictions, predicted: BTreeMap::new(), merged: BTreeMap::new() }
    }

    /// A service was asked to predict, or to merge.
    pub(super) fn note(
        &mut self,
        canon: &Canon,
        number: ReplicaNumber,
        foretold: Foretold,
    ) -> Judgement {
        match foretold {
            Foretold::Predicted(request, value) => {
                self.predicted.entry(place(number, &request)).or_default().push(value);
            }
            Foretold::Merged(request, given, value) => {
                let quorum = group_of(canon, request.view).map_or(0, Configuration::quorum);
                self.check_merge(usize::from(quorum), number, &request, &given)?;
                self.merged.entry(place(number, &request)).or_default().push(value);
            }
        }
        Ok(())
    }

    fn check_merge(
        &self,
        quorum: usize,
        number: ReplicaNumber,
        request: &Predicting,
        given: &[(ReplicaNumber, Bytes)],
    ) -> Judgement {
        let (client, request_number) = (request.client, request.request_number);
        let wrong = |what: String| {
            let message = format!("{number} merged for {client}/{request_number} {what}");
            Err(Finding::new(Code::Prediction, "prediction", message))
        };
        if given.len() < quorum || given.iter().all(|(from, _)| *from != number) {
            return wrong(format!("what only {} replicas predicted, or not it", given.len()));
        }
        if !given.is_sorted_by(|(one, _), (other, _)| one < other) {
            return wrong("in another order than that of the replicas".to_owned());
        }
        for (from, value) in given {
            let known = self.predicted.get(&place(*from, request));
            if known.is_none_or(|known| !known.contains(value)) {
                return wrong(format!("what {from} has not predicted for it in {}", request.view));
            }
        }
        Ok(())
    }

    /// Judges the entries of a replica's log that may have changed.
    pub(super) fn check<S>(
        &self,
        canon: &Canon,
        replica: &Replica<S>,
        changed_after: OpNumber,
    ) -> Judgement {
        if self.how == Predictions::Off {
            return Ok(());
        }
        let mut next = changed_after.max(replica.log_start()).next();
        while let Some(entry) = replica.entry(next) {
            if !self.is_foretold(canon, entry) {
                let message = format!(
                    "{} holds at {next} a prediction that the primary of {} did not make",
                    replica.number(),
                    entry.view
                );
                return Err(Finding::new(Code::Prediction, "prediction", message));
            }
            next = next.next();
        }
        Ok(())
    }

    fn is_foretold(&self, canon: &Canon, entry: &Entry) -> bool {
        if entry.kind != EntryKind::Operation {
            // For what is the group's own business nothing is predicted.
            return entry.prediction.is_empty();
        }
        let Some(group) = group_of(canon, entry.view) else {
            return false;
        };
        let primary = group.primary(entry.view);
        let place = (primary, entry.client, entry.request_number, entry.view);
        let made = match self.how {
            Predictions::Off => return entry.prediction.is_empty(),
            Predictions::ByPrimary => &self.predicted,
            Predictions::Merged => &self.merged,
        };
        made.get(&place).is_some_and(|made| made.contains(&entry.prediction))
    }
}

/// The group that a view is one of.
fn group_of(canon: &Canon, view: ViewNumber) -> Option<Configuration> {
    let epoch = usize::try_from(view.epoch().0).ok()?;
    canon.epochs().get(epoch).map(|epoch| epoch.configuration)
}

fn place(number: ReplicaNumber, request: &Predicting) -> Place {
    (number, request.client, request.request_number, request.view)
}
