//! What a page says, as it is read back.

use super::{Asked, EVENTS_MAX, Event, Fault, Lane, Page, State, Tone, Track, Verdict, of_run};
use crate::sim::sabotage::Sabotage;
use crate::sim::scenario::Variant;
use crate::sim::time::Moment;
use crate::sim::{Scenario, run_recorded};
use base64::Engine as _;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;

/// What the script of a page is given.
fn data(html: &str) -> Value {
    let (_, rest) = html.split_once("id=\"data\">").expect("the data");
    let (packed, _) = rest.split_once("</script>").expect("an end");
    let bytes = base64::engine::general_purpose::STANDARD.decode(packed.trim()).expect("base64");
    let mut text = String::new();
    flate2::read::ZlibDecoder::new(&*bytes).read_to_string(&mut text).expect("compressed");
    serde_json::from_str(&text).expect("JSON")
}

/// A column of the events; times and numbers are told by how much they grow.
fn column(data: &Value, name: &str) -> Vec<i64> {
    let numbers = data["events"][name].as_array().expect("a column").iter();
    numbers.map(|number| number.as_i64().expect("a number")).collect()
}

fn failing() -> (Scenario, Page) {
    let scenario = Scenario::of_seed(15, Variant::from(Sabotage::ForgetsToRecover));
    let (report, recording) = run_recorded(&scenario);
    assert!(report.violation.is_some());
    let page = of_run(&scenario, &report, &recording, ("seed 15", "--seed 15"));
    (scenario, page)
}

#[test]
fn the_data_are_what_happened() {
    let (scenario, page) = failing();
    let data = data(&page.html().expect("small enough"));
    let (_, recording) = run_recorded(&scenario);
    let grown = |name: &str| {
        column(&data, name).into_iter().scan(0, |sum, by| {
            *sum += by;
            Some(*sum)
        })
    };
    let times: Vec<i64> = grown("at").collect();
    let numbers: Vec<i64> = grown("event").collect();
    let (tracks, lanes, sent) =
        (column(&data, "track"), column(&data, "lane"), column(&data, "sent"));
    assert_eq!(times.len(), recording.records.len());
    for (index, record) in recording.records.iter().enumerate() {
        assert_eq!(u64::try_from(times[index]), Ok(record.at.0));
        assert_eq!(u64::try_from(numbers[index]), Ok(record.event));
    }
    // Who takes something took it from where it says that it was sent.
    let arrived = i64::from(Track::Arrived.number());
    let mut count = 0;
    for index in (0..tracks.len()).filter(|&index| tracks[index] == arrived && sent[index] > 0) {
        let sending = index - usize::try_from(sent[index]).expect("positive");
        assert!(tracks[sending] <= i64::from(Track::SentAstray.number()), "{index}");
        assert_eq!(column(&data, "other")[sending], lanes[index], "{index}");
        count += 1;
    }
    assert!(count > 10, "{count}");
    let blame = &data["blame"];
    assert_eq!(blame["event"].as_u64(), page.verdict.as_ref().map(|verdict| verdict.event));
    assert!(blame["past"].as_array().is_some_and(|past| past.len() > 5));
    assert_eq!(data["lanes"].as_array().map(Vec::len), Some(page.lanes.len()));
    // The last state of each replica stands in the table as it was.
    let mut last = BTreeMap::new();
    for sight in &recording.sights {
        last.insert(u64::from(sight.glance.number.0), sight.glance);
    }
    let states = data["states"].as_array().expect("states");
    for (lane, glance) in last {
        let state = states.iter().rev().find(|state| state[1].as_u64() == Some(lane));
        let view = usize::try_from(state.expect("a state")[5][1].as_u64().expect("a text"));
        let view = &data["texts"][view.expect("a place")];
        assert_eq!(view.as_str(), Some(&*glance.view.to_string()));
    }
}

#[test]
fn nothing_that_is_told_can_be_taken_for_a_part_of_the_page() {
    let nasty = "</script><script>alert(1)</script>{{data}}&\u{2028}\"'";
    let page = Page {
        title: nasty.to_owned(),
        verdict: Some(Verdict {
            code: nasty.to_owned(),
            meaning: nasty.to_owned(),
            story: nasty.to_owned(),
            ..Verdict::default()
        }),
        commands: vec![(nasty.to_owned(), nasty.to_owned())],
        lanes: vec![Lane { name: nasty.to_owned(), is_client: true }],
        events: vec![Event { text: nasty.to_owned(), ..event(1) }],
        operations: vec![Asked {
            lane: Some(0),
            invoked: Moment(1),
            returned: None,
            text: nasty.to_owned(),
            matters: true,
        }],
        faults: vec![Fault { text: nasty.to_owned(), from: Moment(1), until: None }],
        scenario: nasty.to_owned(),
        ..Page::default()
    };
    let html = page.html().expect("small enough");
    assert_eq!(html.matches("<script").count(), 2, "the data, and what draws them");
    assert!(!html.contains("alert(1)</script>"));
    let data = data(&html);
    assert_eq!(data["lanes"][0][0], nasty);
    assert_eq!(data["texts"][0], nasty);
    // It asks for nothing from anywhere.
    for word in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!html.contains(word), "{word}");
    }
    assert!(html.contains("default-src 'none'"));
}

fn event(number: u64) -> Event {
    Event {
        at: Moment(number * 1_000),
        event: number,
        track: Track::Timer,
        lane: Some(0),
        other: None,
        kind: None,
        text: "t".to_owned(),
        sent_in: None,
    }
}

#[test]
fn what_is_too_much_for_a_page_is_told_with_a_part_that_is_not() {
    let count = u64::try_from(EVENTS_MAX).expect("a number") + 1;
    let page = Page { events: (1..=count).map(event).collect(), ..Page::default() };
    let large = page.html().expect_err("too large");
    assert!(large.to_string().contains("choose a part of the time, such as --from"), "{large}");
    let part = page.within(&large.window);
    assert!(part.events.len() > EVENTS_MAX / 3 && part.html().is_ok());
}

#[test]
fn a_part_of_the_time_begins_with_what_everybody_was() {
    let state = |number, lane| State {
        event: number,
        lane,
        tone: Tone::Works,
        label: number.to_string(),
        done: 0,
        values: Vec::new(),
    };
    let crash = Event { track: Track::Crashed, lane: Some(1), ..event(3) };
    let page = Page {
        events: vec![event(1), event(2), crash.clone(), event(4), event(5), event(6)],
        states: vec![state(1, 0), state(2, 0), state(2, 1), state(5, 0), state(6, 0)],
        faults: vec![
            Fault { text: "over".to_owned(), from: Moment(0), until: Some(Moment(3_000)) },
            Fault { text: "goes on".to_owned(), from: Moment(0), until: None },
        ],
        ..Page::default()
    };
    let part = page.within(&(Moment(4_000)..Moment(5_000)));
    assert_eq!(part.events, vec![crash, event(4), event(5)]);
    let states: Vec<(u64, usize)> =
        part.states.iter().map(|state| (state.event, state.lane)).collect();
    assert_eq!(states, [(2, 0), (2, 1), (5, 0)]);
    assert_eq!(part.faults.len(), 1);
}
