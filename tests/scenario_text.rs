//! Scenarios as text: what is printed reads back the same, and what is wrong is said with its
//! place.

#[path = "scenario_text/any.rs"]
mod any;

use any::scenarios;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use vsr::sim::Scenario;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 512,
        // Nothing is written into the tree; a failure prints its input.
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_generated_scenario_prints_and_parses_to_itself(seed: u64) {
        let scenario = Scenario::generate(seed);
        prop_assert_eq!(reread(&scenario), scenario);
    }

    #[test]
    fn any_scenario_prints_and_parses_to_itself(scenario in scenarios()) {
        prop_assert_eq!(reread(&scenario), scenario);
    }

    #[test]
    fn any_text_is_read_or_refused_without_panic(text in "\\PC*") {
        let _ = Scenario::parse(&text).map_err(|error| error.to_string());
    }

    #[test]
    fn a_mangled_scenario_is_read_or_refused_without_panic(
        seed: u64,
        place: prop::sample::Index,
        length in 0..12usize,
        put in "[\\PC\n\r\t]{0,6}",
    ) {
        let text = Scenario::generate(seed).to_string();
        let chars: Vec<char> = text.chars().collect();
        let start = place.index(chars.len());
        let end = (start + length).min(chars.len());
        let mangled: String = chars[..start]
            .iter()
            .copied()
            .chain(put.chars())
            .chain(chars[end..].iter().copied())
            .collect();
        // What is read in spite of it prints and parses to itself like any other.
        match Scenario::parse(&mangled) {
            Ok(scenario) => prop_assert_eq!(reread(&scenario), scenario),
            Err(error) => prop_assert!(error.to_string().starts_with("line ")),
        }
    }

    #[test]
    fn a_file_of_words_of_the_format_is_read_or_refused_without_panic(
        lines in vec(select(LINES.to_vec()), 0..12),
    ) {
        let _ = Scenario::parse(&lines.join("\n")).map_err(|error| error.to_string());
    }
}

const LINES: [&str; 20] = [
    "seed = 7",
    "seed = \"0x7\"",
    "[cluster]",
    "replicas = 3",
    "replicas = 0",
    "[workload]",
    "clients = 1",
    "[network]",
    "delay = { min = \"1ms\" }",
    "[limits]",
    "settle = \"0s\"",
    "[[fault]]",
    "at = \"1s\"",
    "when = { replica = \"r0\", reaches = \"view 2\" }",
    "crash = \"primary\"",
    "lose = {}",
    "[[message]]",
    "link = \"r0->r1\"",
    "fate = \"drop\"",
    "# é, two bytes",
];

fn reread(scenario: &Scenario) -> Scenario {
    let text = scenario.to_string();
    match Scenario::parse(&text) {
        Ok(read) => read,
        Err(error) => panic!("{error}\n\n{text}"),
    }
}

/// A text that is wrong, where it is wrong, and all that is said about it.
fn check(text: &str, (line, column): (usize, usize), message: &str) {
    let source = text.lines().nth(line - 1).expect("a line of the text");
    let mark = format!("{:>column$}", "^");
    let expected =
        format!("line {line}, column {column}: {message}\n  |\n{line:>2}| {source}\n  | {mark}");
    match Scenario::parse(text) {
        Ok(_) => panic!("nothing is said against\n{text}"),
        Err(error) => assert_eq!(error.to_string(), expected),
    }
}

#[test]
fn an_error_shows_the_line_and_points_at_the_place() {
    let error = Scenario::parse("# A comment.\n\n[cluster]\nreplicas = 17\n");
    let said = error.expect_err("too many").to_string();
    let expected = "\
line 4, column 12: 17 is not in 1 to 16
  |
 4| replicas = 17
  |            ^";
    assert_eq!(said, expected);
}

#[test]
fn a_timer_is_one_that_its_process_has() {
    let expire = |process: &str, timer: &str| {
        let fault = format!("expire = {{ process = \"{process}\", timer = \"{timer}\" }}");
        format!("[[fault]]\nat = \"1ms\"\n{fault}\n")
    };
    for (process, timer) in [("r0", "heartbeat"), ("backup", "primary-silence"), ("c1", "retry")] {
        let read = Scenario::parse(&expire(process, timer)).expect("there is such a timer");
        assert!(read.to_string().contains(&format!("timer = \"{timer}\"")), "{read}");
    }
    let why = "\"heartbeat\": c1 has no such timer; it has `retry`, `think`";
    check(&expire("c1", "heartbeat"), (3, 36), why);
}

