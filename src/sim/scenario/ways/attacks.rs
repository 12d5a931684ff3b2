//! Shapes of attack that hold for any protocol with quorums, one after another in a quiet group.

use super::super::{Action, Fault, Heal, MessageFate, Milestone, Scenario, Target, Trigger};
use super::calm;
use super::faults::replica;
use crate::protocol::MessageKind;
use crate::protocol::replica::StatusKind;
use crate::sim::network::Scripted;
use crate::sim::random::Stream;
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;

/// A swarm's group with few operations, and one to four attacks.
pub(super) fn generate(rng: &mut Stream, mut scenario: Scenario) -> Scenario {
    calm(&mut scenario);
    let workload = &mut scenario.workload;
    workload.operations =
        u32::try_from(rng.between(6, 60)).unwrap_or(6).max(workload.clients.into());
    let mut attack = Attack {
        silence: Span::from(scenario.cluster.timeouts.primary_silence).0,
        operations: u64::from(workload.operations),
        rng,
        scenario,
    };
    for _ in 0..attack.rng.choose(&[1, 2, 2, 3, 4]) {
        attack.one();
    }
    attack.scenario
}

struct Attack<'a> {
    rng: &'a mut Stream,
    scenario: Scenario,
    silence: u64,
    operations: u64,
}

