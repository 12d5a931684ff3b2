//! The story of a run that failed: what the clients saw, what led there, who believed what, and
//! the rule that was broken.

mod subject;

use super::number::{counted, grouped};
use super::past::Causes;
use super::style::{BAD, FAINT, LABEL, paint};
use super::text::wrap;
use super::trace::Lines;
use crate::protocol::{Message, MessageKind};
use crate::sim::invariants::Glance;
use crate::sim::linearizability::in_words;
use crate::sim::network::Fate;
use crate::sim::node::ProcessId;
use crate::sim::scenario::Action;
use crate::sim::time::Moment;
use crate::sim::trace::{Record, What};
use crate::sim::violation::{Code, Violation};
use crate::sim::{Recording, Scenario};
use core::fmt::Write as _;
use std::collections::BTreeMap;
pub(super) use subject::Subject;

/// A failure in words. `replay` is how this run is repeated: the arguments that name it.
#[must_use]
pub fn story(
    scenario: &Scenario,
    violation: &Violation,
    recording: &Recording,
    replay: &str,
) -> String {
    let subject = Subject::of(&violation.message, recording);
    let telling = Telling { scenario, violation, recording, subject, lines: Lines::new(scenario) };
    let head = format!("error[{}]", violation.code);
    let mut text = format!("{}: {}\n", paint(BAD, &head), violation.message);
    let meaning = format!("that is: {} (found by {})", violation.code.meaning(), violation.judge);
    writeln!(text, "  {}", paint(FAINT, &meaning)).expect("a string takes everything");
    for part in [telling.clients(), telling.events(), telling.states(), telling.rule()] {
        if !part.is_empty() {
            text.push('\n');
            text.push_str(&part);
        }
    }
    text.push('\n');
    text.push_str(&commands(replay));
    text
}

/// What one can do next, in lines.
fn commands(replay: &str) -> String {
    let mut text = String::new();
    for (label, command) in next_steps(replay, true) {
        let label = paint(LABEL, &format!("{label:<9}"));
        writeln!(text, "  {label} {command}").expect("a string takes everything");
    }
    text
}

/// What one can do next with a run that failed or not: what for, and the command.
pub(super) fn next_steps(replay: &str, has_failed: bool) -> Vec<(String, String)> {
    let is_seed = replay.starts_with("--seed ");
    let mut steps = vec![
        ("look", format!("vsr-sim report {replay} -o run.html")),
        ("trace", format!("vsr-sim trace {replay}")),
    ];
    if has_failed && is_seed {
        let small = "scenarios/regressions/NAME.toml";
        steps.push(("shrink", format!("vsr-sim shrink {replay} -o {small}")));
    } else if has_failed {
        steps.push(("keep", format!("mv {replay} scenarios/regressions/")));
    }
    steps.push(("replay", format!("vsr-sim {}{replay}", if is_seed { "" } else { "run " })));
    steps.into_iter().map(|(label, command)| (label.to_owned(), command)).collect()
}

/// How much a line says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It had a part in what happened.
    Part,
    /// It is about the operations that matter, or about who leads.
    About,
    /// A fault, or somebody changed their mind about the view.
    Turn,
}

/// An event that is told.
struct Told {
    weight: Weight,
    event: u64,
    line: String,
    /// How often the same happened.
    times: u64,
}

struct Telling<'all> {
    scenario: &'all Scenario,
    violation: &'all Violation,
    recording: &'all Recording,
    subject: Subject,
    lines: Lines<'all>,
}

