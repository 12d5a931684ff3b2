//! A history in its parts: what is about one key, in the order in which it was invoked.

use super::history::History;
use super::in_time::InTime;
use super::index::{Index, position};
use super::model::Model;

/// The operations of each part, by index.
pub(super) struct Parts {
    indexes: Vec<u32>,
    /// Where the operations of each part end.
    ends: Vec<usize>,
}

impl Parts {
    /// Takes a history apart.
    pub(super) fn of<M: Model>(
        model: &M,
        history: &History<M::Input, M::Output>,
        in_time: &InTime,
    ) -> Self {
        let operations = &history.operations;
        let key = |index: u32| model.key(&operations[position(index)].input);
        let mut keys = Index::default();
        let keys_of: Vec<u32> = in_time.iter().map(|index| keys.insert(key(index)).0).collect();
        let mut ends = vec![0; keys.len()];
        for &key in &keys_of {
            ends[position(key)] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += core::mem::replace(end, sum);
        }
        let mut indexes = vec![0; operations.len()];
        for (index, &key) in in_time.iter().zip(&keys_of) {
            let end = &mut ends[position(key)];
            indexes[*end] = index;
            *end += 1;
        }
        Self { indexes, ends }
    }

    /// The operations of a part.
    pub(super) fn get(&self, part: usize) -> &[u32] {
        let start = part.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.indexes[start..self.ends[part]]
    }

    /// Each part's operations.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.ends.len()).map(|part| self.get(part))
    }
}

/// The operations of one part, by its number.
pub(super) fn one<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    in_time: &InTime,
    part: u32,
) -> Vec<u32> {
    let mut keys = Index::default();
    let key = |index: u32| model.key(&history.operations[position(index)].input);
    // Parts are numbered by their first operations.
    let own = in_time.iter().find(|&index| keys.insert(key(index)) == (part, true)).map(key);
    in_time.iter().filter(|&index| Some(key(index)) == own).collect()
}
