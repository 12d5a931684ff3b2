//! A trace as lines: one for each thing that happened.

use crate::protocol::Message;
use crate::protocol::replica::StatusKind;
use crate::sim::invariants::Glance;
use crate::sim::member::timer_name;
use crate::sim::network::Fate;
use crate::sim::node::ProcessId;
use crate::sim::trace::{Record, What};
use crate::sim::{Recording, Scenario};

/// Makes lines of records: it knows which process is which.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'scenario> {
    scenario: &'scenario Scenario,
    replicas: u8,
}

impl<'scenario> Lines<'scenario> {
    /// For the traces of a scenario.
    #[must_use]
    pub const fn new(scenario: &'scenario Scenario) -> Self {
        Self { scenario, replicas: scenario.cluster.replicas }
    }

    /// A record in a line.
    #[must_use]
    pub fn line(&self, record: &Record<Message>) -> String {
        format!("#{:<6} {} {}", record.event, record.at, self.what(record))
    }

    /// What happened, without saying when.
    #[must_use]
    pub fn what(&self, record: &Record<Message>) -> String {
        match &record.what {
            What::Sent { from, to, nth, message, fate } => {
                let link = format!("{}->{} #{nth}", self.name(*from), self.name(*to));
                let fate = match fate {
                    Fate::Deliver(after) => format!("after {after}"),
                    Fate::Twice(after, again) => format!("twice, after {after} and {again}"),
                    Fate::Astray(other, after) => {
                        format!("astray to {} after {after}", self.name(*other))
                    }
                    Fate::Drop => "lost".to_owned(),
                };
                format!("send  {link:<14} {message}   ({fate})")
            }
            What::Arrived { from, to, message } => {
                format!("take  {:<14} {message}", self.link(*from, *to))
            }
            What::NobodyHome { from, to, message } => {
                format!("gone  {:<14} {message}   (nobody home)", self.link(*from, *to))
            }
            What::Expired { process, timer } => {
                let name = timer_name(*process, self.replicas, *timer);
                format!("timer {:<14} {name}", self.name(*process))
            }
            What::Durable { process, write } => {
                format!("disk  {:<14} holds write {write}", self.name(*process))
            }
            What::WriteFailed { process, write } => {
                format!("disk  {:<14} failed at write {write}", self.name(*process))
            }
            What::Said(process, words) => format!("says  {:<14} {words}", self.name(*process)),
            What::Started(process) => format!("start {}", self.name(*process)),
            What::Crashed(process) => format!("crash {}", self.name(*process)),
            What::Paused(process) => format!("pause {}", self.name(*process)),
            What::Resumed(process) => format!("go on {}", self.name(*process)),
            What::ClockJumped(process, forward) => {
                format!("clock {:<14} {forward} forward", self.name(*process))
            }
            What::Struck(index) => format!("fault {}", self.fault(*index)),
            What::Ended(index) => format!("mend  {}", self.fault(*index)),
            What::Healed => "mend  everything".to_owned(),
        }
    }

    /// What a fault of the scenario does, in words.
    #[must_use]
    pub fn fault(&self, index: usize) -> String {
        self.scenario.faults.get(index).map(|fault| fault.action.to_string()).unwrap_or_default()
    }

    fn link(&self, from: ProcessId, to: ProcessId) -> String {
        format!("{}->{}", self.name(from), self.name(to))
    }

    /// A process's name, as scenarios write it: `r0`, `c1`, `admin`.
    #[must_use]
    pub fn name(&self, process: ProcessId) -> String {
        self.scenario.target_of(process).to_string()
    }
}

/// What all replicas are, in a letter for each: `pbb` is a primary and two backups.
///
/// `p` leads its view, `b` is a backup, `w` a witness, `v` is on the way to a view, `r` recovers,
/// `t` has no part in the group yet, `s` is shut down, `-` is down, and `z` stands still. The
/// letter of whoever does something is a capital.
#[derive(Clone, Debug)]
pub struct Group<'recording> {
    recording: &'recording Recording,
    letters: Vec<char>,
    /// What is shown in place of the letter.
    modes: Vec<Option<char>>,
    /// The first sight that is not taken yet.
    next: usize,
}

impl<'recording> Group<'recording> {
    /// Before anything has happened.
    #[must_use]
    pub fn new(scenario: &Scenario, recording: &'recording Recording) -> Self {
        let replicas = usize::from(scenario.cluster.replicas);
        let first = |number: usize| {
            let mut sights = recording.sights.iter().map(|sight| &sight.glance);
            sights.find(|glance| usize::from(glance.number.0) == number).map_or('?', letter)
        };
        let letters = (0..replicas).map(first).collect();
        Self { recording, letters, modes: vec![None; replicas], next: 0 }
    }

    /// The letters after the event of a record. Records are taken in their order.
    pub fn after(&mut self, record: &Record<Message>) -> String {
        while let Some(sight) = self.recording.sights.get(self.next)
            && sight.event <= record.event
        {
            self.letters[usize::from(sight.glance.number.0)] = letter(&sight.glance);
            self.next += 1;
        }
        let actor = record.what.process().map(|id| usize::from(id.0));
        let shown = actor.and_then(|actor| self.modes.get_mut(actor));
        match (&record.what, shown) {
            (What::Crashed(_), Some(shown)) => *shown = Some('-'),
            (What::Paused(_), Some(shown)) => *shown = Some('z'),
            (What::Started(_) | What::Resumed(_), Some(shown)) => *shown = None,
            (_, _) => {}
        }
        let letters = self.letters.iter().zip(&self.modes).enumerate();
        letters
            .map(|(index, (letter, mode))| {
                let letter = mode.unwrap_or(*letter);
                if actor == Some(index) { letter.to_ascii_uppercase() } else { letter }
            })
            .collect()
    }
}

const fn letter(glance: &Glance) -> char {
    match glance.status {
        StatusKind::Normal if glance.is_primary => 'p',
        StatusKind::Normal if glance.is_witness => 'w',
        StatusKind::Normal => 'b',
        StatusKind::ViewChange => 'v',
        StatusKind::Recovering => 'r',
        StatusKind::Transitioning => 't',
        StatusKind::ShutDown => 's',
    }
}
