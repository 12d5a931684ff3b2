//! Ways of choosing what goes wrong. None finds everything: a campaign spends its seeds on several.
//!
//! Each yields a scenario, and nothing else: whatever it finds is replayed, shrunk and kept like
//! anything else.

mod attacks;
mod crashes;
mod everything;
mod faults;
mod shares;
mod stories;
mod swarm;
mod walk;
mod wanders;

pub use shares::Shares;
pub use stories::STORIES;

use super::{Action, Scenario, Variant};
use crate::sim::random::{Purpose, Stream};
use crate::sim::ratio::Ratio;
use core::fmt;
use swarm::swarm;
use wanders::By;

/// How a seed's scenario is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Each seed leaves some kinds of fault out and turns others up.
    #[default]
    Swarm,
    /// All kinds of fault at once, of each a little.
    Medium,
    /// All kinds of fault at once, and many of them.
    Heavy,
    /// A good network, few operations, and a crash now and then.
    Crashes,
    /// A handful of operations; many messages are lost, doubled, or late by any time, from some
    /// senders and to some receivers more than others.
    Walk,
    /// The scripted scenarios, each with something changed.
    Stories,
    /// Shapes of attack that hold for any protocol with quorums, in a quiet group.
    Attacks,
    /// Outside of time: whatever can happen may be next, drawn by weights that change.
    Turns,
    /// As turns, by somebody who looks at the state: what would complete a quorum is late, who has
    /// just promised crashes, what everybody has forgotten arrives.
    Ambush,
    /// As turns, but whoever ranks first is next, and something goes wrong at a few moments.
    Ranks,
    /// As turns, by large moves: everything arrives, all lose patience, a side is cut off, what was
    /// held back is let go.
    Moves,
    /// All of them, each with its share.
    Portfolio,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 12] = [
        Self::Swarm,
        Self::Medium,
        Self::Heavy,
        Self::Crashes,
        Self::Walk,
        Self::Stories,
        Self::Attacks,
        Self::Turns,
        Self::Ambush,
        Self::Ranks,
        Self::Moves,
        Self::Portfolio,
    ];

    /// The word by which it is asked for.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Swarm => "swarm",
            Self::Medium => "medium",
            Self::Heavy => "heavy",
            Self::Crashes => "crashes",
            Self::Walk => "walk",
            Self::Stories => "stories",
            Self::Attacks => "attacks",
            Self::Turns => "turns",
            Self::Ambush => "ambush",
            Self::Ranks => "ranks",
            Self::Moves => "moves",
            Self::Portfolio => "portfolio",
        }
    }

    /// The way of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }

    /// All words, with a comma between them.
    #[must_use]
    pub fn words() -> String {
        Self::ALL.map(Self::word).join(", ")
    }

    /// Whether it decides while replicas of this package take one step after another.
    #[must_use]
    pub const fn is_outside_of_time(self) -> bool {
        match self {
            Self::Turns | Self::Ambush | Self::Ranks | Self::Moves => true,
            Self::Swarm
            | Self::Medium
            | Self::Heavy
            | Self::Crashes
            | Self::Walk
            | Self::Stories
            | Self::Attacks
            | Self::Portfolio => false,
        }
    }

    /// Which of the ways it is for a seed: never the portfolio itself.
    #[must_use]
    pub fn of(self, seed: u64) -> Self {
        if self == Self::Portfolio { Shares::default().choose(seed) } else { self }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Where the ways draw from: places that the swarm does not use.
const PLACE: u64 = 64;

impl Scenario {
    /// The scenario that a seed stands for.
    #[must_use]
    pub fn generate(seed: u64) -> Self {
        Self::of_seed(seed, Variant::default())
    }

    /// The scenario that a seed stands for, as somebody wants it.
    #[must_use]
    pub fn of_seed(seed: u64, variant: Variant) -> Self {
        let way = variant.way.of(seed);
        let rng = &mut Stream::new(seed, Purpose::Scenario, PLACE + 1);
        let scenario = match way {
            Way::Swarm | Way::Portfolio => swarm(seed, variant),
            Way::Medium => everything::generate(rng, swarm(seed, variant), everything::MEDIUM),
            Way::Heavy => everything::generate(rng, swarm(seed, variant), everything::HEAVY),
            Way::Crashes => crashes::generate(rng, swarm(seed, variant)),
            Way::Walk => walk::generate(rng, swarm(seed, variant)),
            Way::Attacks => attacks::generate(rng, swarm(seed, variant)),
            Way::Stories => stories::generate(rng, swarm(seed, variant), variant),
            Way::Turns => wanders::generate(rng, swarm(seed, variant).varied(variant), By::Chance),
            Way::Ambush => {
                wanders::generate(rng, swarm(seed, variant).varied(variant), By::Interest)
            }
            Way::Ranks => wanders::generate(rng, swarm(seed, variant).varied(variant), By::Rank),
            Way::Moves => wanders::generate(rng, swarm(seed, variant).varied(variant), By::Moves),
        };
        scenario.varied(variant)
    }
}

/// Nothing goes wrong any more, and the network is good. The group still changes where it did.
fn calm(scenario: &mut Scenario) {
    scenario.faults.retain(|fault| matches!(fault.action, Action::Reconfigure(_)));
    let weather = &mut scenario.network;
    weather.drop = Ratio::ZERO;
    weather.duplicate = Ratio::ZERO;
    weather.reorder = Ratio::ZERO;
    weather.straggle = Ratio::ZERO;
    weather.misroute = Ratio::ZERO;
}

#[cfg(test)]
mod tests {
    use super::{Scenario, Variant, Way};

    #[test]
    fn each_way_yields_scenarios_that_are_read_as_they_are_written() {
        for way in Way::ALL {
            assert_eq!(Way::parse(way.word()), Some(way));
            for seed in 0..200 {
                let scenario = Scenario::of_seed(seed, Variant { way, ..Variant::default() });
                assert!(scenario.is_possible(), "{way} {seed}");
                let again = Scenario::parse(&scenario.to_string());
                assert_eq!(again.as_ref(), Ok(&scenario), "{way} {seed}");
            }
        }
    }
}
