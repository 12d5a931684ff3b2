//! What the state makes worth it: for any protocol with quorums, and whatever this one does.
//!
//! Lose what would complete a quorum; crash whoever has just promised something; let a message
//! arrive when its sender or its receiver has forgotten it, or when a later view has come; silence
//! who leads, and let it be heard again when another does.

use super::choices::{Choice, Class};
use crate::protocol::ViewNumber;
use crate::protocol::message::{Message, MessageKind, Peer};
use crate::sim::explore::step::Step;
use crate::sim::explore::world::{Sent, World};
use crate::sim::node::ProcessId;
use crate::sim::random::Stream;
use std::collections::BTreeMap;

/// What a vote is for: who counts it, and what it says.
type Ballot = (ProcessId, MessageKind, ViewNumber, u64);

/// Knows what a walk has come to, as far as that matters.
pub(super) struct Interest {
    /// Which of the shapes this walk is after.
    likes: [bool; 5],
    /// Who has voted for what, as bits.
    votes: BTreeMap<Ballot, u64>,
    /// Who has promised something in the last turns, as bits.
    promised: u64,
    /// The latest view that anybody is in.
    latest: ViewNumber,
    /// When each process started last, and when it crashed.
    started: BTreeMap<ProcessId, u32>,
    crashed: BTreeMap<ProcessId, u32>,
}

impl Interest {
    pub(super) fn new(rng: &mut Stream) -> Self {
        Self {
            likes: [(); 5].map(|()| rng.between(0, 2) > 0),
            votes: BTreeMap::new(),
            promised: 0,
            latest: ViewNumber::default(),
            started: BTreeMap::new(),
            crashed: BTreeMap::new(),
        }
    }

    /// Looks at where everybody is.
    pub(super) fn look(&mut self, world: &World<'_>) {
        let is_new = |sent: &&Sent| world.turn() - sent.letter.sent <= JUST_NOW;
        let has_promised = |sent: &Sent| ballot(&sent.content.message, sent.letter.to).is_some();
        let recent = world.mail().iter().filter(is_new).filter(|sent| has_promised(sent));
        self.promised = recent.fold(0, |bits, sent| bits | 1 << sent.letter.from.0);
        let views = world.everybody().filter_map(|id| Some(world.replica(id)?.view()));
        self.latest = views.max().unwrap_or_default();
    }

    /// That happens next.
    pub(super) fn note(&mut self, world: &World<'_>, choice: &Choice) {
        match choice.step {
            Step::Arrive(_) | Step::ArriveAndStay(_) => {
                let Some(sent) = choice.sent(world) else { return };
                if let Some(ballot) = ballot(&sent.content.message, sent.letter.to) {
                    *self.votes.entry(ballot).or_default() |= 1 << sent.letter.from.0;
                }
            }
            Step::Restart(id) => {
                self.started.insert(id, world.turn());
            }
            Step::Crash(id) => {
                self.crashed.insert(id, world.turn());
            }
            Step::PutAside(_)
            | Step::Expire(..)
            | Step::Deafen(_)
            | Step::Hear(_)
            | Step::Order(_) => {}
        }
    }

    /// How many times more something is worth than its weight.
    pub(super) fn of(&self, world: &World<'_>, choice: &Choice) -> u64 {
        let [quorums, promises, ages, leaders, lives] = self.likes;
        let who = choice.who;
        match choice.class {
            Class::Aside if quorums => {
                if choice.sent(world).is_some_and(|sent| self.completes(world, sent)) {
                    16
                } else {
                    1
                }
            }
            Class::Crash if promises && self.promised & 1 << who.0 != 0 => 16,
            Class::Late if ages => choice.sent(world).map_or(1, |sent| self.age(world, sent)),
            Class::Deaf | Class::Timeout if leaders => {
                if world.replica(who).is_some_and(|replica| replica.is_primary()) { 8 } else { 1 }
            }
            Class::Hears if leaders => {
                let is_behind = world.replica(who).is_some_and(|one| one.view() < self.latest);
                if is_behind { 8 } else { 1 }
            }
            Class::Restart if lives => {
                let since = self.crashed.get(&who).map_or(u32::MAX, |at| world.turn() - at);
                if since <= JUST_NOW { 8 } else { 1 }
            }
            Class::Arrival
            | Class::Question
            | Class::Late
            | Class::Aside
            | Class::Copy
            | Class::Deaf
            | Class::Hears
            | Class::Timeout
            | Class::Resend
            | Class::Crash
            | Class::Restart
            | Class::Order => 1,
        }
    }

    /// Whether a message would give its receiver a quorum with its own vote.
    fn completes(&self, world: &World<'_>, sent: &Sent) -> bool {
        let Some(ballot) = ballot(&sent.content.message, sent.letter.to) else { return false };
        let Some(replica) = world.replica(sent.letter.to) else { return false };
        let others = self.votes.get(&ballot).copied().unwrap_or(0) & !(1 << sent.letter.from.0);
        others.count_ones() + 2 == u32::from(replica.configuration().quorum())
    }

