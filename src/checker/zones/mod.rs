//! Registers whose values are distinct, judged without a search: Gibbons and Korach's zones, with
//! chains for swaps and for lists that grow.
//!
//! A value that is written once makes a cluster: what wrote it and what read it. Nothing else can
//! come between them, so clusters come one behind the other, whole. A swap comes right behind what
//! it expected, and an appended value right behind the one before it in whatever list was read:
//! such clusters are chained, and a chain has an order of its own. So a history is a set of
//! blocks, clusters or chains, to be put in an order. One must come before another when one of
//! its operations returned before one of the other was invoked: when its earliest return `f` is
//! before the other's latest invocation `s`. There is an order unless two blocks must each come
//! before the other, since a longer circle always has such a pair: the block of the largest `s`
//! in it must come after the one before it and before the one behind it, whose `f` is smaller
//! than a later `s` than its neighbour's.
//!
//! To find such a pair, take a block's `f` and `s` as the ends of a zone; it is a forward zone
//! when `f < s`. Two forward zones contradict each other when they overlap, a forward zone and a
//! backward one when the first holds the second, and two backward ones never do.

mod blocks;
mod names;

use super::history::{History, Operation};
use super::in_time::InTime;
use super::index::{Index, position};
use super::model::Model;
#[cfg(doc)]
use super::parts::Parts;
use super::shape::Plain;
use super::values::Values;
use names::{Names, SeveralParts};

/// What is known without a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// There is an order.
    Fits,
    /// There is none, and these values are enough to see it; nothing stands for what was held at
    /// first.
    Contradicts(Vec<Option<u64>>),
    /// Values repeat, or operations are of another kind: it takes a search.
    NotMine,
}

/// Judges all parts of a history at once, each of which holds that at first: one walk along the
/// history is faster than one for each part. The verdicts are in the order of [`Parts`].
pub(super) fn judge_all<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    in_time: &InTime,
    initial: Option<u64>,
) -> Vec<Judged> {
    // Mostly a value is of one part only; then what was written one after the other is found one
    // beside the other.
    let mut names = Names::OfAll { values: Values::default(), places: Vec::new() };
    let zones = match take_all(model, history, in_time, initial, &mut names) {
        Ok(zones) => zones,
        Err(SeveralParts) => {
            names = Names::OfEach(Vec::new());
            take_all(model, history, in_time, initial, &mut names).unwrap_or_default()
        }
    };
    zones.into_iter().map(|zones| zones.judge(model, history, &names)).collect()
}

fn take_all<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    in_time: &InTime,
    initial: Option<u64>,
    names: &mut Names,
) -> Result<Vec<Zones>, SeveralParts> {
    let mut keys = Index::default();
    let mut zones: Vec<Zones> = Vec::new();
    // The key before and its part: many a history has but one.
    let mut before = None;
    for index in in_time.iter() {
        let operation = &history.operations[position(index)];
        let key = model.key(&operation.input);
        let part = match &before {
            Some((known, part)) if *known == key => *part,
            Some(_) | None => {
                let (part, is_new) = keys.insert(key.clone());
                if is_new {
                    zones.push(Zones::new(initial, part));
                }
                before = Some((key, part));
                part
            }
        };
        zones[position(part)].take(model, index, operation, names)?;
    }
    Ok(zones)
}

/// The zones of one part.
struct Zones {
    part: u32,
    initial: Option<u64>,
    /// The first is of what was held at first; then one for each value.
    clusters: Vec<Cluster>,
    /// Those that name what may be written later in the part: looked at when all is written.
    late: Vec<u32>,
    /// Whether all operations are of a kind that can be judged, and no value repeats.
    is_mine: bool,
}

/// A value's operations.
#[derive(Clone, Copy)]
struct Cluster {
    /// The earliest return among them.
    first_return: u64,
    /// The latest invocation among them.
    last_invoked: u64,
    /// When what wrote the value was invoked.
    written: u64,
    /// The cluster that it comes right behind, where that is known.
    before: u32,
    kind: Kind,
    need: Need,
}

/// Whether a cluster must have happened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    No,
    /// Since another one comes right behind it.
    Behind,
    /// Since it was seen, or what wrote it has returned.
    Itself,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    First,
    Write,
    Swap,
    Append,
}

/// Why it is known already.
enum Stop {
    /// What these clusters say can't be.
    Clusters(Vec<u32>),
    /// That was seen and never written.
    Value(Option<u64>),
}

impl Zones {
    fn new(initial: Option<u64>, part: u32) -> Self {
        let first = Cluster {
            first_return: u64::MAX,
            last_invoked: 0,
            written: 0,
            before: NONE,
            kind: Kind::First,
            need: Need::Itself,
        };
        Self { part, initial, clusters: vec![first], late: Vec::new(), is_mine: true }
    }

