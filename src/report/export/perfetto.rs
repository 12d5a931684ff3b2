//! Chrome's trace events, which Perfetto opens: a track for each process, with what it does over
//! time and what it takes; messages are flows from track to track.

use crate::report::run_page::{Page, Track};
use crate::sim::time::Moment;
use serde_json::{Value, json};
use std::io::{self, Write};

pub(super) fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{{\"displayTimeUnit\":\"ns\",\"traceEvents\":[")?;
    let mut is_first = true;
    let mut put = |event: Value| -> io::Result<()> {
        let comma = if core::mem::take(&mut is_first) { "" } else { ",\n" };
        write!(out, "{comma}{event}")
    };
    put(named("process_name", STATES, 0, "who does what"))?;
    put(named("process_name", EVENTS, 0, "what happens"))?;
    put(named("process_name", FAULTS, 0, "what was injected"))?;
    for (lane, who) in page.lanes.iter().enumerate() {
        put(named("thread_name", STATES, lane, &who.name))?;
        put(named("thread_name", EVENTS, lane, &who.name))?;
    }
    let end = page.events.last().map_or(Moment(0), |event| event.at);
    for slice in states(page, end).into_iter().chain(operations(page, end)) {
        put(slice)?;
    }
    for (row, fault) in page.faults.iter().enumerate() {
        put(slice(FAULTS, row, &fault.text, fault.from, fault.until.unwrap_or(end)))?;
    }
    for (index, event) in page.events.iter().enumerate() {
        let Some(lane) = event.lane else { continue };
        let name = match event.kind {
            Some(kind) => &*page.kinds[kind].name,
            None => &*event.text,
        };
        let mut shown = slice(EVENTS, lane, name, event.at, event.at);
        shown["args"] = json!({ "event": event.event, "text": event.text });
        put(shown)?;
        let flow = |phase: &str, id: usize| {
            json!({
                "ph": phase, "bp": "e", "cat": "message", "name": name, "id": id,
                "pid": EVENTS, "tid": lane, "ts": micros(event.at),
            })
        };
        if event.track.is_sending() && event.track != Track::SentLost {
            put(flow("s", index))?;
        } else if let Some(sending) = event.sent_in {
            put(flow("f", sending))?;
        }
    }
    if let Some(verdict) = &page.verdict {
        put(json!({
            "ph": "i", "s": "g", "name": page.title, "pid": EVENTS, "tid": 0,
            "ts": micros(verdict.at),
        }))?;
    }
    writeln!(out, "\n]}}")
}

/// What each did, from one change to the next.
fn states(page: &Page, end: Moment) -> Vec<Value> {
    let at = |event: u64| {
        let index = page.events.partition_point(|other| other.event < event);
        page.events.get(index).map_or(end, |event| event.at)
    };
    let mut slices = Vec::new();
    for lane in 0..page.lanes.len() {
        let mut own = page.states.iter().filter(|state| state.lane == lane).peekable();
        while let Some(state) = own.next() {
            // What does not differ by its label is one slice.
            while own.next_if(|next| next.label == state.label).is_some() {}
            let until = own.peek().map_or(end, |next| at(next.event));
            slices.push(slice(STATES, lane, &state.label, at(state.event), until));
        }
    }
    slices
}

/// What the clients wait for.
fn operations(page: &Page, end: Moment) -> Vec<Value> {
    let asked = page.operations.iter();
    asked
        .filter_map(|asked| {
            let (lane, until) = (asked.lane?, asked.returned.unwrap_or(end));
            Some(slice(STATES, lane, &asked.text, asked.invoked, until))
        })
        .collect()
}

fn slice(pid: u8, tid: usize, name: &str, from: Moment, until: Moment) -> Value {
    let length = until.0.saturating_sub(from.0);
    json!({
        "ph": "X", "name": name, "pid": pid, "tid": tid,
        "ts": micros(from), "dur": micros(Moment(length)),
    })
}

fn named(what: &str, pid: u8, tid: usize, name: &str) -> Value {
    json!({ "ph": "M", "name": what, "pid": pid, "tid": tid, "args": { "name": name } })
}

/// Times are in microseconds, and may have a fraction.
fn micros(at: Moment) -> Value {
    let text = format!("{}.{:03}", at.0 / 1_000, at.0 % 1_000);
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

const STATES: u8 = 1;
const EVENTS: u8 = 2;
const FAULTS: u8 = 3;
