//! The kernel and the checker on a system that is not ours: a register on majorities.

#![cfg(feature = "sim")]

#[path = "../examples/quorum_register/picture.rs"]
mod picture;
#[path = "../examples/quorum_register/report.rs"]
mod report;
#[path = "../examples/quorum_register/system.rs"]
mod system;
#[path = "../examples/quorum_register/trial.rs"]
mod trial;

use system::Form;
use trial::{first_failure, try_seed};
use vsr::checker::Verdict;

#[test]
fn the_correct_form_passes_ten_thousand_seeds() {
    let failed = first_failure(Form::Correct, 0..10_000);
    assert!(failed.is_none(), "{}", report::sweep(Form::Correct, 0..10_000).text);
}

#[test]
fn a_read_without_write_back_is_caught_by_what_clients_saw() {
    let (seed, trial) = first_failure(Form::NoWriteBack, 0..500).expect("caught within 500 seeds");
    assert!(trial.is_finished);
    assert!(matches!(trial.verdict, Verdict::Violation(_)), "seed {seed}: {:?}", trial.verdict);
}

#[test]
fn a_seed_means_one_run() {
    for seed in 0..20 {
        let [one, other] = [(); 2].map(|()| try_seed(Form::Correct, seed));
        assert_eq!(one.hash, other.hash, "seed {seed}");
        assert_eq!(one.history, other.history, "seed {seed}");
        assert_eq!(one.tally, other.tally, "seed {seed}");
    }
    assert_ne!(try_seed(Form::Correct, 0).hash, try_seed(Form::Correct, 1).hash);
}

#[test]
fn the_trials_are_eventful() {
    let mut answered = 0;
    let mut unknown = 0;
    let (mut dropped, mut duplicated, mut misrouted, mut lost_at_crashed) = (0, 0, 0, 0);
    for trial in (0..100).map(|seed| try_seed(Form::Correct, seed)) {
        for operation in &trial.history.operations {
            *if operation.returned().is_some() { &mut answered } else { &mut unknown } += 1;
        }
        dropped += trial.tally.dropped;
        duplicated += trial.tally.duplicated;
        misrouted += trial.tally.misrouted;
        lost_at_crashed += trial.tally.lost_at_crashed;
    }
    assert!(answered > 2_000, "{answered}");
    let rare = [unknown, dropped, duplicated, misrouted, lost_at_crashed];
    assert!(rare.iter().all(|&count| count > 10), "{rare:?}");
}

#[test]
fn a_trace_shows_the_very_run_that_was_caught() {
    let (seed, trial) = first_failure(Form::NoWriteBack, 0..500).expect("caught within 500 seeds");
    let report = report::trace(Form::NoWriteBack, seed);
    assert_eq!(report.failed, Some(seed));
    assert!(report.text.contains(&format!("hash {:016x}", trial.hash)), "{}", report.text);
    assert!(report.text.contains("QUERY"), "{}", report.text);
    assert_eq!(report::trace(Form::Correct, seed).failed, None);
}

#[test]
fn the_demonstration_shows_what_it_promises() {
    let (text, went_well) = report::demonstrate();
    assert!(went_well, "{text}");
    assert!(text.contains("which is older"), "{text}");
    assert!(text.contains("-- --broken --trace "), "{text}");
}
