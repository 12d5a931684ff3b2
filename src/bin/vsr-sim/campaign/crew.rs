//! Who runs the seeds: a thread for each core, and somebody else where a seed has no end.

use super::plan::Plan;
use super::schedule::Schedule;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use vsr::report::Lines;
use vsr::sim::ratio::Ratio;
use vsr::sim::scenario::{Variant, Way};
use vsr::sim::shrink::cost;
use vsr::sim::{Report, Scenario};

use crate::stopwatch::Stopwatch;

/// What a crew is to do.
#[derive(Debug)]
pub(crate) struct Orders {
    pub(crate) plan: Plan,
    /// The first index that is not done yet.
    pub(crate) first: u64,
    pub(crate) jobs: usize,
    /// How many of the seeds are run twice.
    pub(crate) twice: Ratio,
    /// After how long a seed is given up.
    pub(crate) timeout: Duration,
    /// What is wanted of every seed; in which way it is run, the schedule knows.
    pub(crate) variant: Variant,
    pub(crate) schedule: Arc<Schedule>,
}

/// What came of a seed.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It ran.
    Ran {
        report: Box<Report>,
        /// How much there is to read in its scenario.
        cost: u64,
        /// Where a second run, which came to another hash, parted from the first.
        parted: Option<String>,
    },
    /// It took too long.
    Late,
    /// The simulator itself panicked.
    Broken(String),
}

/// What a worker sends home.
enum Message {
    Ended(u64, Outcome),
    Left,
}

/// The workers of a campaign. What they are at when the program ends is lost with them.
pub(crate) struct Crew {
    shared: Arc<Shared>,
    slots: Vec<Slot>,
    send: mpsc::Sender<Message>,
    receive: mpsc::Receiver<Message>,
    /// How many workers have neither left nor been given up.
    active: usize,
}

/// Runs the seed of an index in a way.
pub(crate) type Runner = fn(&Orders, u64, Way) -> Outcome;

struct Shared {
    orders: Orders,
    runner: Runner,
    next: AtomicU64,
    is_over: AtomicBool,
}

/// What a worker is at.
enum Work {
    Nothing,
    Seed(u64, Stopwatch),
    /// Too long: whatever comes of it, nobody waits for it any more.
    GivenUp,
}

type Slot = Arc<Mutex<Work>>;

impl Crew {
    pub(crate) fn start(orders: Orders, runner: Runner) -> Self {
        let (send, receive) = mpsc::channel();
        let (jobs, first) = (orders.jobs, orders.first);
        let (next, is_over) = (AtomicU64::new(first), AtomicBool::new(false));
        let shared = Shared { orders, runner, next, is_over };
        let shared = Arc::new(shared);
        let mut crew = Self { shared, slots: Vec::new(), send, receive, active: 0 };
        for _ in 0..jobs {
            crew.hire();
        }
        crew
    }

    /// No more seeds are begun.
    pub(crate) fn stop(&self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        self.shared.orders.schedule.end();
    }

    /// Whether everybody has left.
    pub(crate) const fn is_gone(&self) -> bool {
        self.active == 0
    }

    /// What came of a seed, by its index; nothing when nothing did within that time.
    pub(crate) fn receive(&mut self, within: Duration) -> Option<(u64, Outcome)> {
        match self.receive.recv_timeout(within).ok()? {
            Message::Ended(index, outcome) => Some((index, outcome)),
            Message::Left => {
                self.active -= 1;
                None
            }
        }
    }

    /// Gives up the seeds that take too long. Somebody else goes on in the place of each worker
    /// who is lost with his.
    pub(crate) fn give_up_late_ones(&mut self) -> Vec<u64> {
        let mut late = Vec::new();
        self.slots.retain(|slot| {
            let mut work = slot.lock().unwrap_or_else(PoisonError::into_inner);
            match &*work {
                Work::Seed(index, watch) if watch.elapsed() > self.shared.orders.timeout => {
                    late.push(*index);
                    *work = Work::GivenUp;
                    false
                }
                Work::Seed(..) | Work::Nothing | Work::GivenUp => true,
            }
        });
        for _ in &late {
            self.active -= 1;
            self.hire();
        }
        late
    }

    fn hire(&mut self) {
        let slot = Arc::new(Mutex::new(Work::Nothing));
        self.slots.push(Arc::clone(&slot));
        let (shared, home) = (Arc::clone(&self.shared), self.send.clone());
        self.active += 1;
        std::thread::spawn(move || {
            work(&shared, &slot, &home);
        });
    }
}

