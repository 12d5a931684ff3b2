//! What happened, of whatever system: the records of a run as the events of a page.

use super::{Event, Fault, Kind};
use crate::report::past::Causes;
use crate::sim::network::Fate;
use crate::sim::node::{Payload, ProcessId, TimerId};
use crate::sim::time::Moment;
use crate::sim::trace::{Record, What};
use std::collections::{BTreeMap, BTreeSet};

/// What kind of thing happened. What the page knows of it is its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Track {
    /// A message was sent, and will arrive.
    Sent,
    /// A message was sent, and will arrive twice.
    SentTwice,
    /// A message was sent, and will arrive at somebody else.
    SentAstray,
    /// A message was sent, and is lost.
    SentLost,
    /// A message arrived.
    Arrived,
    /// A message arrived, and nobody was there.
    NobodyHome,
    /// A timer went off.
    Timer,
    /// A write is durable.
    Durable,
    /// A write has failed.
    WriteFailed,
    /// Somebody said something.
    Said,
    /// Somebody started.
    Started,
    /// Somebody crashed.
    Crashed,
    /// Somebody stands still.
    Paused,
    /// Somebody goes on.
    Resumed,
    /// A clock was put forward.
    ClockJumped,
    /// A fault struck.
    Struck,
    /// A fault has ended.
    Ended,
    /// All faults have ended.
    Healed,
}

impl Track {
    /// The word for it in what programs read.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::SentTwice => "sent twice",
            Self::SentAstray => "sent astray",
            Self::SentLost => "sent, and lost",
            Self::Arrived => "arrived",
            Self::NobodyHome => "nobody home",
            Self::Timer => "timer",
            Self::Durable => "durable",
            Self::WriteFailed => "write failed",
            Self::Said => "said",
            Self::Started => "started",
            Self::Crashed => "crashed",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::ClockJumped => "clock jumped",
            Self::Struck => "fault",
            Self::Ended => "end of fault",
            Self::Healed => "healed",
        }
    }

    /// Whether a message is sent.
    #[must_use]
    pub const fn is_sending(self) -> bool {
        matches!(self, Self::Sent | Self::SentTwice | Self::SentAstray | Self::SentLost)
    }

    /// Its number.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Sent => 0,
            Self::SentTwice => 1,
            Self::SentAstray => 2,
            Self::SentLost => 3,
            Self::Arrived => 4,
            Self::NobodyHome => 5,
            Self::Timer => 6,
            Self::Durable => 7,
            Self::WriteFailed => 8,
            Self::Said => 9,
            Self::Started => 10,
            Self::Crashed => 11,
            Self::Paused => 12,
            Self::Resumed => 13,
            Self::ClockJumped => 14,
            Self::Struck => 15,
            Self::Ended => 16,
            Self::Healed => 17,
        }
    }
}

/// How those who took part, their messages and timers, and the faults are called.
pub(super) struct Names<'names, M> {
    /// The family and the name of a message's kind.
    pub(super) kind: &'names dyn Fn(&M) -> Kind,
    pub(super) timer: &'names dyn Fn(ProcessId, TimerId) -> String,
    pub(super) fault: &'names dyn Fn(usize) -> String,
}

