//! What checkpoints cost: sealing a map of a million keys when 1 % of it has changed, and fetching
//! a checkpoint when 1 % of its pages differ.

#![expect(clippy::float_arithmetic, reason = "figures for people")]

#[path = "clock/mod.rs"]
mod clock;
use clock::best_of;
use std::process::ExitCode;
use vsr::protocol::pages::{Assembly, PagedMap, Tree};

fn main() -> ExitCode {
    let full = best_of(3, || {
        std::hint::black_box(map().seal());
    }) - best_of(3, || {
        std::hint::black_box(map());
    });
    let whole = map().seal();
    println!(
        "a map of {KEYS} keys: {} MB in {} pages, sealed in {:.1} ms ({:.0} MB/s)",
        whole.size() / 1_000_000,
        pages(&whole),
        full * 1e3,
        clock::millions_per_second(whole.size(), full)
    );
    let anywhere = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % KEYS;
    change("1 % of the keys, in any pages", full, anywhere);
    let near = pages_in_a_row();
    change("1 % of the pages, each key of them", full, |number| near[to_index(number)]);
    fetch(&whole);
    ExitCode::SUCCESS
}

fn map() -> PagedMap<u64, u64> {
    let mut map = PagedMap::default();
    (0..KEYS).for_each(|key| {
        map.insert(key, key);
    });
    map
}

/// Keys in the order of their places, so that those of a page stand together.
fn pages_in_a_row() -> Vec<u64> {
    let mut keys = Vec::new();
    map().for_each(|&key, _| keys.push(key));
    keys
}

/// Seals a map of which 1 % was changed, again and again.
fn change(what: &str, full: f64, key: impl Fn(u64) -> u64) {
    let mut map = map();
    map.seal();
    let mut rounds = |is_sealed: bool| {
        best_of(3, || {
            for round in 0..ROUNDS {
                (0..KEYS / 100).for_each(|number| {
                    map.insert(key(number), round);
                });
                if is_sealed {
                    std::hint::black_box(map.seal());
                }
            }
        })
    };
    // Changing what was changed since it was sealed costs what changing it costs.
    let seconds = (rounds(true) - rounds(false)) / clock::to_float(ROUNDS);
    println!("  {what}: {:.2} ms, {:.1} % of all", seconds * 1e3, seconds / full * 100.0);
}

/// Fetches a tree by one that differs in 1 % of the pages.
fn fetch(whole: &Tree) {
    let near = pages_in_a_row();
    let mut map = map();
    map.seal();
    near.iter().take(to_index(KEYS / 100)).for_each(|&key| {
        map.insert(key, 0);
    });
    let wanted = map.seal();
    let (mut moved, mut pieces) = (0, 0);
    let mut assembly = Assembly::new(wanted.digest(), Some(whole.clone()));
    loop {
        let missing: Vec<_> = assembly.missing().collect();
        if missing.is_empty() {
            break;
        }
        for path in missing {
            let piece = wanted.at(path).expect("it is there").piece();
            moved += piece.size();
            pieces += 1;
            assembly.add(path, &piece).expect("it is the right one");
        }
    }
    assert_eq!(assembly.finish(), Some(wanted.clone()));
    let moved = u64::try_from(moved).unwrap_or(u64::MAX);
    println!(
        "  fetched by who differs in 1 % of the pages: {} KB in {pieces} pieces, {:.1} % of all",
        moved / 1_000,
        clock::to_float(moved) / clock::to_float(wanted.size()) * 100.0
    );
}

fn pages(tree: &Tree) -> u64 {
    let mut count = 0;
    tree.pages(|_, _| count += 1);
    count
}

fn to_index(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

const KEYS: u64 = 1_000_000;
const ROUNDS: u64 = 20;
