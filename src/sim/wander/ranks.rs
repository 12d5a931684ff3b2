//! Who is first is heard first, and goes on being so (priorities, as in the probabilistic
//! concurrency testing of Burckhardt and others, 2010): all that one process says to another has
//! one rank, drawn once; the highest that has something to say is always next. At a few moments,
//! drawn before, something goes wrong instead, or whoever is first becomes the last.

use super::Mind;
use super::choices::{self, Choice, Class};
use crate::sim::explore::step::Step;
use crate::sim::explore::world::World;
use crate::sim::random::Stream;

/// Lets the highest in rank be next.
pub(in crate::sim) struct Ranks {
    processes: usize,
    /// Of each link, and of each client's questions: where it says something to itself.
    ranks: Vec<u64>,
    /// The steps at which something else happens, the next at the end.
    moments: Vec<u64>,
    step: u64,
    /// What is below all that were drawn, when whoever is first becomes the last.
    lowest: u64,
    choices: Vec<Choice>,
}

impl Ranks {
    /// Ranks for a walk of so many steps.
    pub(in crate::sim) fn new(processes: u16, steps: u64, rng: &mut Stream) -> Self {
        let processes = usize::from(processes);
        let ranks = (0..processes * processes).map(|_| rng.between(1 << 32, u64::MAX)).collect();
        let count = rng.choose(&[2, 3, 4, 6, 8, 12, 16]);
        let mut moments: Vec<u64> = (0..count).map(|_| rng.between(1, steps)).collect();
        moments.sort_unstable_by(|a, b| b.cmp(a));
        Self { processes, ranks, moments, step: 0, lowest: 1 << 32, choices: Vec::new() }
    }

    fn link(&self, choice: &Choice, world: &World<'_>) -> usize {
        let from = choice.sent(world).map_or(choice.who, |sent| sent.letter.from);
        from.index() * self.processes + choice.who.index()
    }

    /// What is next by rank.
    fn first(&self, world: &World<'_>) -> Option<Choice> {
        let is_next = |choice: &&Choice| matches!(choice.class, Class::Arrival | Class::Question);
        let next = self.choices.iter().filter(is_next);
        next.max_by_key(|choice| self.ranks[self.link(choice, world)]).copied()
    }

    /// One of those that are not next by rank.
    fn other(&self, rng: &mut Stream, is_meant: impl Fn(Class) -> bool) -> Option<Choice> {
        let others: Vec<&Choice> =
            self.choices.iter().filter(|choice| is_meant(choice.class)).collect();
        let last = u64::try_from(others.len().checked_sub(1)?).ok()?;
        let index = usize::try_from(rng.between(0, last)).ok()?;
        others.get(index).map(|&&choice| choice)
    }
}

impl Mind for Ranks {
    fn choose(&mut self, world: &World<'_>, rng: &mut Stream) -> Option<Step> {
        self.step += 1;
        choices::list(world, &mut self.choices);
        let first = self.first(world);
        if self.moments.last().is_some_and(|&moment| moment <= self.step) {
            self.moments.pop();
            if rng.between(0, 3) == 0
                && let Some(first) = first
            {
                self.lowest -= 1;
                let link = self.link(&first, world);
                self.ranks[link] = self.lowest;
            } else {
                let class = rng.choose(&WRONG);
                let other = self.other(rng, |other| other == class);
                let other = other.or_else(|| {
                    self.other(rng, |other| !matches!(other, Class::Arrival | Class::Question))
                });
                return other.map(|choice| choice.step);
            }
        }
        let next = self.first(world);
        // Where nobody says anything any more, somebody comes back, or loses patience.
        let next = next.or_else(|| self.other(rng, |class| class == Class::Restart));
        let next = next.or_else(|| self.other(rng, |class| class == Class::Hears));
        let next = next
            .or_else(|| self.other(rng, |class| matches!(class, Class::Timeout | Class::Resend)));
        next.map(|choice| choice.step)
    }
}

/// What goes wrong at a moment that was drawn.
const WRONG: [Class; 11] = [
    Class::Late,
    Class::Aside,
    Class::Aside,
    Class::Copy,
    Class::Deaf,
    Class::Timeout,
    Class::Timeout,
    Class::Crash,
    Class::Restart,
    Class::Order,
    Class::Order,
];
