//! Which rows of a table were used least recently.

/// A list through the rows of a table, by their places: a use moves a row to its end, in constant
/// time. A row need not be in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Recency {
    links: Vec<Link>,
    oldest: Option<u32>,
    newest: Option<u32>,
    len: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Link {
    is_in: bool,
    older: Option<u32>,
    newer: Option<u32>,
}

impl Recency {
    /// How many rows are in the list.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The row whose latest use is the longest ago.
    pub(super) fn oldest(&self) -> Option<usize> {
        self.oldest.map(index)
    }

    /// The row is used: it is the newest now, whether or not it was in the list.
    pub(super) fn touch(&mut self, row: usize) {
        if row >= self.links.len() {
            self.links.resize(row + 1, Link::default());
        }
        let place = place(row);
        if self.newest == Some(place) {
            return;
        }
        self.remove(row);
        self.links[row] = Link { is_in: true, older: self.newest, newer: None };
        match self.newest {
            Some(newest) => self.links[index(newest)].newer = Some(place),
            None => self.oldest = Some(place),
        }
        self.newest = Some(place);
        self.len += 1;
    }

    /// The row is not in the list any more, if it was.
    pub(super) fn remove(&mut self, row: usize) {
        let Some(&Link { is_in: true, older, newer }) = self.links.get(row) else {
            return;
        };
        match older {
            Some(older) => self.links[index(older)].newer = newer,
            None => self.oldest = newer,
        }
        match newer {
            Some(newer) => self.links[index(newer)].older = older,
            None => self.newest = older,
        }
        self.links[row] = Link::default();
        self.len -= 1;
    }

    /// A row has another place from here on, at which no row is.
    pub(super) fn rename(&mut self, from: usize, to: usize) {
        let Some(&link) = self.links.get(from).filter(|link| link.is_in) else {
            return;
        };
        let renamed = Some(place(to));
        match link.older {
            Some(older) => self.links[index(older)].newer = renamed,
            None => self.oldest = renamed,
        }
        match link.newer {
            Some(newer) => self.links[index(newer)].older = renamed,
            None => self.newest = renamed,
        }
        self.links[from] = Link::default();
        if to >= self.links.len() {
            self.links.resize(to + 1, Link::default());
        }
        self.links[to] = link;
    }

    /// No row is in the list any more.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn place(row: usize) -> u32 {
    u32::try_from(row).expect("nobody has 2^32 clients")
}

fn index(place: u32) -> usize {
    usize::try_from(place).expect("an index of 32 bits")
}

#[cfg(test)]
mod tests {
    use super::Recency;

    fn in_order(mut recency: Recency) -> Vec<usize> {
        std::iter::from_fn(|| {
            let oldest = recency.oldest()?;
            recency.remove(oldest);
            Some(oldest)
        })
        .collect()
    }

    #[test]
    fn a_use_makes_a_row_the_newest() {
        let mut recency = Recency::default();
        for row in [3, 1, 2, 3, 1, 1] {
            recency.touch(row);
        }
        assert_eq!(recency.len(), 3);
        assert_eq!(in_order(recency), [2, 3, 1]);
    }

    #[test]
    fn a_row_is_taken_out_or_moved_from_any_place() {
        for at in 0..4 {
            let mut recency = Recency::default();
            (0..4).for_each(|row| recency.touch(row));
            recency.rename(at, 7);
            let mut rows = vec![0, 1, 2, 3];
            rows[at] = 7;
            assert_eq!(in_order(recency.clone()), rows);
            recency.remove(7);
            recency.remove(7);
            rows.remove(at);
            assert_eq!(in_order(recency), rows);
        }
    }
}