/// Runs seeds until none is left, or nobody waits for this worker any more.
fn work(shared: &Shared, slot: &Slot, home: &mpsc::Sender<Message>) {
    let orders = &shared.orders;
    while !shared.is_over.load(Ordering::Relaxed) {
        let index = shared.next.fetch_add(1, Ordering::Relaxed);
        if index >= orders.plan.len() {
            break;
        }
        let Some(way) = orders.schedule.way(index, orders.plan.seed(index)) else {
            break;
        };
        put(slot, Work::Seed(index, Stopwatch::start()));
        let outcome = catch_unwind(AssertUnwindSafe(|| (shared.runner)(orders, index, way)));
        let outcome = outcome.unwrap_or_else(|payload| Outcome::Broken(words_of(&*payload)));
        let (is_given_up, is_late) = match put(slot, Work::Nothing) {
            Work::Seed(_, watch) => (false, watch.elapsed() > orders.timeout),
            Work::Nothing | Work::GivenUp => (true, true),
        };
        let outcome = if is_late { Outcome::Late } else { outcome };
        if is_given_up || home.send(Message::Ended(index, outcome)).is_err() {
            return;
        }
    }
    // Nobody listens only when the campaign is over.
    let _ = home.send(Message::Left);
}

fn put(slot: &Slot, work: Work) -> Work {
    std::mem::replace(&mut *slot.lock().unwrap_or_else(PoisonError::into_inner), work)
}

/// Runs a seed, and some of them twice.
pub(crate) fn run(orders: &Orders, index: u64, way: Way) -> Outcome {
    let seed = orders.plan.seed(index);
    let scenario = Scenario::of_seed(seed, Variant { way, ..orders.variant });
    let report = vsr::sim::run(&scenario);
    let is_sample = orders.twice.is_hit_by(vsr::sim::random::mix(seed));
    let has_two_hashes = is_sample && vsr::sim::run(&scenario).hash != report.hash;
    let parted = has_two_hashes.then(|| where_parted(&scenario));
    Outcome::Ran { report: Box::new(report), cost: cost(&scenario), parted }
}

/// The first event in which two runs of a scenario differ.
fn where_parted(scenario: &Scenario) -> String {
    let lines = Lines::new(scenario);
    let told = || -> Vec<String> {
        let (_, recording) = vsr::sim::run_recorded(scenario);
        recording.records.iter().map(|record| lines.line(record)).collect()
    };
    first_difference(&told(), &told())
}

fn first_difference(one: &[String], other: &[String]) -> String {
    let both = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    match (one.get(both), other.get(both)) {
        (Some(one), Some(other)) => {
            format!("they part at \"{}\" and \"{}\"", one.trim(), other.trim())
        }
        (Some(more), None) | (None, Some(more)) => format!("one goes on with \"{}\"", more.trim()),
        (None, None) => "other runs of it did not differ".to_owned(),
    }
}

/// What somebody said who panicked.
fn words_of(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without words".to_owned()).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::super::plan::Plan;
    use super::super::schedule::Schedule;
    use super::super::shard::Shard;
    use super::{Crew, Orders, Outcome, Runner, first_difference, run};
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::time::Duration;
    use vsr::sim::ratio::Ratio;
    use vsr::sim::scenario::{Variant, Way};

    /// What came of each of twenty seeds.
    fn outcomes(timeout: Duration, runner: Runner) -> BTreeMap<u64, Outcome> {
        let mut crew = Crew::start(
            Orders {
                plan: Plan { seeds: 0..20, shard: Shard::WHOLE },
                first: 0,
                jobs: 2,
                twice: Ratio::ONE,
                timeout,
                variant: Variant::default(),
                schedule: Arc::new(Schedule::Fixed(Way::Swarm)),
            },
            runner,
        );
        let mut outcomes = BTreeMap::new();
        while !crew.is_gone() {
            match crew.receive(Duration::from_millis(10)) {
                Some((index, outcome)) => drop(outcomes.insert(index, outcome)),
                None => {
                    let late = crew.give_up_late_ones().into_iter();
                    outcomes.extend(late.map(|index| (index, Outcome::Late)));
                }
            }
        }
        outcomes
    }

    fn quick(orders: &Orders, way: Way) -> Outcome {
        run(orders, 0, way)
    }

    #[test]
    fn a_seed_without_end_is_given_up_and_the_others_go_on() {
        let outcomes = outcomes(Duration::from_millis(50), |orders, index, way| {
            if index == 3 {
                loop {
                    std::thread::park();
                }
            }
            quick(orders, way)
        });
        assert_eq!(outcomes.len(), 20);
        assert!(matches!(outcomes[&3], Outcome::Late), "{:?}", outcomes[&3]);
    }

    #[test]
    fn a_simulator_that_panics_is_told_with_its_words_and_the_others_go_on() {
        let outcomes = outcomes(Duration::MAX, |orders, index, way| {
            assert!(index != 3, "three is\ntoo many");
            quick(orders, way)
        });
        assert_eq!(outcomes.len(), 20);
        let Outcome::Broken(words) = &outcomes[&3] else { panic!("{:?}", outcomes[&3]) };
        assert_eq!(words, "three is too many");
    }

    #[test]
    fn two_runs_that_differ_are_told_where() {
        let text = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>();
        let one = text(&["1 a", "2 b", "3 c"]);
        let parted = |other: &[&str]| first_difference(&one, &text(other));
        assert_eq!(parted(&["1 a", " 2 x"]), "they part at \"2 b\" and \"2 x\"");
        assert_eq!(parted(&["1 a", "2 b"]), "one goes on with \"3 c\"");
        assert_eq!(parted(&["1 a", "2 b", "3 c"]), "other runs of it did not differ");
    }
}