    /// Takes the next operation.
    fn take<M: Model>(
        &mut self,
        model: &M,
        index: u32,
        operation: &Operation<M::Input, M::Output>,
        names: &mut Names,
    ) -> Result<(), SeveralParts> {
        let returned = operation.returned().unwrap_or(NEVER);
        let (value, kind) = match model.plain(&operation.input, operation.output()) {
            Plain::Read(seen) => {
                let known = self.known_cluster_of(seen, names);
                if !known.is_some_and(|own| self.note_read(own, operation.invoked, returned)) {
                    self.late.push(index);
                }
                return Ok(());
            }
            Plain::Swap(_, value) => {
                self.late.push(index);
                (value, Kind::Swap)
            }
            Plain::Write(value) => (value, Kind::Write),
            Plain::Append(value) => (value, Kind::Append),
            Plain::Nothing => return Ok(()),
            Plain::Put(_)
            | Plain::Take(_)
            | Plain::TakeNothing
            | Plain::TakeSomething
            | Plain::Other => {
                self.is_mine = false;
                return Ok(());
            }
        };
        let own = number_of(self.clusters.len());
        self.is_mine &= self.initial != Some(value) && names.insert(value, self.part, own)?;
        self.clusters.push(Cluster {
            first_return: returned,
            last_invoked: operation.invoked,
            written: operation.invoked,
            before: NONE,
            kind,
            need: if returned == NEVER { Need::No } else { Need::Itself },
        });
        Ok(())
    }

    /// Judges what was taken.
    fn judge<M: Model>(
        mut self,
        model: &M,
        history: &History<M::Input, M::Output>,
        names: &Names,
    ) -> Judged {
        if !self.is_mine {
            return Judged::NotMine;
        }
        let late = core::mem::take(&mut self.late);
        let blocks = late
            .iter()
            .try_for_each(|&index| {
                self.take_late(model, &history.operations[position(index)], names)
            })
            .and_then(|()| self.mark_needed())
            .and_then(|()| self.chain())
            .and_then(|after| self.blocks(&after));
        match blocks.and_then(|blocks| self.compare(blocks)) {
            Ok(()) => Judged::Fits,
            Err(Stop::Clusters(clusters)) => {
                let all = self.with_reasons(clusters);
                Judged::Contradicts(
                    all.into_iter().map(|number| self.value_of(number, names)).collect(),
                )
            }
            Err(Stop::Value(value)) => Judged::Contradicts(vec![value]),
        }
    }

    /// The cluster of a read that can be taken at once: it can't contradict anything, as it is
    /// invoked after what it saw was. The others wait until it is known that no value repeats.
    fn known_cluster_of(&self, seen: &[u64], names: &Names) -> Option<u32> {
        match *seen {
            [] => self.initial.is_none().then_some(FIRST),
            [value] => self
                .cluster_of(Some(value), names)
                .filter(|&own| self.clusters[position(own)].kind != Kind::Append),
            [_, _, ..] => None,
        }
    }

    /// Notes a read of what a cluster left behind; not where it returned before that was written.
    fn note_read(&mut self, own: u32, invoked: u64, returned: u64) -> bool {
        let cluster = &mut self.clusters[position(own)];
        if returned < cluster.written {
            return false;
        }
        cluster.need = Need::Itself;
        cluster.first_return = cluster.first_return.min(returned);
        cluster.last_invoked = cluster.last_invoked.max(invoked);
        true
    }

    /// Takes an operation again, now that all values are known.
    fn take_late<M: Model>(
        &mut self,
        model: &M,
        operation: &Operation<M::Input, M::Output>,
        names: &Names,
    ) -> Result<(), Stop> {
        let returned = operation.returned().unwrap_or(NEVER);
        match model.plain(&operation.input, operation.output()) {
            Plain::Read(seen) => self.take_read(operation.invoked, returned, seen, names)?,
            Plain::Swap(expected, value) => {
                let own = self.cluster_of(Some(value), names).unwrap_or(FIRST);
                let before = match self.cluster_of(Some(expected), names) {
                    Some(before) => before,
                    // Nobody wrote that, so it has not happened.
                    None if returned == NEVER => own,
                    None => return Err(Stop::Value(Some(expected))),
                };
                self.clusters[position(own)].before = before;
            }
            Plain::Write(_)
            | Plain::Append(_)
            | Plain::Nothing
            | Plain::Put(_)
            | Plain::Take(_)
            | Plain::TakeNothing
            | Plain::TakeSomething
            | Plain::Other => {}
        }
        Ok(())
    }