#[test]
fn a_copy_has_two_times_or_none() {
    let message = |rest: &str| format!("[[message]]\nlink = \"r0->r1\"\nnth = 1\n{rest}");
    let both = message("fate = \"twice\"\nafter = \"3us\"\nagain = \"7ms\"\n");
    let read = Scenario::parse(&both).expect("it has both");
    assert!(read.to_string().contains("after = \"3us\"\nagain = \"7ms\""), "{read}");
    assert!(Scenario::parse(&message("fate = \"twice\"\n")).is_ok());
    let why = "`after` goes with \"deliver\", and together with `again` with \"twice\"";
    for times in ["twice\"\nafter = \"3us\"", "twice\"\nagain = \"3us\"", "drop\"\nafter = \"3us\""]
    {
        let wrong = message(&format!("fate = \"{times}\n"));
        let said = Scenario::parse(&wrong).expect_err("a time too many or too few").to_string();
        assert!(said.contains("line 4, column 8") && said.contains(why), "{said}");
    }
}

#[test]
fn an_unknown_key_is_refused_and_the_known_ones_are_named() {
    check(
        "seed = 1\nfaults = []\n",
        (2, 1),
        "unknown field `faults`, expected one of `seed`, `beyond`, `cluster`, `workload`, \
         `network`, `disk`, `limits`, `fault`, `message`, `expect`",
    );
    check(
        "[limits]\nduration = \"1s\"\npatience = \"1s\"\n",
        (3, 1),
        "unknown field `patience`, expected `duration` or `settle`",
    );
}

#[test]
fn a_group_has_one_to_sixteen_replicas() {
    check("[cluster]\nreplicas = 0\n", (2, 12), "0 is not in 1 to 16");
    check("# A comment.\n\n[cluster]\nreplicas = 17\n", (4, 12), "17 is not in 1 to 16");
}

#[test]
fn witnesses_are_replicas_and_leave_enough_others() {
    check(
        "[cluster]\nwitnesses = [\"r2\", \"r3\"]\n",
        (2, 20),
        "\"r3\": a witness is one of r0 to r2",
    );
    check(
        "[cluster]\nreplicas = 5\nstandby = 2\nwitnesses = [\"r1\", \"r2\"]\n",
        (4, 13),
        "of the first members one more than may fail has to run the service",
    );
    check(
        "[cluster]\nservice = \"clock\"\nwitnesses = [\"r2\"]\n",
        (3, 13),
        "witnesses have nothing to predict from: with this service, set `predictions` to \
         \"primary\"",
    );
    let text = "[cluster]\nservice = \"clock\"\nwitnesses = [\"r2\"]\npredictions = \"primary\"\n";
    assert!(Scenario::parse(text).is_ok_and(|scenario| !scenario.cluster.witnesses.is_empty()));
}

#[test]
fn a_service_that_only_applies_is_asked_for_nothing_else() {
    let only = "[cluster]\nonly-apply = true\n";
    let scenario = Scenario::parse(only).expect("it needs nothing else");
    assert!(scenario.cluster.only_applies && scenario.is_possible());
    for (more, (line, column), lacks) in [
        ("service = \"clock\"", (2, 14), "predictions"),
        ("checkpoints = { every = 4 }", (2, 14), "checkpoints"),
        ("reads = \"quorum\"", (2, 14), "reads beside the log"),
        ("[workload]\nstale = \"10%\"", (4, 9), "reads beside the log"),
    ] {
        let word = if more.contains("stale") { "\"10%\": " } else { "" };
        let why = format!("{word}a service that implements nothing but `apply` has no {lacks}");
        check(&format!("{only}{more}\n"), (line, column), &why);
    }
}

#[test]
fn batching_is_one_of_two_ways() {
    check(
        "[cluster]\nbatching = \"never\"\n",
        (2, 12),
        "\"never\": batching is \"at-once\" or \"adaptive\"",
    );
}

