//! Sets of small numbers.

/// A set of small numbers. Up to 64 it needs no allocation, and a search makes a great many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Mask {
    first: u64,
    /// The words after the first, the last of which is not 0; nothing where there are none.
    rest: Option<Box<[u64]>>,
}

impl Mask {
    pub(super) fn has(&self, bit: usize) -> bool {
        let word = match (bit / 64).checked_sub(1) {
            None => self.first,
            Some(index) => self.rest().get(index).copied().unwrap_or(0),
        };
        word >> (bit % 64) & 1 != 0
    }

    pub(super) fn insert(&mut self, bit: usize) {
        let word = match (bit / 64).checked_sub(1) {
            None => &mut self.first,
            Some(index) => {
                let mut rest = self.rest.take().map(Vec::from).unwrap_or_default();
                if rest.len() <= index {
                    rest.resize(index + 1, 0);
                }
                &mut self.rest.insert(rest.into_boxed_slice())[index]
            }
        };
        *word |= 1 << (bit % 64);
    }

    pub(super) fn remove(&mut self, bit: usize) {
        match (bit / 64).checked_sub(1) {
            None => self.first &= !(1 << (bit % 64)),
            Some(index) => {
                let Some(rest) = &mut self.rest else { return };
                let Some(word) = rest.get_mut(index) else { return };
                *word &= !(1 << (bit % 64));
                let last = rest.iter().rposition(|&word| word != 0);
                let words = last.map_or(0, |last| last + 1);
                if words < rest.len() {
                    // Equal sets must look alike.
                    self.rest = (words > 0).then(|| rest[..words].into());
                }
            }
        }
    }

    /// Whether all that is in this one is in the other.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let (own, others) = (self.rest(), other.rest());
        self.first & !other.first == 0
            && own.len() <= others.len()
            && own.iter().zip(others).all(|(own, other)| own & !other == 0)
    }

    pub(super) fn count(&self) -> usize {
        let rest: u32 = self.rest().iter().map(|word| word.count_ones()).sum();
        usize::try_from(self.first.count_ones() + rest).unwrap_or(usize::MAX)
    }

    /// About how many bytes it has elsewhere.
    pub(super) fn heap_bytes(&self) -> usize {
        size_of_val(self.rest())
    }

    fn rest(&self) -> &[u64] {
        self.rest.as_deref().unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::Mask;

    #[test]
    fn equal_sets_look_alike_across_words() {
        let mut mask = Mask::default();
        for bit in [0, 63, 64, 200] {
            mask.insert(bit);
        }
        assert_eq!(mask.count(), 4);
        assert!([0, 63, 64, 200].into_iter().all(|bit| mask.has(bit)) && !mask.has(199));
        mask.remove(200);
        let mut other = Mask::default();
        for bit in [63, 64, 0] {
            other.insert(bit);
        }
        assert_eq!(mask, other);
        assert!(mask.is_within(&other));
        other.remove(64);
        assert!(other.is_within(&mask) && !mask.is_within(&other));
        other.remove(1_000);
        mask.remove(64);
        assert_eq!(mask, other);
    }
}
