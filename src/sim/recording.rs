//! What is kept of a run for whoever wants to know how it came about.

use super::history::Operation;
use super::invariants::Glance;
use super::node::ProcessId;
use super::time::Moment;
use super::trace::Record;
use crate::protocol::Message;
use crate::protocol::mark::Mark;

/// A run, for looking at.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// What happened, in its order.
    pub records: Vec<Record<Message>>,
    /// What replicas thought, each time that they changed their mind.
    pub sights: Vec<Sight>,
    /// Where marks of the protocol were reached first.
    pub marks: Vec<Reached>,
    /// What clients asked, and what they were answered.
    pub operations: Vec<Operation>,
}

/// A replica's numbers after an event that changed them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// When.
    pub at: Moment,
    /// In which event.
    pub event: u64,
    /// The numbers.
    pub glance: Glance,
}

/// A mark that nobody had reached before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// When.
    pub at: Moment,
    /// In which event.
    pub event: u64,
    /// By which process.
    pub process: ProcessId,
    /// What.
    pub mark: Mark,
}

impl Recording {
    /// What a replica thought before an event, and after it, if that differs.
    #[must_use]
    pub fn change(&self, event: u64) -> Option<(Option<Glance>, Glance)> {
        let index = self.sights.iter().position(|sight| sight.event == event)?;
        let after = self.sights[index].glance;
        let earlier = self.sights[..index].iter().rev();
        let before = earlier.map(|sight| sight.glance).find(|g| g.number == after.number);
        Some((before, after))
    }
}
