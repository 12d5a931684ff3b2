//! A run as one HTML file that needs no network: who said what to whom and when, what everybody
//! believed at each moment, what went wrong, and what led there.
//!
//! The page knows nothing of replicas. [`of_run`] makes one of a run of this package's replicas,
//! [`of_guest`] of a run of anybody's system.

mod data;
mod guests;
mod replicas;
mod tracks;

#[cfg(test)]
mod tests;

pub use guests::of_guest;
pub use replicas::of_run;
pub use tracks::Track;

use super::template::{self, escaped};
use crate::sim::time::Moment;
use core::fmt::Write as _;
use core::ops::Range;
use std::collections::BTreeSet;

/// What the page tells.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// What came of the run, in a line.
    pub title: String,
    /// What is wrong, if anything is.
    pub verdict: Option<Verdict>,
    /// What one can type next: what for, and the command.
    pub commands: Vec<(String, String)>,
    /// Who took part.
    pub lanes: Vec<Lane>,
    /// What happened, in its order.
    pub events: Vec<Event>,
    /// The kinds of messages that there are.
    pub kinds: Vec<Kind>,
    /// What there is to know of somebody: the heads of a table.
    pub columns: Vec<String>,
    /// What somebody was after an event that changed it, in the order of the events.
    pub states: Vec<State>,
    /// Rare places that were reached, and the events in which they first were.
    pub marks: Vec<(u64, String)>,
    /// What the clients asked.
    pub operations: Vec<Asked>,
    /// What was injected.
    pub faults: Vec<Fault>,
    /// The scenario, as a file has it.
    pub scenario: String,
}

/// What is wrong with a run.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The code.
    pub code: String,
    /// What that means, and who found it.
    pub meaning: String,
    /// The event in which it was found.
    pub event: u64,
    /// When.
    pub at: Moment,
    /// The story, as lines.
    pub story: String,
    /// The events from which it follows.
    pub past: BTreeSet<u64>,
}

/// Somebody who took part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// As scenarios call it.
    pub name: String,
    /// Whether it asks, and does not answer.
    pub is_client: bool,
}

/// A kind of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name.
    pub name: String,
    /// What it is a part of; kinds of one family have one colour.
    pub family: String,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Moment,
    /// The number of the event that it is, or in which it happened.
    pub event: u64,
    /// What.
    pub track: Track,
    /// At whom, by the number of the lane; nothing where it is about all.
    pub lane: Option<usize>,
    /// The other end of a message.
    pub other: Option<usize>,
    /// The kind of a message.
    pub kind: Option<usize>,
    /// What there is to say of it.
    pub text: String,
    /// Of a message that arrives: the place, among the events, at which it was sent.
    pub sent_in: Option<usize>,
}

/// What somebody was after an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The number of the event.
    pub event: u64,
    /// Who.
    pub lane: usize,
    /// What it does, for the colour of its lane.
    pub tone: Tone,
    /// The same in a word or two.
    pub label: String,
    /// How much of its work is done: a tick is drawn where it grows.
    pub done: u64,
    /// What the table says, under its heads.
    pub values: Vec<String>,
}

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// It works.
    Works,
    /// It leads.
    Leads,
    /// It is about to get another leader.
    Changes,
    /// It gets back what it has lost.
    Recovers,
    /// It takes no part, yet or any more.
    Apart,
}

/// Something that a client asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who; nothing where it never said a word.
    pub lane: Option<usize>,
    /// When.
    pub invoked: Moment,
    /// When it was answered, if it was.
    pub returned: Option<Moment>,
    /// What was asked, and what was answered.
    pub text: String,
    /// Whether what is wrong has to do with it.
    pub matters: bool,
}

/// Something that was injected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub text: String,
    /// From when.
    pub from: Moment,
    /// Until when; nothing where it has no end.
    pub until: Option<Moment>,
}

/// What a page has no room for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{count} things happened, and a page has room for {EVENTS_MAX}: choose a part of the time, \
     such as --from {} --to {}",
    .window.start, .window.end
)]
pub struct TooLarge {
    /// How many things happened.
    pub count: usize,
    /// A part of the time that would fit, and ends with what is wrong.
    pub window: Range<Moment>,
}

