//! What one can look at: traces, pages, and a run step by step.

use super::program::{command, stderr, stdout, vsr_sim, with_input};
use std::path::Path;
use std::process::Stdio;

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
    let document = include_str!("../../docs/traces.md");
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
    let script = "n\nn\nb\nn 3\n\nb 2\ng 0.1s\ng #40\ng 40\nm\nm nonsense\n/PREPAREOK\nl\n\
                  v\ns\nx\nn a\nh\nq\nn\n";
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
    assert_ne!(steps[1], steps[2]);
    assert_eq!(steps[1], steps[3]);
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
        let mut child = command(words)
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
