//! The faults of a guest's scenario: they strike and end.

use super::{Guest, Place};
use crate::sim::kernel::Kernel;
use crate::sim::network::Burst;
use crate::sim::node::ProcessId;
use crate::sim::random::{Purpose, Stream};
use crate::sim::ratio::Ratio;
use crate::sim::scenario::{Action, Heal, Scenario, Target, Trigger};
use crate::sim::time::{Moment, Span};
use crate::sim::trace::What;
use std::collections::BTreeMap;

/// Directs the faults of one run.
pub(super) struct Director<'run, G: Guest> {
    guest: &'run G,
    scenario: &'run Scenario,
    servers: u16,
    /// What ends each fault that is under way.
    under_way: Vec<Option<Undo>>,
    /// Strikes and ends that are still to come.
    pending: usize,
    /// What is left of processes that are down.
    down: BTreeMap<ProcessId, G::Node>,
    /// How often each process has crashed.
    lives: Vec<u32>,
    /// How many operations each process has asked for.
    asked: Vec<u32>,
}

/// How a fault is ended.
enum Undo {
    Restart(ProcessId),
    Resume(ProcessId),
    Mend(Vec<(ProcessId, ProcessId)>),
    EndBurst,
    /// A flapping link: whether it is cut now.
    Flap([ProcessId; 2], Span, bool),
}

impl<'run, G: Guest> Director<'run, G> {
    pub(super) fn new(
        guest: &'run G,
        scenario: &'run Scenario,
        kernel: &mut Kernel<G::Node>,
    ) -> Self {
        let servers = u16::from(scenario.cluster.replicas);
        let processes = usize::from(scenario.processes());
        let mut director = Self {
            guest,
            scenario,
            servers,
            under_way: scenario.faults.iter().map(|_| None).collect(),
            pending: 0,
            down: BTreeMap::new(),
            lives: vec![0; processes],
            asked: vec![0; processes],
        };
        for (index, fault) in scenario.faults.iter().enumerate() {
            if let Trigger::At(at) = fault.trigger {
                director.schedule(kernel, index, STRIKE, Moment(at.0));
            }
        }
        for message in &scenario.messages {
            if let (Some(from), Some(to)) =
                (director.process(message.from), director.process(message.to))
            {
                kernel.network_mut().script(from, to, message.nth, message.fate);
            }
        }
        director
    }

    pub(super) fn start_all(&mut self, kernel: &mut Kernel<G::Node>) {
        let drift = self.scenario.cluster.drift;
        for id in (0..self.scenario.processes()).map(ProcessId) {
            if drift > Ratio::ZERO {
                let mut stream = Stream::new(self.scenario.seed, Purpose::Clock, u64::from(id.0));
                let off = i32::try_from(drift.share_of(1_000_000, stream.word())).unwrap_or(0);
                let is_slow = stream.hits(Ratio::percent(50));
                kernel.set_drift(id, if is_slow { -off } else { off });
            }
            self.start(kernel, id);
        }
    }

    /// The name of a client in the history: one that crashes goes on as another.
    pub(super) fn name_of(&self, id: ProcessId) -> u64 {
        u64::from(id.0) + u64::from(self.lives[id.index()]) * LIVES
    }

    /// How often a process has crashed.
    pub(super) fn life_of(&self, id: ProcessId) -> u32 {
        self.lives[id.index()]
    }

    /// A client asks for one thing more.
    pub(super) fn note_asked(&mut self, id: ProcessId) {
        self.asked[id.index()] += 1;
    }

    /// Whether a client has asked for all that it has to.
    pub(super) fn has_asked_all(&self, id: ProcessId) -> bool {
        self.asked[id.index()] >= self.share_of(id)
    }

    /// Whether a fault may still strike or end.
    pub(super) const fn is_busy(&self) -> bool {
        self.pending > 0
    }

    /// Does what the kernel was asked to call back for.
    pub(super) fn on_cue(&mut self, kernel: &mut Kernel<G::Node>, number: u64) {
        self.pending -= 1;
        let index = usize::try_from(number / CUES).unwrap_or(usize::MAX);
        match number % CUES {
            STRIKE => self.strike(kernel, index),
            END => self.end(kernel, index),
            _ => self.flap(kernel, index),
        }
    }