impl Telling<'_> {
    /// What the clients saw of the operations that matter.
    fn clients(&self) -> String {
        let mut names: BTreeMap<_, ProcessId> = BTreeMap::new();
        for record in &self.recording.records {
            if let What::Sent { from, message: Message::Request(request), .. } = &record.what {
                names.insert(request.client, *from);
            }
        }
        let operations = &self.recording.operations;
        let matter: Vec<_> = operations
            .iter()
            .filter(|operation| {
                let (client, number) = (operation.client, operation.request_number);
                let is_waiting = operation.answered.is_none()
                    && self.violation.code == Code::Liveness
                    && !self.subject.has_request(client, number);
                is_waiting || self.subject.has_request(client, number)
            })
            .take(OPERATIONS_MAX)
            .collect();
        if matter.is_empty() {
            return String::new();
        }
        let of = counted(long(operations.len()), "operation", "operations");
        let head = format!("what the clients saw ({} of {of})", matter.len());
        let mut text = format!("  {}\n", paint(LABEL, &head));
        for operation in matter {
            let (client, number) = (operation.client, operation.request_number);
            let name = names.get(&client).map_or("?".to_owned(), |id| self.lines.name(*id));
            let place = self.subject.place(client, number);
            let place = place.map(|place| format!(" at {place}")).unwrap_or_default();
            let end = match &operation.answered {
                Some((at, _)) => format!("to {at}"),
                None => "never answered".to_owned(),
            };
            writeln!(
                text,
                "    {name:<3} {} {end}   {}   {}",
                operation.invoked,
                in_words(operation),
                paint(FAINT, &format!("{client}/{number}{place}")),
            )
            .expect("a string takes everything");
        }
        text
    }

    /// What led there.
    fn events(&self) -> String {
        let (records, last) = (&self.recording.records, self.violation.event);
        let is_about_all = matches!(self.violation.code, Code::Liveness | Code::Storm);
        let past = Causes::of(records).past(last);
        let mut told: Vec<Told> = Vec::new();
        let mut said: BTreeMap<String, usize> = BTreeMap::new();
        for record in records.iter().filter(|record| record.event <= last) {
            let is_past = is_about_all || past.contains(&record.event);
            let Some(weight) = self.weigh(record, is_past) else { continue };
            // Who does not get on says the same for ever.
            let index = *said.entry(self.lines.what(record)).or_insert(told.len());
            match told.get_mut(index) {
                Some(earlier) if is_about_all && weight < Weight::Turn => earlier.times += 1,
                _ => {
                    let (event, line) = (record.event, self.line(record));
                    told.push(Told { weight, event, line, times: 1 });
                }
            }
        }
        for least in [Weight::About, Weight::Turn] {
            if told.len() > EVENTS_MAX {
                told.retain(|told| told.weight >= least || told.event == last);
            }
        }
        let skipped = told.len().saturating_sub(EVENTS_MAX);
        let head = format!("why ({} of {} events)", told.len() - skipped, grouped(last));
        let mut text = format!("  {}\n", paint(LABEL, &head));
        for Told { line, times, .. } in told.drain(skipped..) {
            let again = match times {
                1 => String::new(),
                _ => format!("   (and {} more times)", grouped(times - 1)),
            };
            writeln!(text, "    {line}{}", paint(FAINT, &again)).expect("a string");
        }
        let (at, message) = (self.violation.at, &self.violation.message);
        writeln!(text, "  {} {at} {}", paint(BAD, "✗"), paint(BAD, message))
            .expect("a string takes everything");
        text
    }

    /// How much a record says; nothing when it had no part.
    fn weigh(&self, record: &Record<Message>, is_past: bool) -> Option<Weight> {
        let is_turn = self.turn(record).is_some();
        match &record.what {
            What::Crashed(_)
            | What::Paused(_)
            | What::Resumed(_)
            | What::ClockJumped(..)
            | What::Said(..)
            | What::WriteFailed { .. } => Some(Weight::Turn),
            What::Started(_) => (record.at > Moment(0)).then_some(Weight::Turn),
            What::Struck(index) | What::Ended(index) => {
                // What they do to a process is a record of its own.
                let action = &self.scenario.faults.get(*index)?.action;
                let is_told = matches!(
                    action,
                    Action::Crash(_)
                        | Action::Restart(_)
                        | Action::Pause(_)
                        | Action::Jump(..)
                        | Action::Expire(..)
                );
                (!is_told).then_some(Weight::Turn)
            }
            What::Healed => Some(Weight::Turn),
            What::Sent { message, fate: Fate::Drop, .. } => {
                self.subject.is_in(message).then_some(Weight::About)
            }
            What::Arrived { .. } if is_turn => Some(Weight::Turn),
            What::Arrived { message, .. } if message.kind() == MessageKind::Commit => {
                // Heartbeats go on and on.
                (is_past && self.subject.is_in(message)).then_some(Weight::About)
            }
            What::Arrived { message, .. } if is_past => {
                Some(if self.subject.is_in(message) { Weight::About } else { Weight::Part })
            }
            What::Expired { .. } | What::Durable { .. } if is_turn => Some(Weight::Turn),
            What::Expired { .. }
            | What::Durable { .. }
            | What::Arrived { .. }
            | What::Sent { .. }
            | What::NobodyHome { .. } => None,
        }
    }

    /// What somebody changed their mind about in a record, in words.
    fn turn(&self, record: &Record<Message>) -> Option<String> {
        let (before, after) = self.recording.change(record.event)?;
        let before = before?;
        let (number, view) = (after.number, after.view);
        let mind = |glance: &Glance| (glance.view, glance.status, glance.is_primary);
        if mind(&before) != mind(&after) {
            let role = if after.is_primary { " PRIMARY" } else { "" };
            let (was, is) = (before.status.name(), after.status.name());
            return Some(format!("{number}: {} {was} → {view} {is}{role}", before.view));
        }
        if self.subject.lies_between(before.commit_number, after.commit_number) {
            return Some(format!("{number} commits up to {}", after.commit_number));
        }
        None
    }

    fn line(&self, record: &Record<Message>) -> String {
        let line = self.lines.line(record);
        let is_own = matches!(
            record.what,
            What::Arrived { .. } | What::Expired { .. } | What::Durable { .. }
        );
        match self.turn(record).filter(|_| is_own) {
            Some(turn) => format!("{line}   {}", paint(LABEL, &turn)),
            None => line,
        }
    }

    /// Who believed what in the end, and since when.
    fn states(&self) -> String {
        let mut text = format!("  {}\n", paint(LABEL, "who believed what"));
        for line in &self.violation.details {
            let replica = (0..self.scenario.cluster.replicas)
                .find(|number| line.starts_with(&format!("r{number} ")));
            let sight = replica.and_then(|number| {
                let sights = self.recording.sights.iter().rev();
                sights.clone().find(|sight| sight.glance.number.0 == number)
            });
            let since = sight.map(|sight| format!("   since {}", sight.at)).unwrap_or_default();
            writeln!(text, "    {line}{}", paint(FAINT, &since)).expect("a string");
        }
        if self.violation.details.is_empty() { String::new() } else { text }
    }

    /// The rule that was broken, and where the paper has it.
    fn rule(&self) -> String {
        let (section, rule) = self.violation.code.rule();
        let mut text = format!("  {}\n", paint(LABEL, "the rule"));
        for line in wrap(&format!("{section}: {rule}")) {
            writeln!(text, "    {line}").expect("a string takes everything");
        }
        text
    }
}

fn long(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// How many events are told at most.
const EVENTS_MAX: usize = 28;

/// How many operations are told at most.
const OPERATIONS_MAX: usize = 8;
