//! Chains of updates with nothing in between, and whether they can be put in an order.

use super::distinct::{FIRST, State, States};
use super::part::Part;
use crate::checker::Model;
use std::collections::BTreeSet;

/// States that come right behind one another.
pub(super) struct Chains {
    /// The states of each chain. The first chain begins with the first state.
    states: Vec<Vec<State>>,
    /// The chain of each state, and how many come before it there.
    places: Vec<Option<(usize, usize)>>,
}

impl Chains {
    /// Follows each chain to its end; an error is members that may contradict each other.
    pub(super) fn new(known: &States<'_>) -> Result<Self, Vec<usize>> {
        let count = known.makers.len();
        let there: Vec<State> =
            (0..count).filter(|&state| state == FIRST || known.is_needed[state]).collect();
        let mut after: Vec<Option<State>> = vec![None; count];
        for &state in &there {
            if let Some((before, teller)) = known.before[state]
                && let Some(other) = after[before].replace(state)
            {
                let mut suspects = known.told([before, state, other], teller);
                suspects.extend(known.before[other].map(|(_, teller)| teller));
                return Err(suspects);
            }
        }
        let mut chains = Self { states: Vec::new(), places: vec![None; count] };
        for &start in &there {
            if known.before[start].is_some() {
                continue;
            }
            let mut states = Vec::new();
            let mut next = Some(start);
            while let Some(state) = next {
                chains.places[state] = Some((chains.states.len(), states.len()));
                states.push(state);
                next = after[state];
            }
            chains.states.push(states);
        }
        // States without a beginning would come one after the other in a circle.
        let circle: Vec<State> =
            there.into_iter().filter(|&state| chains.places[state].is_none()).collect();
        if circle.is_empty() { Ok(chains) } else { Err(known.makers_and_tellers(&circle)) }
    }

    /// Whether there is an order of the chains; an error is members that may contradict each
    /// other.
    pub(super) fn judge<M: Model>(
        &self,
        part: &Part<'_, M>,
        known: &States<'_>,
    ) -> Result<(), Vec<usize>> {
        let spot = |member: usize| {
            let (chain, depth) = self.places[known.of_member(member)?]?;
            Some(Spot { chain, depth, is_read: part.members[member].is_read })
        };
        let spots: Vec<Option<Spot>> = (0..part.members.len()).map(spot).collect();
        let suspects = |chains: &[usize], more: Vec<usize>| {
            let mut suspects = more;
            for &chain in chains {
                suspects.extend(known.makers_and_tellers(&self.states[chain]));
            }
            suspects
        };
        let edges = edges(part, &spots);
        for edge in &edges {
            let (Some(first), Some(second)) = (spots[edge.first], spots[edge.second]) else {
                continue;
            };
            if first.chain == second.chain && first > second {
                return Err(suspects(&[first.chain], vec![edge.first, edge.second]));
            }
        }
        let times = if part.rule.has_real_time() {
            self.times(part, &spots).map_err(|(early, late)| {
                let chain = spots[early].map(|spot| spot.chain);
                suspects(chain.as_slice(), vec![early, late])
            })?
        } else {
            vec![Times::default(); self.states.len()]
        };
        let mut order = Order::new(&spots, &edges, &times);
        order.run().map_err(|(chains, members)| suspects(&chains, members))
    }

