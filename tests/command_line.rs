//! The command line as scripts see it: exit statuses, outputs, and errors with their place.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn vsr_sim(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vsr-sim"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary was built")
}

/// The same, with a text on standard input.
fn with_input(arguments: &[&str], text: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vsr-sim"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built");
    let mut input = child.stdin.take().expect("it is piped");
    // Whoever ends early reads no more.
    let _ = input.write_all(text.as_bytes());
    drop(input);
    child.wait_with_output().expect("a program that ends")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("output is text")
}

/// A file for one test, gone when the test is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).expect("the scratch folder can be written");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("the scratch folder has a plain name")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_seed_passes_with_status_0_and_the_same_bytes_each_time() {
    let first = vsr_sim(&["--seed", "42"]);
    assert_eq!(first.status.code(), Some(0), "{}", stderr(&first));
    assert!(stdout(&first).starts_with("seed 42  pass"), "{}", stdout(&first));
    assert_eq!(first.stdout, vsr_sim(&["--seed", "0x2a"]).stdout);
}

#[test]
fn the_exploration_shown_in_the_readme_is_what_comes_out() {
    let readme = include_str!("../README.md");
    let words = ["explore", "--deviations", "2"];
    let shown = readme.split_once("$ vsr-sim explore --deviations 2\n").expect("it is shown").1;
    let shown = shown.split_once("```").expect("the block ends").0;
    assert_eq!(shown, stdout(&vsr_sim(&words)), "paste it into README.md anew");
}

