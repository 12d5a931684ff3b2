//! Histories that others have recorded, judged right; and files that are none, told with their
//! line.

use std::path::Path;
use vsr::histories::{Kind, Semantics, Verdict, Wrong, judge};
use vsr::report::history;
use vsr::sim::scenario::ServiceKind;
use vsr::sim::{Scenario, run_recorded};

const STEPS_MAX: u64 = 100_000_000;

#[test]
fn every_recorded_history_gets_its_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/histories");
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).expect("it is there");
    let mut count = 0;
    for row in manifest.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let (file, verdict) = (columns[0], columns[5]);
        let text = std::fs::read_to_string(folder.join(file)).expect("it is there");
        let judged = judge(&text, None, None, STEPS_MAX);
        let judged = judged.unwrap_or_else(|wrong| panic!("{file}: {wrong}"));
        let found = match judged.verdict {
            Verdict::Linearizable => "ok",
            Verdict::Violation { .. } => "violation",
            Verdict::Undecided { .. } => "undecided",
        };
        assert_eq!(found, verdict, "{file}");
        let semantics = match file.split('/').collect::<Vec<_>>()[..] {
            ["knossos", ..] => Semantics::Knossos,
            ["porcupine", "kv", ..] => Semantics::PorcupineKv,
            _ => Semantics::PorcupineEtcd,
        };
        assert_eq!(judged.semantics, semantics, "{file}");
        count += 1;
    }
    assert_eq!(count, 115);
}

/// What the simulator's clients saw, written and read again, is judged as the simulator judges it.
#[test]
fn histories_of_runs_are_read_as_they_were_written() {
    let (mut services, mut decided) = (Vec::new(), 0);
    for seed in 0..60 {
        let scenario = Scenario::generate(seed);
        let service = scenario.cluster.service;
        let (report, recording) = run_recorded(&scenario);
        let text = history::lines(service, &recording.operations);
        let judged = judge(&text, None, None, 100_000);
        let judged = judged.unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}\n{text}"));
        assert_eq!(u64::try_from(judged.operations), Ok(report.asked), "seed {seed}");
        let unknown = report.asked - report.answered;
        assert_eq!(u64::try_from(judged.unknown), Ok(unknown), "seed {seed}");
        // A search without the log's order can be too long; it is never wrong.
        assert!(!matches!(judged.verdict, Verdict::Violation { .. }), "seed {seed}");
        decided += usize::from(judged.verdict == Verdict::Linearizable);
        assert_eq!((judged.semantics, judged.kind.name()), (Semantics::Ours, service.name()));
        services.push(service);
    }
    assert!(ServiceKind::ALL.iter().all(|service| services.contains(service)));
    assert!(decided >= 50, "{decided} of {}", services.len());
}

fn lines(events: &[&str]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

#[test]
fn a_stale_read_is_told_with_its_lines() {
    let text = lines(&[
        r#"{"process": 1, "type": "invoke", "f": "put", "key": "a", "value": "old"}"#,
        r#"{"process": 1, "type": "ok", "f": "put", "key": "a"}"#,
        r#"{"process": 1, "type": "invoke", "f": "put", "key": "a", "value": "new"}"#,
        r#"{"process": 1, "type": "ok", "f": "put", "key": "a"}"#,
        r#"{"process": 2, "type": "invoke", "f": "get", "key": "a"}"#,
        r#"{"process": 2, "type": "ok", "f": "get", "key": "a", "value": "old"}"#,
    ]);
    let judged = judge(&text, None, None, STEPS_MAX).expect("it is a history");
    assert_eq!((judged.kind, judged.operations, judged.unknown), (Kind::Kv, 3, 0));
    let Verdict::Violation { operations, stuck } = judged.verdict else { panic!("it is stale") };
    assert_eq!(stuck.line, 5);
    let told: Vec<String> = operations.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            r#"lines 1 and 2        process 1    put "a" "old" ok"#,
            r#"lines 3 and 4        process 1    put "a" "new" ok"#,
            r#"lines 5 and 6        process 2    get "a" = "old""#,
        ]
    );
}

#[test]
fn a_swap_that_failed_means_what_its_recorder_means() {
    let edn = "[{:process 0, :type :invoke, :f :cas, :value [0 1]}
        {:process 0, :type :fail, :f :cas, :value [0 1]}]";
    // Knossos: it has not happened, and why is not asked.
    let verdict = |semantics| judge(edn, Some(semantics), None, STEPS_MAX).map(|j| j.verdict);
    assert_eq!(verdict(Semantics::Knossos), Ok(Verdict::Linearizable));
    let log = edn.replace("[0 1]", "[nil 1]");
    let judged = judge(&log, Some(Semantics::PorcupineEtcd), None, STEPS_MAX);
    // etcd's register holds nothing at first, so the swap should have been done.
    assert!(matches!(judged.map(|j| j.verdict), Ok(Verdict::Violation { .. })));
}

