//! Digests of pages.

use core::fmt;

/// 128 bits by which two pages, or two trees of them, are told apart.
///
/// Damage and mistakes are seen by it; whoever *wants* two pages of one digest can make them. What
/// travels between replicas is protected from such people by its transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub u128);

impl Digest {
    /// The digest of bytes. The same bytes as something else have another one.
    pub(super) fn of(what: u64, bytes: &[u8]) -> Self {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let mut state = State { first: KEYS[0] ^ what, second: KEYS[1] ^ length };
        let mut chunks = bytes.chunks_exact(16);
        for chunk in &mut chunks {
            state.take(word(&chunk[..8]), word(&chunk[8..]));
        }
        let mut last = [0; 16];
        last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
        state.take(word(&last[..8]), word(&last[8..]));
        state.finish()
    }

    /// Its first 64 bits.
    pub(super) fn high(self) -> u64 {
        u64::try_from(self.0 >> 64).expect("64 bits")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.high())
    }
}

struct State {
    first: u64,
    second: u64,
}

impl State {
    const fn take(&mut self, x: u64, y: u64) {
        let first = fold(self.first ^ x, KEYS[2] ^ y).wrapping_add(self.second);
        let second = fold(self.second ^ y, KEYS[3] ^ x).wrapping_add(self.first.rotate_left(23));
        (self.first, self.second) = (first, second);
    }

    fn finish(mut self) -> Digest {
        self.take(KEYS[1], KEYS[2]);
        self.take(KEYS[3], KEYS[0]);
        Digest(u128::from(self.first) << 64 | u128::from(self.second))
    }
}

/// Both halves of a product, so that each bit of the factors reaches every bit.
#[expect(clippy::as_conversions, reason = "the halves of 128 bits, in a `const fn`")]
const fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128) * (b as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

/// A number that follows from another, with no order left in it.
pub(super) fn spread(value: u128) -> u64 {
    let high = u64::try_from(value >> 64).expect("64 bits");
    let low = u64::try_from(value & u128::from(u64::MAX)).expect("64 bits");
    fold(fold(low ^ KEYS[0], KEYS[1]) ^ high, KEYS[2])
}

fn word(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
}

/// Bits of the fractions of square roots: nothing up anybody's sleeve.
const KEYS: [u64; 4] =
    [0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1];

#[cfg(test)]
mod tests {
    use super::Digest;
    use std::collections::BTreeSet;

    #[test]
    fn every_bit_every_length_and_every_use_has_a_digest_of_its_own() {
        let mut seen = BTreeSet::new();
        let mut count = 0;
        for length in 0..40 {
            let mut bytes = vec![0; length];
            for what in 0..2 {
                assert!(seen.insert(Digest::of(what, &bytes)));
                count += 1;
                for bit in 0..length * 8 {
                    bytes[bit / 8] ^= 1 << (bit % 8);
                    assert!(seen.insert(Digest::of(what, &bytes)));
                    bytes[bit / 8] ^= 1 << (bit % 8);
                    count += 1;
                }
            }
        }
        let highs: BTreeSet<u64> = seen.iter().map(|digest| digest.high()).collect();
        assert_eq!((seen.len(), highs.len()), (count, count), "also the halves differ");
    }

    #[test]
    fn digests_are_the_same_on_every_machine() {
        assert_eq!(Digest::of(1, b"").to_string(), "b683821d53357d71");
        assert_eq!(Digest::of(1, b"a page of some twenty bytes").to_string(), "97cefccdd73f573d");
    }
}