#[test]
fn the_run_shown_in_the_readme_is_the_run_of_that_seed() {
    let readme = include_str!("../README.md");
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
fn a_trace_has_a_line_for_each_event() {
    let output = vsr_sim(&["trace", "--seed", "7"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.lines().count() > 1_000);
    assert!(text.contains("PREPAREOK v0"), "{text}");
    // The letters are what the replicas are, and a capital is who does something.
    let take = text.lines().find(|line| line.contains("take  r0->r2         PREPARE "));
    let letters = take.and_then(|line| line.split_whitespace().nth(2)).expect("letters");
    assert!(letters.starts_with("pb") && letters.chars().nth(2) == Some('B'), "{letters}");

    let part = vsr_sim(&[
        "trace",
        "--seed",
        "7",
        "--replica",
        "r1",
        "--kind",
        "prepare",
        "--from",
        "10ms",
        "--to",
        "0.5s",
    ]);
    let part = stdout(&part);
    assert!(part.lines().count() > 3, "{part}");
    for line in part.lines() {
        assert!(line.contains("r1") && line.contains(" PREPARE "), "{line}");
        assert!(text.contains(line), "{line}");
    }
}

#[test]
fn the_trace_shown_in_the_documents_is_what_comes_out() {
    let document = include_str!("../docs/traces.md");
    let (_, shown) = document.split_once("$ vsr-sim ").expect("a command");
    let (command, shown) = shown.split_once('\n').expect("its line");
    let (shown, _) = shown.split_once("```").expect("an end");
    let output = vsr_sim(&command.split(' ').collect::<Vec<_>>());
    assert_eq!(stdout(&output), shown);
    assert!(shown.lines().count() > 4);
}

#[test]
fn a_trace_is_written_for_the_tools_of_others() {
    let form = |words: &[&str]| {
        let output = vsr_sim(&[&["trace", "--seed", "7"], words].concat());
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", stderr(&output));
        stdout(&output)
    };
    let lines = form(&["--as", "json"]);
    assert_eq!(form(&["--format", "json"]), lines);
    assert!(lines.lines().all(|line| line.starts_with('{') && line.contains("\"v\":1")));
    assert!(form(&["--as", "perfetto"]).starts_with("{\"displayTimeUnit\""));
    assert!(form(&["--as", "shiviz"]).lines().any(|line| line.starts_with("r0 {\"r0\":1")));
    for (words, why) in [
        (&["--as", "vcd"][..], "one of json, perfetto, shiviz"),
        (&["--replica", "r99"], "nobody is called r99; there are r0, "),
        (&["--kind", "HELLO"], "one of REQUEST, "),
        (&["-o", "/nowhere/trace"], "/nowhere/trace: "),
    ] {
        let output = vsr_sim(&[&["trace", "--seed", "7"], words].concat());
        assert!(matches!(output.status.code(), Some(1 | 2)), "{words:?}: {:?}", output.status);
        assert!(stderr(&output).contains(why), "{words:?}: {}", stderr(&output));
    }
}

#[test]
fn one_goes_through_a_run_forwards_and_back() {
    let words = ["debug", "--seed", "15", "--sabotage", "forgets-to-recover"];
    let script =
        "n\nn 3\n\nb 2\ng 0.1s\ng #40\ng 40\nm\nm nonsense\n/PREPAREOK\nl\nv\ns\nx\nn a\nh\nq\nn\n";
    let output = with_input(&words, script);
    assert_eq!(output.status.code(), Some(100), "{}", stderr(&output));
    let text = stdout(&output);
    for part in [
        "VSR-LOG: ",
        "✗ VSR-LOG: two replicas hold",
        "→ r",
        "commit-number 0 → 1",
        "for",
        "no mark like that was reached: nonsense",
        "no such command: x; h tells what there is",
        "not a number of steps: a",
        "an empty line does the last command again",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Back is where one was.
    let steps: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(steps[0].split_whitespace().next(), Some("#1"));
    assert!(steps.len() > 8, "{text}");
    assert_eq!(stdout(&with_input(&words, script)), text);
}

#[test]
fn a_run_is_drawn_and_what_came_of_it_is_the_status() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    std::fs::create_dir_all(&folder).expect("a scratch folder");
    let page = folder.join("run.html");
    let page = page.to_str().expect("a path of letters");
    let clean = vsr_sim(&["report", "--seed", "7", "-o", page]);
    assert_eq!(clean.status.code(), Some(0), "{}", stderr(&clean));
    assert!(stdout(&clean).contains("seed 7: nothing is wrong"), "{}", stdout(&clean));
    let whole = std::fs::read_to_string(page).expect("it was written");
    assert!(whole.starts_with("<!doctype html>") && whole.len() < 500_000, "{}", whole.len());
    // The same run is the same page, and a part of the time is a smaller one.
    let again = vsr_sim(&["report", "--seed", "7", "-o", "-"]);
    assert!(stdout(&again) == whole);
    let part = vsr_sim(&["report", "--seed", "7", "--from", "100ms", "--to", "0.2s", "-o", "-"]);
    assert!(part.stdout.len() < whole.len() * 3 / 4, "{}", part.stdout.len());

    let words = ["report", "--seed", "15", "--sabotage", "forgets-to-recover", "-o", page];
    let broken = vsr_sim(&words);
    assert_eq!(broken.status.code(), Some(100));
    assert!(stdout(&broken).starts_with("VSR-LOG: "), "{}", stdout(&broken));
    for (words, why) in [
        (&["--from", "60min"][..], "nothing happens between 3600.000000s and"),
        (&["-o", "/nowhere/run.html"], "/nowhere/run.html: "),
        (&["--from", "soon"], "soon"),
    ] {
        let output = vsr_sim(&[&["report", "--seed", "7"], words].concat());
        assert!(matches!(output.status.code(), Some(1 | 2)), "{words:?}: {:?}", output.status);
        assert!(stderr(&output).contains(why), "{words:?}: {}", stderr(&output));
    }
}

#[test]
fn whoever_stops_reading_makes_nobody_panic() {
    for words in [
        &["--seed", "7"][..],
        &["trace", "--seed", "7"],
        &["trace", "--seed", "7", "--as", "perfetto"],
        &["report", "--seed", "7", "-o", "-"],
        &["debug", "--seed", "7"],
        &["scenario", "--seed", "7"],
        &["schema"],
        &["completions", "bash"],
        &["run", "scenarios"],
        &["fuzz", "--seeds", "0..9", "--format", "json"],
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vsr-sim"))
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was built");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("a program that ends");
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", stderr(&output));
        assert!(!stderr(&output).contains("panicked"), "{words:?}: {}", stderr(&output));
    }
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

fn recorded(file: &str) -> String {
    format!("{}/tests/histories/{file}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_history_is_judged_and_a_violation_told_with_its_lines() {
    let good = recorded("porcupine/jepsen/etcd_005.log");
    let output = vsr_sim(&["check", &good]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("ok         "), "{}", stdout(&output));

    let bad = recorded("porcupine/kv/c10-bad.txt");
    let output = vsr_sim(&["check", &good, &bad]);
    assert_eq!(output.status.code(), Some(100));
    let told = stdout(&output);
    assert!(told.contains("no order explains "), "{told}");
    assert!(told.contains("✗ lines 158 and 159"), "{told}");
    let sum = "2 histories: 1 ok, 1 not linearizable, 0 undecided\n";
    assert!(told.ends_with(sum), "{told}");

    let output = vsr_sim(&["check", &bad, "--format", "json"]);
    let line: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("it is JSON");
    assert_eq!((&line["v"], &line["verdict"]), (&1.into(), &"violation".into()));
    assert_eq!(line["explanation"]["stuck_line"], 158);
}

#[test]
fn a_history_that_needs_more_steps_is_undecided_and_one_that_is_none_an_error() {
    let good = recorded("porcupine/jepsen/etcd_005.log");
    let output = vsr_sim(&["check", &good, "--steps", "10"]);
    assert_eq!(output.status.code(), Some(102));
    assert!(stdout(&output).contains("--steps 100 would look further"), "{}", stdout(&output));

    let cut = Scratch::new("cut.edn", "[{:process 1, :type :invoke, :f :read, :value nil}\n");
    let output = vsr_sim(&["check", cut.path()]);
    assert_eq!(output.status.code(), Some(2));
    let told = format!("error: {}: line 2: the list of line 1 has no end\n", cut.path());
    assert_eq!(stderr(&output), told);
    assert_eq!(vsr_sim(&["check", "no-such-file"]).status.code(), Some(2));
    let output = vsr_sim(&["check", &good, "--semantics", "mine"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("one of ours, knossos, porcupine-etcd, porcupine-kv"));
}

#[test]
fn several_histories_make_a_table_and_one_that_can_not_be_read_hides_no_other() {
    let good = recorded("porcupine/jepsen/etcd_005.log");
    let bad = recorded("porcupine/kv/c10-bad.txt");
    let cut = Scratch::new("cut.jsonl", "{\"process\": 1, \"type\": \"invoke\", \"f\": \"rea");
    let output = vsr_sim(&["check", &good, cut.path(), &bad]);
    assert_eq!(output.status.code(), Some(100), "{}", stdout(&output));
    let told = stdout(&output);
    let columns = [&good, &bad, cut.path()].map(str::len).into_iter().max().unwrap_or(0);
    let row = |file: &str, model: &str, operations: &str, unknown: &str, verdict: &str| {
        format!("{file:columns$}  {model:14}  {operations:>11}  {unknown:>10}  {verdict}\n")
    };
    for row in [
        row("file", "model", "operations", "unknown", "verdict"),
        row(&good, "register", "79", "14", "ok"),
        row(cut.path(), "-", "-", "-", "error"),
        row(&bad, "kv", "405", "0", "violation"),
    ] {
        assert!(told.contains(&row), "{told}\n{row}");
    }
    let sum = "3 histories: 1 ok, 1 not linearizable, 0 undecided, 1 no history\n";
    assert!(told.ends_with(sum), "{told}");
    assert!(stderr(&output).contains("line 1: no JSON: EOF"), "{}", stderr(&output));

    let output = vsr_sim(&["check", cut.path(), &good, "--quiet"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).ends_with("  ok\n"), "{}", stdout(&output));

    let output = vsr_sim(&["check", cut.path(), &good, "--format", "json"]);
    let lines: Vec<serde_json::Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("it is JSON"))
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["verdict"], &lines[0]["line"]), (&"error".into(), &1.into()));
    assert_eq!(lines[1]["verdict"], "ok");
}

#[test]
fn a_history_is_read_from_a_pipe() {
    let judge = |text: &str| with_input(&["check", "-"], text);
    let history = recorded("knossos/cas-register/bad/rethink-fail-minimal.edn");
    let output = judge(&std::fs::read_to_string(history).expect("it is there"));
    assert_eq!(output.status.code(), Some(100));
    assert!(stdout(&output).starts_with("violation  -  "), "{}", stdout(&output));
    let output = judge("");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stderr(&output), "error: -: line 1: the file is empty: no event is in it\n");
}

#[test]
fn verdicts_are_given_to_programs_that_read_junit() {
    let good = recorded("porcupine/jepsen/etcd_005.log");
    let bad = recorded("porcupine/kv/c10-bad.txt");
    let output = vsr_sim(&["check", &good, &bad, "no-such-file", "--format", "junit"]);
    assert_eq!(output.status.code(), Some(100));
    let told = stdout(&output);
    for part in [
        "<testsuite name=\"vsr-sim check\" tests=\"3\" skipped=\"0\" errors=\"1\" failures=\"1\">",
        "classname=\"register\"",
        "type=\"VSR-LIN\"",
        "no order explains ",
        "<error message=\"no-such-file: ",
    ] {
        assert!(told.contains(part), "{told}\n{part}");
    }
    let output = vsr_sim(&["check", &good, "--steps", "10", "--format", "junit"]);
    assert_eq!(output.status.code(), Some(102));
    assert!(stdout(&output).contains("type=\"undecided\""), "{}", stdout(&output));
    let output = vsr_sim(&["--seed", "7", "--format", "junit"]);
    assert_eq!(output.status.code(), Some(2));
    let why = "--format junit is for `run` and `check`";
    assert!(stderr(&output).contains(why), "{}", stderr(&output));
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

#[test]
fn one_key_of_a_history_can_be_judged() {
    let bad = recorded("porcupine/kv/c10-bad.txt");
    let verdict = |key: &str| {
        let output = vsr_sim(&["check", &bad, "--key", key]);
        (output.status.code(), stdout(&output), stderr(&output))
    };
    let (statuses, told): (Vec<_>, Vec<_>) = (0..10)
        .map(|key| {
            let (status, told, _) = verdict(&key.to_string());
            (status, told)
        })
        .unzip();
    assert!(statuses.contains(&Some(0)) && statuses.contains(&Some(100)), "{told:?}");
    let (status, _, told) = verdict("eleven");
    assert_eq!(status, Some(2));
    assert!(told.contains("no operation has the key eleven; there are \"0\", "), "{told}");
    assert!(told.ends_with(", …\n"), "{told}");
}

#[test]
fn the_memory_of_a_check_is_a_size() {
    let good = recorded("porcupine/jepsen/etcd_005.log");
    for size in ["512MiB", "2GB", "1_000_000_000", "3 gib"] {
        let output = vsr_sim(&["check", &good, "--memory", size]);
        assert_eq!(output.status.code(), Some(0), "{size}: {}", stderr(&output));
    }
    for size in ["", "MiB", "2 PB", "-1", "99999999999GiB", "1.5GB"] {
        let output = vsr_sim(&["check", &good, &format!("--memory={size}")]);
        assert_eq!(output.status.code(), Some(2), "{size}");
        let told = stderr(&output);
        assert!(size.is_empty() || told.contains("a size is written 512MiB, 2GB"), "{told}");
    }
}

#[test]
fn what_the_clients_of_a_scenario_saw_can_be_judged_again() {
    let scenario = Scratch::new("history.toml", "seed = 3\n");
    let history = Scratch::new("history.jsonl", "");
    let output = vsr_sim(&["run", scenario.path(), "--history", history.path()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let output = vsr_sim(&["check", history.path()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("100 operations, 0 of unknown outcome, 0 failed; kv by ours"));
    let output = vsr_sim(&["run", "scenarios", "--history", history.path()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--history is for one scenario"), "{}", stderr(&output));
}

/// What the README shows of a violation is what is printed, and its page can be opened.
#[test]
fn a_stale_read_is_told_and_drawn() {
    let page = std::env::temp_dir().join(format!("vsr-sim-{}-stale.html", line!()));
    let page = page.to_str().expect("a path in letters");
    let check = ["check", "tests/examples/stale-read.jsonl"];
    let output = vsr_sim(&[&check[..], &["--page", page]].concat());
    assert_eq!(output.status.code(), Some(100));
    let readme = include_str!("../README.md");
    assert!(readme.contains(&stdout(&output)), "{}", stdout(&output));
    let drawn = std::fs::read_to_string(page).expect("it was written");
    assert!(drawn.contains("get &quot;x&quot; = 3") && drawn.contains("fits nowhere"), "{drawn}");
    std::fs::remove_file(page).expect("it is there");
    let unwritable = vsr_sim(&[&check[..], &["--page", "/nowhere/page.html"]].concat());
    assert_eq!(unwritable.status.code(), Some(2), "{}", stderr(&unwritable));
    let two = vsr_sim(&["check", check[1], check[1], "--page", page]);
    assert_eq!(two.status.code(), Some(2), "{}", stderr(&two));
}

/// What is no linearizable history may keep to less.
#[test]
fn a_history_is_judged_by_a_weaker_guarantee() {
    let judged = |file, guarantee| {
        let output = vsr_sim(&["check", file, "--guarantee", guarantee]);
        (output.status.code(), stdout(&output) + &stderr(&output))
    };
    let stale = "tests/examples/stale-read.jsonl";
    for (guarantee, status) in [
        ("sequential", 0),
        ("stale=1ms", 0),
        ("stale=500us", 100),
        ("monotonic-reads", 0),
        ("read-your-writes", 0),
        ("eventual", 2),
    ] {
        let (found, text) = judged(stale, guarantee);
        assert_eq!(found, Some(status), "{guarantee}: {text}");
    }
    // How old a read is can't be told without times.
    let (status, text) = judged("tests/histories/porcupine/jepsen/etcd_005.log", "stale=1s");
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("line 1: there is no `time`"), "{text}");
}