    /// Ends all faults: from here on nothing else goes wrong.
    pub(super) fn heal_all(&mut self, kernel: &mut Kernel<G::Node>) {
        kernel.network_mut().heal();
        for id in (0..self.scenario.processes()).map(ProcessId) {
            if kernel.node(id).is_none() {
                self.start(kernel, id);
            }
            if kernel.is_paused(id) {
                kernel.resume(id);
            }
        }
        self.under_way.iter_mut().for_each(|undo| *undo = None);
        kernel.note_fault(What::Healed);
    }

    /// A process has ended itself: it starts again at once.
    pub(super) fn on_stopped(&mut self, kernel: &mut Kernel<G::Node>, id: ProcessId) {
        if self.bring_down(kernel, id) {
            self.start(kernel, id);
        }
    }

    fn strike(&mut self, kernel: &mut Kernel<G::Node>, index: usize) {
        let fault = &self.scenario.faults[index];
        let Some(undo) = self.act(kernel, index, &fault.action) else {
            return;
        };
        kernel.note_fault(What::Struck(index));
        self.under_way[index] = undo;
        if let Heal::After(after) = fault.heal
            && self.under_way[index].is_some()
        {
            self.schedule(kernel, index, END, kernel.now().after(after));
        }
    }

    /// Carries a fault out. Nothing when it can't strike; else how it ends, if it does.
    fn act(
        &mut self,
        kernel: &mut Kernel<G::Node>,
        index: usize,
        action: &Action,
    ) -> Option<Option<Undo>> {
        match action {
            Action::Crash(target) => {
                let id = self.process(*target)?;
                let is_hit = !self.is_one_too_many(kernel, id) && self.bring_down(kernel, id);
                is_hit.then_some(Some(Undo::Restart(id)))
            }
            Action::Restart(target) => {
                let id = self.process(*target).filter(|&id| kernel.node(id).is_none())?;
                self.start(kernel, id);
                Some(None)
            }
            Action::Pause(target) => {
                let id = self.process(*target).filter(|&id| kernel.node(id).is_some())?;
                kernel.pause(id);
                Some(Some(Undo::Resume(id)))
            }
            Action::Partition(groups) => {
                let groups: Vec<_> = groups.iter().map(|group| self.all(group)).collect();
                let group_of = |id| groups.iter().position(|group| group.contains(&id));
                let is_apart = |a, b| group_of(a).is_none() || group_of(a) != group_of(b);
                Some(Some(self.cut(kernel, is_apart)))
            }
            Action::Cut(from, to) => {
                let (from, to) = (self.all(from), self.all(to));
                Some(Some(self.cut(kernel, |a, b| from.contains(&a) && to.contains(&b))))
            }
            Action::Flap(a, b, every) => {
                let ends = [self.process(*a)?, self.process(*b)?];
                self.schedule(kernel, index, FLAP, kernel.now());
                Some(Some(Undo::Flap(ends, *every, false)))
            }
            Action::Lose { kind: None, from, to, share } => {
                let (from, to) = (from.map(|t| self.process(t)), to.map(|t| self.process(t)));
                let burst =
                    Burst { kind: None, from: from.flatten(), to: to.flatten(), share: *share };
                kernel.network_mut().start_burst(number_of(index), burst);
                Some(Some(Undo::EndBurst))
            }
            Action::Jump(target, forward) => {
                kernel.jump_clock(self.process(*target)?, *forward);
                Some(None)
            }
            // What a guest's scenario is refused for.
            Action::Lose { kind: Some(_), .. }
            | Action::Expire(..)
            | Action::Damage(..)
            | Action::Hinder(..)
            | Action::Reconfigure(_) => None,
        }
    }

    fn end(&mut self, kernel: &mut Kernel<G::Node>, index: usize) {
        let Some(undo) = self.under_way[index].take() else {
            return;
        };
        kernel.note_fault(What::Ended(index));
        match undo {
            // A process may have been started again, or gone on, for another reason; and another
            // fault may hold it.
            Undo::Restart(id) => {
                let is_held =
                    self.is_under_way(|other| matches!(other, Undo::Restart(o) if *o == id));
                if !is_held && kernel.node(id).is_none() {
                    self.start(kernel, id);
                }
            }
            Undo::Resume(id) => {
                let is_held =
                    self.is_under_way(|other| matches!(other, Undo::Resume(o) if *o == id));
                if !is_held && kernel.is_paused(id) {
                    kernel.resume(id);
                }
            }
            Undo::Mend(links) => {
                for (from, to) in links {
                    kernel.network_mut().mend(from, to);
                }
            }
            Undo::EndBurst => kernel.network_mut().end_burst(number_of(index)),
            Undo::Flap(_, _, false) => {}
            Undo::Flap(ends, _, true) => kernel.network_mut().turn(ends, false),
        }
    }

