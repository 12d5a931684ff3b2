//! What the script of a page is given: columns of numbers, and each text once, compressed.

use super::{Event, Page, Tone};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// The data, in letters that mean nothing to HTML.
pub(super) fn packed(page: &Page) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let written = write!(encoder, "{}", value(page)).and_then(|()| encoder.finish());
    STANDARD.encode(written.expect("a vector takes everything"))
}

fn value(page: &Page) -> Value {
    let mut texts = Texts::default();
    // Numbers that grow are told by how much: that compresses to little.
    let (mut at, mut event) = (0, 0);
    let (mut ats, mut numbers) = (Vec::new(), Vec::new());
    for told in &page.events {
        ats.push(told.at.0.wrapping_sub(at));
        numbers.push(told.event.wrapping_sub(event));
        (at, event) = (told.at.0, told.event);
    }
    let place = |place: Option<usize>| place.map_or(json!(-1), |place| json!(place));
    let column =
        |of: &dyn Fn(&Event) -> Value| -> Vec<Value> { page.events.iter().map(of).collect() };
    // How far back: such numbers are small, and alike.
    let sent = page.events.iter().enumerate();
    let sent: Vec<usize> =
        sent.map(|(index, told)| told.sent_in.map_or(0, |sending| index - sending)).collect();
    let told: Vec<usize> = page.events.iter().map(|told| texts.place(&told.text)).collect();
    let events = json!({
        "at": ats,
        "event": numbers,
        "track": column(&|told| json!(told.track.number())),
        "lane": column(&|told| place(told.lane)),
        "other": column(&|told| place(told.other)),
        "kind": column(&|told| place(told.kind)),
        "text": told,
        "sent": sent,
    });
    let states: Vec<Value> = page
        .states
        .iter()
        .map(|state| {
            let values: Vec<usize> = state.values.iter().map(|text| texts.place(text)).collect();
            let label = texts.place(&state.label);
            json!([state.event, state.lane, tone(state.tone), label, state.done, values])
        })
        .collect();
    let asked = page.operations.iter().map(|asked| {
        let returned = asked.returned.map(|at| at.0);
        json!([asked.lane, asked.invoked.0, returned, asked.text, asked.matters])
    });
    let asked: Vec<Value> = asked.collect();
    let faults = page.faults.iter();
    let faults: Vec<Value> =
        faults.map(|fault| json!([fault.text, fault.from.0, fault.until.map(|at| at.0)])).collect();
    let lanes = page.lanes.iter().map(|lane| json!([lane.name, lane.is_client]));
    let kinds = page.kinds.iter().map(|kind| json!([kind.name, kind.family]));
    json!({
        "v": 1,
        "lanes": lanes.collect::<Vec<_>>(),
        "kinds": kinds.collect::<Vec<_>>(),
        "columns": page.columns,
        "events": events,
        "states": states,
        "marks": page.marks,
        "asked": asked,
        "faults": faults,
        "blame": page.verdict.as_ref().map(|verdict| {
            json!({ "event": verdict.event, "at": verdict.at.0, "past": verdict.past })
        }),
        "texts": texts.all,
    })
}

const fn tone(tone: Tone) -> u8 {
    match tone {
        Tone::Works => 0,
        Tone::Leads => 1,
        Tone::Changes => 2,
        Tone::Recovers => 3,
        Tone::Apart => 4,
    }
}

/// Each text once.
#[derive(Default)]
struct Texts<'page> {
    all: Vec<&'page str>,
    known: BTreeMap<&'page str, usize>,
}

impl<'page> Texts<'page> {
    fn place(&mut self, text: &'page str) -> usize {
        *self.known.entry(text).or_insert_with(|| {
            self.all.push(text);
            self.all.len() - 1
        })
    }
}
