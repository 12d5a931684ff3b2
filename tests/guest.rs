//! Systems that the simulator knows nothing of: what is wrong with them is found, told apart, made
//! small, and never invented.

#![cfg(feature = "sim")]
#![expect(clippy::disallowed_types, reason = "a guest that does not replay is told as such")]

use core::fmt;
use std::hash::{BuildHasher, RandomState};
use vsr::checker::models::counter::{Counter, Input};
use vsr::sim::Scenario;
use vsr::sim::guest::{
    Found, Guest, Place, Seen, Servers, hunt, reduce, refuses, run, try_scenario,
};
use vsr::sim::node::{Node, Payload, ProcessId, TimerId, Wire};
use vsr::sim::scenario::Way;
use vsr::sim::violation::{Code, Violation};

/// A server that holds a number, and clients that ask for it: nothing ever changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Sound,
    /// It answers something else than it holds, once it has crashed.
    Forgets,
    /// It stops at a question of a client's second life.
    Panics,
    /// It does not answer a client's second life.
    Sulks,
    /// It asks itself again and again.
    Storms,
    /// It says something that is not the same twice.
    Dices,
    /// It is not as it has to be, once a client has crashed.
    Bends,
    /// It never comes to rest.
    Wanders,
}

impl Guest for Holder {
    type Node = Member;
    type Model = Counter;

    fn model(&self) -> Counter {
        Counter
    }

    fn start(&self, place: &Place, before: Option<Member>, wire: &mut Wire<Word>) -> Member {
        if place.is_client() && place.operations > 0 {
            wire.set_timer(ASK, place.workload.think_mean);
        }
        let has_crashed = before.is_some();
        Member { holder: *self, place: *place, has_crashed, has_met: false, seen: Vec::new() }
    }

    fn take_seen(&self, client: &mut Member) -> Vec<Seen<Input, u64>> {
        std::mem::take(&mut client.seen)
    }

    fn judge(&self, servers: &Servers<'_, Member>) -> Result<(), String> {
        let is_bent = *self == Self::Bends && servers.up().any(|(_, server)| server.has_met);
        if is_bent { Err("it is bent".to_owned()) } else { Ok(()) }
    }

    fn is_settled(&self, servers: &Servers<'_, Member>) -> bool {
        servers.are_all_up() && *self != Self::Wanders
    }
}

struct Member {
    holder: Holder,
    place: Place,
    has_crashed: bool,
    /// Whether it has met a client that has crashed.
    has_met: bool,
    seen: Vec<Seen<Input, u64>>,
}

/// A question of a client in that life, or the answer.
#[derive(Clone, Copy, Debug)]
enum Word {
    Question(u32),
    Answer(u64),
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Payload for Word {
    fn kind(&self) -> u8 {
        0
    }

    fn fingerprint(&self) -> u64 {
        match *self {
            Self::Question(life) => life.into(),
            Self::Answer(number) => number << 32,
        }
    }
}

impl Node for Member {
    type Message = Word;

    fn on_message(&mut self, from: ProcessId, word: Word, wire: &mut Wire<Word>) {
        match word {
            Word::Answer(_) if self.holder == Holder::Storms && !self.place.is_client() => {
                wire.send(self.place.process, word);
            }
            Word::Answer(number) => {
                if self.place.is_client() && self.has_met {
                    self.has_met = false;
                    self.seen.push(Seen::Answered(number & 1));
                    wire.cancel_timer(RETRY);
                    self.place.operations -= 1;
                    if self.place.operations > 0 {
                        wire.set_timer(ASK, self.place.workload.think_mean);
                    }
                }
            }
            Word::Question(_) if self.place.is_client() => {}
            Word::Question(life) => {
                self.has_met |= life > 0;
                let number = match self.holder {
                    Holder::Forgets => u64::from(self.has_crashed),
                    Holder::Panics if life > 0 => panic!("met"),
                    Holder::Sulks if life > 0 => return,
                    Holder::Dices => RandomState::new().hash_one(1) & !1,
                    Holder::Storms => {
                        wire.send(self.place.process, Word::Answer(0));
                        0
                    }
                    Holder::Sound
                    | Holder::Panics
                    | Holder::Sulks
                    | Holder::Bends
                    | Holder::Wanders => 0,
                };
                wire.send(from, Word::Answer(number));
            }
        }
    }

