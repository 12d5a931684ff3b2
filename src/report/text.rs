//! A run in words: what was injected, what happened, and what was checked.

use super::number::{counted, grouped};
use super::style::{BAD, GOOD, LABEL, paint};
use crate::protocol::Durability;
use crate::sim::mark;
use crate::sim::{Report, Scenario};
use core::fmt::Write as _;
use std::collections::BTreeMap;

/// A run that passed, in a few lines.
#[must_use]
pub fn summary(scenario: &Scenario, report: &Report) -> String {
    let verdict = match &report.violation {
        Some(violation) => paint(BAD, violation.code.text()),
        None => paint(GOOD, "pass"),
    };
    let cluster = &scenario.cluster;
    let mut text = format!(
        "seed {}  {verdict}  {}{}, {}, {}\n\n",
        report.seed,
        counted(u64::from(cluster.replicas), "replica", "replicas"),
        if cluster.durability == Durability::Disk { " with disks" } else { "" },
        cluster.service.name(),
        counted(u64::from(scenario.workload.clients), "client", "clients"),
    );
    let mut line = |label: &str, value: &str| {
        let label = paint(LABEL, &format!("{label:<9}"));
        for (index, part) in wrap(value).into_iter().enumerate() {
            let label = if index == 0 { label.as_str() } else { "         " };
            writeln!(text, "  {label} {part}").expect("a string takes everything");
        }
    };
    line("injected", &injected(report));
    line("messages", &messages(report));
    line("happened", &happened(report));
    line("refused", &counts(&report.refusals, "nothing"));
    line("reached", &reached(report));
    if report.violation.is_none() {
        line(
            "checked",
            &format!(
                "agreement, exactly-once, replies, states, promises, quorums and logs in each \
                 of {} events; linearizability of {}; rest after healing",
                grouped(report.tally.events),
                counted(report.asked, "operation", "operations"),
            ),
        );
    }
    line("hash", &format!("{:016x}", report.hash));
    text
}

fn injected(report: &Report) -> String {
    let mut text = counts(&report.faults, "no faults");
    if report.withheld > 0 {
        let withheld = counted(report.withheld, "fault", "faults");
        write!(text, " ({withheld} withheld: one failure too many)").expect("a string");
    }
    text
}

fn messages(report: &Report) -> String {
    let tally = &report.tally;
    let mut parts = vec![format!("{} delivered", grouped(tally.delivered))];
    for (count, what) in [
        (tally.dropped, "lost"),
        (tally.duplicated, "doubled"),
        (tally.misrouted, "astray"),
        (tally.lost_at_crashed, "found nobody home"),
        (tally.outlived, "outlived their sender"),
    ] {
        if count > 0 {
            parts.push(format!("{} {what}", grouped(count)));
        }
    }
    parts.join(", ")
}

fn happened(report: &Report) -> String {
    format!(
        "{} committed, {} of {} answered, last view v{}, {:.3}s of virtual time",
        counted(report.committed, "operation", "operations"),
        grouped(report.answered),
        grouped(report.asked),
        report.views,
        Seconds(report.ended_at.0),
    )
}

/// Nanoseconds as seconds, without floats.
struct Seconds(u64);

impl core::fmt::Display for Seconds {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000_000_000, self.0 % 1_000_000_000 / 1_000_000)
    }
}

fn reached(report: &Report) -> String {
    let all = mark::names().count();
    let names = report.marks.join(", ");
    let names = if names.is_empty() { "nothing rare".to_owned() } else { names };
    format!("{} of {all} marks: {names}", report.marks.len())
}

fn counts(counts: &BTreeMap<&'static str, u64>, none: &str) -> String {
    if counts.is_empty() {
        return none.to_owned();
    }
    let parts: Vec<String> =
        counts.iter().map(|(name, count)| format!("{name} {}", grouped(*count))).collect();
    parts.join(", ")
}

/// Breaks a text at spaces so that a line of it, behind a label, fits in 100 columns.
pub(super) fn wrap(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always one");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > 86 {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
