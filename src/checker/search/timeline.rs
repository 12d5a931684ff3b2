//! A part's operations in time: who was invoked and who returned, one after the other.

use super::goals::Goals;
use super::mask::Mask;
use super::memory::Place;
use crate::checker::history::History;
use crate::checker::index::{Index, position};
use crate::checker::model::Model;

/// An operation as a search sees it.
pub(super) struct Entry<'history, M: Model> {
    /// Its place in the history.
    pub(super) index: u32,
    pub(super) input: &'history M::Input,
    /// Nothing where that is unknown.
    pub(super) output: Option<&'history M::Output>,
    /// Among those that are open at one time, no two have the same.
    pub(super) slot: u32,
    /// The how-manieth event its invocation is.
    invoked_at: u32,
    /// The how-manieth return its return is.
    rank: u32,
    pub(super) is_read: bool,
}

/// All that a search must know of a part.
pub(super) struct Timeline<'history, M: Model> {
    pub(super) model: &'history M,
    pub(super) initial: M::State,
    /// Those that returned, by their invocations; then those that need not be placed, of unknown
    /// outcome mostly, by theirs.
    pub(super) entries: Vec<Entry<'history, M>>,
    /// The entries that returned, in the order of their returns.
    pub(super) returns: Vec<u32>,
    /// The unknown ones that ask for the same, by their invocations: each of them will do.
    twins: Vec<Vec<u32>>,
    /// When each of these was invoked: before how many returns.
    unknown_before: Vec<u32>,
    events: Vec<Event>,
    /// Where in the events each return stands.
    return_at: Vec<u32>,
    slots: usize,
    pub(super) goals: Goals,
}

#[derive(Clone, Copy)]
enum Event {
    Invoke(u32),
    Return(u32),
}

impl<'history, M: Model> Timeline<'history, M> {
    /// The operations of a part, which is in the order of invocations, from a state on.
    pub(super) fn new(
        model: &'history M,
        history: &'history History<M::Input, M::Output>,
        part: &[u32],
        initial: M::State,
    ) -> Self {
        Self::up_to(u64::MAX, model, history, part, initial)
    }

    /// The same, where those that return later than that need not be placed.
    pub(super) fn up_to(
        last_return: u64,
        model: &'history M,
        history: &'history History<M::Input, M::Output>,
        part: &[u32],
        initial: M::State,
    ) -> Self {
        let operation = |index: u32| &history.operations[position(index)];
        let entry = |index: u32| {
            let input = &operation(index).input;
            let output = operation(index).output();
            let is_read = model.is_read(input, output);
            Entry { index, input, output, slot: 0, invoked_at: 0, rank: 0, is_read }
        };
        let has_returned =
            |index: &&u32| operation(**index).returned().is_some_and(|at| at <= last_return);
        let mut entries: Vec<_> = part.iter().filter(has_returned).map(|&i| entry(i)).collect();
        let count = entries.len();
        // A look of unknown outcome changes nothing and was seen by nobody.
        let unknown = part.iter().filter(|index| !has_returned(index)).map(|&i| entry(i));
        entries.extend(unknown.filter(|entry| !entry.is_read));
        let returned = |number: &u32| operation(entries[position(*number)].index).returned();
        let mut returns: Vec<u32> = (0..number_of(count)).collect();
        returns.sort_by_key(returned);
        let invoked = |number: u32| operation(entries[position(number)].index).invoked;
        let (mut events, mut return_at) = (Vec::with_capacity(count * 2), Vec::new());
        let (mut next, mut unknown_before) = (0, Vec::new());
        for &own in &returns {
            // Operations that touch are concurrent, so who is invoked comes first.
            while next < count && Some(invoked(number_of(next))) <= returned(&own) {
                events.push(Event::Invoke(number_of(next)));
                next += 1;
            }
            return_at.push(number_of(events.len()));
            events.push(Event::Return(own));
        }
        for number in count..entries.len() {
            let at = invoked(number_of(number));
            let before = returns.partition_point(|own| returned(own) < Some(at));
            unknown_before.push(number_of(before));
        }
        let timeline = Self {
            model,
            initial,
            entries,
            returns,
            twins: Vec::new(),
            unknown_before,
            events,
            return_at,
            slots: 0,
            goals: Goals::default(),
        };
        let mut timeline = timeline.with_slots().with_ranks().with_twins();
        timeline.goals = Goals::of(&timeline);
        timeline
    }

