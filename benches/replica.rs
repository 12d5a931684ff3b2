//! How fast the replica is by itself: a group in one thread, a queue for a network, no simulator.
//! Committed operations per CPU second, with 32-byte operations and the client table on; and that a
//! group with checkpoints stays as small as it is, however long it runs.

#![expect(clippy::float_arithmetic, reason = "figures for people")]

#[path = "clock/mod.rs"]
mod clock;

#[path = "group/mod.rs"]
mod group;

use bytes::Bytes;
use clock::best_of;
use group::{Batches, Group};
use std::process::ExitCode;
use vsr::protocol::Service;
use vsr::protocol::pages::{PagedMap, Tree};
use vsr::protocol::service::Applied;
use vsr::protocol::settings::Checkpoints;

fn main() -> ExitCode {
    use Batches::{Adaptive, AfterEachOther, Single};
    for (replicas, clients, batches) in [
        (3, 1, Single),
        (3, 1, Adaptive),
        (3, 64, Single),
        (3, 64, AfterEachOther),
        (3, 64, Adaptive),
        (5, 64, Single),
        (5, 64, AfterEachOther),
        (5, 64, Adaptive),
    ] {
        // What was in use at the peak stays the process's own, as in one that has run for long.
        let mut warm = Group::new(replicas, batches, None, Sum::default);
        warm.run(clients, HISTORY);
        let messages = clock::to_float(warm.messages) / clock::to_float(warm.replies);
        let peak = vec![1_u8; PEAK];
        drop(warm);
        let seconds = best_of(5, || {
            for _ in 0..GROUPS {
                let mut group = Group::new(replicas, batches, None, Sum::default);
                group.run(clients, HISTORY);
                assert!(group.replies >= HISTORY);
            }
        });
        let operations = HISTORY * GROUPS;
        println!(
            "{replicas} replicas, {clients:>2} clients, {batches:?}: {operations} operations, \
             {messages:.2} messages each, {seconds:.3} s, {:.2} M/s",
            clock::millions_per_second(operations, seconds),
        );
        drop(std::hint::black_box(peak));
    }
    long_life();
    ExitCode::SUCCESS
}

/// A service that costs next to nothing: what is measured is the protocol.
#[derive(Default)]
struct Sum(u64);

impl Service for Sum {
    fn apply(&mut self, _request: Applied, operation: &Bytes) -> Bytes {
        self.0 = self.0.wrapping_add(u64::from(operation[0]));
        Bytes::from_static(b"done")
    }
}

/// A group that takes checkpoints, and how much it holds as it goes on.
fn long_life() {
    let checkpoints = Checkpoints { every: 10_000, kept: 2 };
    let mut group = Group::new(3, Batches::AfterEachOther, Some(checkpoints), Table::default);
    println!("three replicas, a checkpoint every 10000 operations, two kept:");
    let mut longest = 0;
    for step in 1..=10 {
        for _ in 0..100 {
            group.run(64, (step - 1) * 1_000_000 + 10_000);
            longest = longest.max(group.longest_log());
        }
        group.run(64, step * 1_000_000);
        if matches!(step, 1 | 2 | 5 | 10) {
            println!(
                "  {:>2} M operations: longest log {longest}, {} MB resident",
                step,
                resident() / 1_000_000
            );
        }
    }
    assert!(longest <= 3 * 10_000 + 64 * 64, "the log is bounded by the setting");
}

/// A map that is changed by each operation, with 1000 keys.
#[derive(Default)]
struct Table(PagedMap<u64, u64>);

impl Service for Table {
    fn apply(&mut self, request: Applied, _operation: &Bytes) -> Bytes {
        self.0.insert(request.op_number.0 % 1_000, request.op_number.0);
        Bytes::from_static(b"done")
    }

    fn checkpoint(&mut self) -> Option<Tree> {
        Some(self.0.seal())
    }

    fn restore(&mut self, state: &Tree) -> bool {
        PagedMap::unseal(state).is_some_and(|map| {
            self.0 = map;
            true
        })
    }
}

/// Bytes of memory that the process has, where the system tells it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * 4096
}

/// Operations in the life of a group.
const HISTORY: u64 = 20_000;
/// Groups, one after another.
const GROUPS: u64 = 50;
/// Bytes that are allocated at the top of the heap, which then cannot shrink below them.
const PEAK: usize = 100_000;
