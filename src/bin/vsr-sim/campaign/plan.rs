//! Which seeds a campaign runs, and in which order.

use super::shard::Shard;
use std::ops::Range;

/// The seeds of a campaign: those of a range that fall to a shard. They are run by their indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The seeds of all shards together.
    pub(crate) seeds: Range<u64>,
    /// Which of them are run here.
    pub(crate) shard: Shard,
}

impl Plan {
    /// How many seeds are run here.
    pub(crate) const fn len(&self) -> u64 {
        let all = self.seeds.end.saturating_sub(self.seeds.start);
        all.saturating_sub(self.shard.index).div_ceil(self.shard.count)
    }

    /// The seed of that index, counted from zero.
    pub(crate) const fn seed(&self, index: u64) -> u64 {
        self.seeds.start + self.shard.index + index * self.shard.count
    }

    /// A seed that two plans share among their first so many, if there is one.
    pub(crate) fn shared_with(&self, done: u64, other: &Self, other_done: u64) -> Option<u64> {
        let end = |plan: &Self, done: u64| match done.checked_sub(1) {
            Some(last) => plan.seed(last) + 1,
            None => plan.seeds.start,
        };
        let begin = self.seed(0).max(other.seed(0));
        let end = end(self, done).min(end(other, other_done));
        let first = begin
            + (self.shard.count - (begin - self.seed(0)) % self.shard.count) % self.shard.count;
        // After so many steps the remainders come again.
        (0..other.shard.count)
            .map_while(|step| first.checked_add(step.checked_mul(self.shard.count)?))
            .take_while(|&seed| seed < end)
            .find(|&seed| (seed - other.seed(0)).is_multiple_of(other.shard.count))
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, Shard};

    fn plan(seeds: std::ops::Range<u64>, index: u64, count: u64) -> Plan {
        Plan { seeds, shard: Shard { index, count } }
    }

    fn all(plan: &Plan) -> Vec<u64> {
        (0..plan.len()).map(|index| plan.seed(index)).collect()
    }

    #[test]
    fn shards_share_out_all_seeds() {
        for (end, count) in [(10, 1), (10, 3), (11, 4), (2, 5), (0, 2)] {
            let mut seeds: Vec<u64> =
                (0..count).flat_map(|index| all(&plan(100..100 + end, index, count))).collect();
            seeds.sort_unstable();
            assert_eq!(seeds, (100..100 + end).collect::<Vec<_>>(), "{end} over {count}");
        }
    }

    #[test]
    fn a_shared_seed_is_found_where_there_is_one() {
        for a in [plan(0..40, 0, 1), plan(0..40, 1, 3), plan(5..50, 2, 4), plan(60..70, 0, 2)] {
            for b in [plan(0..40, 2, 3), plan(30..70, 0, 6), plan(0..40, 1, 2), plan(39..41, 0, 1)]
            {
                for (a_done, b_done) in [(a.len(), b.len()), (3, 2), (0, 5), (a.len(), 1)] {
                    let (a_seeds, b_seeds) = (all(&a), all(&b));
                    let cut = |seeds: &[u64], done: u64| {
                        seeds
                            .iter()
                            .copied()
                            .take(usize::try_from(done).unwrap())
                            .collect::<Vec<_>>()
                    };
                    let b_seeds = cut(&b_seeds, b_done);
                    let shared = cut(&a_seeds, a_done).into_iter().find(|s| b_seeds.contains(s));
                    assert_eq!(a.shared_with(a_done, &b, b_done), shared, "{a:?} {b:?}");
                }
            }
        }
    }
}