    fn is_under_way(&self, is_meant: impl Fn(&Undo) -> bool) -> bool {
        self.under_way.iter().flatten().any(is_meant)
    }

    fn flap(&mut self, kernel: &mut Kernel<G::Node>, index: usize) {
        let Some(Undo::Flap(ends, every, is_cut)) = &mut self.under_way[index] else {
            return;
        };
        *is_cut = !*is_cut;
        kernel.network_mut().turn(*ends, *is_cut);
        let next = kernel.now().after(*every);
        self.schedule(kernel, index, FLAP, next);
    }

    fn bring_down(&mut self, kernel: &mut Kernel<G::Node>, id: ProcessId) -> bool {
        if kernel.node(id).is_none() {
            return false;
        }
        let Some(node) = kernel.crash(id) else {
            return false;
        };
        self.lives[id.index()] += 1;
        self.down.insert(id, node);
        true
    }

    /// Whether more than a minority of the servers would have failed.
    fn is_one_too_many(&self, kernel: &Kernel<G::Node>, id: ProcessId) -> bool {
        let is_failed = |number: &u16| {
            let other = ProcessId(*number);
            other == id || kernel.node(other).is_none_or(|node| !self.guest.has_recovered(node))
        };
        let failed = (0..self.servers).filter(is_failed).count();
        id.0 < self.servers && failed > usize::from((self.servers - 1) / 2)
    }

    fn start(&mut self, kernel: &mut Kernel<G::Node>, id: ProcessId) {
        let place = Place {
            process: id,
            servers: self.servers,
            life: self.lives[id.index()],
            operations: self.share_of(id).saturating_sub(self.asked[id.index()]),
            workload: self.scenario.workload,
            seed: self.scenario.seed,
        };
        let (guest, before) = (self.guest, self.down.remove(&id));
        kernel.start(id, |wire| guest.start(&place, before, wire));
    }

    /// How many of the run's operations are a client's.
    fn share_of(&self, id: ProcessId) -> u32 {
        let Some(client) = id.0.checked_sub(self.servers) else {
            return 0;
        };
        let (clients, all) =
            (u32::from(self.scenario.workload.clients), self.scenario.workload.operations);
        all / clients + u32::from(u32::from(client) < all % clients)
    }

    fn cut(
        &self,
        kernel: &mut Kernel<G::Node>,
        is_apart: impl Fn(ProcessId, ProcessId) -> bool,
    ) -> Undo {
        let all = || (0..self.scenario.processes()).map(ProcessId);
        let pairs = all().flat_map(|from| all().map(move |to| (from, to)));
        let links: Vec<_> = pairs.filter(|&(a, b)| a != b && is_apart(a, b)).collect();
        for &(from, to) in &links {
            kernel.network_mut().cut(from, to);
        }
        Undo::Mend(links)
    }

    fn all(&self, targets: &[Target]) -> Vec<ProcessId> {
        targets.iter().filter_map(|&target| self.process(target)).collect()
    }

    fn process(&self, target: Target) -> Option<ProcessId> {
        match target {
            Target::Replica(number) => Some(ProcessId(u16::from(number))),
            Target::Client(number) => Some(ProcessId(self.servers + number)),
            Target::Administrator | Target::Primary | Target::Backup => None,
        }
    }

    fn schedule(&mut self, kernel: &mut Kernel<G::Node>, index: usize, cue: u64, at: Moment) {
        self.pending += 1;
        kernel.schedule(at, number_of(index) * CUES + cue);
    }
}

fn number_of(index: usize) -> u64 {
    u64::try_from(index).unwrap_or(u64::MAX)
}

/// What the kernel calls back for: a fault strikes, ends, or its link flaps.
const STRIKE: u64 = 0;
const END: u64 = 1;
const FLAP: u64 = 2;
const CUES: u64 = 3;

/// The process of a client, by its name in the history.
#[must_use]
pub fn process_of(client: u64) -> ProcessId {
    ProcessId(u16::try_from(client % LIVES).unwrap_or(u16::MAX))
}

/// Beyond the numbers of processes: people read them.
const LIVES: u64 = 1_000;
