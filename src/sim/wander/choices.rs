//! What can happen next outside of time.

use crate::sim::explore::Deviation;
use crate::sim::explore::step::Step;
use crate::sim::explore::world::{Post, Sent, World};
use crate::sim::member::THINK;
use crate::sim::node::{ProcessId, TimerId};
use crate::sim::random::Stream;

/// What kind of thing it is that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// The first message of a link arrives.
    Arrival,
    /// A client asks.
    Question,
    /// A message arrives that is late, or was not heard.
    Late,
    /// The first message of a link becomes late.
    Aside,
    /// The first message of a link arrives, and a copy of it is late.
    Copy,
    /// A replica hears nothing any more.
    Deaf,
    /// It hears again.
    Hears,
    /// Somebody gives up on somebody.
    Timeout,
    /// Something is said again.
    Resend,
    /// A replica crashes.
    Crash,
    /// A replica starts again.
    Restart,
    /// The administrator is told to see to another group.
    Order,
}

/// How many classes there are.
pub(super) const CLASSES: usize = 12;

impl Class {
    /// Its place among them.
    pub(super) const fn place(self) -> usize {
        match self {
            Self::Arrival => 0,
            Self::Question => 1,
            Self::Late => 2,
            Self::Aside => 3,
            Self::Copy => 4,
            Self::Deaf => 5,
            Self::Hears => 6,
            Self::Timeout => 7,
            Self::Resend => 8,
            Self::Crash => 9,
            Self::Restart => 10,
            Self::Order => 11,
        }
    }
}

/// One thing that can happen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) step: Step,
    pub(super) class: Class,
    /// To whom.
    pub(super) who: ProcessId,
    /// Where the message is among those under way, if it is about one.
    pub(super) mail: Option<usize>,
}

impl Choice {
    /// The message that it is about.
    pub(super) fn sent<'world>(&self, world: &'world World<'_>) -> Option<&'world Sent> {
        world.mail().get(self.mail?)
    }
}

/// Lists everything that can happen.
pub(super) fn list(world: &World<'_>, choices: &mut Vec<Choice>) {
    choices.clear();
    if let Some(order) = world.next_order() {
        let (step, who) = (Step::Order(order), ProcessId(0));
        choices.push(Choice { step, class: Class::Order, who, mail: None });
    }
    list_mail(world, choices);
    for id in world.everybody() {
        let is_replica = world.is_replica(id);
        for timer in world.timers(id) {
            if let Some(class) = class_of(world, id, timer) {
                let step = Step::Expire(id, timer);
                choices.push(Choice { step, class, who: id, mail: None });
            }
        }
        if !is_replica {
            continue;
        }
        let hearing = if world.is_deaf(id) {
            (Step::Hear(id), Class::Hears)
        } else {
            (Step::Deafen(id), Class::Deaf)
        };
        let life = match (world.is_up(id), world.may_crash(id)) {
            (false, _) => Some((Step::Restart(id), Class::Restart)),
            (true, true) => Some((Step::Crash(id), Class::Crash)),
            (true, false) => None,
        };
        let all = core::iter::once(hearing).chain(life);
        choices.extend(all.map(|(step, class)| Choice { step, class, who: id, mail: None }));
    }
}

fn list_mail(world: &World<'_>, choices: &mut Vec<Choice>) {
    let mut link = None;
    for (place, sent) in world.mail().iter().enumerate() {
        let letter = sent.letter;
        let mut add = |step, class| {
            choices.push(Choice { step, class, who: letter.to, mail: Some(place) });
        };
        match sent.state {
            Post::InTime if link == Some((letter.to, letter.from)) => {}
            Post::InTime => {
                link = Some((letter.to, letter.from));
                add(Step::Arrive(letter), Class::Arrival);
                add(Step::PutAside(letter), Class::Aside);
                add(Step::ArriveAndStay(letter), Class::Copy);
            }
            Post::Late | Post::Outlives | Post::Missed => {
                add(Step::Arrive(letter), Class::Late);
            }
        }
    }
}

/// Nothing where it must not happen yet: a client that waits for an answer does not ask.
fn class_of(world: &World<'_>, id: ProcessId, timer: TimerId) -> Option<Class> {
    match world.kind_of(id, timer) {
        Some(Deviation::Timeout) => Some(Class::Timeout),
        Some(_) => Some(Class::Resend),
        None => (timer == THINK && world.wants_to_ask(id)).then_some(Class::Question),
    }
}

/// One of them, as likely as it weighs.
pub(super) fn draw(weights: &[u64], rng: &mut Stream) -> Option<usize> {
    let all: u64 = weights.iter().sum();
    let mut left = rng.between(0, all.checked_sub(1)?);
    weights.iter().position(|&weight| {
        let is_it = left < weight;
        left = left.saturating_sub(weight);
        is_it
    })
}
