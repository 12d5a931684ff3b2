//! Runs, scenario files, campaigns and failures: statuses, outputs, and errors with their place.

use super::program::{Scratch, stderr, stdout, vsr_sim};
use std::collections::BTreeSet;
use std::path::PathBuf;

#[test]
fn a_seed_passes_with_status_0_and_the_same_bytes_each_time() {
    let first = vsr_sim(&["--seed", "42"]);
    assert_eq!(first.status.code(), Some(0), "{}", stderr(&first));
    assert!(stdout(&first).starts_with("seed 42  pass"), "{}", stdout(&first));
    assert_eq!(first.stdout, vsr_sim(&["--seed", "0x2a"]).stdout);
}

#[test]
fn the_exploration_shown_in_the_readme_is_what_comes_out() {
    let readme = include_str!("../../README.md");
    let words = ["explore", "--deviations", "2"];
    let shown = readme.split_once("$ vsr-sim explore --deviations 2\n").expect("it is shown").1;
    let shown = shown.split_once("```").expect("the block ends").0;
    assert_eq!(shown, stdout(&vsr_sim(&words)), "paste it into README.md anew");
}

#[test]
fn the_run_shown_in_the_readme_is_the_run_of_that_seed() {
    let readme = include_str!("../../README.md");
    let shown = readme.split_once("$ vsr-sim --seed 7\n").expect("the README shows a run").1;
    let shown = shown.split_once("```").expect("the block ends").0;
    assert_eq!(shown, stdout(&vsr_sim(&["--seed", "7"])), "paste the run into README.md anew");
}

#[test]
fn a_seed_is_another_run_in_every_way_and_an_unknown_way_is_told() {
    let run = |way: &str| vsr_sim(&["--seed", "3", "--way", way]);
    let words = "swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, \
                 moves";
    let ways: Vec<&str> = words.split(", ").collect();
    let runs: BTreeSet<String> = ways.iter().map(|way| stdout(&run(way))).collect();
    assert_eq!(runs.len(), ways.len());
    assert!(runs.contains(&stdout(&run("portfolio"))), "it is one of them");
    assert_eq!(stdout(&run("walk")), stdout(&run("walk")));
    let unknown = run("luck");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains(&format!("{words}, portfolio")), "{}", stderr(&unknown));
}

#[test]
fn without_a_word_a_seed_is_picked_and_told() {
    let output = vsr_sim(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stdout(&output).starts_with("seed "));
}

