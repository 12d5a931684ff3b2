//! Histories that others have recorded, judged right; and files that are none, told with their
//! line.

use std::io::BufReader;
use std::path::Path;
use vsr::checker::Limits;
use vsr::histories::{
    Completion, Function, Judged, Kind, Recording, Semantics, Verdict, Violation, Wish, Wrong,
};
use vsr::report::history;
use vsr::sim::scenario::ServiceKind;
use vsr::sim::workload::How;
use vsr::sim::{Scenario, run_recorded};

/// What comes of a text, where nothing is said of it.
fn judge(text: &str) -> Result<Judged, Wrong> {
    judge_as(text, &Wish::default())
}

fn judge_as(text: &str, wish: &Wish) -> Result<Judged, Wrong> {
    vsr::histories::judge(text.as_bytes(), wish)
}

/// As that, if it is short.
fn judge_in_steps(text: &str, steps: u64) -> Result<Judged, Wrong> {
    judge_as(text, &Wish { limits: Limits::steps(steps), ..Wish::default() })
}

#[test]
fn every_recorded_history_gets_its_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/histories");
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).expect("it is there");
    let mut count = 0;
    for row in manifest.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let (file, verdict) = (columns[0], columns[5]);
        let text = std::fs::read_to_string(folder.join(file)).expect("it is there");
        let judged = judge(&text);
        let judged = judged.unwrap_or_else(|wrong| panic!("{file}: {wrong}"));
        assert_eq!(word(&judged.verdict), verdict, "{file}");
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
        let (_, recording) = run_recorded(&scenario);
        let text = history::lines(service, &recording.operations);
        let judged = judge_in_steps(&text, 100_000);
        let judged = judged.unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}\n{text}"));
        // What may be old has no place in such an order.
        let new = recording.operations.iter().filter(|o| !matches!(o.how, How::At(_)));
        assert_eq!(judged.operations, new.clone().count(), "seed {seed}");
        let unknown = new.filter(|operation| operation.answered.is_none()).count();
        assert_eq!(judged.unknown, unknown, "seed {seed}");
        // A search without the log's order can be too long; it is never wrong.
        assert!(!matches!(judged.verdict, Verdict::Violation(_)), "seed {seed}");
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
    let judged = judge(&text).expect("it is a history");
    assert_eq!((judged.kind, judged.operations, judged.unknown), (Kind::Kv, 3, 0));
    let Verdict::Violation(why) = judged.verdict else { panic!("it is stale") };
    let Violation { operations, stuck, because, .. } = *why;
    assert!(because.iter().any(|sentence| sentence.contains("get \"a\" = \"old\"")), "{because:?}");
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
    let by = |semantics| Wish { semantics: Some(semantics), ..Wish::default() };
    // Knossos: it has not happened, and why is not asked.
    let verdict = |semantics| judge_as(edn, &by(semantics)).map(|j| j.verdict);
    assert_eq!(verdict(Semantics::Knossos), Ok(Verdict::Linearizable));
    let log = edn.replace("[0 1]", "[nil 1]");
    let judged = judge_as(&log, &by(Semantics::PorcupineEtcd));
    // etcd's register holds nothing at first, so the swap should have been done.
    assert!(matches!(judged.map(|j| j.verdict), Ok(Verdict::Violation(_))));
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
        let judged = judge(&text).expect("it is a history");
        assert_eq!(judged.verdict == Verdict::Linearizable, is_possible, "{told}");
        assert_eq!(judged.unknown, 1);
    }
}

