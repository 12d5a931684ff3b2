//! Digests of states: equal states have equal digests, on every machine.

/// Collects what a state consists of.
#[derive(Clone, Copy, Debug)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0x243f_6a88_85a3_08d3)
    }
}

impl Digest {
    /// Takes in one more number. The order counts.
    pub const fn add(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }

    /// The digest of all that was taken in.
    #[must_use]
    pub const fn finish(self) -> u64 {
        self.0
    }
}