impl Attack<'_> {
    fn one(&mut self) {
        match self.rng.between(0, 7) {
            0 => self.crash_who_has_just_promised(),
            1 => self.lose_what_would_complete_a_quorum(),
            2 => self.outlive_restarts(),
            3 => self.minorities_in_turn(),
            4 => self.crash_voters_in_turn(),
            5 => self.depose_and_bring_back(),
            6 => self.hit_who_recovers(),
            _ => self.restart_one_after_another(),
        }
    }

    /// It forgets at once what it has said.
    fn crash_who_has_just_promised(&mut self) {
        let who = self.replica();
        let trigger = self.on_the_way(who);
        self.fault(trigger, Action::Crash(Target::Replica(who)), 1, 4);
        if self.hits(50) {
            let other = self.replica();
            self.fault(trigger, Action::Crash(Target::Replica(other)), 4, 24);
        }
    }

    /// Of what confirms an operation, a view or a recovery, little arrives for a while.
    fn lose_what_would_complete_a_quorum(&mut self) {
        let kind = self.rng.choose(&[
            MessageKind::PrepareOk,
            MessageKind::PrepareOk,
            MessageKind::StartViewChange,
            MessageKind::DoViewChange,
            MessageKind::StartView,
            MessageKind::RecoveryResponse,
            MessageKind::NewState,
        ]);
        let who = self.replica();
        let trigger = self.on_the_way(who);
        let from = self.hits(50).then(|| Target::Replica(self.replica()));
        let share = self.rng.choose(&[Ratio::percent(50), Ratio::ONE]);
        self.fault(trigger, Action::Lose { kind: Some(kind), from, to: None, share }, 2, 48);
        if self.hits(60) {
            self.fault(trigger, Action::Crash(Target::Primary), 8, 48);
        }
    }

    /// What somebody said comes when it has forgotten it, perhaps twice.
    fn outlive_restarts(&mut self) {
        let who = self.replica();
        let to = self.replica();
        if who != to {
            let first = self.rng.between(1, 30);
            for nth in first..first + self.rng.between(1, 8) {
                let late = Span(self.rng.between(self.silence / 2, self.silence * 24));
                let (from, to) = (Target::Replica(who), Target::Replica(to));
                let fate = Scripted::Deliver(Some(Span(late.0 / 1_000 * 1_000)));
                self.scenario.messages.push(MessageFate { from, to, nth, fate });
            }
        }
        let trigger = self.on_the_way(who);
        self.fault(trigger, Action::Crash(Target::Replica(who)), 1, 8);
        let recovering = Trigger::When(who, Milestone::Status(StatusKind::Recovering));
        if self.hits(50) {
            self.fault(recovering, Action::Crash(Target::Replica(to)), 1, 16);
        }
    }

    /// First these are alone, then those.
    fn minorities_in_turn(&mut self) {
        let start = self.rng.between(0, self.silence * 8);
        let turns = self.rng.between(2, 4);
        let length = self.rng.between(self.silence, self.silence * 5);
        for turn in 0..turns {
            let (mut here, mut there) = (Vec::new(), Vec::new());
            for number in 0..self.scenario.cluster.replicas {
                let side = if self.hits(45) { &mut here } else { &mut there };
                side.push(Target::Replica(number));
            }
            for number in 0..self.scenario.workload.clients {
                let side = if self.hits(40) { &mut here } else { &mut there };
                side.push(Target::Client(number));
            }
            let trigger = Trigger::At(Span(start + turn * length));
            let heal = Heal::After(Span(length - length / 16));
            let action = Action::Partition(vec![here, there]);
            self.scenario.faults.push(Fault { trigger, action, heal });
        }
    }

    /// Whoever has voted crashes, one after another.
    fn crash_voters_in_turn(&mut self) {
        let who = self.replica();
        let trigger = self.on_the_way(who);
        self.fault(trigger, Action::Pause(Target::Primary), 16, 64);
        for _ in 0..self.rng.between(1, 3) {
            let voter = self.replica();
            let voted = Trigger::When(voter, Milestone::Status(StatusKind::ViewChange));
            self.fault(voted, Action::Crash(Target::Replica(voter)), 1, 8);
        }
    }

    /// A primary stands still or is cut off while another leads, and comes back with what it had.
    fn depose_and_bring_back(&mut self) {
        let who = self.replica();
        let trigger = self.on_the_way(who);
        let others = (0..self.scenario.cluster.replicas).map(Target::Replica).collect();
        let action = match self.rng.between(0, 2) {
            0 => Action::Pause(Target::Primary),
            1 => Action::Cut(vec![Target::Primary], others),
            _ => Action::Cut(others, vec![Target::Primary]),
        };
        self.fault(trigger, action, 16, 96);
        if self.hits(60) {
            let view = self.rng.between(1, 3);
            let led = Trigger::When(self.replica(), Milestone::View(view));
            self.fault(led, Action::Cut(vec![Target::Primary], vec![Target::Backup]), 8, 64);
        }
    }

    /// Somebody recovers, and just then others are cut off, or change their view.
    fn hit_who_recovers(&mut self) {
        let who = self.replica();
        let trigger = self.on_the_way(who);
        self.fault(trigger, Action::Crash(Target::Replica(who)), 1, 16);
        let recovering = Trigger::When(who, Milestone::Status(StatusKind::Recovering));
        let action = match self.rng.between(0, 2) {
            0 => Action::Pause(Target::Primary),
            1 => Action::Cut(vec![Target::Primary], vec![Target::Replica(who)]),
            _ => Action::Cut(vec![Target::Backup], vec![Target::Replica(who)]),
        };
        self.fault(recovering, action, 4, 48);
    }

    /// Each goes down and comes back, and none has the time to hear everything.
    fn restart_one_after_another(&mut self) {
        let start = self.rng.between(0, self.silence * 8);
        let apart = self.rng.between(self.silence / 8, self.silence * 2);
        let first = u64::from(self.replica());
        let count = u64::from(self.scenario.cluster.replicas);
        for turn in 0..count {
            let who = u8::try_from((first + turn) % count).unwrap_or(0);
            let trigger = Trigger::At(Span(start + turn * apart));
            self.fault(trigger, Action::Crash(Target::Replica(who)), 1, 12);
        }
    }

    fn fault(&mut self, trigger: Trigger, action: Action, least: u64, most: u64) {
        // In sixteenths of the time after which a silent primary is given up.
        let lasting = self.rng.between(self.silence * least / 16, self.silence * most / 16);
        let heal = Heal::After(Span(lasting));
        self.scenario.faults.push(Fault { trigger, action, heal });
    }

    /// When a replica has come so far with what the clients ask.
    fn on_the_way(&mut self, who: u8) -> Trigger {
        let number = self.rng.between(1, self.operations / 2 + 1);
        let there = if self.hits(60) { Milestone::Op(number) } else { Milestone::Commit(number) };
        Trigger::When(who, there)
    }

    fn replica(&mut self) -> u8 {
        replica(self.rng, &self.scenario.cluster)
    }

    fn hits(&mut self, percent: u32) -> bool {
        self.rng.hits(Ratio::percent(percent))
    }
}
