//! The simulated network: what becomes of each message on each link.

use super::node::{Payload, ProcessId};
use super::random::{Purpose, Stream, derive, exponential, scale};
use super::ratio::Ratio;
use super::time::{Moment, Span};
use std::collections::BTreeMap;

/// How messages fare on every link while no fault is aimed at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weather {
    /// The shortest delay.
    pub delay_min: Span,
    /// The mean delay.
    pub delay_mean: Span,
    /// The longest delay.
    pub delay_max: Span,
    /// How many messages are lost.
    pub drop: Ratio,
    /// How many arrive twice.
    pub duplicate: Ratio,
    /// How many may overtake those sent before them.
    pub reorder: Ratio,
    /// How many are under way for very long, so that they outlive their sender's crash.
    pub straggle: Ratio,
    /// How long stragglers are under way at most.
    pub straggle_max: Span,
    /// How many arrive at a process they are not for.
    pub misroute: Ratio,
}

impl Weather {
    /// The same delays and the same order, and nothing is lost, doubled, late or astray.
    #[must_use]
    pub const fn calm(self) -> Self {
        Self {
            drop: Ratio::ZERO,
            duplicate: Ratio::ZERO,
            straggle: Ratio::ZERO,
            misroute: Ratio::ZERO,
            ..self
        }
    }
}

/// What becomes of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives after that long.
    Deliver(Span),
    /// It arrives twice, after each of these.
    Twice(Span, Span),
    /// It arrives after that long at another process.
    Astray(ProcessId, Span),
    /// It is lost.
    Drop,
}

/// A fate that is written down: the how-manieth message (from 1) on a link, and what becomes of
/// it; what is delivered without a time takes its time from the weather.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripted {
    /// It is lost.
    Drop,
    /// It arrives, whatever the weather; after that long where it is given.
    Deliver(Option<Span>),
    /// It arrives twice; after these times where they are given.
    Twice(Option<(Span, Span)>),
}

/// Messages of one kind (or all) between certain processes (or any) are lost, or a share of
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burst {
    /// Which kind.
    pub kind: Option<u8>,
    /// Sent by whom.
    pub from: Option<ProcessId>,
    /// Sent to whom.
    pub to: Option<ProcessId>,
    /// How many of them.
    pub share: Ratio,
}

/// All links and what is wrong with them.
#[derive(Clone, Debug)]
pub struct Network {
    seed: u64,
    processes: u16,
    weather: Weather,
    links: Vec<Link>,
    /// Bursts under way, by the number they are ended by.
    bursts: Vec<(u64, Burst)>,
    scripted: BTreeMap<(ProcessId, ProcessId, u64), Scripted>,
}

#[derive(Clone, Debug)]
struct Link {
    /// Made when the first message needs it.
    stream: Option<Box<Stream>>,
    sent: u64,
    /// When the latest message in order arrives.
    last: Moment,
    /// How many faults cut the link now.
    cuts: u8,
}

impl Network {
    /// A network between so many processes.
    #[must_use]
    pub fn new(seed: u64, processes: u16, weather: Weather) -> Self {
        let count = usize::from(processes) * usize::from(processes);
        let new = || Link { stream: None, sent: 0, last: Moment(0), cuts: 0 };
        Self {
            seed,
            processes,
            weather,
            links: (0..count).map(|_| new()).collect(),
            bursts: Vec::new(),
            scripted: BTreeMap::new(),
        }
    }

    /// Writes down a message's fate.
    pub fn script(&mut self, from: ProcessId, to: ProcessId, nth: u64, fate: Scripted) {
        self.scripted.insert((from, to, nth), fate);
    }

    /// Cuts both directions between two processes, or takes that back.
    ///
    /// # Panics
    /// As [`Network::cut`].
    pub fn turn(&mut self, [a, b]: [ProcessId; 2], is_cut: bool) {
        for (from, to) in [(a, b), (b, a)] {
            if is_cut {
                self.cut(from, to);
            } else {
                self.mend(from, to);
            }
        }
    }

    /// Cuts a link in one direction; as often as it is cut it must be mended.
    ///
    /// # Panics
    /// With more than 255 cuts at once.
    pub fn cut(&mut self, from: ProcessId, to: ProcessId) {
        let link = self.index(from, to);
        self.links[link].cuts += 1;
    }

    /// Takes one cut back.
    pub fn mend(&mut self, from: ProcessId, to: ProcessId) {
        let link = self.index(from, to);
        self.links[link].cuts = self.links[link].cuts.saturating_sub(1);
    }

