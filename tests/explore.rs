//! Exploring: what it finds, that a run shows it again, and that it ends.

use std::process::Command;
use vsr::sim::Scenario;
use vsr::sim::explore::{Bounds, Explored, Level, Told, Unexplorable, check, explore};
use vsr::sim::sabotage::Sabotage;
use vsr::sim::scenario::{Cluster, Workload};

/// Three replicas, and one client that asks so often.
fn small(operations: u32) -> Scenario {
    let scenario = Scenario::default();
    let workload = Workload { clients: 1, operations, ..scenario.workload };
    Scenario { workload, ..scenario }
}

/// Nothing may go wrong, but for what is put in.
const QUIET: Bounds =
    Bounds { deviations: 9, crashes: 0, timeouts: 0, resends: 0, late: 0, copies: 0, deaf: 0 };

/// What comes of an exploration, and its levels.
fn explored(scenario: &Scenario, bounds: Bounds) -> (Explored, Vec<Level>) {
    let mut levels = Vec::new();
    let outcome = explore(scenario, bounds, |told| {
        if let Told::Done(level) = told {
            levels.push(level);
        }
        true
    });
    (outcome.expect("it can be explored"), levels)
}

#[test]
fn a_small_group_is_explored_to_the_end_and_each_time_alike() {
    let bounds = Bounds { deviations: 2, ..Bounds::default() };
    let (outcome, levels) = explored(&small(1), bounds);
    assert!(matches!(outcome, Explored::Whole), "{outcome:?}");
    assert_eq!(levels.len(), 3);
    assert!(levels.windows(2).all(|pair| pair[0].states * 10 < pair[1].states), "{levels:?}");
    assert_eq!(explored(&small(1), bounds).1, levels);
}

#[test]
fn the_quiet_run_has_one_end_and_no_fork() {
    let (outcome, levels) = explored(&small(2), Bounds { deviations: 0, ..QUIET });
    assert!(matches!(outcome, Explored::Whole), "{outcome:?}");
    let [level] = levels[..] else { panic!("{levels:?}") };
    let longest = u64::try_from(level.longest).expect("it is short");
    assert_eq!((level.ends, level.states), (1, longest + 1));
}

#[test]
fn each_kind_of_deviation_leads_somewhere() {
    let with = |bounds| explored(&small(1), bounds).1.last().map_or(0, |level| level.states);
    let quiet = with(Bounds { deviations: 1, ..QUIET });
    for bounds in [
        Bounds { crashes: 1, ..QUIET },
        Bounds { timeouts: 1, ..QUIET },
        Bounds { resends: 1, ..QUIET },
        Bounds { late: 1, ..QUIET },
        Bounds { copies: 1, ..QUIET },
        Bounds { deaf: 1, ..QUIET },
    ] {
        assert!(with(Bounds { deviations: 1, ..bounds }) > quiet, "{bounds:?}");
    }
}

#[test]
fn what_is_found_is_a_scenario_that_fails_in_the_same_way() {
    for (sabotage, deviations) in [
        (Sabotage::AnswersTooSoon, 0),
        (Sabotage::ForgetsToRecover, 1),
        (Sabotage::AnswersWrongly, 0),
    ] {
        let mut scenario = small(2);
        scenario.cluster.sabotage = Some(sabotage);
        let bounds = Bounds { deviations: 2, ..Bounds::default() };
        let (outcome, levels) = explored(&scenario, bounds);
        let Explored::Wrong(found) = outcome else { panic!("{sabotage:?} was not found") };
        assert_eq!(levels.last().map(|level| level.deviations), Some(deviations), "{sabotage:?}");
        let read = Scenario::parse(&found.to_string()).expect("it can be kept in a file");
        assert_eq!(read, *found);
        let violation = vsr::sim::run(&read).violation;
        let violation = violation.unwrap_or_else(|| panic!("{sabotage:?}: a run does not show it"));
        assert!(violation.at.0 < 2_000_000, "{violation:?}: it has another cause");
    }
}

#[test]
fn whoever_is_told_may_stop_it() {
    let stopped = explore(&small(2), Bounds::default(), |_| false);
    assert!(matches!(stopped, Ok(Explored::Stopped)), "{stopped:?}");
}

#[test]
fn what_rests_on_time_or_says_what_goes_wrong_is_refused() {
    let disk = |cluster| Cluster { durability: vsr::protocol::Durability::Disk, ..cluster };
    let mut scenario = small(1);
    scenario.cluster = disk(scenario.cluster);
    assert_eq!(check(&scenario), Err(Unexplorable::Disks));
    let mut scenario = small(1);
    scenario.cluster.service = vsr::sim::scenario::ServiceKind::Clock;
    assert_eq!(check(&scenario), Err(Unexplorable::Time));
    let text = "[[fault]]\nat = \"1ms\"\ncrash = \"r0\"\n";
    let scenario = Scenario::parse(text).expect("a scenario");
    assert_eq!(check(&scenario), Err(Unexplorable::Faults));
}

fn vsr_sim(words: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_vsr-sim"))
        .args(words)
        .env("NO_COLOR", "1")
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("the binary was built");
    let text = |bytes| String::from_utf8(bytes).expect("output is text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_tells_what_was_covered() {
    let (status, told, _) = vsr_sim(&["explore", "--operations", "1", "--deviations", "1"]);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.starts_with("exploring the built-in scenario: 3 replicas, 1 client, 1 operation"));
    assert!(told.ends_with("nothing is wrong\n"), "{told}");
    let few = ["explore", "--states-max", "1", "--deviations", "1", "--format", "json"];
    let (status, told, _) = vsr_sim(&few);
    assert_eq!(status, Some(102), "{told}");
    assert!(told.contains("\"verdict\":\"undecided\""), "{told}");
}

#[test]
fn the_command_keeps_what_it_finds_and_tells_its_story() {
    let words = ["explore", "--sabotage", "forgets-to-recover", "--failures", "explored"];
    let (status, told, _) = vsr_sim(&words);
    assert_eq!(status, Some(100), "{told}");
    assert!(told.contains("error[VSR-"), "{told}");
    let replay = told.lines().find_map(|line| line.trim().strip_prefix("replay    vsr-sim run "));
    let file = replay.expect("it says what to type").to_owned();
    let (status, told, _) = vsr_sim(&["run", &file]);
    assert_eq!(status, Some(0), "{told}");
}

#[test]
fn what_cannot_be_explored_is_told_with_its_place() {
    for (words, why) in [
        (["--replicas", "0"], "replicas = 0"),
        (["--durability", "disk"], "durability must be"),
        (["nowhere.toml", "--quiet"], "nowhere.toml"),
    ] {
        let (status, told, error) = vsr_sim(&[&["explore"], &words[..]].concat());
        assert_eq!((status, told.as_str()), (Some(2), ""), "{error}");
        assert!(error.contains(why), "{error}");
    }
}
