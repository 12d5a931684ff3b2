//! Seed after seed, and the first failure of each kind made small.

use crate::Order;
use std::collections::BTreeMap;
use vsr::sim::guest::{Found, Guest, hunt, reduce};
use vsr::sim::shrink::Signature;

/// Hunts, and prints what was found. Tells whether that is nothing.
pub(crate) fn hunt_all<G: Guest>(guest: &G, order: &Order) -> bool {
    let mut kinds: BTreeMap<Signature, u64> = BTreeMap::new();
    let (mut by_chance, mut undecided) = (0, 0);
    for (seed, scenario, found) in hunt(guest, order.way, order.seeds.clone()) {
        let violation = match found {
            Found::Violation(violation) => violation,
            Found::Undecided => {
                undecided += 1;
                continue;
            }
            Found::Chance([first, second]) => {
                by_chance += 1;
                if by_chance == 1 {
                    println!(
                        "seed {seed} does not replay: hash {first:016x}, then {second:016x}\n  \
                         the system draws chance of its own, looks at a clock, or goes by the \
                         order of a hash map\n"
                    );
                }
                continue;
            }
        };
        let count = kinds.entry(Signature::of(&violation)).or_default();
        *count += 1;
        if *count == 1 {
            let runs = (EVENTS / violation.event.max(1)).clamp(RUNS_MIN, RUNS_MAX);
            let shrunk = reduce(guest, &scenario, &violation, runs);
            println!("{}: {} (seed {seed})\n", violation.code, violation.message);
            for line in shrunk.text().lines() {
                println!("    {line}");
            }
            println!();
        }
    }
    let (from, to) = (order.seeds.start, order.seeds.end);
    println!("seeds {from}..{to}, {} kinds of failure", kinds.len());
    for (kind, count) in &kinds {
        println!("  {count} seeds  {}  {}", kind.code, kind.shape);
    }
    if by_chance > 0 {
        println!("  {by_chance} seeds  do not replay");
    }
    if undecided > 0 {
        println!("  {undecided} seeds  undecided: too many orders to look at");
    }
    kinds.is_empty() && by_chance == 0 && undecided == 0
}

/// How many events the shrinking of one failure may take, about, and how many runs.
const EVENTS: u64 = 30_000_000;
const RUNS_MIN: u64 = 30;
const RUNS_MAX: u64 = 3_000;
