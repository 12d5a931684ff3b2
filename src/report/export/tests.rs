//! What is written is what happened, in forms that others read.

use super::Form;
use crate::report::run_page::{Page, Track, of_run};
use crate::sim::sabotage::Sabotage;
use crate::sim::scenario::Variant;
use crate::sim::{Scenario, run_recorded};
use serde_json::Value;
use std::collections::BTreeMap;

fn failing() -> Page {
    let scenario = Scenario::of_seed(15, Variant::from(Sabotage::ForgetsToRecover));
    let (report, recording) = run_recorded(&scenario);
    of_run(&scenario, &report, &recording, ("seed 15", "--seed 15"))
}

fn text(form: Form, page: &Page) -> String {
    let mut bytes = Vec::new();
    form.write(page, &mut bytes).expect("a vector takes everything");
    String::from_utf8(bytes).expect("text")
}

#[test]
fn each_line_is_an_object_with_a_version_and_nothing_is_left_out() {
    let page = failing();
    let text = text(Form::JsonLines, &page);
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.iter().all(|line| line["v"] == 1));
    let count = |what: &str| lines.iter().filter(|line| line["type"] == what).count();
    assert_eq!(count("event"), page.events.len());
    assert_eq!(count("state"), page.states.len());
    assert_eq!(count("operation"), page.operations.len());
    assert_eq!((count("trace"), count("violation")), (1, 1));
    // An arrival names the line of its sending.
    let events: Vec<&Value> = lines.iter().filter(|line| line["type"] == "event").collect();
    let mut arrivals = 0;
    for event in events.iter().filter(|event| event["what"] == "arrived") {
        let Some(sending) = event["sent"].as_u64() else { continue };
        let sending = events[usize::try_from(sending).expect("a line")];
        assert_eq!(sending["to"], event["process"]);
        assert_eq!(sending["process"], event["from"]);
        assert_eq!(sending["kind"], event["kind"]);
        arrivals += 1;
    }
    assert!(arrivals > 100, "{arrivals}");
}

#[test]
fn vector_clocks_are_those_of_what_happened() {
    let page = failing();
    let text = text(Form::ShiViz, &page);
    let mut lines = text.lines();
    let mut latest: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let (mut count, mut told) = (0, 0);
    while let (Some(event), Some(clock)) = (lines.next(), lines.next()) {
        let (host, clock) = clock.split_once(' ').expect("a host and its clock");
        let clock: BTreeMap<String, u64> = serde_json::from_str(clock).expect("a clock");
        let before = latest.insert(host.to_owned(), clock.clone()).unwrap_or_default();
        // Who is told something knows of who told it.
        let told_by = event.split_once(" from ").and_then(|(_, rest)| rest.split_once(':'));
        if let Some((sender, _)) = told_by.filter(|(sender, _)| *sender != "admin") {
            assert!(clock.get(sender).is_some_and(|&known| known > 0), "{event}");
            told += 1;
        }
        // Its own part grows by one, nothing falls, and nobody knows more of another than he did.
        assert_eq!(clock[host], before.get(host).copied().unwrap_or(0) + 1, "{event}");
        for (other, known) in &clock {
            assert!(before.get(other).copied().unwrap_or(0) <= *known, "{event}");
            assert!(*known <= latest[other][other], "{event}");
        }
        count += 1;
    }
    assert!(told > 100, "{told}");
    let of_somebody = |event: &&crate::report::run_page::Event| {
        event.lane.is_some() && event.track != Track::NobodyHome
    };
    assert_eq!(count, page.events.iter().filter(of_somebody).count());
}

#[test]
fn slices_and_flows_are_well_formed() {
    let page = failing();
    let trace: Value = serde_json::from_str(&text(Form::Perfetto, &page)).expect("JSON");
    let events = trace["traceEvents"].as_array().expect("events");
    let of = |phase: &str| events.iter().filter(|event| event["ph"] == phase).collect::<Vec<_>>();
    assert!(of("X").iter().all(|slice| slice["dur"].as_f64().is_some_and(|dur| dur >= 0.0)));
    assert!(of("X").iter().any(|slice| slice["name"] == "v0 PRIMARY"));
    let starts: BTreeMap<u64, f64> = of("s")
        .iter()
        .map(|flow| (flow["id"].as_u64().expect("an id"), flow["ts"].as_f64().expect("a time")))
        .collect();
    assert!(starts.len() > 100);
    for end in of("f") {
        let begun = starts[&end["id"].as_u64().expect("an id")];
        assert!(begun <= end["ts"].as_f64().expect("a time"));
    }
    assert_eq!(of("i").len(), 1, "what is wrong");
}
