//! The kernel and the checker on a system that is not ours: a register on majorities.

#![cfg(feature = "cli")]

#[path = "../examples/quorum_register/system.rs"]
mod system;

use system::Form;
use vsr::report::run_page;
use vsr::sim::guest::{Found, draw, hunt, reduce, run, run_recorded};
use vsr::sim::scenario::Way;
use vsr::sim::violation::Code;

#[test]
fn the_correct_form_passes_whatever_the_way() {
    for way in [Way::Swarm, Way::Heavy, Way::Crashes, Way::Walk, Way::Attacks] {
        let found = hunt(&Form::Correct, way, 0..1_000).next();
        assert!(found.is_none(), "{way}: {found:?}");
    }
}

#[test]
fn a_read_without_write_back_is_caught_and_made_small_and_drawn() {
    let form = Form::NoWriteBack;
    let (seed, scenario, found) = hunt(&form, Way::Swarm, 0..500).next().expect("it is caught");
    let Found::Violation(violation) = found else { panic!("seed {seed}: {found:?}") };
    assert_eq!(violation.code, Code::Linearizability);
    let small = reduce(&form, &scenario, &violation, 20_000).scenario;
    assert!(small.workload.operations <= 60, "{small}");
    assert!(small.faults.len() + small.messages.len() <= 10, "{small}");
    let outcome = run_recorded(&form, &small);
    let page = run_page::of_guest(&form, &small, &outcome, &[]);
    let verdict = page.verdict.as_ref().expect("it fails");
    // It points at the answer that can't be, and shows who holds what.
    let blamed = page.events.iter().find(|event| event.event == verdict.event);
    let blamed = blamed.expect("the event in which it was seen");
    assert!(blamed.lane.is_some_and(|lane| page.lanes[lane].is_client), "{blamed:?}");
    let operations = &outcome.history.operations;
    let mut answers = outcome.matter.iter().filter_map(|&index| operations[index].returned());
    assert!(answers.any(|at| at == verdict.at.0), "not when it was asked for");
    assert!(verdict.past.contains(&verdict.event));
    assert_eq!(page.columns, ["holds"]);
    assert!(!page.states.is_empty());
    assert!(page.operations.iter().filter(|asked| asked.matters).count() >= 2);
    assert!(page.kinds.iter().any(|kind| kind.name == "QUERY"), "{:?}", page.kinds);
}

#[test]
fn a_seed_means_one_run() {
    for seed in 0..20 {
        let scenario = draw(&Form::Correct, seed, Way::Swarm);
        let [one, other] = [(); 2].map(|()| run(&Form::Correct, &scenario));
        assert_eq!(one.hash, other.hash, "seed {seed}");
        assert_eq!(one.history, other.history, "seed {seed}");
        assert_eq!(one.tally, other.tally, "seed {seed}");
    }
}