/// Texts are taken apart into what was put together, and what nobody has put in is no part of any.
#[test]
fn a_text_is_made_of_what_was_appended() {
    let history = |told: &str| {
        let append = |process, piece: &str| {
            let event = |kind| {
                format!(
                    "{{:process {process}, :type {kind}, :f :append, :key \"0\", \
                     :value \"{piece}\"}}\n"
                )
            };
            event(":invoke") + &event(":ok")
        };
        format!(
            "{}{}{{:process 3, :type :invoke, :f :get, :key \"0\", :value nil}}\n\
             {{:process 3, :type :ok, :f :get, :key \"0\", :value \"{told}\"}}\n",
            append(1, "x 1 y"),
            append(2, "x 2 y")
        )
    };
    for (told, is_possible) in [
        ("x 1 yx 2 y", true),
        ("x 2 yx 1 y", false),
        ("x 1 y", false),
        ("x 1 yx 2 yx 3 y", false),
        ("x 1 yx 2 yz", false),
        ("x 1 yx 2", false),
    ] {
        let judged = judge(&history(told)).expect("a history");
        assert_eq!(judged.semantics, Semantics::PorcupineKv);
        assert_eq!(judged.verdict == Verdict::Linearizable, is_possible, "{told}");
    }
}

fn wrong(text: &str) -> String {
    let told: Result<_, Wrong> = judge(text);
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
        (vec![asks, "[1]"], "line 2: invalid type: sequence, expected an object in each line"),
        (vec![asks, r#"{"a": 1, "a": "#], "line 2: no JSON: EOF"),
        (vec![r#"{"f": "read", "f": "read"}"#], "line 1: a name stands there twice"),
        (vec![r#"{"process": 1, "type": "invoke", "f": 3}"#], "line 1: invalid type: integer `3`"),
        (
            vec![r#"{"process": 1, "type": "invoke", "f": "write", "value": 1.5}"#],
            "line 1: 1.5: numbers are whole, and of 64 bits (column 59)",
        ),
        (vec![r#"{"process": 1, "type": "invoke", "f": "read", "time": -1}"#], "line 1: invalid"),
        (vec![asks, r#"{"type": "history", "v": 1}"#], "line 2: what a history is stands before"),
        (
            vec![r#"{"type": "history", "model": "bag"}"#, asks],
            "line 1: \"bag\" is no model: one of",
        ),
        (
            vec![r#"{"type": "history", "model": "queue", "initial": 3}"#],
            "line 1: a queue can't hold 3 at first",
        ),
        (
            vec![r#"{"process": 1, "type": "invoke", "f": "add", "value": 3}"#],
            "line 1: this may be a counter or a set: say which",
        ),
        (
            vec![asks, learns, r#"{"process": 1, "type": "invoke", "f": "pop"}"#],
            "line 1: no model has all functions of this history: there are register (read, write",
        ),
        (
            vec![
                r#"{"process": 1, "type": "invoke", "f": "put", "key": "a", "value": 1}"#,
                r#"{"process": 1, "type": "ok", "f": "put", "key": "b"}"#,
            ],
            "line 2: process 1 learns of the key \"b\", and asked for \"a\" in line 1",
        ),
        (vec![], "line 1: the file is empty"),
        (vec!["", "; nothing"], "line 1: the file is empty"),
        (
            vec![r#"{"process": 1, "type": "invoke", "f": "cas", "value": 3}"#],
            "line 1: a cas is asked with [expected new], and not with 3",
        ),
        (
            vec![
                r#"{"type": "history", "model": "counter"}"#,
                r#"{"process": 1, "type": "invoke", "f": "add", "value": -3}"#,
            ],
            "line 2: -3 is no number from 0 on",
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
    assert!(judge(whole).is_ok());
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
    assert_eq!(wrong("INFO  jepsen.util - 1\t:invoke\t:write\t"), "line 1: the value is missing");
    let json = r#"{"process": 1, "type": "invoke", "f": "write", "value": "a"}"#;
    assert!(judge(json).is_ok());
    for cut in 1..json.len() {
        let found = wrong(&format!("{json}\n{}", &json[..cut]));
        assert!(found.starts_with("line 2: no JSON: EOF"), "{found}");
    }
}

#[test]
fn what_is_no_text_is_told_with_its_line() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/histories");
    let json = lines(&[r#"{"process": 1, "type": "invoke", "f": "read"}"#; 3]);
    let read = |file| std::fs::read_to_string(folder.join(file)).expect("it is there");
    for whole in [
        json,
        read("knossos/cas-register/bad/rethink-fail-minimal.edn"),
        read("porcupine/jepsen/etcd_005.log"),
    ] {
        let end = whole.match_indices('\n').nth(1).expect("it has lines").0;
        for (at, line) in [(0, 1), (end - 3, 2)] {
            let mut bytes = whole.clone().into_bytes();
            bytes[at] = 0xff;
            let found = vsr::histories::judge(&bytes[..], &Wish::default());
            let told = format!("line {line}: these bytes are no text: it is not UTF-8");
            assert_eq!(found.expect_err("it is no text").to_string(), told);
        }
    }
}

/// How a file comes in, and how its lines are broken, is all the same.
#[test]
fn a_file_means_the_same_in_whatever_pieces_it_comes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/histories");
    for file in [
        "knossos/cas-register/bad/rethink-fail-minimal.edn",
        "porcupine/jepsen/etcd_005.log",
        "porcupine/kv/c10-bad.txt",
    ] {
        let text = std::fs::read_to_string(folder.join(file)).expect("it is there");
        let whole = judge(&text).expect("it is a history");
        let slow = BufReader::with_capacity(1, text.as_bytes());
        assert_eq!(vsr::histories::judge(slow, &Wish::default()).as_ref(), Ok(&whole), "{file}");
        assert_eq!(judge(&text.replace('\n', "\r\n")).as_ref(), Ok(&whole), "{file}");
        if text.starts_with(['[', '{']) {
            let one_line = judge(&text.replace('\n', " ")).expect("it is a history");
            assert_eq!((one_line.operations, one_line.kind), (whole.operations, whole.kind));
            assert_eq!(word(&one_line.verdict), word(&whole.verdict));
        }
    }
}

#[test]
fn edn_has_more_than_events_need() {
    let read = |value: &str, told: &str| {
        let text = format!(
            "; a comment\n#jepsen/history [{{:index 0, :process 1, :type :invoke, :f :write, \
             :value {value}, :error [\"}}\" 1.5 {{:a #{{1}}}}], :time 7}}\n\
             {{:process 1 :type :ok :f :write :value {value} :time nil}}\n\
             {{\"process\" 1 \"type\" \"invoke\" \"f\" \"read\"}}\n\
             {{:process :nemesis :type :info :f :start :value 1.5}}\n\
             {{:process 1 :type :ok :f :read :value {told}}}]"
        );
        judge(&text.replace("#jepsen/history ", "")).map(|judged| word(&judged.verdict))
    };
    for (value, told, verdict) in [
        ("#{1 2 :c}", "#{:c 2 1}", "ok"),
        ("#{1 2}", "#{1 3}", "violation"),
        ("[1 2]", "[2 1]", "violation"),
        ("{:a 1, \"b\" [2]}", "{\"b\" [2] :a 1}", "ok"),
        ("#inst \"2020\"", "\"2020\"", "ok"),
        ("\"a\\n}\nb\"", "\"a\n}\\nb\"", "ok"),
        ("-9223372036854775808", "-9223372036854775807", "violation"),
    ] {
        assert_eq!(read(value, told), Ok(verdict), "{value} {told}");
    }
    let found = read("0", "1.5").expect_err("it is no whole number").to_string();
    assert_eq!(found, "line 6: 1.5: numbers are whole, and of 64 bits");
}

#[test]
fn one_key_of_several_can_be_judged() {
    let text = lines(&[
        r#"{"process": 1, "type": "invoke", "f": "put", "key": "a", "value": 1}"#,
        r#"{"process": 1, "type": "ok", "f": "put", "key": "a"}"#,
        r#"{"process": 1, "type": "invoke", "f": "get", "key": 7}"#,
        r#"{"process": 1, "type": "ok", "f": "get", "key": 7, "value": 1}"#,
        r#"{"process": 1, "type": "invoke", "f": "get", "key": ["b", -1]}"#,
    ]);
    let of = |key: &str| judge_as(&text, &Wish { key: Some(key.to_owned()), ..Wish::default() });
    for key in ["a", "\"a\""] {
        let judged = of(key).expect("it is one of the keys");
        assert_eq!((judged.operations, judged.verdict), (1, Verdict::Linearizable));
    }
    assert_eq!(of("7").map(|judged| word(&judged.verdict)), Ok("violation"));
    let told = of("c").expect_err("it is no key").to_string();
    assert_eq!(told, "no operation has the key c; there are \"a\", 7, [\"b\" -1]");
    let without = Wish { key: Some("a".to_owned()), ..Wish::default() };
    let asks = r#"{"process": 1, "type": "invoke", "f": "read"}"#;
    let told = judge_as(asks, &without).expect_err("it has no keys").to_string();
    assert_eq!(told, "no operation has the key a, or any other");
    let as_register = Wish { kind: Some(Kind::Register), ..Wish::default() };
    let text = text.replace("put", "write").replace("get", "read");
    let told = judge_as(&text, &as_register).expect_err("a register has no keys").to_string();
    assert_eq!(told, "line 3: a register has no keys, and this is of 7: judge one, by --key");
}

#[test]
fn operations_keep_their_times_where_they_are_told() {
    let text = lines(&[
        r#"{"process": 1, "type": "invoke", "f": "write", "value": 1, "time": 5}"#,
        r#"{"process": 1, "type": "ok", "f": "write", "time": 9000000000}"#,
        r#"{"process": 1, "type": "invoke", "f": "read", "time": null}"#,
        r#"{"process": 1, "type": "ok", "f": "read", "value": 1, "time": 9000000007}"#,
    ]);
    let recording = Recording::read(text.as_bytes()).expect("it is a history");
    let times = |index| {
        let operation = recording.operation(index);
        let Completion::Ok { time, .. } = operation.completion else { panic!("it is ok") };
        (operation.time, time)
    };
    assert_eq!(times(0), (Some(5), Some(9_000_000_000)));
    assert_eq!(times(1), (None, Some(9_000_000_007)));
}

/// A store of so many operations is judged some keys at a time.
#[test]
fn a_violation_among_very_many_keys_is_found() {
    let mut text = String::new();
    for key in 0..(1 << 20) + 10 {
        let value = if key == 1_000_000 { "1" } else { "null" };
        let get = format!(r#""process": 1, "f": "get", "key": {key}"#);
        text.push_str(&format!(
            "{{{get}, \"type\": \"invoke\"}}\n{{{get}, \"type\": \"ok\", \"value\": {value}}}\n"
        ));
    }
    let judged = judge(&text).expect("it is a history");
    let Verdict::Violation(why) = judged.verdict else { panic!("nobody has put 1") };
    assert_eq!(why.stuck.line, 2_000_001);
    assert_eq!((why.stuck.function, why.operations.len()), (Function::Get, 1));
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Linearizable => "ok",
        Verdict::Violation(_) => "violation",
        Verdict::Undecided { .. } => "undecided",
    }
}

/// No bytes make it panic: the whole histories, cut anywhere and with any byte changed.
#[test]
fn whatever_a_file_says_nobody_panics() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/histories");
    let read = |file| std::fs::read_to_string(folder.join(file)).expect("it is there");
    let mut json = one_by_one(r#"txn [["w", 8, -1], ["r", "é", null]] = [["w", 8, -1]]"#);
    json.insert_str(
        0,
        "{\"type\": \"history\", \"v\": 1, \"model\": \"kv\", \"initial\": {\"a\": 1}}\n",
    );
    for text in [
        read("knossos/cas-register/bad/rethink-fail-minimal.edn"),
        read("porcupine/jepsen/etcd_005.log"),
        json,
    ] {
        for cut in (0..text.len()).filter(|&cut| text.is_char_boundary(cut)).step_by(3) {
            let _ = judge_in_steps(&text[..cut], 1_000);
            for odd in ["{", "\"", "nil", "\\", "#", "99999999999999999999", ":"] {
                let _ = judge_in_steps(&format!("{}{odd}{}", &text[..cut], &text[cut..]), 1_000);
            }
        }
    }
    let deep = "[".repeat(100_000);
    assert!(judge_in_steps(&format!("{{:a {deep}"), 1_000).is_err());
}

/// Operations one after the other: who asks, if not 1; what, and after `=` what came back.
fn one_by_one(words: &str) -> String {
    let operation = |words: &str| {
        let (process, words) = words.trim().split_once(": ").unwrap_or(("1", words.trim()));
        let (asked, told) = words.split_once(" = ").unwrap_or((words, "null"));
        let (function, value) = asked.split_once(' ').unwrap_or((asked, "null"));
        let event = |phase, value| {
            format!(r#"{{"process":{process},"type":"{phase}","f":"{function}","value":{value}}}"#)
        };
        format!("{}\n{}\n", event("invoke", value), event("ok", told))
    };
    words.split(';').map(operation).collect()
}

#[test]
fn each_kind_of_object_is_judged_by_its_own_rules() {
    for (kind, verdict, words) in [
        (Kind::Register, "violation", "read = 2"),
        (Kind::Counter, "ok", "add 2 = 2; get = 2"),
        (Kind::Queue, "ok", "enqueue 1; enqueue 2; dequeue = 1"),
        (Kind::Queue, "violation", "enqueue 1; enqueue 2; dequeue = 2"),
        (Kind::Stack, "ok", "push 1; push 2; pop = 2; pop = 1; pop"),
        (Kind::Stack, "violation", "push 1; push 2; pop = 1"),
        (Kind::Stack, "violation", "push 1; pop"),
        (Kind::PriorityQueue, "ok", "insert 10; insert 7; take = 7; take = 10; take"),
        (Kind::PriorityQueue, "violation", "insert 7; insert 10; take = 10"),
        (Kind::PriorityQueue, "violation", "insert 7; take"),
        (Kind::Set, "ok", r#"add "a" = true; contains "a" = true; contains "b" = false"#),
        (Kind::Set, "violation", r#"add "a" = false; contains "a" = true"#),
        (Kind::Set, "violation", "add 1; remove 1; contains 1 = true"),
        (Kind::Set, "ok", "add 1 = 1; add 2 = 2; read = [2, 1]"),
        (Kind::Set, "violation", "add 1 = 1; add 2 = 2; read = [2]"),
        (Kind::Set, "violation", "read = [2]"),
        (Kind::Lock, "ok", "1: acquire; 1: release; 2: acquire"),
        (Kind::Lock, "ok", "1: acquire; 2: acquire = false"),
        (Kind::Lock, "violation", "1: acquire; 2: acquire"),
        (Kind::Lock, "violation", "1: acquire; 2: release"),
        (Kind::Lock, "ok", r#"1: acquire "a"; 2: release "a"; 3: acquire "b""#),
        (
            Kind::Transactions,
            "ok",
            r#"txn [["w", 8, 1], ["r", 8, null]] = [["w", 8, 1], ["r", 8, 1]]"#,
        ),
        (
            Kind::Transactions,
            "violation",
            r#"txn [["w", 8, 1], ["w", 9, 1]] = [["w", 8, 1], ["w", 9, 1]];
            txn [["r", 8, null], ["r", 9, null]] = [["r", 8, 1], ["r", 9, null]]"#,
        ),
    ] {
        let judged = judge(&one_by_one(words)).unwrap_or_else(|wrong| panic!("{words}: {wrong}"));
        assert_eq!((judged.kind, word(&judged.verdict)), (kind, verdict), "{words}");
    }
}

#[test]
fn what_means_nothing_to_its_kind_is_told_with_its_line() {
    for (words, told) in [
        ("insert -1", "line 1: -1 is no number from 0 on"),
        (r#"insert 1; take = "a""#, "line 4: \"a\" is no number"),
        ("add 1; contains 1 = 1", "line 4: 1 is neither true nor false"),
        ("add 1; read = 1", "line 4: 1 is no list"),
        ("add 1; read = [1, 1]", "line 4: an element is twice in a set"),
        ("add 1 = true; read = [1]", "line 2: whether it has changed anything"),
        ("read = [1]; contains 1", "line 3: \"contains\": a set that is read as a whole"),
        ("txn 3", "line 1: 3 is no list of steps"),
        (r#"txn [["x", 1, 2]]"#, "line 1: [\"x\" 1 2] is neither [r key value] nor"),
        (r#"txn [["w", 1, null]]"#, "line 1: nothing can't be written"),
        (r#"txn [["w", 1, 2]] = [["w", 1, 3]]"#, "line 2: this is not the transaction that was"),
    ] {
        let found = wrong(&one_by_one(words));
        assert!(found.starts_with(told), "{found}\n{told}");
    }
}

#[test]
fn jepsen_has_other_objects_than_registers() {
    let told = |words: &str| {
        let map = |words: &str| {
            let [process, phase, function, value] =
                words.trim().splitn(4, ' ').collect::<Vec<_>>()[..]
            else {
                panic!("{words}");
            };
            format!("{{:process {process} :type :{phase} :f :{function} :value {value}}}\n")
        };
        let text: String = words.split(';').map(map).collect();
        judge(&text).map(|judged| (judged.kind, judged.semantics, word(&judged.verdict)))
    };
    let ours = |kind, verdict| Ok((kind, Semantics::Knossos, verdict));
    let good = "1 invoke txn [[:r :x nil] [:w :y 1]]; 1 ok txn [[:r :x nil] [:w :y 1]]; \
                2 invoke txn [[:read :y nil] [:r :x nil]]; 2 ok txn [[:read :y 1] [:r :x nil]]";
    assert_eq!(told(good), ours(Kind::Transactions, "ok"));
    // Whoever read nil may have read anything.
    let silent = good.replace("[:read :y 1]", "[:read :y nil]");
    assert_eq!(told(&silent), ours(Kind::Transactions, "ok"));
    let bad = good.replace("[:read :y 1]", "[:read :y 2]");
    assert_eq!(told(&bad), ours(Kind::Transactions, "violation"));
    let set = "1 invoke add 1; 1 ok add 1; 1 invoke read nil; 1 ok read #{1}";
    assert_eq!(told(set), ours(Kind::Set, "ok"));
    assert_eq!(told(&set.replace("#{1}", "nil")), ours(Kind::Set, "ok"));
    assert_eq!(told(&set.replace("#{1}", "#{}")), ours(Kind::Set, "violation"));
    let lock = "1 invoke acquire nil; 1 ok acquire nil; 2 invoke acquire nil; 2 fail acquire nil";
    assert_eq!(told(lock), ours(Kind::Lock, "ok"));
    assert_eq!(told(&lock.replace("fail", "ok")), ours(Kind::Lock, "violation"));

    let maps = "{:process 1 :type :invoke :f :write :value {:x 1 :y 2}}
        {:process 1 :type :ok :f :write :value {:y 2 :x 1}}
        {:process 1 :type :invoke :f :read :value {:x nil}}
        {:process 1 :type :ok :f :read :value {:x 2}}";
    let wish = Wish { kind: Some(Kind::Transactions), ..Wish::default() };
    assert_eq!(judge_as(maps, &wish).map(|judged| word(&judged.verdict)), Ok("violation"));
    let maps = maps.replace("{:x 2}", "{:x 1}");
    assert_eq!(judge_as(&maps, &wish).map(|judged| word(&judged.verdict)), Ok("ok"));
}
