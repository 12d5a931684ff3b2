//! Which states were seen, and how much could go wrong from there on.

use super::bounds::Bounds;

/// States by their prints, each with what was left when it was seen: several times, where neither
/// covers the other.
#[derive(Debug)]
pub(super) struct Seen {
    /// Open addressing; nothing where it is empty.
    slots: Vec<Option<(u64, Bounds)>>,
    held: usize,
    states: u64,
}

impl Seen {
    pub(super) fn new() -> Self {
        Self { slots: vec![None; 1 << 12], held: 0, states: 0 }
    }

    /// Notes a state, and tells whether anything can come of it that has not come of it before.
    pub(super) fn insert(&mut self, print: u64, left: Bounds) -> bool {
        let mask = self.slots.len() - 1;
        let mut slot = place(print) & mask;
        let mut is_new = true;
        while let Some((other, had)) = self.slots[slot] {
            if other == print {
                if had.covers(left) {
                    return false;
                }
                is_new = false;
            }
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = Some((print, left));
        self.held += 1;
        self.states += u64::from(is_new);
        if self.held * 4 > self.slots.len() * 3 {
            self.grow();
        }
        true
    }

    /// How many different states there were.
    pub(super) const fn states(&self) -> u64 {
        self.states
    }

    fn grow(&mut self) {
        let doubled = vec![None; self.slots.len() * 2];
        let mask = doubled.len() - 1;
        for held in core::mem::replace(&mut self.slots, doubled).into_iter().flatten() {
            let mut slot = place(held.0) & mask;
            while self.slots[slot].is_some() {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = Some(held);
        }
    }
}

fn place(print: u64) -> usize {
    usize::try_from(print & u64::from(u32::MAX)).expect("32 bits fit in an index")
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Seen};

    #[test]
    fn a_state_is_looked_at_again_only_when_more_may_go_wrong() {
        let left = |deviations| Bounds { deviations, ..Bounds::default() };
        let mut seen = Seen::new();
        assert!(seen.insert(7, left(1)) && !seen.insert(7, left(1)) && !seen.insert(7, left(0)));
        assert!(seen.insert(7, left(2)) && !seen.insert(7, left(1)));
        for print in 0..20_000 {
            assert!(seen.insert(print << 20 | print, left(1)));
        }
        assert!((0..20_000).all(|print| !seen.insert(print << 20 | print, left(1))));
        assert_eq!(seen.states(), 20_001);
    }
}
