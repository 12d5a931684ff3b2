//! Campaigns as scripts see them: killed and gone on with, dealt out and joined, interrupted; and
//! what they leave behind.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// A folder for one test, gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("the scratch folder can be written");
        Self(path)
    }

    /// `vsr-sim` at work in the folder.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vsr-sim"));
        command.args(words).current_dir(&self.0).env("NO_COLOR", "1");
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("the binary was built")
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.0.join(folder)) else { return Vec::new() };
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.expect("a folder").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("output is text")
}

fn lines(output: &Output) -> Vec<Value> {
    let line =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
    stdout(output).lines().map(line).collect()
}

/// Everything that was found, without how long it took and how it was shrunk.
fn set_of_results(output: &Output) -> Vec<Value> {
    let mut lines = lines(output);
    for line in &mut lines {
        if line["type"] == "campaign" {
            line["seconds"] = Value::Null;
        }
    }
    lines
}

/// Hosts that cheat, so that there is a good deal to be found, told to programs as it is.
const FINDS: [&str; 8] = [
    "--sabotage",
    "forgets-to-recover",
    "--max-failures",
    "all",
    "--format",
    "json",
    "--shrink",
    "0s",
];

/// A campaign that finds a good deal.
fn broken() -> Vec<&'static str> {
    [&["fuzz", "--seeds", "0..400"][..], &FINDS].concat()
}