#[test]
fn a_name_stands_for_a_process_that_exists() {
    check(
        "[[fault]]\nat = \"1s\"\ncrash = \"r3\"\n",
        (3, 9),
        "\"r3\": there are replicas r0 to r2 and clients c0 to c1, \"primary\" and \
         \"backup\"",
    );
    check(
        "[workload]\nclients = 1\n\n[[fault]]\nat = \"1s\"\n\
         cut = { from = [\"r0\"], to = [\"c1\"] }\n",
        (6, 30),
        "\"c1\": there are replicas r0 to r2 and clients c0 to c0, \"primary\" and \
         \"backup\"",
    );
    check(
        "[[fault]]\nwhen = { replica = \"primary\", reaches = \"view 1\" }\ncrash = \"r0\"\n",
        (2, 20),
        "\"primary\": only a replica's number can stand here",
    );
    check(
        "[[fault]]\nat = \"1s\"\npartition = [[\"r0\"], [\"r1\", \"r0\"]]\n",
        (3, 29),
        "\"r0\": a process is on one side of a partition",
    );
}

#[test]
fn a_ratio_is_at_most_everything() {
    check(
        "[network]\ndrop = \"101%\"\n",
        (2, 8),
        "not a ratio: \"101%\" (write a percentage from 0% to 100% with at most four \
         digits after the point, such as \"0.5%\")",
    );
}

#[test]
fn a_fault_is_one_action_at_one_time() {
    check(
        "[[fault]]\nat = \"1s\"\ncrash = \"r0\"\npause = \"r1\"\n",
        (1, 1),
        "a fault has exactly one of `crash`, `restart`, `pause`, `partition`, `cut`, \
         `flap`, `lose`, `jump`, `expire`, `damage`, `hinder`, `reconfigure`",
    );
    check(
        "seed = 1\n\n[[fault]]\nat = \"1s\"\n",
        (3, 1),
        "a fault has exactly one of `crash`, `restart`, `pause`, `partition`, `cut`, \
         `flap`, `lose`, `jump`, `expire`, `damage`, `hinder`, `reconfigure`",
    );
    check("seed = 1\n\n[[fault]]\ncrash = \"r0\"\n", (3, 1), "a fault has either `at` or `when`");
    check(
        "[[fault]]\nat = \"1s\"\nwhen = { replica = \"r0\", reaches = \"view 1\" }\n\
         crash = \"r0\"\n",
        (1, 1),
        "a fault has either `at` or `when`",
    );
}

#[test]
fn what_befalls_a_disk_is_named_and_happens_to_a_replica() {
    let fault = |action: &str| format!("[[fault]]\nat = \"1s\"\n{action}\n");
    check(
        &fault("damage = { disk = \"c0\", how = \"rot\" }"),
        (3, 19),
        "\"c0\": only a replica has a disk",
    );
    check(
        &fault("damage = { disk = \"r0\", how = \"rust\" }"),
        (3, 31),
        "\"rust\": a disk fails by rot, unreadable, lost-write, misdirected-write, replaced, \
         misdirected-read",
    );
    check(
        &fault("hinder = { disk = \"c0\", how = \"full\" }"),
        (3, 19),
        "\"c0\": only a replica has a disk",
    );
    check(
        &fault("hinder = { disk = \"r0\", how = \"tired\" }"),
        (3, 31),
        "\"tired\": what hinders a disk is \"slow\", \"full\" or \"failed-sync\"",
    );
    check(
        &fault("hinder = { disk = \"r0\", how = \"full\", times = 3 }"),
        (3, 31),
        "\"full\": `times` goes with \"slow\" only",
    );
    check(
        &fault("hinder = { disk = \"r0\", how = \"slow\", times = 1 }"),
        (3, 47),
        "1 is not in 2 to 1000000",
    );
}

#[test]
fn reads_beside_the_log_are_offered_by_who_can() {
    let cluster = |lines: &str| format!("[cluster]\n{lines}\n");
    check(
        &cluster("reads = \"fast\""),
        (2, 9),
        "\"fast\": reads are by \"log\", \"quorum\" or \"lease\"",
    );
    check(
        &cluster("service = \"queue\"\nreads = \"quorum\""),
        (3, 9),
        "\"quorum\": this service has no operations that only look",
    );
    check(
        &cluster("reads = \"quorum\"\nlease = \"9ms\""),
        (3, 9),
        "\"9ms\": a lease is only where `reads` is \"lease\"",
    );
    check(
        "[workload]\nlatest = \"10%\"\n",
        (2, 10),
        "\"10%\": the primary is asked beside the log only where `reads` in [cluster] is \
         \"quorum\" or \"lease\"",
    );
    check("[workload]\nclients = 2\nreaders = 3\n", (3, 11), "3 is not in 0 to 2");
}

