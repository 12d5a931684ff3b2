//! How fast histories are judged, and in how much memory over the history: a name on the command
//! line picks those jobs that have it in theirs.

#![expect(clippy::float_arithmetic, reason = "figures for people")]

#[path = "clock/mod.rs"]
mod clock;
#[path = "histories/mod.rs"]
mod histories;
#[path = "histories/texts.rs"]
mod texts;

use clock::{best_of, millions_per_second};
use histories::{Object, Plan};
use std::path::Path;
use vsr::checker::models::pool::Pool;
use vsr::checker::models::{kv, register, text_kv};
use vsr::checker::{History, Limits, Model, Verdict, check};
use vsr::histories::{Wish, judge};

fn main() {
    let picked: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let jobs = Jobs { picked };
    println!(
        "{:<44} {:>10} {:>10} {:>9} {:>9}  {:<10} aim",
        "job", "operations", "ms", "M op/s", "bytes/op", "verdict"
    );
    jobs.stores();
    jobs.hot_register();
    jobs.searched();
    jobs.queues();
    jobs.recorded();
    jobs.one_object();
}

/// The jobs that are wanted.
struct Jobs {
    picked: Vec<String>,
}

impl Jobs {
    fn stores(&self) {
        let plan = Plan { operations: 1_000_000, keys: 100, ..PLAN };
        if self.is_wanted("store, the order is offered") {
            let generated = plan.generate(Object::Registers);
            let order = generated.order.clone();
            let history = generated.kv();
            let aim = "20 ms, 40 bytes";
            self.judge("store, the order is offered", &kv::Kv, &history, Some(&order), aim);
        }
        for (clients, unknown_per_mille) in [(10, 0), (10, 100), (50, 100)] {
            let plan = Plan { clients, unknown_per_mille, ..plan };
            let of = format!("store, {clients} clients, {unknown_per_mille}/1000 unknown");
            if self.is_wanted(&of) {
                let history = plan.generate(Object::Registers).kv();
                self.judge(&of, &kv::Kv, &history, None, "60 ms, 64 bytes");
            }
            let stale = format!("{of}, stale");
            if self.is_wanted(&stale) {
                let history = plan.generate(Object::Registers).with_a_stale_read().kv();
                self.judge(&stale, &kv::Kv, &history, None, "60 ms");
            }
        }
    }

    fn hot_register(&self) {
        let plan = Plan { operations: 1_000_000, clients: 50, unknown_per_mille: 100, ..PLAN };
        if self.is_wanted("one register, 50 clients") {
            let history = plan.generate(Object::Registers).register();
            self.judge("one register, 50 clients", &register::Register, &history, None, "60 ms");
        }
        if self.is_wanted("one register, 50 clients, stale") {
            let history = plan.generate(Object::Registers).with_a_stale_read().register();
            let name = "one register, 50 clients, stale";
            self.judge(name, &register::Register, &history, None, "60 ms");
        }
        if self.is_wanted("one register, 10 clients, long") {
            let plan = Plan { operations: 10_000_000, ..PLAN };
            let history = plan.generate(Object::Registers).register();
            let name = "one register, 10 clients, long";
            self.judge(name, &register::Register, &history, None, "1000 ms, 1 GB in all");
        }
    }

    fn searched(&self) {
        for (stale, aim) in [(false, ""), (true, "1000 ms, 500 bytes")] {
            let name = if stale { "any service, searched, stale" } else { "any service, searched" };
            if self.is_wanted(name) {
                let generated = Plan { operations: 100_000, ..PLAN }.generate(Object::Registers);
                let history = match stale {
                    true => generated.with_a_stale_read().register(),
                    false => generated.register(),
                };
                self.judge(name, &AnyService, &history, None, aim);
            }
        }
    }

    fn queues(&self) {
        for (name, operations) in [("queue", 100_000), ("queue, long", 1_000_000)] {
            if self.is_wanted(name) {
                let history = Plan { operations, ..PLAN }.generate(Object::Queue).queue();
                self.judge(name, &Pool::Queue, &history, None, "");
            }
        }
    }