#[test]
fn json_is_one_object_with_a_version() {
    let output = vsr_sim(&["--seed", "7", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(value["v"], 1);
    assert_eq!(value["type"], "run");
    assert_eq!(value["seed"], "7");
    assert_eq!(value["verdict"], "pass");
    assert!(value["events"].as_u64().is_some_and(|events| events > 100));
    assert!(value["hash"].as_str().is_some_and(|hash| hash.len() == 16));
}

#[test]
fn the_scenario_of_a_seed_runs_to_the_same_hash() {
    let seed = vsr_sim(&["--seed", "7", "--format", "json"]);
    let seed: serde_json::Value = serde_json::from_slice(&seed.stdout).expect("JSON");
    let text = stdout(&vsr_sim(&["scenario", "--seed", "7"]));
    let file = Scratch::new("seed-7.toml", &text);
    let run = vsr_sim(&["run", file.path(), "--format", "json"]);
    assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
    let run: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(run["hash"], seed["hash"]);
    assert_eq!(run["unmet"], serde_json::Value::Null);
}

#[test]
fn what_is_no_command_has_status_2() {
    for arguments in [
        &["--seed", "x"][..],
        &["--seed", "18446744073709551616"],
        &["fuzz", "--seeds", "1-2"],
        &["trace"],
        &["run"],
        &["nonsense"],
        &["--format", "xml"],
    ] {
        let output = vsr_sim(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains("error"), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_wrong_scenario_is_told_with_file_line_and_what_is_allowed() {
    let text = "# Wrong.\n[cluster]\nreplicas = 3\n[[fault]]\nat = \"1s\"\ncrash = \"r7\"\n";
    let file = Scratch::new("wrong.toml", text);
    let output = vsr_sim(&["run", file.path()]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("wrong.toml: line 6, column 9"), "{said}");
    assert!(said.contains("r0 to r2"), "{said}");
    assert!(said.contains("crash = \"r7\""), "{said}");
}

#[test]
fn a_missing_file_has_status_2_and_an_empty_folder_status_4() {
    assert_eq!(vsr_sim(&["run", "no-such-file.toml"]).status.code(), Some(2));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("empty-folder");
    std::fs::create_dir_all(&folder).expect("the scratch folder can be written");
    let output = vsr_sim(&["run", folder.to_str().expect("a plain name")]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
}

#[test]
fn a_scenario_that_does_not_show_what_it_expects_has_status_103() {
    let text = "# Nothing goes wrong here.\n[expect]\nverdict = \"VSR-LOST\"\n";
    let file = Scratch::new("unmet.toml", text);
    let output = vsr_sim(&["run", file.path()]);
    assert_eq!(output.status.code(), Some(103), "{}", stdout(&output));
    assert!(stdout(&output).contains("expected VSR-LOST, came out pass"));
}

#[test]
fn a_violation_has_status_100_and_ends_with_the_command_to_paste() {
    // No group can come to rest in a microsecond.
    let text = "# Rest is asked for too soon.\nseed = 1\n[limits]\nduration = \"10ms\"\n\
                settle = \"1us\"\n";
    let file = Scratch::new("stall.toml", text);
    let output = vsr_sim(&["run", file.path()]);
    assert_eq!(output.status.code(), Some(100), "{}", stdout(&output));
    let text = stdout(&output);
    assert!(text.contains("error[VSR-LIVE]"), "{text}");
    assert!(text.contains("waits for"), "{text}");
    let last = text.lines().last().expect("there is one");
    assert!(last.contains(&format!("vsr-sim run {}", file.path())), "{text}");
}

#[test]
fn a_campaign_tells_its_numbers_and_an_empty_one_has_status_4() {
    let output = vsr_sim(&["fuzz", "--seeds", "0..40", "--format", "json", "--quiet"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(value["type"], "campaign");
    assert_eq!(value["runs"], 40);
    assert_eq!(value["failures"], 0);
    assert_eq!(vsr_sim(&["fuzz", "--seeds", "5..5"]).status.code(), Some(4));
}

#[test]
fn a_campaign_that_has_to_reach_every_mark_fails_with_status_105_when_it_does_not() {
    let output = vsr_sim(&["fuzz", "--seeds", "0..3", "--all-marks", "--quiet"]);
    assert_eq!(output.status.code(), Some(105));
    assert!(stdout(&output).contains("never reached: "), "{}", stdout(&output));
    assert_eq!(vsr_sim(&["fuzz", "--seeds", "0..3", "--quiet"]).status.code(), Some(0));
}

#[test]
fn beyond_the_contract_clocks_are_further_off_than_the_group_is_told() {
    let scenario = |words: &[&str]| {
        // The first seed of a group that reads under a lease.
        let of_seed = |seed: u32| {
            let seed = seed.to_string();
            stdout(&vsr_sim(&[&["scenario", "--seed", &seed], words].concat()))
        };
        (0..100).map(of_seed).find(|text| text.contains("lease-drift")).expect("one of them does")
    };
    let (within, beyond) = (scenario(&[]), scenario(&["--beyond"]));
    assert!(!within.contains("beyond = true"));
    assert!(beyond.contains("beyond = true") && beyond.contains("lease-drift = \"0%\""));
    assert!(beyond.contains("drift = \"40%\""), "{beyond}");
}

#[test]
fn a_failure_is_shrunk_to_a_file_that_fails_in_the_same_way() {
    // Nobody comes to rest within a microsecond.
    let words = ["scenario", "--seed", "7", "--durability", "memory"];
    let text = stdout(&vsr_sim(&words));
    let hasty = text.replace("settle = \"30s\"", "settle = \"1us\"");
    let (whole, small) = (Scratch::new("hasty.toml", &hasty), Scratch::new("small.toml", ""));
    let shrink = |jobs: &str| {
        let output =
            vsr_sim(&["shrink", whole.path(), "-o", small.path(), "--jobs", jobs, "--quiet"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stdout(&output).contains(&format!("vsr-sim run {}", small.path())));
        std::fs::read_to_string(small.path()).expect("it was written")
    };
    let text = shrink("1");
    assert_eq!(shrink("3"), text, "the number of jobs changes nothing");
    assert!(text.starts_with("# VSR-LIVE: "), "{text}");
    assert!(text.lines().count() < 20, "{text}");
    // It expects what it shows.
    let run = vsr_sim(&["run", small.path(), "--format", "json"]);
    assert_eq!(run.status.code(), Some(0), "{}", stdout(&run));
    let json = vsr_sim(&["shrink", small.path(), "--format", "json", "--quiet"]);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(value["code"], "VSR-LIVE");
}

#[test]
fn what_passes_can_not_be_shrunk() {
    let output = vsr_sim(&["shrink", "--seed", "7"]);
    assert_eq!(output.status.code(), Some(103));
    assert!(stderr(&output).contains("seed 7 passes"), "{}", stderr(&output));
    assert_eq!(vsr_sim(&["shrink"]).status.code(), Some(2));
    let nowhere = vsr_sim(&["shrink", "no/such/file.toml"]);
    assert_eq!(nowhere.status.code(), Some(2));
}

#[test]
fn a_code_is_explained_and_no_code_is_told() {
    let output = vsr_sim(&["explain", "vsr-lost"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("§4.2 step 3"), "{}", stdout(&output));
    let output = vsr_sim(&["explain", "VSR-NONE"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("VSR-LIN, "), "{}", stderr(&output));
    let output = vsr_sim(&["explain", "--seed", "7"]);
    assert_eq!(output.status.code(), Some(103));
    assert!(stderr(&output).contains("seed 7 passes"), "{}", stderr(&output));
    assert_eq!(vsr_sim(&["explain"]).status.code(), Some(2));
}

/// A primary that answers too soon crashes, and what it had answered is gone.
const BROKEN: &str = "\
    seed = 1\n[cluster]\nsabotage = \"answers-too-soon\"\n[workload]\nclients = 1\n\
    operations = 3\n[[fault]]\nat = \"0s\"\ncut = { from = [\"r0\"], to = [\"r2\"] }\n\
    [expect]\nverdict = \"VSR-LOST\"\n";

#[test]
fn the_story_of_a_failure_has_all_its_parts() {
    let file = Scratch::new("broken.toml", BROKEN);
    let output = vsr_sim(&["explain", file.path()]);
    assert_eq!(output.status.code(), Some(100), "{}", stderr(&output));
    let text = stdout(&output);
    for part in [
        "error[VSR-LOST]: n1 is committed, and r1, which lacks it, wins among 2 replicas",
        "found by quorum-log",
        "what the clients saw (1 of 1 operation)",
        " at n1\n",
        "fault cut = { from = [\"r0\"], to = [\"r2\"] }",
        "REQUEST c-",
        "who believed what",
        "r0 v0 normal PRIMARY op 1 commit 1 last normal v0   since 0.0",
        "§4.1 step 5",
        "  replay    vsr-sim run ",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    assert_eq!(vsr_sim(&["run", file.path()]).status.code(), Some(0));
}

#[test]
fn futures_fail_the_more_often_the_later_they_part() {
    let words =
        ["explain", "--durability", "memory", "--seed", "24", "--sabotage", "forgets-to-recover"];
    let output = vsr_sim(&words);
    assert_eq!(output.status.code(), Some(100), "{}", stderr(&output));
    let words = [&words[..], &["--branch", "4"]].concat();
    let branched = stdout(&vsr_sim(&words));
    let rest = branched.strip_prefix(&stdout(&output)).expect("the same story, and more");
    let shares: Vec<u32> = rest
        .lines()
        .filter_map(|line| line.strip_suffix(" of 20")?.rsplit(' ').next()?.parse().ok())
        .collect();
    assert_eq!(shares.len(), 4, "{rest}");
    assert!(shares[0] < 20 && shares[0] <= shares[3], "{rest}");
}

#[test]
fn the_self_test_catches_every_broken_system() {
    let output = vsr_sim(&["selftest"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let text = stdout(&output);
    assert!(!text.contains("missed"), "{text}");
    assert!(text.lines().count() >= 7, "{text}");
}

#[test]
fn what_came_of_scenarios_is_given_to_programs_that_read_junit() {
    let good = "scenarios/4.2-view-change/figure-8.toml";
    let blind = Scratch::new("blind.toml", "seed = 1\n[expect]\nmarks = [\"log compacted\"]\n");
    let broken = Scratch::new(
        "broken.toml",
        "seed = 1\n[cluster]\nsabotage = \"never-resends\"\n\
         [network]\ndrop = \"30%\"\n",
    );
    let output = vsr_sim(&["run", good, blind.path(), broken.path(), "--format", "junit"]);
    let told = stdout(&output);
    assert!(matches!(output.status.code(), Some(100 | 103)), "{told}");
    for part in [
        "<testsuite name=\"vsr-sim run\" tests=\"3\"",
        "<testcase name=\"scenarios/4.2-view-change/figure-8.toml\"",
        "type=\"not reproduced\"",
        "log compacted",
        "type=\"VSR-LIVE\"",
        "error[VSR-LIVE]",
    ] {
        assert!(told.contains(part), "{told}\n{part}");
    }
}