    /// Starts a burst of losses.
    pub fn start_burst(&mut self, number: u64, burst: Burst) {
        self.bursts.push((number, burst));
    }

    /// Ends it.
    pub fn end_burst(&mut self, number: u64) {
        self.bursts.retain(|&(other, _)| other != number);
    }

    /// Ends everything that is wrong.
    pub fn heal(&mut self) {
        self.weather = self.weather.calm();
        self.bursts.clear();
        self.scripted.clear();
        for link in &mut self.links {
            link.cuts = 0;
        }
    }

    /// How many messages were sent on a link.
    #[must_use]
    pub fn sent(&self, from: ProcessId, to: ProcessId) -> u64 {
        self.links[self.index(from, to)].sent
    }

    /// From now on chance is another one.
    pub fn reseed(&mut self, seed: u64) {
        self.seed = seed;
        for link in &mut self.links {
            link.stream = None;
        }
    }

    /// What becomes of a message that is sent now.
    ///
    /// One draw of the link's stream decides everything about a message, so that the fate of
    /// the next one does not depend on it.
    pub fn fate<M: Payload>(
        &mut self,
        now: Moment,
        from: ProcessId,
        to: ProcessId,
        message: &M,
    ) -> Fate {
        let index = self.index(from, to);
        let place = u64::from(from.0) << 16 | u64::from(to.0);
        let seed = self.seed;
        let weather = self.weather;
        let link = &mut self.links[index];
        link.sent += 1;
        let word = link
            .stream
            .get_or_insert_with(|| Box::new(Stream::new(seed, Purpose::Link, place)))
            .word();
        let nth = link.sent;
        if !self.scripted.is_empty()
            && let Some(&scripted) = self.scripted.get(&(from, to, nth))
        {
            return self.scripted_fate(now, index, word, scripted);
        }
        let link = &self.links[index];
        if link.cuts > 0
            || weather.drop.is_hit_by(derive(word, 1))
            || self.is_hit_by_burst(from, to, message, word)
        {
            return Fate::Drop;
        }
        let delay = self.delay(now, index, word);
        if weather.duplicate.is_hit_by(derive(word, 2)) {
            return Fate::Twice(delay, weather.draw(derive(word, 3)));
        }
        if weather.misroute.is_hit_by(derive(word, 4)) {
            let other = scale(derive(word, 5), 0, u64::from(self.processes) - 1);
            return Fate::Astray(ProcessId(u16::try_from(other).unwrap_or(0)), delay);
        }
        Fate::Deliver(delay)
    }

    fn scripted_fate(&mut self, now: Moment, link: usize, word: u64, fate: Scripted) -> Fate {
        match fate {
            Scripted::Drop => Fate::Drop,
            Scripted::Deliver(Some(after)) => Fate::Deliver(after),
            Scripted::Deliver(None) => Fate::Deliver(self.delay(now, link, word)),
            Scripted::Twice(Some((after, again))) => Fate::Twice(after, again),
            Scripted::Twice(None) => {
                let again = self.weather.draw(derive(word, 3));
                Fate::Twice(self.delay(now, link, word), again)
            }
        }
    }

    /// How long a message takes: in order on its link, unless it is one that overtakes.
    fn delay(&mut self, now: Moment, link: usize, word: u64) -> Span {
        let weather = self.weather;
        if weather.straggle.is_hit_by(derive(word, 6)) {
            let (min, max) = (weather.delay_mean, weather.straggle_max);
            return Span(scale(derive(word, 7), min.0.min(max.0), max.0));
        }
        let delay = weather.draw(word);
        if weather.reorder.is_hit_by(derive(word, 8)) {
            return delay;
        }
        let last = &mut self.links[link].last;
        let at = now.after(delay).max(*last);
        *last = at;
        Span(at.0 - now.0)
    }

    fn is_hit_by_burst<M: Payload>(
        &self,
        from: ProcessId,
        to: ProcessId,
        message: &M,
        word: u64,
    ) -> bool {
        self.bursts.iter().any(|&(number, burst)| {
            burst.kind.is_none_or(|kind| kind == message.kind())
                && burst.from.is_none_or(|process| process == from)
                && burst.to.is_none_or(|process| process == to)
                && burst.share.is_hit_by(derive(word, 16 + number))
        })
    }

    fn index(&self, from: ProcessId, to: ProcessId) -> usize {
        from.index() * usize::from(self.processes) + to.index()
    }
}

impl Weather {
    fn draw(self, word: u64) -> Span {
        Span(exponential(word, self.delay_min.0, self.delay_mean.0, self.delay_max.0))
    }
}
