//! The causal past of an event: what could have had a part in it, and nothing that could not.

use crate::protocol::Message;
use crate::sim::network::Fate;
use crate::sim::node::ProcessId;
use crate::sim::time::Moment;
use crate::sim::trace::{Record, What};
use std::collections::{BTreeMap, BTreeSet};

/// The events from which an event follows, itself included: what its process did before, the
/// sending of what that took, and so on.
pub(super) fn causal_past(records: &[Record<Message>], of: u64) -> BTreeSet<u64> {
    let mut done_by: BTreeMap<ProcessId, Vec<u64>> = BTreeMap::new();
    let mut process_of: BTreeMap<u64, ProcessId> = BTreeMap::new();
    for record in records {
        if let Some(process) = actor(&record.what) {
            done_by.entry(process).or_default().push(record.event);
            process_of.insert(record.event, process);
        }
    }
    let sendings = Sendings::of(records);
    let mut past = BTreeSet::new();
    let mut open = vec![of];
    while let Some(event) = open.pop() {
        if !past.insert(event) {
            continue;
        }
        if let Some(process) = process_of.get(&event) {
            let earlier = done_by[process].iter().rev().find(|&&other| other < event);
            open.extend(earlier);
        }
        open.extend(sendings.of_arrival(event));
    }
    past
}

/// Who does something in a record.
fn actor(what: &What<Message>) -> Option<ProcessId> {
    match what {
        What::Arrived { to, .. } => Some(*to),
        What::Expired { process, .. }
        | What::Durable { process, .. }
        | What::WriteFailed { process, .. }
        | What::Started(process)
        | What::Resumed(process)
        | What::ClockJumped(process, _) => Some(*process),
        // What a life forgot has no part in the next one.
        What::Crashed(_)
        | What::Said(..)
        | What::Sent { .. }
        | What::NobodyHome { .. }
        | What::Paused(_)
        | What::Struck(_)
        | What::Ended(_)
        | What::Healed => None,
    }
}

/// In which event each arrival was sent.
struct Sendings(BTreeMap<u64, u64>);

impl Sendings {
    fn of(records: &[Record<Message>]) -> Self {
        let mut under_way: BTreeMap<(ProcessId, ProcessId), Vec<&Record<Message>>> =
            BTreeMap::new();
        let mut sent_in = BTreeMap::new();
        for record in records {
            match &record.what {
                What::Sent { from, to, fate, .. } => {
                    let to = if let Fate::Astray(other, _) = fate { *other } else { *to };
                    under_way.entry((*from, to)).or_default().push(record);
                }
                What::Arrived { from, to, message } => {
                    let sent = under_way.get(&(*from, *to)).into_iter().flatten().rev();
                    let mut sent = sent.filter(|sent| could_arrive(sent, message, record.at));
                    if let Some(sent) = sent.next() {
                        sent_in.insert(record.event, sent.event);
                    }
                }
                What::NobodyHome { .. }
                | What::Expired { .. }
                | What::Durable { .. }
                | What::WriteFailed { .. }
                | What::Started(_)
                | What::Said(..)
                | What::Crashed(_)
                | What::Paused(_)
                | What::Resumed(_)
                | What::ClockJumped(..)
                | What::Struck(_)
                | What::Ended(_)
                | What::Healed => {}
            }
        }
        Self(sent_in)
    }

    fn of_arrival(&self, event: u64) -> Option<u64> {
        self.0.get(&event).copied()
    }
}

/// Whether a message that was sent could be the one that arrives, and then: a paused process takes
/// it later.
fn could_arrive(sent: &Record<Message>, arrived: &Message, at: Moment) -> bool {
    let What::Sent { message, fate, .. } = &sent.what else {
        return false;
    };
    let after = match fate {
        Fate::Deliver(after) | Fate::Twice(after, _) | Fate::Astray(_, after) => *after,
        Fate::Drop => return false,
    };
    message == arrived && sent.at.after(after) <= at
}