    /// The times of each chain. An error is an operation that returned before an update was
    /// invoked that comes before it.
    fn times<M: Model>(
        &self,
        part: &Part<'_, M>,
        spots: &[Option<Spot>],
    ) -> Result<Vec<Times>, (usize, usize)> {
        let mut by_depth: Vec<Vec<Times>> =
            self.states.iter().map(|states| vec![Times::default(); states.len()]).collect();
        for (member, (what, spot)) in part.members.iter().zip(spots).enumerate() {
            let Some(spot) = spot else { continue };
            let times = &mut by_depth[spot.chain][spot.depth];
            if let Some(at) = what.returned
                && times.returned.is_none_or(|(other, _)| at < other)
            {
                times.returned = Some((at, member));
            }
            if !what.is_read {
                times.invoked = Some((what.invoked, member));
            }
        }
        let whole = |depths: Vec<Times>| {
            let mut sum = Times::default();
            // From the last state to the first: whatever has been seen comes later.
            for times in depths.into_iter().rev() {
                sum.returned = earlier(sum.returned, times.returned);
                sum.invoked = later(sum.invoked, times.invoked);
                if let (Some((returned, early)), Some((invoked, late))) =
                    (sum.returned, times.invoked)
                    && returned < invoked
                {
                    return Err((early, late));
                }
            }
            Ok(sum)
        };
        by_depth.into_iter().map(whole).collect()
    }
}

/// Where a member stands. Within a chain, the least comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    chain: usize,
    /// How many states of the chain come before the one that it makes or sees.
    depth: usize,
    /// The update that makes a state comes before the reads of it.
    is_read: bool,
}

/// Two members, the first of which must come before the second.
#[derive(Clone, Copy, Debug)]
struct Edge {
    first: usize,
    second: usize,
}

/// What real time asks of a chain.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    /// When the first of its operations returned, and which that was.
    returned: Option<(u64, usize)>,
    /// When the last of its updates was invoked, and which that was.
    invoked: Option<(u64, usize)>,
}

fn earlier(one: Option<(u64, usize)>, other: Option<(u64, usize)>) -> Option<(u64, usize)> {
    one.into_iter().chain(other).min()
}

fn later(one: Option<(u64, usize)>, other: Option<(u64, usize)>) -> Option<(u64, usize)> {
    one.into_iter().chain(other).max()
}

/// Which member must come before which by what its client did. Members that stand nowhere are
/// looked through: what must come before them must come before what comes after them.
fn edges<M: Model>(part: &Part<'_, M>, spots: &[Option<Spot>]) -> Vec<Edge> {
    let mut standing: Vec<Option<usize>> = Vec::with_capacity(spots.len());
    let mut edges = Vec::new();
    for (member, what) in part.members.iter().enumerate() {
        let before = what.before.and_then(|before| standing[before]);
        if spots[member].is_none() {
            standing.push(before);
            continue;
        }
        standing.push(Some(member));
        edges.extend(before.map(|first| Edge { first, second: member }));
    }
    edges
}

/// Taking chains, one after the other, that nothing needs to come before any more.
struct Order<'a> {
    times: &'a [Times],
    spots: &'a [Option<Spot>],
    edges: &'a [Edge],
    /// The chains that must come later than each.
    after: Vec<Vec<usize>>,
    /// For how many others each waits.
    waits: Vec<usize>,
    /// The chains that are left, by the first return of their operations.
    left: BTreeSet<(u64, usize)>,
    /// Those of them that wait for none but by real time, by the last invocation of their updates.
    ready: BTreeSet<(u64, usize)>,
}

/// A chain that must come before another, and the members because of whom.
type Reason = (usize, Vec<usize>);

impl<'a> Order<'a> {
    fn new(spots: &'a [Option<Spot>], edges: &'a [Edge], times: &'a [Times]) -> Self {
        let mut after = vec![Vec::new(); times.len()];
        // The chain of the first state comes before all others.
        let mut waits = vec![1; times.len()];
        waits[FIRST_CHAIN] = 0;
        for (first, second) in edges.iter().filter_map(|edge| between(spots, edge)) {
            after[first].push(second);
            waits[second] += 1;
        }
        after[FIRST_CHAIN].extend(1..times.len());
        let returned = |(chain, times): (usize, &Times)| {
            (times.returned.map_or(u64::MAX, |(at, _)| at), chain)
        };
        let left = times.iter().enumerate().map(returned).collect();
        let mut order = Self { times, spots, edges, after, waits, left, ready: BTreeSet::new() };
        if order.waits[FIRST_CHAIN] == 0 {
            order.ready.insert((order.invoked(FIRST_CHAIN), FIRST_CHAIN));
        }
        order
    }

