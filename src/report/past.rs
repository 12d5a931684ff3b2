//! What follows from what: which sending each arrival belongs to, and the causal past of an event,
//! which is what could have had a part in it, and nothing that could not.

use crate::sim::network::Fate;
use crate::sim::node::{Payload, ProcessId};
use crate::sim::time::Moment;
use crate::sim::trace::{Record, What};
use std::collections::{BTreeMap, BTreeSet};

/// What the records of a run have to do with each other.
#[derive(Clone, Debug)]
pub struct Causes<'records, M> {
    records: &'records [Record<M>],
    /// Of each record that is an arrival: which one is its sending.
    sent_in: BTreeMap<usize, usize>,
}

impl<'records, M: Payload> Causes<'records, M> {
    /// Finds out.
    #[must_use]
    pub fn of(records: &'records [Record<M>]) -> Self {
        let mut sendings = Sendings::default();
        let mut sent_in = BTreeMap::new();
        for (index, record) in records.iter().enumerate() {
            if let What::Sent { from, to, message, fate, .. } = &record.what {
                sendings.note(index, record.at, (*from, *to), message, *fate);
            } else if let What::Arrived { from, to, message }
            | What::NobodyHome { from, to, message } = &record.what
                && let Some(sending) = sendings.find(record.at, (*from, *to), message)
            {
                sent_in.insert(index, sending);
            }
        }
        Self { records, sent_in }
    }

    /// The record in which a message was sent that arrives in that record.
    #[must_use]
    pub fn sending(&self, arrival: usize) -> Option<usize> {
        self.sent_in.get(&arrival).copied()
    }

    /// The events from which an event follows, itself included: what its process did before, the
    /// sending of what that took, and so on.
    #[must_use]
    pub fn past(&self, of: u64) -> BTreeSet<u64> {
        let mut done_by: BTreeMap<ProcessId, Vec<u64>> = BTreeMap::new();
        let mut process_of: BTreeMap<u64, ProcessId> = BTreeMap::new();
        let mut sent_in: BTreeMap<u64, u64> = BTreeMap::new();
        for (index, record) in self.records.iter().enumerate() {
            if let Some(process) = actor(&record.what) {
                done_by.entry(process).or_default().push(record.event);
                process_of.insert(record.event, process);
                if let Some(sending) = self.sending(index) {
                    sent_in.insert(record.event, self.records[sending].event);
                }
            }
        }
        let mut past = BTreeSet::new();
        let mut open = vec![of];
        while let Some(event) = open.pop() {
            if !past.insert(event) {
                continue;
            }
            if let Some(process) = process_of.get(&event) {
                let own = &done_by[process];
                let earlier = own.partition_point(|&other| other < event).checked_sub(1);
                open.extend(earlier.map(|earlier| own[earlier]));
            }
            open.extend(sent_in.get(&event));
        }
        past
    }
}

