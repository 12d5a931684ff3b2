//! Histories that others have recorded, judged.

use super::program::{Scratch, stderr, stdout, vsr_sim, with_input};

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
    let readme = include_str!("../../README.md");
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
