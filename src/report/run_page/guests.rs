//! The page of a run of a system that nobody here knows.

use super::tracks::{self, Names};
use super::{Asked, Kind, Lane, Page, State, Tone, Verdict};
use crate::checker::Model;
use crate::report::past::Causes;
use crate::sim::Scenario;
use crate::sim::guest::{Guest, MessageOf, Outcome, Sight, process_of};
use crate::sim::node::ProcessId;
use crate::sim::time::Moment;
use core::fmt::Write as _;

/// The page of a recorded run of a guest, with commands that show it again: what for, and what to
/// type.
///
/// A kind of message is called by the first word of such a message.
#[must_use]
pub fn of_guest<G: Guest>(
    guest: &G,
    scenario: &Scenario,
    outcome: &Outcome<G>,
    commands: &[(&str, &str)],
) -> Page {
    let records = &outcome.records;
    let causes = Causes::of(records);
    let fault = |index: usize| {
        scenario.faults.get(index).map(|fault| fault.action.to_string()).unwrap_or_default()
    };
    let names = Names {
        kind: &|message: &MessageOf<G>| {
            let text = message.to_string();
            let name = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            Kind { name: name.to_owned(), family: name.to_owned() }
        },
        timer: &|_, timer| format!("timer {}", timer.0),
        fault: &fault,
    };
    let (events, kinds) = tracks::events(records, &causes, &names);
    let verdict = outcome.violation.as_ref().map(|violation| {
        let mut story = format!("error[{}]: {}\n", violation.code, violation.message);
        for line in &violation.details {
            writeln!(story, "  {line}").expect("a string takes everything");
        }
        let event = outcome.blamed.unwrap_or(violation.event);
        Verdict {
            code: violation.code.text().to_owned(),
            meaning: format!("{} (found by {})", violation.code.meaning(), violation.judge),
            event,
            at: tracks::moment_of(records, event),
            story,
            past: causes.past(event),
        }
    });
    let title = match &outcome.violation {
        Some(violation) => format!("{}: {}", violation.code, violation.message),
        None => "nothing is wrong".to_owned(),
    };
    let servers = u16::from(scenario.cluster.replicas);
    let lanes = (0..scenario.processes()).map(ProcessId);
    Page {
        title,
        verdict,
        commands: commands
            .iter()
            .map(|(label, command)| ((*label).to_owned(), (*command).to_owned()))
            .collect(),
        lanes: lanes
            .map(|id| Lane { name: scenario.target_of(id).to_string(), is_client: id.0 >= servers })
            .collect(),
        events,
        kinds,
        columns: columns(outcome),
        states: states(outcome),
        marks: Vec::new(),
        operations: operations(guest, outcome),
        faults: tracks::faults(records, fault),
        scenario: scenario.brief(),
    }
}

fn columns<G: Guest>(outcome: &Outcome<G>) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for (name, _) in outcome.sights.iter().flat_map(|sight| &sight.values) {
        if !columns.iter().any(|known| known == name) {
            columns.push((*name).to_owned());
        }
    }
    columns
}

fn states<G: Guest>(outcome: &Outcome<G>) -> Vec<State> {
    let columns = columns(outcome);
    let state = |(done, sight): (u64, &Sight)| {
        let value = |column: &String| {
            let found = sight.values.iter().find(|(name, _)| name == column);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        State {
            event: sight.event,
            lane: usize::from(sight.server.0),
            tone: Tone::Works,
            label: values.first().cloned().unwrap_or_default(),
            done,
            values,
        }
    };
    (1..).zip(&outcome.sights).map(state).collect()
}

fn operations<G: Guest>(guest: &G, outcome: &Outcome<G>) -> Vec<Asked> {
    let model = guest.model();
    let operations = outcome.history.operations.iter().enumerate();
    operations
        .map(|(index, operation)| Asked {
            lane: Some(usize::from(process_of(operation.client).0)),
            invoked: Moment(operation.invoked),
            returned: operation.returned().map(Moment),
            text: model.describe(&operation.input, operation.output()),
            matters: outcome.matter.contains(&index),
        })
        .collect()
}
