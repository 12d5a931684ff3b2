//! Which way of choosing faults each seed of a campaign is run in.

use super::shift::BLOCK;
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};
use vsr::sim::scenario::{Shares, Way};

/// The ways of a campaign's seeds, as those who run them are told.
#[derive(Debug)]
pub(crate) enum Schedule {
    /// What a seed says for itself.
    Fixed(Way),
    /// By shares that are known only when the blocks before have come home.
    Shifting(Blocks),
}

/// The shares of the blocks of seeds that are known so far.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    known: Mutex<Known>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Known {
    shares: BTreeMap<u64, Shares>,
    is_over: bool,
}

impl Schedule {
    /// The way of a seed, as soon as it is known; nothing when it never will be.
    pub(crate) fn way(&self, index: u64, seed: u64) -> Option<Way> {
        match self {
            Self::Fixed(way) => Some(way.of(seed)),
            Self::Shifting(blocks) => blocks.way(index / BLOCK, seed),
        }
    }

    /// Nobody waits any more.
    pub(crate) fn end(&self) {
        if let Self::Shifting(blocks) = self {
            blocks.change(|known| known.is_over = true);
        }
    }
}

impl Blocks {
    /// The shares of a block are known. Those of long ago are not asked for any more.
    pub(crate) fn publish(&self, block: u64, shares: Shares) {
        self.change(|known| {
            known.shares.insert(block, shares);
            known.shares.retain(|&other, _| other + KEPT > block);
        });
    }

    fn way(&self, block: u64, seed: u64) -> Option<Way> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_open = |known: &mut Known| !known.is_over && !known.shares.contains_key(&block);
        let known = self.changed.wait_while(known, is_open).unwrap_or_else(PoisonError::into_inner);
        known.shares.get(&block).map(|shares| shares.choose(seed))
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }
}

/// The block whose results are being taken, and the next two: nobody runs ahead any further.
const KEPT: u64 = 3;

#[cfg(test)]
mod tests {
    use super::{BLOCK, Blocks, Schedule, Shares, Way};
    use std::sync::Arc;

    #[test]
    fn who_is_too_early_waits_until_it_is_known_or_over() {
        let schedule = Arc::new(Schedule::Shifting(Blocks::default()));
        let ask = |index: u64| {
            let schedule = Arc::clone(&schedule);
            std::thread::spawn(move || schedule.way(index, 7))
        };
        let (first, second) = (ask(0), ask(BLOCK));
        let Schedule::Shifting(blocks) = &*schedule else { panic!("it shifts") };
        blocks.publish(0, Shares::new(|way| u64::from(way == Way::Moves)));
        assert_eq!(first.join().expect("no panic"), Some(Way::Moves));
        assert!(!second.is_finished());
        schedule.end();
        assert_eq!(second.join().expect("no panic"), None);
        assert_eq!(schedule.way(0, 7), Some(Way::Moves), "what is known stays known");
    }
}
