//! Who runs the seeds: a thread for each core, and somebody else where a seed has no end.

use super::plan::Plan;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use vsr::sim::ratio::Ratio;
use vsr::sim::sabotage::Sabotage;
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
    pub(crate) sabotage: Option<Sabotage>,
}

/// What came of a seed.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It ran.
    Ran {
        report: Box<Report>,
        /// How much there is to read in its scenario.
        cost: u64,
        /// Whether a second run came to another hash.
        has_two_hashes: bool,
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

struct Shared {
    orders: Orders,
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
    pub(crate) fn start(orders: Orders) -> Self {
        let (send, receive) = mpsc::channel();
        let (jobs, first) = (orders.jobs, orders.first);
        let shared =
            Shared { orders, next: AtomicU64::new(first), is_over: AtomicBool::new(false) };
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
        put(slot, Work::Seed(index, Stopwatch::start()));
        let outcome = catch_unwind(AssertUnwindSafe(|| outcome(orders, index)));
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

fn outcome(orders: &Orders, index: u64) -> Outcome {
    let seed = orders.plan.seed(index);
    let scenario = Scenario::generate(seed).sabotaged(orders.sabotage);
    let report = vsr::sim::run(&scenario);
    let is_sample = orders.twice.is_hit_by(vsr::sim::random::mix(seed));
    let has_two_hashes = is_sample && vsr::sim::run(&scenario).hash != report.hash;
    Outcome::Ran { report: Box::new(report), cost: cost(&scenario), has_two_hashes }
}

/// What somebody said who panicked.
fn words_of(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without words".to_owned()).replace('\n', " ")
}