#[test]
fn an_operation_of_unknown_outcome_may_happen_late_or_never() {
    let begin = [
        r#"{"process": 1, "type": "invoke", "f": "write", "value": 1}"#,
        r#"{"process": 1, "type": "info", "f": "write"}"#,
        r#"{"process": 1, "type": "invoke", "f": "read"}"#,
    ];
    for (told, is_possible) in [("null", true), ("1", true), ("2", false)] {
        let read = format!(r#"{{"process": 1, "type": "ok", "f": "read", "value": {told}}}"#);
        let text = lines(&begin) + &read;
        let judged = judge(&text, None, None, STEPS_MAX).expect("it is a history");
        assert_eq!(judged.verdict == Verdict::Linearizable, is_possible, "{told}");
        assert_eq!(judged.unknown, 1);
    }
}

fn wrong(text: &str) -> String {
    let told: Result<_, Wrong> = judge(text, None, None, STEPS_MAX);
    told.expect_err("it is no history").to_string()
}

#[test]
fn what_is_no_history_is_told_with_its_line() {
    let asks = r#"{"process": 1, "type": "invoke", "f": "read"}"#;
    let learns = r#"{"process": 1, "type": "ok", "f": "read", "value": 3}"#;
    for (events, told) in [
        (vec![learns], "line 1: process 1 learns of a read that it has not asked for"),
        (vec![asks, "", asks], "line 3: process 1 asks for read, and waits for the read of line 1"),
        (
            vec![asks, r#"{"process": 1, "type": "ok", "f": "write"}"#],
            "line 2: process 1 learns of a write, and asked for the read of line 1",
        ),
        (
            vec![r#"{"process": 1, "type": "invoke", "f": "rename"}"#],
            "line 1: \"rename\" is no function of any model: there are register",
        ),
        (vec![r#"{"process": 1, "type": "begin", "f": "read"}"#], "line 1: \"begin\": a type is"),
        (vec![r#"{"process": -1, "type": "invoke", "f": "read"}"#], "line 1: `process` is -1"),
        (vec![r#"{"process": "a", "type": "invoke", "f": "read"}"#], "line 1: `process` is \"a\""),
        (vec![r#"{"type": "invoke", "f": "read"}"#], "line 1: `process` is missing"),
        (vec![r#"{"process": 1, "type": "invoke"}"#], "line 1: `f` is missing"),
        (vec![asks, r#"{"process": 1, "type""#], "line 2: no JSON: EOF"),
        (vec![r#"{"type": "history", "v": 2}"#, asks], "line 1: version 2, and this one reads 1"),
        (
            vec![r#"{"process": 1, "type": "invoke", "f": "cas", "value": 3}"#],
            "line 1: a cas is asked with [expected new], and not with 3",
        ),
        (
            vec![r#"{"process": 1, "type": "invoke", "f": "add", "value": -3}"#],
            "line 1: -3 is no number from 0 on",
        ),
    ] {
        let found = wrong(&lines(&events));
        assert!(found.starts_with(told), "{found}\n{told}");
    }
}

#[test]
fn a_file_that_is_cut_is_told_with_its_line() {
    let whole = "[{:process 0, :type :invoke, :f :read, :value nil}\n \
                 {:process 0, :type :ok, :f :read, :value 0}]\n";
    assert!(judge(whole, None, None, STEPS_MAX).is_ok());
    let end = whole.trim_end().len();
    for (cut, told) in [
        (end - 1, "line 2: the list of line 1 has no end"),
        (end - 2, "line 2: the '}' of what begins in line 2 is missing"),
        (end - 20, "line 2: "),
    ] {
        let found = wrong(&whole[..cut]);
        assert!(found.starts_with(told), "{found}");
    }
    assert_eq!(wrong("[]]"), "line 1: ']' stands where a map should");
    assert!(wrong("INFO  jepsen.util - x\t:invoke\t:read\tnil").contains("no process's number"));
    assert!(wrong("INFO  jepsen.util - 1\t:invoke\t:write\t[1").contains("is missing"));
}

/// No bytes make it panic: the whole histories, cut anywhere and with any byte changed.
#[test]
fn whatever_a_file_says_nobody_panics() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/histories");
    for file in
        ["knossos/cas-register/bad/rethink-fail-minimal.edn", "porcupine/jepsen/etcd_005.log"]
    {
        let text = std::fs::read_to_string(folder.join(file)).expect("it is there");
        for cut in (0..text.len()).filter(|&cut| text.is_char_boundary(cut)).step_by(3) {
            let _ = judge(&text[..cut], None, None, 1_000);
            for odd in ["{", "\"", "nil", "\\", "#", "99999999999999999999", ":"] {
                let _ = judge(&format!("{}{odd}{}", &text[..cut], &text[cut..]), None, None, 1_000);
            }
        }
    }
    let deep = "[".repeat(100_000);
    assert!(judge(&format!("{{:a {deep}"), None, None, 1_000).is_err());
}