    fn with_slots(mut self) -> Self {
        let mut free: Vec<u32> = Vec::new();
        for (at, event) in (0..).zip(&self.events) {
            match *event {
                Event::Invoke(own) => {
                    self.entries[position(own)].invoked_at = at;
                    let slot = free.pop().unwrap_or_else(|| {
                        self.slots += 1;
                        number_of(self.slots - 1)
                    });
                    self.entries[position(own)].slot = slot;
                }
                Event::Return(own) => free.push(self.entries[position(own)].slot),
            }
        }
        self
    }

    fn with_ranks(mut self) -> Self {
        for (rank, &own) in self.returns.iter().enumerate() {
            self.entries[position(own)].rank = number_of(rank);
        }
        self
    }

    fn with_twins(mut self) -> Self {
        let mut inputs = Index::default();
        for number in self.returns.len()..self.entries.len() {
            let entry = &self.entries[number];
            // Whose answer is known is like no other.
            let own = entry.output.map(|_| number);
            let (kind, is_new) = inputs.insert((entry.input, own));
            if is_new {
                self.twins.push(Vec::new());
            }
            self.twins[position(kind)].push(number_of(number));
        }
        self
    }

    /// The unknown ones that may come before a return and are not used yet; of those that ask for
    /// the same, one.
    pub(super) fn unknown(&self, rank: u32, used: &Mask) -> impl Iterator<Item = u32> {
        self.twins.iter().filter_map(move |twins| {
            let unused = twins.partition_point(|&own| used.has(self.place_of(own)));
            let own = *twins.get(unused)?;
            (self.unknown_before[self.place_of(own)] <= rank).then_some(own)
        })
    }

    /// The place of an unknown one among the unknown ones.
    pub(super) fn place_of(&self, unknown: u32) -> usize {
        position(unknown) - self.returns.len()
    }

    pub(super) fn is_unknown(&self, own: u32) -> bool {
        position(own) >= self.returns.len()
    }

    /// The how-manieth return an operation's is.
    pub(super) fn rank(&self, own: u32) -> u32 {
        self.entries[position(own)].rank
    }

    /// The how-manieth event an operation's invocation is.
    pub(super) fn invoked_at(&self, own: u32) -> u32 {
        self.entries[position(own)].invoked_at
    }

    /// The how-manieth event an operation's return is, where it has one.
    pub(super) fn returned_at(&self, own: u32) -> Option<u32> {
        (!self.is_unknown(own)).then(|| self.return_at[position(self.rank(own))])
    }

    /// Whether an operation is open right before the return of a rank.
    pub(super) fn is_open(&self, own: u32, rank: u32) -> bool {
        let invoked_before = self.return_at[position(rank)];
        self.rank(own) >= rank && self.entries[position(own)].invoked_at < invoked_before
    }

    /// Notes that an operation is placed that is open.
    pub(super) fn place(&self, place: &mut Place, own: u32) {
        let slot = |own: u32| position(self.entries[position(own)].slot);
        place.open.insert(slot(own));
        while let Some(&next) = self.returns.get(position(place.rank))
            && place.open.has(slot(next))
        {
            place.open.remove(slot(next));
            place.rank += 1;
        }
    }

    /// An estimate, without the history.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.entries[..])
            + size_of_val(&self.events[..])
            + (self.returns.len() + self.return_at.len()) * size_of::<u32>()
    }
}

/// Who is open at a moment right before a return. It moves along the timeline, and back.
pub(super) struct Window {
    /// How many events have happened.
    at: usize,
    /// Who is in each slot.
    open: Vec<Option<u32>>,
}

impl Window {
    pub(super) fn new<M: Model>(timeline: &Timeline<'_, M>) -> Self {
        Self { at: 0, open: vec![None; timeline.slots] }
    }

    /// Moves to the moment before the return of that rank.
    pub(super) fn move_to<M: Model>(&mut self, timeline: &Timeline<'_, M>, rank: u32) {
        let goal = position(timeline.return_at[position(rank)]);
        while self.at < goal {
            match timeline.events[self.at] {
                Event::Invoke(own) => self.set(timeline, own, Some(own)),
                Event::Return(own) => self.set(timeline, own, None),
            }
            self.at += 1;
        }
        while self.at > goal {
            self.at -= 1;
            match timeline.events[self.at] {
                Event::Invoke(own) => self.set(timeline, own, None),
                Event::Return(own) => self.set(timeline, own, Some(own)),
            }
        }
    }

    /// Those that are open.
    pub(super) fn open(&self) -> impl Iterator<Item = u32> {
        self.open.iter().copied().flatten()
    }

    fn set<M: Model>(&mut self, timeline: &Timeline<'_, M>, own: u32, what: Option<u32>) {
        self.open[position(timeline.entries[position(own)].slot)] = what;
    }
}

fn number_of(place: usize) -> u32 {
    u32::try_from(place).expect("as many as operations")
}