    /// How much has happened to a message's sender and receiver since it was sent.
    fn age(&self, world: &World<'_>, sent: &Sent) -> u64 {
        let (from, to) = (sent.letter.from, sent.letter.to);
        let lives = u64::from(world.life(from) - sent.content.life);
        let is_forgotten = self.started.get(&to).is_some_and(|&at| at > sent.letter.sent);
        let (mut age, mut is_past) = (1, false);
        if let (Some(replica), Message::Peer(header, _)) =
            (world.replica(to), &sent.content.message)
        {
            is_past = replica.view() > header.view;
            age *= if is_past && replica.is_primary() { 4 } else { 1 };
        }
        age *= if is_past { 4 } else { 1 };
        age *= if is_forgotten { 4 } else { 1 };
        age << lives.min(3)
    }
}

/// What a message is a vote for, if it is one.
fn ballot(message: &Message, to: ProcessId) -> Option<Ballot> {
    let Message::Peer(header, peer) = message else { return None };
    let (view, number) = match peer {
        Peer::PrepareOk { op_number, .. } => (header.view, op_number.0),
        Peer::StartViewChange { wanted } => (*wanted, 0),
        Peer::DoViewChange(_)
        | Peer::RecoveryResponse(_)
        | Peer::EpochStarted(_)
        | Peer::Prediction(_)
        | Peer::NewState(_) => (header.view, 0),
        Peer::Prepare(_)
        | Peer::Commit(_)
        | Peer::StartView(_)
        | Peer::Recovery { .. }
        | Peer::GetState(_)
        | Peer::GetPages(_)
        | Peer::Pages(_)
        | Peer::StartEpoch(_)
        | Peer::NewEpoch(_)
        | Peer::Predict(_) => return None,
    };
    Some((to, message.kind(), view, number))
}

/// Within so many turns.
const JUST_NOW: u32 = 3;

#[cfg(test)]
mod tests {
    use super::{Choice, Class, Interest, MessageKind};
    use crate::sim::explore::step::Step;
    use crate::sim::explore::world::World;
    use crate::sim::member::THINK;
    use crate::sim::node::ProcessId;
    use crate::sim::random::{Purpose, Stream};
    use crate::sim::scenario::{Scenario, Workload};

    /// The choice that is about the first message of that kind.
    fn find(world: &World<'_>, kind: MessageKind, class: Class) -> Option<Choice> {
        let is_it = |sent: &super::Sent| sent.content.message.kind() == kind;
        let place = world.mail().iter().position(is_it)?;
        let letter = world.mail()[place].letter;
        let is_aside = class == Class::Aside;
        let step = if is_aside { Step::PutAside(letter) } else { Step::Arrive(letter) };
        Some(Choice { step, class, who: letter.to, mail: Some(place) })
    }

    fn arrives(world: &mut World<'_>, interest: &mut Interest, kind: MessageKind) {
        let choice = find(world, kind, Class::Arrival).expect("it is under way");
        interest.note(world, &choice);
        world.take(choice.step).expect("nothing is wrong");
    }

    #[test]
    fn what_completes_a_quorum_and_who_has_promised_is_seen() {
        let mut scenario = Scenario::default();
        scenario.cluster.replicas = 5;
        scenario.workload = Workload { clients: 1, operations: 1, ..scenario.workload };
        let mut world = World::alone(&scenario).expect("nothing is wrong");
        let mut interest = Interest::new(&mut Stream::new(0, Purpose::Scenario, 0));
        interest.likes = [true; 5];
        world.take(Step::Expire(ProcessId(5), THINK)).expect("nothing is wrong");
        arrives(&mut world, &mut interest, MessageKind::Request);
        arrives(&mut world, &mut interest, MessageKind::Prepare);
        let worth = |world: &World<'_>, interest: &Interest| {
            let first = find(world, MessageKind::PrepareOk, Class::Aside).expect("it is sent");
            interest.of(world, &first)
        };
        interest.look(&world);
        let crash = |who| Choice {
            step: Step::Crash(ProcessId(who)),
            class: Class::Crash,
            who: ProcessId(who),
            mail: None,
        };
        assert_eq!(interest.of(&world, &crash(1)), 16, "it has just promised");
        assert_eq!(interest.of(&world, &crash(2)), 1);
        assert_eq!(worth(&world, &interest), 1, "one of five and the primary are no quorum");
        arrives(&mut world, &mut interest, MessageKind::PrepareOk);
        arrives(&mut world, &mut interest, MessageKind::Prepare);
        assert_eq!(worth(&world, &interest), 16, "two and the primary are one");
        interest.likes = [false; 5];
        assert_eq!(worth(&world, &interest), 1, "this walk is not after that");
    }
}