/// The events of a run, and the kinds of its messages.
pub(super) fn events<M: Payload>(
    records: &[Record<M>],
    causes: &Causes<'_, M>,
    names: &Names<'_, M>,
) -> (Vec<Event>, Vec<Kind>) {
    let mut kinds: Vec<Kind> = Vec::new();
    let mut known: BTreeMap<u8, usize> = BTreeMap::new();
    let mut kind_of = |message: &M| {
        *known.entry(message.kind()).or_insert_with(|| {
            let kind = (names.kind)(message);
            kinds.iter().position(|other| *other == kind).unwrap_or_else(|| {
                kinds.push(kind);
                kinds.len() - 1
            })
        })
    };
    let lane = |id: ProcessId| usize::from(id.0);
    let mut events = Vec::with_capacity(records.len());
    for (index, record) in records.iter().enumerate() {
        let told = |track, at: Option<ProcessId>, text: String| Event {
            at: record.at,
            event: record.event,
            track,
            lane: at.map(lane),
            other: None,
            kind: None,
            text,
            sent_in: causes.sending(index),
        };
        events.push(match &record.what {
            What::Sent { from, to, nth, message, fate } => {
                let (track, to) = match *fate {
                    Fate::Deliver(_) => (Track::Sent, *to),
                    Fate::Twice(..) => (Track::SentTwice, *to),
                    Fate::Astray(other, _) => (Track::SentAstray, other),
                    Fate::Drop => (Track::SentLost, *to),
                };
                let kind = Some(kind_of(message));
                let text = format!("{message} #{nth}");
                Event { other: Some(lane(to)), kind, ..told(track, Some(*from), text) }
            }
            What::Arrived { from, to, message } | What::NobodyHome { from, to, message } => {
                let is_home = matches!(record.what, What::Arrived { .. });
                let track = if is_home { Track::Arrived } else { Track::NobodyHome };
                let kind = Some(kind_of(message));
                let event = told(track, Some(*to), message.to_string());
                Event { other: Some(lane(*from)), kind, ..event }
            }
            What::Expired { process, timer } => {
                told(Track::Timer, Some(*process), (names.timer)(*process, *timer))
            }
            What::Durable { process, write } => {
                told(Track::Durable, Some(*process), format!("write {write} is durable"))
            }
            What::WriteFailed { process, write } => {
                told(Track::WriteFailed, Some(*process), format!("write {write} has failed"))
            }
            What::Said(process, words) => told(Track::Said, Some(*process), words.clone()),
            What::Started(process) => told(Track::Started, Some(*process), "starts".to_owned()),
            What::Crashed(process) => told(Track::Crashed, Some(*process), "crashes".to_owned()),
            What::Paused(process) => told(Track::Paused, Some(*process), "stands still".to_owned()),
            What::Resumed(process) => told(Track::Resumed, Some(*process), "goes on".to_owned()),
            What::ClockJumped(process, by) => {
                told(Track::ClockJumped, Some(*process), format!("clock {by} forward"))
            }
            What::Struck(fault) => told(Track::Struck, None, (names.fault)(*fault)),
            What::Ended(fault) => {
                told(Track::Ended, None, format!("the end of {}", (names.fault)(*fault)))
            }
            What::Healed => told(Track::Healed, None, "everything is healed".to_owned()),
        });
    }
    (events, kinds)
}

/// What was injected, and for how long.
pub(super) fn faults<M>(records: &[Record<M>], name: impl Fn(usize) -> String) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let mut open: BTreeMap<usize, usize> = BTreeMap::new();
    for record in records {
        if let What::Struck(index) = &record.what {
            open.insert(*index, faults.len());
            faults.push(Fault { text: name(*index), from: record.at, until: None });
        } else if let What::Ended(index) = &record.what
            && let Some(place) = open.remove(index)
        {
            faults[place].until = Some(record.at);
        } else if matches!(record.what, What::Healed) {
            for place in core::mem::take(&mut open).into_values() {
                faults[place].until = Some(record.at);
            }
        }
    }
    faults
}

/// The places of the events that tell who is down or stands still when these are over.
pub(super) fn last_modes(events: &[Event]) -> Vec<usize> {
    let mut told = BTreeSet::new();
    let is_mode = |track: Track| match track {
        Track::Started | Track::Crashed | Track::Paused | Track::Resumed => true,
        Track::Sent
        | Track::SentTwice
        | Track::SentAstray
        | Track::SentLost
        | Track::Arrived
        | Track::NobodyHome
        | Track::Timer
        | Track::Durable
        | Track::WriteFailed
        | Track::Said
        | Track::ClockJumped
        | Track::Struck
        | Track::Ended
        | Track::Healed => false,
    };
    let mut places: Vec<usize> = (0..events.len())
        .rev()
        .filter(|&index| is_mode(events[index].track) && told.insert(events[index].lane))
        .collect();
    places.reverse();
    places
}

/// When an event happened.
pub(super) fn moment_of<M>(records: &[Record<M>], event: u64) -> Moment {
    let index = records.partition_point(|record| record.event < event);
    records.get(index).map_or(Moment(0), |record| record.at)
}
