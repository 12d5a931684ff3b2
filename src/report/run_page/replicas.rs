//! The page of a run of this package's replicas.

use super::tracks::{self, Names};
use super::{Asked, Kind, Lane, Page, State, Tone, Verdict};
use crate::protocol::replica::StatusKind;
use crate::protocol::{ClientId, Message, MessageKind};
use crate::report::past::Causes;
use crate::report::story::{self, story};
use crate::report::trace::Lines;
use crate::sim::invariants::Glance;
use crate::sim::linearizability::in_words;
use crate::sim::member::timer_name;
use crate::sim::node::ProcessId;
use crate::sim::trace::What;
use crate::sim::{Recording, Report, Scenario};
use std::collections::BTreeMap;

/// The page of a recorded run: by what name people call it, and how it is repeated, which is the
/// arguments that name it.
#[must_use]
pub fn of_run(
    scenario: &Scenario,
    report: &Report,
    recording: &Recording,
    (name, replay): (&str, &str),
) -> Page {
    let records = &recording.records;
    let lines = Lines::new(scenario);
    let causes = Causes::of(records);
    let fault = |index: usize| lines.fault(index);
    let names = Names {
        kind: &|message: &Message| Kind {
            name: message.kind().name().to_owned(),
            family: family(message.kind()).to_owned(),
        },
        timer: &|process, timer| timer_name(process, scenario.cluster.replicas, timer).to_owned(),
        fault: &fault,
    };
    let (events, kinds) = tracks::events(records, &causes, &names);
    let verdict = report.violation.as_ref().map(|violation| Verdict {
        code: violation.code.text().to_owned(),
        meaning: format!("{} (found by {})", violation.code.meaning(), violation.judge),
        event: violation.event,
        at: violation.at,
        story: plain(&story(scenario, violation, recording, replay)),
        past: causes.past(violation.event),
    });
    let title = match &report.violation {
        Some(violation) => format!("{}: {}", violation.code, violation.message),
        None => format!("{name}: nothing is wrong"),
    };
    Page {
        title,
        verdict,
        commands: story::next_steps(replay, report.violation.is_some()),
        lanes: (0..scenario.processes()).map(|number| lane(scenario, ProcessId(number))).collect(),
        events,
        kinds,
        columns: COLUMNS.map(str::to_owned).to_vec(),
        states: recording.sights.iter().map(|sight| state(sight.event, &sight.glance)).collect(),
        marks: marks(recording),
        operations: operations(report, recording),
        faults: tracks::faults(records, fault),
        scenario: scenario.brief(),
    }
}

fn lane(scenario: &Scenario, id: ProcessId) -> Lane {
    let is_client = id.0 >= u16::from(scenario.cluster.replicas);
    Lane { name: scenario.target_of(id).to_string(), is_client }
}

const COLUMNS: [&str; 9] = [
    "status",
    "view",
    "last normal",
    "op-number",
    "commit-number",
    "checkpoint",
    "log begins",
    "epoch",
    "life",
];

fn state(event: u64, glance: &Glance) -> State {
    let role = match (glance.is_primary, glance.is_witness) {
        (true, _) => " PRIMARY",
        (false, true) => " witness",
        (false, false) => "",
    };
    let status = glance.status.name();
    let tone = match glance.status {
        StatusKind::Normal if glance.is_primary => Tone::Leads,
        StatusKind::Normal => Tone::Works,
        StatusKind::ViewChange => Tone::Changes,
        StatusKind::Recovering => Tone::Recovers,
        StatusKind::Transitioning | StatusKind::ShutDown => Tone::Apart,
    };
    let what = if glance.is_primary { "PRIMARY" } else { status };
    State {
        event,
        lane: usize::from(glance.number.0),
        tone,
        label: format!("{} {what}", glance.view),
        done: glance.commit_number.0,
        values: vec![
            format!("{status}{role}"),
            glance.view.to_string(),
            glance.last_normal_view.to_string(),
            glance.op_number.0.to_string(),
            glance.commit_number.0.to_string(),
            glance.checkpoint.0.to_string(),
            glance.log_start.0.to_string(),
            glance.membership.epoch.to_string(),
            glance.incarnation.0.to_string(),
        ],
    }
}

fn marks(recording: &Recording) -> Vec<(u64, String)> {
    recording.marks.iter().map(|reached| (reached.event, reached.mark.name().to_owned())).collect()
}

fn operations(report: &Report, recording: &Recording) -> Vec<Asked> {
    let mut lanes: BTreeMap<_, usize> = BTreeMap::new();
    for record in &recording.records {
        if let What::Sent { from, message, .. } = &record.what
            && let Message::Request(_) | Message::Read(_) | Message::Register(_) = message
            && let Some(client) = asker(message)
        {
            lanes.insert(client, usize::from(from.0));
        }
    }
    let message = report.violation.as_ref().map(|violation| violation.message.as_str());
    let subject = story::Subject::of(message.unwrap_or_default(), recording);
    let asked = recording.operations.iter().map(|operation| Asked {
        lane: lanes.get(&operation.client).copied(),
        invoked: operation.invoked,
        returned: operation.answered.as_ref().map(|(at, _)| *at),
        text: in_words(operation),
        matters: subject.has_request(operation.client, operation.request_number),
    });
    asked.collect()
}

fn asker(message: &Message) -> Option<ClientId> {
    match message {
        Message::Request(m) => Some(m.client),
        Message::Read(m) => Some(m.client),
        Message::Register(m) => Some(m.client),
        Message::Registered(_)
        | Message::Reply(_)
        | Message::Refusal(_)
        | Message::Answer(_)
        | Message::NewEpoch(_)
        | Message::Peer(..) => None,
    }
}

/// What a kind of messages is a part of.
const fn family(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Request
        | MessageKind::Reply
        | MessageKind::Refusal
        | MessageKind::Register
        | MessageKind::Registered => "requests",
        MessageKind::Read | MessageKind::Answer => "reads",
        MessageKind::Prepare | MessageKind::PrepareOk | MessageKind::Commit => "normal operation",
        MessageKind::StartViewChange | MessageKind::DoViewChange | MessageKind::StartView => {
            "view change"
        }
        MessageKind::Recovery | MessageKind::RecoveryResponse => "recovery",
        MessageKind::GetState
        | MessageKind::NewState
        | MessageKind::GetPages
        | MessageKind::Pages => "state transfer",
        MessageKind::StartEpoch | MessageKind::EpochStarted | MessageKind::NewEpoch => {
            "reconfiguration"
        }
        MessageKind::Predict | MessageKind::Prediction => "prediction",
    }
}

/// A story without colours, and without what stands elsewhere on the page.
fn plain(story: &str) -> String {
    anstream::adapter::strip_str(story).to_string()
}