    /// Takes all; an error is a circle of chains, and the members that make it one.
    fn run(&mut self) -> Result<(), (Vec<usize>, Vec<usize>)> {
        while let Some((deadline, first, other_deadline)) = self.deadlines() {
            let of_first = (self.invoked(first), first);
            let is_free = |(invoked, chain): &&(u64, usize)| {
                *invoked <= if *chain == first { other_deadline } else { deadline }
            };
            // Whatever else is ready was invoked later, and has no later deadline.
            let mut some = self.ready.first().into_iter().chain(self.ready.get(&of_first));
            let Some(&(_, chain)) = some.find(is_free) else {
                return Err(self.circle());
            };
            self.take(chain);
        }
        Ok(())
    }

    fn take(&mut self, chain: usize) {
        self.ready.remove(&(self.invoked(chain), chain));
        self.left.remove(&(self.returned(chain), chain));
        for next in core::mem::take(&mut self.after[chain]) {
            self.waits[next] -= 1;
            if self.waits[next] == 0 {
                self.ready.insert((self.invoked(next), next));
            }
        }
    }

    /// The earliest return of what is left, whose it is, and the earliest of the others.
    fn deadlines(&self) -> Option<(u64, usize, u64)> {
        let mut earliest = self.left.iter();
        let (deadline, first) = *earliest.next()?;
        Some((deadline, first, earliest.next().map_or(u64::MAX, |(at, _)| *at)))
    }

    /// Chains that are left and wait for each other in a circle.
    fn circle(&self) -> (Vec<usize>, Vec<usize>) {
        let is_left = |chain: usize| self.left.contains(&(self.returned(chain), chain));
        let mut reasons: Vec<Option<Reason>> = vec![None; self.times.len()];
        for edge in self.edges {
            if let Some((first, second)) = between(self.spots, edge)
                && is_left(first)
            {
                reasons[second] = Some((first, vec![edge.first, edge.second]));
            }
        }
        let mut path: Vec<Reason> = Vec::new();
        let mut chain = self.left.first().map_or(FIRST_CHAIN, |(_, chain)| *chain);
        let mut place = vec![None; self.times.len()];
        while place[chain].is_none() {
            place[chain] = Some(path.len());
            let reason = reasons[chain].take().or_else(|| self.by_real_time(chain));
            let (before, members) = reason.unwrap_or((FIRST_CHAIN, Vec::new()));
            path.push((chain, members));
            chain = before;
        }
        let circle = path.split_off(place[chain].unwrap_or(0));
        let (chains, members): (Vec<usize>, Vec<Vec<usize>>) = circle.into_iter().unzip();
        (chains, members.concat())
    }

    /// A chain that is left and must come before that one by real time.
    fn by_real_time(&self, chain: usize) -> Option<Reason> {
        let (invoked, update) = self.times[chain].invoked?;
        let mut others = self.left.iter().filter(|(_, other)| *other != chain);
        let &(deadline, other) = others.next()?;
        let (_, returned) = self.times[other].returned?;
        (deadline < invoked).then(|| (other, vec![returned, update]))
    }

    fn returned(&self, chain: usize) -> u64 {
        self.times[chain].returned.map_or(u64::MAX, |(at, _)| at)
    }

    fn invoked(&self, chain: usize) -> u64 {
        self.times[chain].invoked.map_or(0, |(at, _)| at)
    }
}

/// The chains of an edge, if it is one from chain to chain.
fn between(spots: &[Option<Spot>], edge: &Edge) -> Option<(usize, usize)> {
    let (first, second) = (spots[edge.first]?.chain, spots[edge.second]?.chain);
    (first != second).then_some((first, second))
}

const FIRST_CHAIN: usize = 0;