fn broken_with(more: &[&'static str]) -> Vec<&'static str> {
    [&broken(), more].concat()
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let folder = Folder::new("campaign-jobs");
    let one = folder.run(&broken_with(&["--jobs", "1"]));
    let three = folder.run(&broken_with(&["--jobs", "3"]));
    assert_eq!(one.status.code(), Some(100), "{}", stderr(&one));
    assert_eq!(set_of_results(&one), set_of_results(&three));
    let few = ["--max-failures", "3"];
    let words = |jobs| {
        let range = ["fuzz", "--seeds", "0..400", "--sabotage", "forgets-to-recover"];
        let rest = ["--shrink", "0s", "--quiet", "--jobs", jobs];
        [&range[..], &few, &rest].concat()
    };
    assert_eq!(stdout(&folder.run(&words("1"))), stdout(&folder.run(&words("4"))));
}

#[test]
fn one_shard_after_another_and_joined_in_any_order_they_are_the_whole() {
    let folder = Folder::new("campaign-shards");
    let whole = folder.run(&broken());
    for shard in ["1/4", "2/4", "3/4", "4/4"] {
        let file = format!("{}.jsonl", &shard[..1]);
        let words = [&broken()[..], &["--shard", shard, "--results", &file]].concat();
        let output = folder.run(&words);
        assert_eq!(output.status.code(), Some(100), "{}", stderr(&output));
    }
    for order in [["1", "2", "3", "4"], ["3", "1", "4", "2"], ["4", "3", "2", "1"]] {
        let files = order.map(|number| format!("{number}.jsonl"));
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let words = [&["merge", "--format", "json", "--shrink", "0s"], &files[..]].concat();
        let merged = folder.run(&words);
        assert_eq!(merged.status.code(), Some(100), "{}", stderr(&merged));
        assert_eq!(set_of_results(&merged), set_of_results(&whole), "{order:?}");
    }
}

#[test]
fn a_shard_that_is_missing_is_told_and_one_that_is_there_twice_is_refused() {
    let folder = Folder::new("campaign-missing");
    let fuzz = |seeds: &str, shard: &str, file: &str| {
        let words = ["fuzz", "--seeds", seeds, "--shard", shard, "--results", file, "--quiet"];
        assert_eq!(folder.run(&words).status.code(), Some(0));
    };
    fuzz("0..60", "1/3", "1.jsonl");
    fuzz("0..60", "3/3", "3.jsonl");
    let merged = folder.run(&["merge", "1.jsonl", "3.jsonl"]);
    assert_eq!(merged.status.code(), Some(102), "{}", stdout(&merged));
    assert!(stdout(&merged).contains("shard 2/3 of seeds 0..60 is missing"), "{}", stdout(&merged));

    fs::copy(folder.0.join("1.jsonl"), folder.0.join("again.jsonl")).expect("a copy");
    let twice = folder.run(&["merge", "1.jsonl", "again.jsonl"]);
    assert_eq!(twice.status.code(), Some(2));
    assert!(stderr(&twice).contains("both have seed 0"), "{}", stderr(&twice));
    fuzz("30..50", "2/2", "other.jsonl");
    let overlap = folder.run(&["merge", "other.jsonl", "3.jsonl"]);
    assert!(stderr(&overlap).contains("both have seed 35"), "{}", stderr(&overlap));
}

#[test]
fn results_of_another_build_or_version_are_refused() {
    let folder = Folder::new("campaign-builds");
    let words = ["fuzz", "--seeds", "0..40", "--results", "a.jsonl", "--quiet"];
    assert_eq!(folder.run(&words).status.code(), Some(0));
    let text = folder.read("a.jsonl");
    let change = |name: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        fs::write(folder.0.join(name), text.replacen(from, to, 1)).expect("a scratch file");
    };
    change("build.jsonl", "\"build\":\"0.", "\"build\":\"99.");
    change("version.jsonl", "\"v\":1", "\"v\":7");
    change("damaged.jsonl", "\"type\":\"mark\"", "\"type\":\"mork\"");
    for (words, what) in [
        (&["merge", "a.jsonl", "build.jsonl"][..], "different builds"),
        (&["merge", "version.jsonl"], "version.jsonl:1: results of version 7"),
        (&["merge", "damaged.jsonl"], "damaged.jsonl:2: no line of results"),
        (&["merge", "nowhere.jsonl"], "nowhere.jsonl: "),
        (&["fuzz", "--seeds", "0..40", "--results", "build.jsonl"], "another campaign"),
        (&["fuzz", "--seeds", "0..50", "--results", "a.jsonl"], "another campaign"),
        (
            &["fuzz", "--seeds", "0..40", "--results", "a.jsonl", "--way", "walk"],
            "another campaign",
        ),
    ] {
        let output = folder.run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(stderr(&output).contains(what), "{words:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{words:?}");
    }
    // Whoever is refused has lost nothing.
    assert_eq!(folder.read("a.jsonl"), text);
}

#[test]
fn the_worst_that_was_found_is_the_status() {
    let folder = Folder::new("campaign-statuses");
    let words = ["fuzz", "--seeds", "0..40", "--results", "a.jsonl", "--quiet"];
    assert_eq!(folder.run(&words).status.code(), Some(0));
    let text = folder.read("a.jsonl");
    let (before, last) = text.trim_end().rsplit_once('\n').expect("lines");
    assert!(last.contains("\"type\":\"progress\""), "{last}");
    let found = |seed: u64, verdict: &str| {
        serde_json::json!({
            "v": 1, "type": "run", "seed": seed.to_string(), "way": "swarm", "verdict": verdict,
            "judge": "campaign", "message": verdict, "shape": verdict, "cost": 0,
        })
    };
    // As if these had been found: a simulator that is in order finds none of them.
    let mut lines = before.to_owned();
    for (seed, (verdict, status)) in
        (1..).zip([("undecided", 102), ("two-hashes", 104), ("broken", 101)])
    {
        lines = format!("{lines}\n{}", found(seed, verdict));
        fs::write(folder.0.join("b.jsonl"), format!("{lines}\n{last}\n")).expect("a file");
        let output = folder.run(&["merge", "b.jsonl", "--shrink", "0s"]);
        assert_eq!(output.status.code(), Some(status), "{verdict}: {}", stdout(&output));
        assert!(stdout(&output).contains(verdict), "{}", stdout(&output));
    }
}

#[test]
fn nothing_to_run_is_no_success() {
    let folder = Folder::new("campaign-nothing");
    for words in [
        &["fuzz", "--seeds", "5..5"][..],
        &["fuzz", "--seeds", "7..3"],
        &["fuzz", "--seeds", "0..2", "--shard", "3/3"],
    ] {
        let output = folder.run(words);
        assert_eq!(output.status.code(), Some(4), "{words:?}");
        assert!(stderr(&output).contains("no seeds"), "{words:?}: {}", stderr(&output));
    }
    let alone = folder.run(&["fuzz", "--seeds", "0..9", "--shard", "auto"]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(stderr(&alone).contains("SLURM_ARRAY_TASK_ID"), "{}", stderr(&alone));
    let auto = folder
        .command(&["fuzz", "--seeds", "0..9", "--shard", "auto/3", "--format", "json"])
        .env("JOB_COMPLETION_INDEX", "1")
        .output()
        .expect("the binary was built");
    assert_eq!(lines(&auto)[0]["runs"], 3, "{}", stderr(&auto));
}

/// Lets a campaign begin, does something to it once it has results, and says what came of it.
fn disturbed(folder: &Folder, words: &[&str], results: &str, disturb: impl Fn(u32)) -> Output {
    // Nobody reads while it runs: a pipe would fill, and hold it up.
    let out = fs::File::create(folder.0.join("out")).expect("a scratch file");
    let child = folder
        .command(words)
        .stdout(out)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built");
    let has_begun = || {
        let text = fs::read_to_string(folder.0.join(results)).unwrap_or_default();
        text.lines().filter(|line| line.contains("\"progress\"")).count() > 0
    };
    for _ in 0..600 {
        if has_begun() {
            break;
        }
        wait(Duration::from_millis(50));
    }
    disturb(child.id());
    let mut output = child.wait_with_output().expect("a program that ends");
    output.stdout = folder.read("out").into_bytes();
    output
}

#[expect(clippy::disallowed_methods, reason = "waits for another program")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}

fn signal(name: &str) -> impl Fn(u32) {
    move |process| {
        let status = Command::new("kill").args(["-s", name, &process.to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill -s {name}");
    }
}

#[test]
#[cfg(unix)]
fn a_campaign_that_was_killed_goes_on_where_it_was() {
    let folder = Folder::new("campaign-killed");
    // Long enough to be killed in the middle of it, whatever the machine is.
    let words = |results| {
        let what =
            ["fuzz", "--seeds", "0..5000", "--sabotage", "forgets-to-recover", "--jobs", "2"];
        let how = ["--max-failures", "all", "--format", "json", "--shrink", "0s"];
        [&what[..], &how, &["--results", results]].concat()
    };
    let whole = folder.run(&words("whole.jsonl"));
    let killed = disturbed(&folder, &words("a.jsonl"), "a.jsonl", signal("KILL"));
    assert_eq!(killed.status.code(), None);
    // As if the power had gone while a line was written.
    let torn = [folder.read("a.jsonl"), "{\"type\":\"run\",\"se".to_owned()].concat();
    fs::write(folder.0.join("a.jsonl"), torn).expect("a scratch file");
    let rest = folder.run(&words("a.jsonl"));
    assert!(stderr(&rest).contains("going on after"), "{}", stderr(&rest));
    assert_eq!(set_of_results(&rest), set_of_results(&whole));
    // Once more: there is nothing left to run, and the result is the same.
    let again = folder.run(&words("a.jsonl"));
    assert_eq!(set_of_results(&again), set_of_results(&whole));
    assert_eq!(again.status.code(), whole.status.code());
}

#[test]
fn shares_shift_in_the_same_way_however_many_run_at_a_time_and_whenever_it_is_interrupted() {
    let folder = Folder::new("campaign-shares");
    // They shift twice while it goes on.
    let portfolio = [&["fuzz", "--seeds", "0..1700", "--way", "portfolio"][..], &FINDS].concat();
    let run = |more: &[&str]| folder.run(&[&portfolio[..], more].concat());
    let whole = run(&["--jobs", "1", "--results", "whole.jsonl", "--summary", "summary.md"]);
    assert_eq!(whole.status.code(), Some(100), "{}", stderr(&whole));
    assert_eq!(set_of_results(&run(&["--jobs", "3"])), set_of_results(&whole));
    let _ = run(&["--results", "a.jsonl", "--time", "400ms"]);
    assert_eq!(set_of_results(&run(&["--results", "a.jsonl"])), set_of_results(&whole));

    // The shares did shift, and the numbers are those of all seeds.
    let results = folder.read("whole.jsonl");
    let last: Value = serde_json::from_str(results.lines().last().expect("a line")).expect("JSON");
    assert_ne!(last["ways"]["now"], last["ways"]["next"], "{last}");
    let said = lines(&whole);
    let ways = said.last().and_then(|line| line["ways"].as_object()).expect("each way's part");
    let sum = |name: &str| ways.values().filter_map(|way| way[name].as_u64()).sum::<u64>();
    assert_eq!((ways.len(), sum("runs")), (11, 1700));
    assert!(sum("news") > 100, "{ways:?}");
    assert!(folder.read("summary.md").contains("| way | seeds | new in them |"));
    let fixed = run(&["--shares", "fixed"]);
    assert_ne!(set_of_results(&fixed), set_of_results(&whole));
    assert_eq!(lines(&fixed).last().map(|line| line["ways"].clone()), Some(serde_json::json!({})));

    // Whatever the shares were, a failure is told with the words that show it again.
    let runs: Vec<&Value> = said.iter().filter(|line| line["type"] == "run").collect();
    let failure = runs.last().expect("a failure");
    let word = |name: &str| failure[name].as_str().expect("a text").to_owned();
    let (seed, way) = (word("seed"), word("way"));
    let words = ["--seed", &seed, "--way", &way, "--sabotage", "forgets-to-recover"];
    let again = folder.run(&[&words[..], &["--format", "json"]].concat());
    assert_eq!(lines(&again)[0]["hash"], failure["hash"], "{words:?}");
}

#[test]
fn shares_that_cannot_shift_are_refused() {
    let folder = Folder::new("campaign-shares-refused");
    for (more, why) in [
        (&["--way", "walk"][..], "only those of a portfolio shift"),
        (&["--way", "portfolio", "--shard", "1/2"], "a shard does not know"),
    ] {
        let words = [&["fuzz", "--seeds", "0..9", "--shares", "shifting"], more].concat();
        let output = folder.run(&words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
    }
}

#[test]
#[cfg(unix)]
fn the_first_signal_asks_for_a_clean_end() {
    let folder = Folder::new("campaign-signals");
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        let results = format!("{name}.jsonl");
        let words = ["fuzz", "--seeds", "0..", "--results", &results, "--format", "json"];
        let output = disturbed(&folder, &words, &results, |process| {
            signal("USR1")(process);
            wait(Duration::from_millis(300));
            signal(name)(process);
        });
        assert_eq!(output.status.code(), Some(status), "{}", stderr(&output));
        // Whoever asked by SIGUSR1 was told.
        assert!(stderr(&output).contains("events/s, "), "{}", stderr(&output));
        let said = lines(&output);
        let last = said.last().expect("a line");
        assert_eq!(last["type"], "campaign");
        assert!(last["runs"].as_u64().is_some_and(|runs| runs > 0), "{last}");
        // The range is known from the file; nobody has to say it again.
        let more =
            folder.run(&["fuzz", "--results", &results, "--time", "1ms", "--format", "json"]);
        assert_eq!(more.status.code(), Some(0), "{}", stderr(&more));
        assert!(lines(&more)[0]["runs"].as_u64() >= last["runs"].as_u64());
    }
}

#[test]
fn what_failed_is_kept_small_and_told_once() {
    let folder = Folder::new("campaign-kept");
    let words = [
        "fuzz",
        "--seeds",
        "0..60",
        "--sabotage",
        "forgets-to-recover",
        "--junit",
        "junit.xml",
        "--summary",
        "summary.md",
        "--github",
        "--max-failures",
        "all",
        // However slow the machine is.
        "--shrink",
        "1h",
    ];
    let output = folder
        .command(&words)
        .env("GITHUB_STEP_SUMMARY", folder.0.join("step.md"))
        .output()
        .expect("the binary was built");
    assert_eq!(output.status.code(), Some(100), "{}", stderr(&output));
    let text = stdout(&output);
    let files = folder.names("failures");
    assert!(!files.is_empty() && files.iter().all(|name| name.starts_with("VSR-")), "{files:?}");
    for name in &files {
        assert!(text.contains(&format!("failures/{name}")), "{text}");
        // The file says it all: no flag is needed.
        let run = folder.run(&["run", &format!("failures/{name}")]);
        assert_eq!(run.status.code(), Some(0), "{}", stdout(&run));
        assert!(folder.read(&format!("failures/{name}")).contains("Nothing can be left out."));
    }
    assert!(text.contains("::error file=failures/VSR-"), "{text}");
    assert!(text.contains("  replay    vsr-sim run failures/VSR-"), "{text}");
    assert!(text.contains("--sabotage forgets-to-recover"), "{text}");
    let junit = folder.read("junit.xml");
    assert!(junit.contains(&format!("failures=\"{}\"", files.len())), "{junit}");
    let summary = folder.read("summary.md");
    assert_eq!(summary, folder.read("step.md"));
    assert!(summary.contains("| 10 | ") && summary.contains("```toml"), "{summary}");
}

#[test]
fn the_failure_shown_in_the_readme_is_what_comes_out() {
    let folder = Folder::new("campaign-readme");
    let readme = include_str!("../README.md");
    let shown = readme.split_once("$ vsr-sim fuzz --seeds 0..60").expect("the README shows it").1;
    let (words, shown) = shown.split_once('\n').expect("a line");
    let shown = shown.split_once("```").expect("the block ends").0;
    let words: Vec<&str> =
        ["fuzz", "--seeds", "0..60"].into_iter().chain(words.split_whitespace()).collect();
    // However slow the machine is.
    let output = folder.run(&[&words[..], &["--shrink", "1h"]].concat());
    assert_eq!(shown, stdout(&output), "paste it into README.md anew: {words:?}");
}

#[test]
fn a_seed_that_takes_too_long_is_given_up() {
    let folder = Folder::new("campaign-late");
    let words = ["fuzz", "--seeds", "0..20", "--timeout-per-seed", "1us", "--max-failures", "all"];
    let output = folder.run(&[&words[..], &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(102), "{}", stderr(&output));
    let said = lines(&output);
    assert_eq!(said.iter().filter(|line| line["verdict"] == "undecided").count(), 20 + 1);
    assert!(said[0]["message"].as_str().is_some_and(|why| why.contains("no verdict within 1µs")));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told_and_no_success() {
    let folder = Folder::new("campaign-full");
    let output = folder.run(&["fuzz", "--seeds", "0..50", "--results", "/dev/full"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("/dev/full: results can't be written"), "{}", stderr(&output));
    // A scenario that can't be written is not lost: its seed is told.
    fs::write(folder.0.join("file"), "").expect("a scratch file");
    let words = ["fuzz", "--seeds", "0..60", "--sabotage", "forgets-to-recover", "--shrink", "0s"];
    let output = folder.run(&[&words[..], &["--failures", "file/folder"]].concat());
    assert_eq!(output.status.code(), Some(100), "{}", stderr(&output));
    assert!(stderr(&output).contains("can't be written"), "{}", stderr(&output));
    assert!(stdout(&output).contains("vsr-sim --seed "), "{}", stdout(&output));
}
