//! A JSON object for each thing that happened, in its order; `docs/traces.md` is the schema.

use crate::report::run_page::{Event, Page, State, Track};
use serde_json::{Value, json};
use std::io::{self, Write};

pub(super) fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let lanes: Vec<&str> = page.lanes.iter().map(|lane| &*lane.name).collect();
    writeln!(
        out,
        "{}",
        json!({
            "v": 1,
            "type": "trace",
            "title": page.title,
            "processes": lanes,
            "state": page.columns,
        })
    )?;
    let mut states = page.states.iter().peekable();
    for (index, event) in page.events.iter().enumerate() {
        // What somebody was before anything happened, and what each event has changed, behind it.
        while let Some(state) = states.next_if(|state| state.event < event.event) {
            writeln!(out, "{}", state_line(page, state))?;
        }
        writeln!(out, "{}", event_line(page, index, event))?;
    }
    for state in states {
        writeln!(out, "{}", state_line(page, state))?;
    }
    for (event, mark) in &page.marks {
        writeln!(out, "{}", json!({ "v": 1, "type": "mark", "event": event, "mark": mark }))?;
    }
    for asked in &page.operations {
        let line = json!({
            "v": 1,
            "type": "operation",
            "process": asked.lane.map(|lane| lanes[lane]),
            "asked": asked.invoked.0,
            "answered": asked.returned.map(|at| at.0),
            "text": asked.text,
            "matters": asked.matters,
        });
        writeln!(out, "{line}")?;
    }
    if let Some(verdict) = &page.verdict {
        let line = json!({
            "v": 1,
            "type": "violation",
            "code": verdict.code,
            "message": page.title,
            "at": verdict.at.0,
            "event": verdict.event,
            "past": verdict.past,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn event_line(page: &Page, index: usize, event: &Event) -> Value {
    let name = |lane: Option<usize>| lane.map(|lane| &*page.lanes[lane].name);
    let mut line = json!({
        "v": 1,
        "type": "event",
        "line": index,
        "event": event.event,
        "at": event.at.0,
        "what": event.track.word(),
        "process": name(event.lane),
        "text": event.text,
    });
    if let Some(kind) = event.kind {
        line["kind"] = json!(page.kinds[kind].name);
        let other = if event.track.is_sending() { "to" } else { "from" };
        line[other] = json!(name(event.other));
    }
    if matches!(event.track, Track::Arrived | Track::NobodyHome) {
        line["sent"] = json!(event.sent_in);
    }
    line
}

fn state_line(page: &Page, state: &State) -> Value {
    let values: serde_json::Map<String, Value> = page
        .columns
        .iter()
        .zip(&state.values)
        .map(|(column, value)| (column.clone(), json!(value)))
        .collect();
    json!({
        "v": 1,
        "type": "state",
        "event": state.event,
        "process": page.lanes[state.lane].name,
        "state": values,
    })
}