    fn on_timer(&mut self, timer: TimerId, wire: &mut Wire<Word>) {
        if timer == ASK {
            self.has_met = true;
            self.seen.push(Seen::Asked(Input::Get));
        }
        wire.send(ProcessId(0), Word::Question(self.place.life));
        wire.set_timer(RETRY, self.place.workload.retry);
    }
}

const ASK: TimerId = TimerId(0);
const RETRY: TimerId = TimerId(1);

fn first_violation(holder: Holder) -> (Scenario, Violation) {
    let (_, scenario, found) = hunt(&holder, Way::Medium, 0..100).next().expect("it is broken");
    match found {
        Found::Violation(violation) => (scenario, *violation),
        Found::Chance(_) | Found::Undecided => panic!("{found:?} of {holder:?}"),
    }
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    for way in Way::ALL {
        assert_eq!(hunt(&Holder::Sound, way, 0..60).next(), None, "{way}");
    }
}

#[test]
fn clients_that_take_their_time_are_waited_for() {
    let text = "[workload]\nclients = 1\noperations = 90\nthink = { min = \"1s\", mean = \"2s\" }";
    let slow = Scenario::parse(text).expect("a scenario");
    let outcome = run(&Holder::Sound, &slow);
    assert_eq!(outcome.violation, None);
    assert_eq!(outcome.history.operations.len(), 90);
}

#[test]
fn what_is_wrong_is_told_apart() {
    for (holder, code) in [
        (Holder::Forgets, Code::Linearizability),
        (Holder::Panics, Code::Panic),
        (Holder::Sulks, Code::Liveness),
        (Holder::Storms, Code::Storm),
        (Holder::Bends, Code::State),
        (Holder::Wanders, Code::Liveness),
    ] {
        assert_eq!(first_violation(holder).1.code, code, "{holder:?}");
    }
}

#[test]
fn what_is_found_is_made_small_and_its_text_says_it_all() {
    for (holder, faults) in [(Holder::Forgets, 1), (Holder::Sulks, 1), (Holder::Wanders, 0)] {
        let (scenario, violation) = first_violation(holder);
        let shrunk = reduce(&holder, &scenario, &violation, 5_000);
        assert!(shrunk.is_minimal, "{holder:?}");
        let read = Scenario::parse(&shrunk.text()).expect("what is written can be read");
        let size = (read.faults.len() + read.messages.len(), read.workload.operations);
        assert!(size.0 == faults && size.1 <= 3, "{holder:?}: {}", shrunk.text());
        let Some(Found::Violation(again)) = try_scenario(&holder, &read, true) else {
            panic!("{holder:?} passes: {}", shrunk.text());
        };
        assert_eq!((again.code, again.message), (violation.code, violation.message));
    }
}

#[test]
fn chance_of_its_own_is_no_violation() {
    let mut found = hunt(&Holder::Dices, Way::Swarm, 0..20).peekable();
    assert!(found.peek().is_some(), "some seeds are run twice");
    assert!(found.all(|(_, _, found)| matches!(found, Found::Chance([a, b]) if a != b)));
}

#[test]
fn what_only_our_replicas_have_is_refused_with_its_place() {
    for (text, why) in [
        ("[cluster]\nreplicas = 4", "4 replicas: this guest has 3 or 5"),
        (
            "[cluster]\ndurability = \"disk\"",
            "of a cluster a guest has its replicas, jitter and drift",
        ),
        ("[[fault]]\nat = \"1ms\"\ncrash = \"primary\"", "fault 1: a guest has no such \"crash\""),
        (
            "[[fault]]\nat = \"1ms\"\ncrash = \"r0\"\n\
             [[fault]]\nat = \"1ms\"\nhinder = { disk = \"r1\", how = \"slow\" }",
            "fault 2: a guest has no such \"hinder\"",
        ),
        (
            "[[fault]]\nwhen = { replica = \"r0\", reaches = \"op 1\" }\ncrash = \"r0\"",
            "fault 1: a guest's faults strike \"at\" a time",
        ),
        (
            "[[fault]]\nat = \"1ms\"\nlose = { kind = \"COMMIT\" }",
            "fault 1: a guest has no such \"lose\"",
        ),
        (
            "[workload]\nkeys = 2",
            "of a workload a guest has its clients, operations, think and retry",
        ),
        (
            "[expect]\nmarks = [\"log compacted\"]",
            "a guest has no disk of ours, no promises about clocks, no marks",
        ),
    ] {
        let scenario = Scenario::parse(text).expect("our replicas take it");
        assert_eq!(refuses(&Holder::Sound, &scenario).as_deref(), Some(why));
    }
}
