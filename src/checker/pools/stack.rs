//! Last in, first out.
//!
//! Of two values that are in at one time, the one that was put in first is taken last: the times
//! of values hold each other whole, or are apart. A value that need not be in at any time can be
//! taken right when it is put in, and does not matter. Of a stretch of time in which always
//! something is surely in, one value must hold all others: it can be put in when the stretch
//! begins and taken when it ends. Any such one will do, since to be the outermost hinders
//! nobody; without it the stretch falls apart into shorter ones, which are judged alike.

use super::tree::{Counts, Greatest};
use super::{Contradiction, Item};

/// Whether the times of all values can hold each other whole, or be apart.
pub(super) fn judge(items: &[Item]) -> Result<(), Contradiction> {
    let is_surely_in = |item: &&Item| item.put_returned < item.take_invoked;
    let mut items: Vec<Item> = items.iter().filter(is_surely_in).copied().collect();
    items.sort_unstable_by_key(|item| (item.put_returned, item.take_invoked));
    Nest::of(&items).take_apart()
}

/// Values in the order of the times from which they are surely in.
struct Nest<'items> {
    items: &'items [Item],
    /// All times at which a value begins or ends to be surely in.
    times: Vec<u64>,
    /// How many values are surely in at each of these times, and between it and the next one.
    counts: Counts,
    /// When each was invoked to be put in, from the earliest, for those that do not hold a
    /// stretch's beginning yet; turned round, so that the earliest is the greatest.
    waiting: Greatest,
    /// Until when each can be in, for those that can be in from their stretch's beginning.
    ready: Greatest,
}

impl<'items> Nest<'items> {
    fn of(items: &'items [Item]) -> Self {
        let ends = |item: &Item| [item.put_returned, item.take_invoked];
        let mut times: Vec<u64> = items.iter().flat_map(ends).collect();
        times.sort_unstable();
        times.dedup();
        let mut nest = Self {
            items,
            counts: Counts::new(times.len() * 2),
            times,
            waiting: Greatest::new(items.len()),
            ready: Greatest::new(items.len()),
        };
        for (place, item) in items.iter().enumerate() {
            let (first, end) = nest.places(item);
            nest.counts.add(first, end, 1);
            nest.waiting.set(place, u64::MAX - item.put_invoked);
        }
        nest
    }

    fn take_apart(mut self) -> Result<(), Contradiction> {
        let all = 0..self.times.len() * 2;
        let mut stretches = self.split(all.start, all.end, all.end);
        while let Some((first, end)) = stretches.pop() {
            // The times between which the stretch lies, and its values.
            let (begin, finish) = (self.times[first / 2], self.times[end / 2]);
            let values_from = self.items.partition_point(|item| item.put_returned < begin);
            let values_to = self.items.partition_point(|item| item.put_returned < finish);
            while let Some(place) = self.waiting.at_least(values_from, values_to, u64::MAX - begin)
            {
                self.waiting.set(place, 0);
                self.ready.set(place, self.items[place].take_returned);
            }
            let Some(outermost) = self.ready.at_least(values_from, values_to, finish) else {
                let is_in = |item: &&Item| item.take_invoked <= finish;
                let values = self.items[values_from..values_to].iter().filter(is_in);
                return Err(values.map(|item| item.value).collect());
            };
            self.ready.set(outermost, 0);
            let (from, to) = self.places(&self.items[outermost]);
            self.counts.add(from, to, -1);
            let rest = self.split(first, end, end);
            stretches.extend(rest);
        }
        Ok(())
    }

    /// The stretches that are left of one, now that fewer values are in it.
    fn split(&mut self, first: usize, end: usize, last: usize) -> Vec<(usize, usize)> {
        let mut stretches = Vec::new();
        let mut from = first;
        for place in self.counts.take_uncovered(first, end).into_iter().chain([last]) {
            if from < place {
                stretches.push((from, place));
            }
            from = place + 1;
        }
        stretches
    }

    /// The places in which a value is surely in: twice the number of a time is that time, and one
    /// more what is between it and the next one.
    fn places(&self, item: &Item) -> (usize, usize) {
        let place = |time: u64| self.times.partition_point(|&other| other < time) * 2;
        (place(item.put_returned) + 1, place(item.take_invoked))
    }
}