impl Page {
    /// The page as a file.
    ///
    /// # Errors
    /// When there is more than a page has room for.
    pub fn html(&self) -> Result<String, TooLarge> {
        if self.events.len() > EVENTS_MAX {
            return Err(TooLarge { count: self.events.len(), window: self.last_part() });
        }
        Ok(template::page(&self.title, STYLE, TEMPLATE, |name| match name {
            "verdict" => self.verdict.as_ref().map(Verdict::html).unwrap_or_default(),
            "story" => self.verdict.as_ref().map(Verdict::story_html).unwrap_or_default(),
            "commands" => self.commands_html(),
            "scenario" => escaped(&self.scenario),
            "data" => data::packed(self),
            "script" => SCRIPT.to_owned(),
            _ => unreachable!("the template names only these"),
        }))
    }

    /// The page of a part of the time. What everybody was when it began is part of it.
    #[must_use]
    pub fn within(mut self, window: &Range<Moment>) -> Self {
        let first = self.events.partition_point(|event| event.at < window.start);
        let end = self.events.partition_point(|event| event.at <= window.end);
        let begin = self.events.get(first).map_or(u64::MAX, |event| event.event);
        let last = self.events[..end].last().map_or(0, |event| event.event);
        let (mut before, mut since): (Vec<State>, Vec<State>) =
            self.states.into_iter().partition(|state| state.event < begin);
        since.retain(|state| state.event <= last);
        let mut known = BTreeSet::new();
        before.reverse();
        before.retain(|state| known.insert(state.lane));
        before.reverse();
        before.append(&mut since);
        self.states = before;
        // Whether somebody was up is told by what happened to it last.
        let modes = tracks::last_modes(&self.events[..first]);
        let mut events: Vec<Event> =
            modes.into_iter().map(|index| self.events[index].clone()).collect();
        let moved = events.len();
        events.extend_from_slice(&self.events[first..end]);
        for event in &mut events {
            event.sent_in = event
                .sent_in
                .and_then(|sending| sending.checked_sub(first))
                .map(|sending| sending + moved);
        }
        self.events = events;
        let is_in = |from: Moment, until: Option<Moment>| {
            from <= window.end && until.is_none_or(|until| window.start <= until)
        };
        self.marks.retain(|(event, _)| (begin..=last).contains(event));
        self.operations.retain(|asked| is_in(asked.invoked, asked.returned));
        self.faults.retain(|fault| is_in(fault.from, fault.until));
        self
    }

    /// As much as fits, and ends with what is wrong, or with the run.
    fn last_part(&self) -> Range<Moment> {
        let end = self.verdict.as_ref().map(|verdict| verdict.event);
        let end = end.map_or(self.events.len(), |last| {
            self.events.partition_point(|event| event.event <= last)
        });
        let begin = end.saturating_sub(EVENTS_MAX / 2);
        let at = |index: usize| self.events.get(index).map_or(Moment(0), |event| event.at);
        at(begin)..at(end.saturating_sub(1))
    }

    fn commands_html(&self) -> String {
        let mut text = String::new();
        for (label, command) in &self.commands {
            writeln!(
                text,
                "<p class=\"command\"><span>{}</span> <code>{}</code> \
                 <button type=\"button\" class=\"copy\">copy</button></p>",
                escaped(label),
                escaped(command)
            )
            .expect("a string takes everything");
        }
        text
    }
}

impl Verdict {
    fn html(&self) -> String {
        format!(
            "<p class=\"verdict\"><span class=\"cross\" aria-hidden=\"true\">✗</span> \
             <code>{}</code> <span>{}</span></p>",
            escaped(&self.code),
            escaped(&self.meaning)
        )
    }

    fn story_html(&self) -> String {
        format!(
            "<section>\n<h2>Why</h2>\n<pre id=\"story\">{}</pre>\n</section>",
            escaped(&self.story)
        )
    }
}

/// What a browser still draws without delay.
pub const EVENTS_MAX: usize = 250_000;

const TEMPLATE: &str = include_str!("../page/run/run.html");
const STYLE: &str = include_str!("../page/run/run.css");
/// Parts of one function: it waits for the data.
const SCRIPT: &str = concat!(
    "\"use strict\";\n(async () => {\n",
    include_str!("../page/run/data.js"),
    include_str!("../page/run/shown.js"),
    include_str!("../page/run/drawing.js"),
    include_str!("../page/run/words.js"),
    include_str!("../page/run/moving.js"),
    include_str!("../page/run/choices.js"),
    include_str!("../page/run/hands.js"),
    "})();",
);
