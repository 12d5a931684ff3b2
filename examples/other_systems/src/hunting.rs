//! Seed after seed, and the first failure of each kind made small.

use crate::Order;
use std::collections::BTreeMap;
use vsr::sim::guest::{Found, Guest, hunt, reduce};
use vsr::sim::shrink::Signature;

/// Hunts, and prints what was found. Tells whether that is nothing.
pub(crate) fn hunt_all<G: Guest>(guest: &G, order: &Order) -> bool {
    let mut kinds: BTreeMap<Signature, u64> = BTreeMap::new();
    let mut by_chance = 0;
    for (seed, scenario, found) in hunt(guest, order.way, order.seeds.clone()) {
        let violation = match found {
            Found::Violation(violation) => violation,
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
            let shrunk = reduce(guest, &scenario, &violation, RUNS);
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
    kinds.is_empty() && by_chance == 0
}

/// How many runs the shrinking of one failure may take.
const RUNS: u64 = 3_000;