    /// Real ones, with the reading of their files.
    fn recorded(&self) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/histories/porcupine");
        let read = |path: &Path| std::fs::read_to_string(path).expect("it is there");
        let judge_all = |texts: &[String]| {
            for text in texts {
                let judged = judge(text.as_bytes(), &Wish::default());
                judged.expect("it is a history");
            }
        };
        let logs = std::fs::read_dir(root.join("jepsen")).expect("a folder");
        let mut logs: Vec<_> = logs.map(|entry| entry.expect("a file").path()).collect();
        logs.sort();
        let logs: Vec<String> = logs.iter().map(|path| read(path)).collect();
        let name = format!("{} logs of etcd, with reading", logs.len());
        if self.is_wanted(&name) {
            let seconds = best_of(3, || judge_all(&logs));
            println!("{name:<44} {:>10} {:>10.2} {:>31}  150 ms for 102", "", seconds * 1e3, "");
        }
        for file in ["c10-bad.txt", "c10-ok.txt", "c50-ok.txt"] {
            let name = format!("appended texts, {file}, with reading");
            if self.is_wanted(&name) {
                let text = [read(&root.join("kv").join(file))];
                let seconds = best_of(3, || judge_all(&text));
                println!("{name:<44} {:>10} {:>10.2} {:>31}  5 ms", "", seconds * 1e3, "");
            }
        }
    }

    /// A store as one object: nobody has told the search that its keys don't know of each other.
    fn one_object(&self) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/histories/porcupine/kv");
        for file in ["c10-ok.txt", "c10-bad.txt"] {
            let name = format!("appended texts, {file}, not by key");
            if self.is_wanted(&name) {
                let text = std::fs::read_to_string(root.join(file)).expect("it is there");
                self.judge(&name, &OneObject, &texts::history(&text), None, "1000 ms");
            }
        }
    }

    fn is_wanted(&self, name: &str) -> bool {
        self.picked.is_empty() || self.picked.iter().any(|word| name.contains(word))
    }

    fn judge<M: Model>(
        &self,
        name: &str,
        model: &M,
        history: &History<M::Input, M::Output>,
        order: Option<&[usize]>,
        aim: &str,
    ) {
        let mut verdict = Verdict::Linearizable;
        let limits = Limits { steps: 1 << 40, ..Limits::default() };
        let mut run = || verdict = check(model, history, order, limits);
        let memory = allocation_counter::measure(&mut run).bytes_max;
        let seconds = best_of(3, run);
        let word = match verdict {
            Verdict::Linearizable => "ok",
            Verdict::Violation(_) => "violation",
            Verdict::OrderRejected(_) => "rejected",
            Verdict::Unknown { .. } => "unknown",
            Verdict::Malformed(_) => "malformed",
        };
        let count = u64::try_from(history.operations.len()).unwrap_or(u64::MAX);
        println!(
            "{name:<44} {count:>10} {:>10.2} {:>9.1} {:>9}  {word:<10} {aim}",
            seconds * 1e3,
            millions_per_second(count, seconds),
            memory / count.max(1),
        );
    }
}

/// A register of which nobody knows that it is one: only a search can judge it.
struct AnyService;

impl Model for AnyService {
    type State = u64;
    type Input = register::Input;
    type Output = register::Output;
    type Key = ();

    fn key(&self, _input: &register::Input) {}

    fn initial(&self) -> u64 {
        register::Register.initial()
    }

    fn step(&self, state: &u64, input: &register::Input) -> (u64, register::Output) {
        register::Register.step(state, input)
    }

    fn is_read(&self, input: &register::Input, output: Option<&register::Output>) -> bool {
        register::Register.is_read(input, output)
    }

    fn describe(&self, input: &register::Input, output: Option<&register::Output>) -> String {
        register::Register.describe(input, output)
    }
}

/// A store of texts all of whose keys are one object.
struct OneObject;

impl Model for OneObject {
    type State = Vec<String>;
    type Input = text_kv::Input;
    type Output = text_kv::Output;
    type Key = ();

    fn key(&self, _input: &text_kv::Input) {}

    fn initial(&self) -> Vec<String> {
        vec![String::new(); 10]
    }

    fn step(&self, state: &Vec<String>, input: &text_kv::Input) -> (Vec<String>, text_kv::Output) {
        let key = usize::try_from(input.key).expect("there are ten");
        let (held, output) = text_kv::TextKv.step(&state[key], input);
        let mut state = state.clone();
        state[key] = held;
        (state, output)
    }

    fn is_read(&self, input: &text_kv::Input, output: Option<&text_kv::Output>) -> bool {
        text_kv::TextKv.is_read(input, output)
    }

    fn describe(&self, input: &text_kv::Input, output: Option<&text_kv::Output>) -> String {
        text_kv::TextKv.describe(input, output)
    }

    fn heap_bytes(&self, state: &Vec<String>) -> usize {
        size_of_val(&state[..]) + state.iter().map(String::len).sum::<usize>()
    }
}

const PLAN: Plan = Plan { seed: 1, operations: 0, clients: 10, keys: 1, unknown_per_mille: 0 };
