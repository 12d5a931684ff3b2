//! How a portfolio spends its seeds.

use super::{PLACE, Way};
use crate::sim::random::{Purpose, Stream};

/// How many of a portfolio's seeds each way gets, as parts of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares([u64; PORTFOLIO.len()]);

/// How many of a hundred seeds each way gets where nothing is known.
const PORTFOLIO: [(Way, u64); 11] = [
    (Way::Swarm, 20),
    (Way::Medium, 10),
    (Way::Heavy, 8),
    (Way::Crashes, 8),
    (Way::Walk, 10),
    (Way::Stories, 10),
    (Way::Attacks, 8),
    (Way::Turns, 8),
    (Way::Ambush, 8),
    (Way::Ranks, 3),
    (Way::Moves, 7),
];

impl Default for Shares {
    fn default() -> Self {
        Self(PORTFOLIO.map(|(_, share)| share))
    }
}

impl Shares {
    /// As somebody wants them. Where nothing is wanted of any way, it is as where nothing is known.
    #[must_use]
    pub fn new(share: impl FnMut(Way) -> u64) -> Self {
        let shares = Self(Self::ways().map(share));
        if shares.sum() == 0 { Self::default() } else { shares }
    }

    /// The ways that have shares: all but the portfolio itself.
    #[must_use]
    pub fn ways() -> [Way; PORTFOLIO.len()] {
        PORTFOLIO.map(|(way, _)| way)
    }

    /// The share of a way.
    #[must_use]
    pub fn of(&self, way: Way) -> u64 {
        self.iter().find(|&(other, _)| other == way).map_or(0, |(_, share)| share)
    }

    /// All shares together.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.0.iter().fold(0, |sum, &share| sum.saturating_add(share))
    }

    /// Which way it is for a seed.
    #[must_use]
    pub fn choose(&self, seed: u64) -> Way {
        let mut rng = Stream::new(seed, Purpose::Scenario, PLACE);
        let mut left = rng.between(0, self.sum() - 1);
        for (way, share) in self.iter() {
            match left.checked_sub(share) {
                Some(rest) => left = rest,
                None => return way,
            }
        }
        Way::Swarm
    }

    fn iter(&self) -> impl Iterator<Item = (Way, u64)> {
        Self::ways().into_iter().zip(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Shares, Way};

    #[test]
    fn every_way_has_a_share_and_gets_it() {
        assert_eq!(Shares::ways().len(), Way::ALL.len() - 1);
        assert_eq!(Shares::default().sum(), 100);
        for way in Shares::ways() {
            let share = Shares::default().of(way);
            let seeds = (0..10_000).filter(|&seed| Shares::default().choose(seed) == way).count();
            let expected = usize::try_from(share).expect("few") * 100;
            assert!(seeds.abs_diff(expected) < 200, "{way}: {seeds} of {expected}");
        }
    }

    #[test]
    fn what_one_wants_alone_it_gets() {
        let shares = Shares::new(|way| u64::from(way == Way::Ranks) * 3);
        assert!((0..100).all(|seed| shares.choose(seed) == Way::Ranks));
        assert_eq!(Shares::new(|_| 0), Shares::default());
    }
}