#[test]
fn clocks_are_no_further_off_than_the_group_is_told_but_on_purpose() {
    let text = "[cluster]\ndrift = \"2%\"\nreads = \"lease\"\nlease-drift = \"1%\"\n";
    check(
        text,
        (2, 9),
        "clocks are further off than `lease-drift` tells the group: that breaks its promises, and \
         needs `beyond = true` at the top",
    );
    assert!(Scenario::parse(&format!("beyond = true\n{text}")).is_ok());
    assert!(Scenario::parse(&text.replace("1%", "2%")).is_ok());
}

#[test]
fn what_never_ends_leaves_a_group_that_can_do_without_it() {
    let never = |action: &str| {
        let text = format!(
            "[workload]\nclients = 1\n\n[[fault]]\nat = \"1s\"\n{action}\nheal_after = \"never\"\n"
        );
        Scenario::parse(&text).map(|scenario| (scenario.lost().count(), scenario.to_string()))
    };
    for action in [
        "crash = \"r1\"",
        "cut = { from = [\"r0\", \"r2\", \"c0\"], to = [\"r1\"] }",
        "cut = { from = [\"r1\"], to = [\"r0\", \"r2\", \"c0\"] }",
    ] {
        let (count, printed) = never(action).expect("the group survives it");
        assert_eq!(count, 1, "{action}");
        let again = Scenario::parse(&printed).expect("what is printed can be read");
        assert_eq!(again.to_string(), printed);
        assert_eq!(again.lost().count(), 1);
    }
    let allowed = "what never ends is a crash of a named replica, or a cut by which named replicas \
                   hear nobody or are heard by nobody";
    for action in [
        "crash = \"primary\"",
        "crash = \"c0\"",
        "pause = \"r1\"",
        "cut = { from = [\"r0\"], to = [\"r1\"] }",
        "cut = { from = [\"r0\", \"r2\"], to = [\"r1\"] }",
        "partition = [[\"r0\", \"c0\"], [\"r1\", \"r2\"]]",
    ] {
        let error = never(action).expect_err(action).to_string();
        assert!(error.starts_with(&format!("line 4, column 1: {allowed}")), "{error}");
    }
    check(
        "[[fault]]\nat = \"1s\"\ncrash = \"r0\"\nheal_after = \"never\"\n\n\
         [[fault]]\nat = \"2s\"\ncrash = \"r1\"\nheal_after = \"never\"\n",
        (6, 1),
        "2 replicas are lost for ever, and the group survives 1",
    );
}

#[test]
fn a_replica_reaches_what_it_can_reach() {
    check(
        "[[fault]]\nwhen = { replica = \"r0\", reaches = \"views 1\" }\ncrash = \"r0\"\n",
        (2, 36),
        "\"views 1\": a replica reaches \"view 2\", \"op 5\", \"commit 3\", \
         \"epoch 1\", \"normal\", \"view-change\", \
         \"recovering\", \"transitioning\" or \"shut-down\"",
    );
}

#[test]
fn a_seed_is_a_number() {
    check(
        "seed = \"many\"\n",
        (1, 8),
        "not a seed: \"many\" (write a number of 64 bits such as 42, 1_000 or 0xd1ce5eed, \
         or the 40 hexadecimal digits of a commit)",
    );
    check("seed = true\n", (1, 8), "expected a seed: a whole number, or a text with one");
}

#[test]
fn a_service_and_a_durability_are_known_ones() {
    check(
        "[cluster]\nservice = \"stack\"\n",
        (2, 11),
        "\"stack\": a service is register, kv, counter, queue, clock or lottery",
    );
    let allowed = "\"hope\": a durability is \"memory\" or \"disk\"";
    check("[cluster]\ndurability = \"hope\"\n", (2, 14), allowed);
}

