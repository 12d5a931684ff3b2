//! A portfolio's shares, and how they shift towards the ways that still find something new.
//!
//! New is what no run of the campaign had reached before: a mark, or two marks in one run. Seeds
//! are taken in blocks. When a block has come home, half of all seeds of the block after the next
//! are dealt out by how much each way has found of late for what it cost, in events, and the other
//! half as where nothing is known: no way is ever given up. The next block is under way by then, so
//! that nobody has to wait, and what is run does not depend on how many run at a time.
//!
//! Once news are rare, who had the last one had luck. So each way is taken to have found ten more,
//! for what ten have cost of late in all ways together: many news move the shares, a few do not.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use vsr::sim::mark;
use vsr::sim::scenario::{Shares, Way};

/// How many seeds are run by the same shares.
pub(crate) const BLOCK: u64 = 500;

/// What each way has found, and what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shift {
    now: Shares,
    next: Shares,
    yields: BTreeMap<Way, Yield>,
    together: Together,
}

/// What a way has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Yield {
    /// Seeds that were run in it.
    pub(crate) runs: u64,
    /// What no run had reached before.
    pub(crate) news: u64,
    /// The same of late: with each block, what was found before counts less.
    late_news: u64,
    /// Events of late.
    late_events: u64,
}

/// Which marks were reached in one run, two at a time; a mark and itself is the mark alone.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Together {
    names: Vec<&'static str>,
    seen: Vec<bool>,
    /// What was new since somebody wrote it down.
    fresh: Vec<usize>,
}

impl Default for Shift {
    fn default() -> Self {
        let names: Vec<&'static str> = mark::names().collect();
        let seen = vec![false; names.len() * names.len()];
        Self {
            now: Shares::default(),
            next: Shares::default(),
            yields: BTreeMap::new(),
            together: Together { names, seen, fresh: Vec::new() },
        }
    }
}

impl Shift {
    /// The shares of the block that is being taken.
    pub(crate) const fn now(&self) -> &Shares {
        &self.now
    }

    /// The shares of the block after that.
    pub(crate) const fn next(&self) -> &Shares {
        &self.next
    }

    /// What each way has found, the one with the most seeds first.
    pub(crate) fn yields(&self) -> Vec<(Way, Yield)> {
        let mut yields: Vec<(Way, Yield)> =
            self.yields.iter().map(|(&way, &found)| (way, found)).collect();
        yields.sort_by_key(|&(way, found)| (std::cmp::Reverse(found.runs), way));
        yields
    }

