//! Log matching: within one view all logs are prefixes of one log (§8.1; etcd's LogMatching).

use super::super::random::mix;
use super::super::service::digest_of;
use super::super::violation::Code;
use super::{Finding, Judgement};
use crate::protocol::log::Entry;
use crate::protocol::{OpNumber, Replica, ReplicaNumber, ViewNumber};
use std::collections::BTreeMap;

/// The log of each view, as the first replica showed it.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct LogMatching {
    views: BTreeMap<ViewNumber, ViewLog>,
    /// Behind which entry a log is to be judged once its view is durable: a replica that crashes
    /// before that has never been in it, and nobody has heard of it.
    waiting: [Option<OpNumber>; 16],
}

#[derive(Clone, Debug, Hash)]
struct ViewLog {
    /// Entries up to here were committed when the view was first seen, and are judged as such.
    base: OpNumber,
    entries: Vec<u64>,
}

impl LogMatching {
    /// Judges the entries of a replica's log that may have changed.
    pub(super) fn check<S>(&mut self, replica: &Replica<S>, changed_after: OpNumber) -> Judgement {
        let waiting = &mut self.waiting[replica.number().index()];
        let changed_after = waiting.map_or(changed_after, |after| after.min(changed_after));
        *waiting = (!replica.is_view_durable()).then_some(changed_after);
        if waiting.is_some() {
            return Ok(());
        }
        let op_number = replica.op_number();
        if op_number <= changed_after {
            return Ok(());
        }
        let new = || ViewLog { base: changed_after, entries: Vec::new() };
        let log = self.views.entry(replica.last_normal_view()).or_insert_with(new);
        let mut next = changed_after.max(log.base).max(replica.log_start()).next();
        while let Some(entry) = replica.entry(next) {
            let index = usize::try_from(next.since(log.base) - 1).unwrap_or(usize::MAX);
            let digest = digest_entry(entry);
            match log.entries.get(index) {
                Some(&known) if known == digest => {}
                Some(_) => {
                    let message = format!(
                        "{} holds another entry at {next} in {} than was seen in that view \
                         before",
                        replica.number(),
                        replica.last_normal_view()
                    );
                    return Err(Finding::new(Code::Log, "log-matching", message));
                }
                None if index == log.entries.len() => log.entries.push(digest),
                // A hole: the replica that shows it first has nothing to be compared with.
                None => return Ok(()),
            }
            next = next.next();
        }
        Ok(())
    }
}

impl LogMatching {
    /// Whether a replica's log has not been judged yet.
    pub(super) fn is_waiting(&self, replica: ReplicaNumber) -> bool {
        self.waiting[replica.index()].is_some()
    }

    pub(super) fn on_crash(&mut self, replica: ReplicaNumber) {
        self.waiting[replica.index()] = None;
    }
}

fn digest_entry(entry: &Entry) -> u64 {
    let (high, low) = entry.client.0.as_u64_pair();
    let who = mix(high ^ low.rotate_left(32)) ^ entry.request_number.0;
    let with = if entry.prediction.is_empty() { 0 } else { mix(digest_of(&entry.prediction)) };
    mix(who.rotate_left(17) ^ entry.view.0) ^ digest_of(&entry.operation) ^ with
}