/// Who does something in a record.
fn actor<M>(what: &What<M>) -> Option<ProcessId> {
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

type Link = (ProcessId, ProcessId);

/// The sendings of a run so far.
#[derive(Default)]
struct Sendings {
    /// Those under way, by when they are due; what is due at two moments stands at both.
    due: BTreeMap<(Link, u64), BTreeMap<Moment, Vec<usize>>>,
}

impl Sendings {
    fn note<M: Payload>(
        &mut self,
        index: usize,
        at: Moment,
        (from, to): Link,
        message: &M,
        fate: Fate,
    ) {
        let (to, times) = match fate {
            Fate::Deliver(after) => (to, [Some(after), None]),
            Fate::Twice(after, again) => (to, [Some(after), Some(again)]),
            Fate::Astray(other, after) => (other, [Some(after), None]),
            Fate::Drop => return,
        };
        let due = self.due.entry(((from, to), message.fingerprint())).or_default();
        for after in times.into_iter().flatten() {
            due.entry(at.after(after)).or_default().push(index);
        }
    }

    /// The sending of what arrives then: what is due, or else what has waited longest, since who
    /// stands still takes everything later, in the order in which it came.
    fn find<M: Payload>(&mut self, at: Moment, link: Link, message: &M) -> Option<usize> {
        let due = self.due.get_mut(&(link, message.fingerprint()))?;
        let first = *due.first_key_value().filter(|(first, _)| **first <= at)?.0;
        let moment = if due.contains_key(&at) { at } else { first };
        let sendings = due.get_mut(&moment)?;
        let sending = (!sendings.is_empty()).then(|| sendings.remove(0));
        if sendings.is_empty() {
            due.remove(&moment);
        }
        sending
    }
}

#[cfg(test)]
mod tests {
    use super::{Causes, Fate, Moment, Payload, ProcessId, Record, What};
    use crate::sim;
    use crate::sim::scenario::Scenario;
    use crate::sim::time::Span;
    use core::fmt;

    #[test]
    fn whatever_arrives_was_sent_by_whom_it_comes_from_and_before() {
        let (mut arrivals, mut late) = (0, 0);
        for seed in 0..20 {
            let (_, recording) = sim::run_recorded(&Scenario::generate(seed));
            let records = &recording.records;
            let causes = Causes::of(records);
            for (index, record) in records.iter().enumerate() {
                let (What::Arrived { from, to, message } | What::NobodyHome { from, to, message }) =
                    &record.what
                else {
                    assert_eq!(causes.sending(index), None);
                    continue;
                };
                if from == to {
                    // What somebody is told from outside, as the administrator is.
                    continue;
                }
                let sending = causes.sending(index).expect("nothing arrives that was not sent");
                let What::Sent { from: sender, to: addressee, message: sent, fate, .. } =
                    &records[sending].what
                else {
                    panic!("{:?} is no sending", records[sending]);
                };
                let (addressee, due) = match *fate {
                    Fate::Deliver(after) | Fate::Twice(after, _) => (*addressee, after),
                    Fate::Astray(other, after) => (other, after),
                    Fate::Drop => panic!("it was lost"),
                };
                assert_eq!((sender, addressee, sent), (from, *to, message));
                arrivals += 1;
                late += u32::from(records[sending].at.after(due) < record.at);
            }
        }
        assert!(arrivals > 10_000 && late > 100, "{arrivals} {late}");
    }

    /// A message that is like all others.
    #[derive(Clone, Debug)]
    struct Alike;

    impl Payload for Alike {
        fn kind(&self) -> u8 {
            0
        }

        fn fingerprint(&self) -> u64 {
            0
        }
    }

    impl fmt::Display for Alike {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("ALIKE")
        }
    }

    #[test]
    fn of_messages_that_are_alike_the_one_that_is_due_arrives() {
        let (from, to) = (ProcessId(0), ProcessId(1));
        let record = |at, what| Record { at: Moment(at), event: at, what };
        let sent = |at, after| {
            let fate = Fate::Deliver(Span(after));
            record(at, What::Sent { from, to, nth: 1, message: Alike, fate })
        };
        let arrived = |at| record(at, What::Arrived { from, to, message: Alike });
        // The first was held back for somebody who crashed, and never arrives.
        let records = [sent(1, 4), sent(2, 8), arrived(10)];
        assert_eq!(Causes::of(&records).sending(2), Some(1));
        // Whoever stood still takes what came first.
        let records = [sent(1, 8), sent(2, 3), arrived(12), arrived(12)];
        let causes = Causes::of(&records);
        assert_eq!((causes.sending(2), causes.sending(3)), (Some(1), Some(0)));
    }

    #[test]
    fn a_past_is_closed_and_has_nothing_later_in_it() {
        let (_, recording) = sim::run_recorded(&Scenario::generate(1));
        let causes = Causes::of(&recording.records);
        let last = recording.records.last().expect("something happened").event;
        for of in [last, last / 2, last / 7] {
            let past = causes.past(of);
            assert!(past.contains(&of) && past.iter().all(|&event| event <= of));
            for &event in past.iter().step_by(50) {
                assert!(causes.past(event).is_subset(&past), "{event} in the past of {of}");
            }
        }
    }
}
