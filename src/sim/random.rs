//! Randomness by place, not by order: one ChaCha8 stream for each purpose and place.
//!
//! Tag `chacha8/v1`: the functions here decide what a seed means. They use raw words of the
//! generator and integers only, so that a seed means the same run on every machine and with
//! every release of the crates behind it. The golden values in the tests hold that.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// What a stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// What a seed's scenario is.
    Scenario = 1,
    /// What happens to the messages of a link.
    Link = 2,
    /// The jitter of a process's timers.
    Timer = 3,
    /// What a client asks.
    Workload = 4,
    /// Ids and nonces.
    Identity = 5,
    /// How a process's clock is off.
    Clock = 6,
    /// Which stories a shrinker tries.
    Story = 7,
    /// How long a process's disk takes, and what is left of a write when it crashes.
    Disk = 8,
    /// What of a disk fails.
    Harm = 9,
    /// Which way a client's reads take.
    Reads = 10,
}

/// A stream of random words.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream for a purpose at a place, under a seed.
    #[must_use]
    pub fn new(seed: u64, purpose: Purpose, place: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8] = number_of(purpose);
        key[16..24].copy_from_slice(&place.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// 64 random bits.
    pub fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number of the closed range.
    ///
    /// # Panics
    /// When `min` is larger than `max`.
    pub fn between(&mut self, min: u64, max: u64) -> u64 {
        scale(self.word(), min, max)
    }

    /// Whether something of that probability happens.
    pub fn hits(&mut self, ratio: super::ratio::Ratio) -> bool {
        ratio.is_hit_by(self.word())
    }

    /// One of the choices.
    ///
    /// # Panics
    /// When there are none.
    pub fn choose<T: Copy>(&mut self, choices: &[T]) -> T {
        let last = u64::try_from(choices.len()).expect("a length fits in 64 bits") - 1;
        choices[usize::try_from(self.between(0, last)).expect("an index")]
    }

    /// An exponentially distributed number with that mean, at least `min` and at most `max`.
    pub fn exponential(&mut self, min: u64, mean: u64, max: u64) -> u64 {
        exponential(self.word(), min, mean, max)
    }
}

/// A word's share of a closed range. The bias is below 2^-32 for ranges below 2^32.
///
/// # Panics
/// When `min` is larger than `max`.
#[must_use]
pub fn scale(word: u64, min: u64, max: u64) -> u64 {
    assert!(min <= max);
    let size = u128::from(max - min) + 1;
    let offset = (u128::from(word) * size) >> 64;
    min + u64::try_from(offset).expect("smaller than the range")
}

/// Another word of a word: what one draw decides in several respects.
#[must_use]
pub const fn derive(word: u64, respect: u64) -> u64 {
    mix(word.wrapping_add(respect.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

/// Spreads each bit of a word over all bits (the finalizer of splitmix64).
#[must_use]
pub const fn mix(mut word: u64) -> u64 {
    word ^= word >> 30;
    word = word.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word ^= word >> 27;
    word = word.wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// A word as an exponentially distributed number: `min` plus a tail of mean `mean - min`, cut
/// at `max`. In integers: the leading zeros give the octave, the rest a straight line within
/// it, which is within 9 % of the logarithm.
#[must_use]
pub fn exponential(word: u64, min: u64, mean: u64, max: u64) -> u64 {
    let word = word | 1;
    let octave = u64::from(word.leading_zeros());
    let mantissa = (word << octave) >> 48 & 0x7fff;
    let log2 = ((octave + 1) << 15) - mantissa;
    // ln 2 in 16 bits; -log2 has 15 bits behind the point.
    let tail = u128::from(mean.saturating_sub(min)) * u128::from(log2) * 45_426;
    min.saturating_add(u64::try_from(tail >> 31).unwrap_or(u64::MAX)).min(max)
}

const fn number_of(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Scenario => 1,
        Purpose::Link => 2,
        Purpose::Timer => 3,
        Purpose::Workload => 4,
        Purpose::Identity => 5,
        Purpose::Clock => 6,
        Purpose::Story => 7,
        Purpose::Disk => 8,
        Purpose::Harm => 9,
        Purpose::Reads => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::{Purpose, Stream, derive, exponential, mix, scale};
    use crate::sim::ratio::Ratio;

    #[test]
    fn the_words_of_a_seed_never_change() {
        let mut stream = Stream::new(42, Purpose::Link, 7);
        let words = [stream.word(), stream.word(), stream.word()];
        assert_eq!(words, GOLDEN_WORDS);
        let drawn =
            [stream.between(10, 19), stream.exponential(100, 1_000, 50_000), mix(1), derive(1, 2)];
        assert_eq!(drawn, GOLDEN_DRAWS);
        assert!(!stream.hits(Ratio::percent(1)));
    }

    const GOLDEN_WORDS: [u64; 3] =
        [14_939_747_751_404_582_485, 173_670_564_201_413_197, 14_874_997_709_497_231_369];

    const GOLDEN_DRAWS: [u64; 4] =
        [11, 1_218, 6_238_072_747_940_578_789, 13_757_245_211_066_428_519];

    #[test]
    fn a_range_is_closed_and_evenly_hit() {
        assert_eq!(scale(0, 3, 5), 3);
        assert_eq!(scale(u64::MAX, 3, 5), 5);
        assert_eq!(scale(u64::MAX, 0, u64::MAX), u64::MAX);
        let mut stream = Stream::new(1, Purpose::Timer, 0);
        let mut counts = [0u32; 4];
        for _ in 0..4_000 {
            counts[usize::try_from(stream.between(0, 3)).expect("an index")] += 1;
        }
        assert!(counts.iter().all(|count| (900..1_100).contains(count)), "{counts:?}");
    }

    #[test]
    fn delays_have_the_mean_that_is_asked_for_and_a_long_tail() {
        let mut stream = Stream::new(1, Purpose::Timer, 0);
        let draws: Vec<u64> =
            (0..20_000).map(|_| stream.exponential(200, 1_000, 100_000)).collect();
        let mean = draws.iter().sum::<u64>() / 20_000;
        assert!((960..1_060).contains(&mean), "{mean}");
        assert!(draws.iter().any(|&draw| draw > 6_000));
        assert!(draws.iter().all(|&draw| draw >= 200));
        assert_eq!(exponential(1, 200, 1_000, 5_000), 5_000);
    }
}