    /// Notes what a read tells of the clusters whose values it saw.
    fn take_read(
        &mut self,
        invoked: u64,
        returned: u64,
        seen: &[u64],
        names: &Names,
    ) -> Result<(), Stop> {
        let mut last = FIRST;
        for (place, &value) in seen.iter().enumerate() {
            let own = self.cluster_of(Some(value), names).ok_or(Stop::Value(Some(value)))?;
            let cluster = &mut self.clusters[position(own)];
            cluster.need = Need::Itself;
            match (cluster.kind, place) {
                (Kind::Append, _) => self.put_behind(own, last, place)?,
                (Kind::First | Kind::Write | Kind::Swap, 0) => {}
                // It would have taken the place of what stands before it.
                (Kind::First | Kind::Write | Kind::Swap, _) => {
                    return Err(Stop::Clusters(vec![last, own]));
                }
            }
            last = own;
        }
        if seen.is_empty() && self.initial.is_some() {
            return Err(Stop::Value(None));
        }
        if self.note_read(last, invoked, returned) {
            Ok(())
        } else {
            Err(Stop::Clusters(vec![last]))
        }
    }

    /// An appended value stands right behind another one; or at that place alone, where nothing
    /// was before.
    fn put_behind(&mut self, own: u32, before: u32, place: usize) -> Result<(), Stop> {
        if place == 0 && self.initial.is_some() {
            return Err(Stop::Clusters(vec![own]));
        }
        let known = &mut self.clusters[position(own)].before;
        if *known != NONE && *known != before {
            let clusters = vec![*known, before, own];
            return Err(Stop::Clusters(clusters));
        }
        *known = before;
        Ok(())
    }

    /// What must have happened needs what it comes right behind.
    fn mark_needed(&mut self) -> Result<(), Stop> {
        for number in 1..self.clusters.len() {
            if self.clusters[number].need == Need::No {
                continue;
            }
            let mut own = number;
            loop {
                let Cluster { before, kind, .. } = self.clusters[own];
                if before == NONE {
                    break;
                }
                let own_number = number_of(own);
                if before == own_number {
                    return Err(Stop::Clusters(vec![own_number]));
                }
                let next = position(before);
                if kind == Kind::Swap && self.clusters[next].kind == Kind::Append {
                    // It expected one value, so that one was appended to nothing.
                    self.put_behind(before, FIRST, 0)
                        .map_err(|_| Stop::Clusters(vec![before, own_number]))?;
                }
                if self.clusters[next].need != Need::No {
                    break;
                }
                self.clusters[next].need = Need::Behind;
                own = next;
            }
        }
        Ok(())
    }

    /// Which cluster comes right behind each.
    fn chain(&self) -> Result<Vec<u32>, Stop> {
        if self.clusters.iter().all(|cluster| cluster.before == NONE) {
            return Ok(Vec::new());
        }
        let mut after = vec![NONE; self.clusters.len()];
        for (number, cluster) in self.clusters.iter().enumerate() {
            if cluster.need != Need::No && cluster.before != NONE {
                let place = &mut after[position(cluster.before)];
                if *place != NONE {
                    let clusters = vec![cluster.before, *place, number_of(number)];
                    return Err(Stop::Clusters(clusters));
                }
                *place = number_of(number);
            }
        }
        Ok(after)
    }

    /// Some clusters, and those for which they are needed.
    fn with_reasons(&self, mut clusters: Vec<u32>) -> Vec<u32> {
        let mut behind = vec![NONE; self.clusters.len()];
        for (number, cluster) in self.clusters.iter().enumerate() {
            let own = number_of(number);
            if cluster.need != Need::No && ![NONE, own].contains(&cluster.before) {
                let known = &mut behind[position(cluster.before)];
                if *known == NONE || cluster.kind == Kind::Swap {
                    *known = own;
                }
            }
        }
        let mut is_in = vec![false; self.clusters.len()];
        let mut looked_at = 0;
        while let Some(&own) = clusters.get(looked_at) {
            looked_at += 1;
            let next = behind[position(own)];
            let is_first = !core::mem::replace(&mut is_in[position(own)], true);
            if !is_first || next == NONE {
                continue;
            }
            // A swap that is needed also tells that what it expected was there alone.
            let is_told_by_swap = self.clusters[position(own)].kind == Kind::Append
                && self.clusters[position(next)].kind == Kind::Swap;
            if self.clusters[position(own)].need == Need::Behind || is_told_by_swap {
                clusters.push(next);
            }
        }
        clusters
    }

    fn cluster_of(&self, value: Option<u64>, names: &Names) -> Option<u32> {
        if value == self.initial { Some(FIRST) } else { names.find(value?, self.part) }
    }

    fn value_of(&self, cluster: u32, names: &Names) -> Option<u64> {
        if cluster == FIRST { self.initial } else { names.value_of(self.part, cluster) }
    }
}

fn number_of(place: usize) -> u32 {
    u32::try_from(place).expect("as many as operations")
}

/// The cluster of what was held at first.
const FIRST: u32 = 0;

/// The end of time.
const NEVER: u64 = u64::MAX;

/// No cluster.
const NONE: u32 = u32::MAX;