#[test]
fn delays_grow_from_min_over_mean_to_max() {
    check(
        "[network]\ndelay = { min = \"5ms\", mean = \"1ms\", max = \"9ms\" }\n",
        (2, 44),
        "delays must not shrink from min over mean to max: 5ms, 1ms, 9ms",
    );
    check(
        "[network]\ndelay = { min = \"5\" }\n",
        (2, 17),
        "not a span of time: \"5\" (write a number and ns, us, ms, s or min, such as \
         \"1.5ms\")",
    );
}

#[test]
fn a_link_leads_from_one_process_to_another() {
    check(
        "[[message]]\nlink = \"r0-r1\"\nnth = 1\nfate = \"drop\"\n",
        (2, 8),
        "\"r0-r1\": a link is written \"r0->r2\"",
    );
    check(
        "[[message]]\nlink = \"r0->r7\"\nnth = 1\nfate = \"drop\"\n",
        (2, 8),
        "\"r7\": there are replicas r0 to r2 and clients c0 to c1, \"primary\" and \
         \"backup\"",
    );
    check(
        "[[fault]]\nat = \"1s\"\nflap = { link = [\"r0\"], every = \"1ms\" }\n",
        (3, 17),
        "a link has two ends",
    );
}

#[test]
fn the_administrator_is_named_where_there_is_one() {
    let link = "[[message]]\nlink = \"admin->r0\"\nnth = 1\nfate = \"drop\"\n";
    check(link, (2, 8), "\"admin\": there is no administrator where nothing is reconfigured");
    let order = "[[fault]]\nat = \"1s\"\nreconfigure = [\"r0\", \"r1\", \"r2\"]\n\n";
    let patience = "[[fault]]\nat = \"2s\"\n\
                    expire = { process = \"admin\", timer = \"retry\" }\n\n";
    let scenario = Scenario::parse(&format!("{order}{patience}{link}")).expect("it is there");
    assert_eq!(Scenario::parse(&scenario.to_string()), Ok(scenario));
    check(
        &format!("{order}[[fault]]\nat = \"2s\"\ncrash = \"admin\"\n"),
        (7, 9),
        "\"admin\": there are replicas r0 to r2 and clients c0 to c1, \"primary\" and \
         \"backup\"",
    );
}

#[test]
fn a_message_has_a_fate_that_there_is() {
    check(
        "[[message]]\nlink = \"r0->r1\"\nnth = 1\nfate = \"lose\"\n",
        (4, 8),
        "\"lose\": a fate is \"drop\", \"twice\" or \"deliver\"",
    );
    check(
        "[[fault]]\nat = \"1s\"\nlose = { kind = \"HELLO\" }\n",
        (3, 17),
        "\"HELLO\": a kind of message is REQUEST, REPLY, REFUSAL, PREPARE, PREPAREOK, COMMIT, \
         STARTVIEWCHANGE, DOVIEWCHANGE, STARTVIEW, RECOVERY, RECOVERYRESPONSE, GETSTATE, \
         NEWSTATE, GETPAGES, PAGES, REGISTER, REGISTERED, READ, ANSWER, \
         STARTEPOCH, EPOCHSTARTED, NEWEPOCH, \
         PREDICT, PREDICTION",
    );
}

#[test]
fn what_is_expected_can_come_out() {
    check(
        "[expect]\nmarks = [\"primary gives up\"]\n",
        (2, 10),
        "\"primary gives up\": no mark has that name",
    );
    check(
        "[expect]\nverdict = \"ok\"\n",
        (2, 11),
        "\"ok\": a verdict is \"pass\" or a violation's code such as \"VSR-LIN\"",
    );
}

#[test]
fn patience_is_more_than_nothing() {
    for line in
        ["[limits]\nsettle = \"0s\"", "[cluster]\nheartbeat = \"0s\"", "[workload]\nretry = \"0s\""]
    {
        let (_, source) = line.split_once('\n').expect("two lines");
        let column = source.find('"').expect("a value") + 1;
        check(line, (2, column), "this must be more than nothing");
    }
}

#[test]
fn what_is_no_toml_is_refused_with_its_place() {
    check("[cluster]\nreplicas = 3\nreplicas = 5\n", (3, 1), "duplicate key");
    check("seed 1\n", (1, 6), "key with no value, expected `=`");
}
