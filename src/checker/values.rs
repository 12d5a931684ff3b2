//! Numbers for the distinct values of a part: the first that is written has 0.

use super::index::{Index, position};

/// Values, each with its number.
#[derive(Debug)]
pub(super) enum Values {
    /// Values that lie close together, as those that a clock or a counter gives: one place for
    /// each, so that what was written one after the other is found one beside the other.
    Dense {
        /// The least.
        least: u64,
        /// For each value from the least on, its number plus one, or 0.
        numbers: Vec<u32>,
        /// How many there are.
        count: u32,
    },
    /// Any values.
    Sparse(Index<u64>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Dense { least: 0, numbers: Vec::new(), count: 0 }
    }
}

impl Values {
    /// The number of a value, and whether it is a new one.
    pub(super) fn insert(&mut self, value: u64) -> (u32, bool) {
        match self {
            Self::Dense { least, numbers, count } => {
                if *count == 0 {
                    // Small ones are mostly counted from 0 or 1 on, and come in any order.
                    *least = if place(0, value) < Some(SPREAD * room(0)) { 0 } else { value };
                }
                match place(*least, value).filter(|&place| place < SPREAD * room(*count)) {
                    Some(place) => {
                        if place >= numbers.len() {
                            numbers.resize((place + 1).max(numbers.len() * 2), 0);
                        }
                        if let Some(known) = numbers[place].checked_sub(1) {
                            return (known, false);
                        }
                        *count += 1;
                        numbers[place] = *count;
                        (*count - 1, true)
                    }
                    None => {
                        let mut index = self.to_sparse();
                        let numbered = index.insert(value);
                        *self = Self::Sparse(index);
                        numbered
                    }
                }
            }
            Self::Sparse(index) => index.insert(value),
        }
    }

    /// The number of a value.
    pub(super) fn find(&self, value: u64) -> Option<u32> {
        match self {
            Self::Dense { least, numbers, .. } => {
                numbers.get(place(*least, value)?)?.checked_sub(1)
            }
            Self::Sparse(index) => index.find(&value),
        }
    }

    /// The value of a number.
    pub(super) fn get(&self, number: u32) -> Option<u64> {
        match self {
            Self::Dense { least, numbers, .. } => {
                let place = numbers.iter().position(|&stored| stored == number + 1)?;
                Some(*least + u64::try_from(place).ok()?)
            }
            Self::Sparse(index) => (position(number) < index.len()).then(|| *index.get(number)),
        }
    }

    fn to_sparse(&self) -> Index<u64> {
        let mut index = Index::default();
        if let Self::Dense { least, numbers, count } = self {
            let mut by_number = vec![0; room(*count)];
            for (value, &stored) in (*least..).zip(numbers) {
                if let Some(number) = stored.checked_sub(1) {
                    by_number[position(number)] = value;
                }
            }
            for value in by_number.into_iter().take(position(*count)) {
                index.insert(value);
            }
        }
        index
    }
}

fn place(least: u64, value: u64) -> Option<usize> {
    usize::try_from(value.checked_sub(least)?).ok()
}

fn room(count: u32) -> usize {
    position(count).max(16)
}

/// Values are close together when they fill one place in so many.
const SPREAD: usize = 4;

#[cfg(test)]
mod tests {
    use super::Values;

    #[test]
    fn values_have_numbers_whether_they_are_near_or_far() {
        for values in [vec![5, 7, 9], vec![7, u64::MAX, 0], (0..90).chain([2_000]).collect()] {
            let mut known = Values::default();
            assert!(values.iter().all(|&value| known.insert(value).1));
            for (number, &value) in (0..).zip(&values) {
                assert_eq!((known.find(value), known.get(number)), (Some(number), Some(value)));
            }
            assert_eq!((known.find(1_000), known.get(100)), (None, None));
            assert!(!known.insert(values[1]).1);
            assert_eq!(known.find(values[1]), Some(1));
        }
    }
}