    /// A seed has come home. At the end of a block the shares of the block after the next are
    /// known.
    pub(crate) fn take(
        &mut self,
        index: u64,
        way: Way,
        (marks, events): (&[&'static str], u64),
    ) -> Option<(u64, Shares)> {
        let found = self.together.take(marks);
        let of_way = self.yields.entry(way).or_default();
        of_way.runs += 1;
        of_way.news += found;
        of_way.late_news += found * UNIT;
        of_way.late_events += events;
        let is_end = (index + 1).is_multiple_of(BLOCK);
        is_end.then(|| {
            let after_next = self.shares();
            for found in self.yields.values_mut() {
                found.late_news -= found.late_news.div_ceil(MEMORY);
                found.late_events -= found.late_events.div_ceil(MEMORY);
            }
            self.now = std::mem::replace(&mut self.next, after_next.clone());
            (index / BLOCK + 2, after_next)
        })
    }

    /// Half as where nothing is known, half by what was found for its cost.
    fn shares(&self) -> Shares {
        let known = Shares::default();
        let all_news: u64 = self.yields.values().map(|found| found.late_news).sum();
        let all_events: u64 = self.yields.values().map(|found| found.late_events).sum();
        if all_news == 0 {
            return known;
        }
        let cost_of_luck = u128::from(LUCK) * u128::from(all_events) / u128::from(all_news);
        let worth = |way: Way| {
            let found = self.yields.get(&way).copied().unwrap_or_default();
            let news = u128::from(found.late_news + LUCK) * u128::from(known.of(way));
            news * RATE / (u128::from(found.late_events) + cost_of_luck + 1)
        };
        let all: u128 = Shares::ways().into_iter().map(worth).sum();
        let part = |part: u128, all: u128| u64::try_from(part * PARTS / all.max(1)).unwrap_or(0);
        Shares::new(|way| part(known.of(way).into(), known.sum().into()) + part(worth(way), all))
    }

    /// All of it but what was new since the last time: for whoever goes on tomorrow.
    pub(crate) fn json(&mut self) -> Value {
        let shares = |shares: &Shares| -> Value {
            Shares::ways().into_iter().map(|way| (way.word(), shares.of(way))).collect()
        };
        let yields: Value = self
            .yields
            .iter()
            .map(|(way, found)| {
                let numbers = [found.runs, found.news, found.late_news, found.late_events];
                (way.word(), json!(numbers))
            })
            .collect();
        json!({
            "now": shares(&self.now),
            "next": shares(&self.next),
            "yields": yields,
            "together": std::mem::take(&mut self.together.fresh),
        })
    }

    /// What was written down goes on here: lines in their order, each with what was new then.
    pub(crate) fn go_on(&mut self, line: &Value) -> Option<()> {
        let shares = |value: &Value| -> Option<Shares> {
            let all: Option<BTreeMap<Way, u64>> = Shares::ways()
                .into_iter()
                .map(|way| Some((way, value[way.word()].as_u64()?)))
                .collect();
            all.map(|all| Shares::new(|way| all[&way]))
        };
        (self.now, self.next) = (shares(&line["now"])?, shares(&line["next"])?);
        for (word, numbers) in line["yields"].as_object()? {
            let number = |place: usize| numbers[place].as_u64();
            let found = Yield {
                runs: number(0)?,
                news: number(1)?,
                late_news: number(2)?,
                late_events: number(3)?,
            };
            self.yields.insert(Way::parse(word)?, found);
        }
        for pair in line["together"].as_array()? {
            let pair = usize::try_from(pair.as_u64()?).ok()?;
            *self.together.seen.get_mut(pair)? = true;
        }
        Some(())
    }
}

impl Together {
    /// How much of what a run has reached is new.
    fn take(&mut self, marks: &[&'static str]) -> u64 {
        let place = |name: &&'static str| self.names.iter().position(|other| other == name);
        let places: Vec<usize> = marks.iter().filter_map(place).collect();
        let mut found = 0;
        for (number, one) in places.iter().enumerate() {
            for other in &places[number..] {
                let pair = one.min(other) * self.names.len() + one.max(other);
                if !std::mem::replace(&mut self.seen[pair], true) {
                    self.fresh.push(pair);
                    found += 1;
                }
            }
        }
        found
    }
}

/// News are counted in parts of this, so that what is old can be halved a few times.
const UNIT: u64 = 1 << 10;
/// One part in so many of what is known is forgotten with each block.
const MEMORY: u64 = 8;
/// What luck may have brought, in the same parts.
const LUCK: u64 = 10 * UNIT;
/// Worth is news for so many events.
const RATE: u128 = 1 << 40;
/// What half of all seeds are, in parts.
const PARTS: u128 = 10_000;

#[cfg(test)]
mod tests {
    use super::{BLOCK, Shares, Shift, Way};
    use vsr::sim::mark;

    /// Runs blocks in which each seed reaches what `reached` says, and gives the shares after them.
    fn after(blocks: u64, reached: impl Fn(u64, Way) -> Vec<&'static str>) -> (Shift, Shares) {
        let mut shift = Shift::default();
        let mut told = Vec::new();
        for index in 0..blocks * BLOCK {
            let way = shift.now().choose(index);
            told.extend(shift.take(index, way, (&reached(index, way), 1_000)));
        }
        let (block, shares) = told.pop().expect("a block has ended");
        assert_eq!(block, blocks + 1);
        assert_eq!(&shares, shift.next());
        (shift, shares)
    }

    /// In thousandths.
    fn part(shares: &Shares, way: Way) -> u64 {
        shares.of(way) * 1_000 / shares.sum()
    }

    /// Two marks, other ones for each seed.
    fn always_new(index: u64) -> Vec<&'static str> {
        let names: Vec<&'static str> = mark::names().collect();
        let count = u64::try_from(names.len()).expect("few");
        let name = |number: u64| names[usize::try_from(number % count).expect("few")];
        vec![name(index), name(index / count)]
    }

    #[test]
    fn shares_shift_to_the_way_that_still_finds_something_and_no_way_is_given_up() {
        let reached = |index, way| if way == Way::Moves { always_new(index) } else { Vec::new() };
        let (shift, shares) = after(3, reached);
        assert!(part(&shares, Way::Moves) > 3 * part(&Shares::default(), Way::Moves), "{shares:?}");
        for way in Shares::ways() {
            assert!(
                part(&shares, way) + 1 >= part(&Shares::default(), way) / 2,
                "{way} {shares:?}"
            );
        }
        for (way, found) in shift.yields() {
            assert_eq!(found.news > 0, way == Way::Moves, "{way} {found:?}");
        }
    }

    #[test]
    fn where_nothing_is_new_any_more_shares_are_what_they_were() {
        let early = |index, way| {
            let is_found = index < BLOCK && way == Way::Moves;
            if is_found { always_new(index) } else { Vec::new() }
        };
        assert!(part(&after(1, early).1, Way::Moves) > 2 * part(&Shares::default(), Way::Moves));
        let late = after(80, early).1;
        for way in Shares::ways() {
            let known = part(&Shares::default(), way);
            assert!(part(&late, way).abs_diff(known) < 10, "{way} {late:?}");
        }
    }

    #[test]
    fn who_goes_on_from_what_is_written_goes_on_as_if_nothing_had_been() {
        let reached = |index: u64, _| always_new(index * 7);
        let mut whole = Shift::default();
        let mut written = Vec::new();
        for index in 0..2 * BLOCK + 10 {
            let way = whole.now().choose(index);
            let _ = whole.take(index, way, (&reached(index, way), 900 + index));
            if index % 77 == 0 {
                written.push(whole.json());
            }
        }
        written.push(whole.json());
        let mut again = Shift::default();
        for line in &written {
            again.go_on(line).expect("it was written");
        }
        assert_eq!(again, whole);
        assert_eq!(again.go_on(&serde_json::json!({"now": 3})), None);
    }
}
