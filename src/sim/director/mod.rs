//! The director: lets the faults of a scenario strike and end, within the contract.

mod cue;
mod disks;
mod targets;

use self::cue::{Cue, decode, encode, number_of};
use super::disk::Hindrance;
use super::invariants::Glance;
use super::kernel::Kernel;
use super::member::{ClientHost, Member, Past, Promises, ReplicaHost, order_of};
use super::message::kind_number;
use super::network::Burst;
use super::node::ProcessId;
use super::random::{Purpose, Stream};
use super::ratio::Ratio;
use super::scenario::{Action, Fault, Heal, Milestone, Scenario, Target, Trigger};
use super::time::{Moment, Span};
use super::trace::What;
use super::workload::Script;
use crate::protocol::replica::StatusKind;
use crate::protocol::{Configuration, Durability, OpNumber, ReplicaNumber, ReplicaSet};
use std::collections::{BTreeMap, BTreeSet};

/// Directs the faults of one run.
#[derive(Clone, Debug)]
pub struct Director {
    configuration: Configuration,
    /// How many replicas there are, with those on standby.
    replicas: u8,
    /// How many may fail at once.
    failures: u8,
    durability: Durability,
    clients: u16,
    has_administrator: bool,
    /// Replicas that a fault which never ends strikes, now or later.
    lost: ReplicaSet,
    /// What ends each fault that is under way.
    under_way: Vec<Option<Undo>>,
    /// Faults that wait for a replica to get somewhere.
    waiting: Vec<(usize, u8, Milestone)>,
    /// Strikes and ends that are still to come at a known time.
    pending: usize,
    /// Replicas that crashed since somebody asked: one may be up again by then.
    crashed: Vec<u8>,
    /// How often each process has been started.
    lives: Vec<u64>,
    /// What crashed replicas of a durable group had promised.
    promises: Vec<Promises>,
    /// Replicas whose disks were replaced.
    replaced: ReplicaSet,
    /// What replicas read when they start next, where it is not what is there.
    misread: BTreeMap<ProcessId, BTreeMap<u64, Vec<u8>>>,
    /// Replicas that stopped since their disks failed.
    stopped: BTreeSet<ProcessId>,
    /// By which chance decides what of a disk fails.
    chance: Stream,
    /// What crashed clients had still to ask.
    scripts: Vec<Option<Script>>,
    struck: BTreeMap<&'static str, u64>,
    withheld: u64,
    has_stopped: bool,
    has_misread: bool,
}

/// How a fault is ended.
#[derive(Clone, Debug)]
enum Undo {
    Restart(ProcessId),
    Resume(ProcessId),
    Mend(Vec<(ProcessId, ProcessId)>),
    EndBurst,
    Unhinder(ProcessId, Hindrance),
    /// A flapping link: whether it is cut now.
    Flap {
        ends: [ProcessId; 2],
        every: Span,
        is_cut: bool,
    },
}

impl Director {
    /// Takes a scenario's faults in hand, before the run begins.
    #[must_use]
    pub fn new(scenario: &Scenario, kernel: &mut Kernel<Member>) -> Self {
        let processes = usize::from(scenario.processes());
        let mut director = Self {
            configuration: super::member::settings_of(scenario).configuration,
            replicas: scenario.cluster.replicas,
            failures: scenario.failures(),
            durability: scenario.cluster.durability,
            clients: scenario.workload.clients,
            has_administrator: scenario.reconfigures(),
            lost: scenario.lost(),
            under_way: vec![None; scenario.faults.len()],
            waiting: Vec::new(),
            pending: 0,
            crashed: Vec::new(),
            lives: vec![0; processes],
            promises: vec![Promises::default(); processes],
            replaced: ReplicaSet::EMPTY,
            misread: BTreeMap::new(),
            stopped: BTreeSet::new(),
            chance: Stream::new(scenario.seed, Purpose::Harm, 0),
            scripts: vec![None; usize::from(scenario.workload.clients) + 1],
            struck: BTreeMap::new(),
            withheld: 0,
            has_stopped: false,
            has_misread: false,
        };
        for (index, fault) in scenario.faults.iter().enumerate() {
            match fault.trigger {
                Trigger::At(at) => director.schedule(kernel, index, Cue::Strike, at),
                Trigger::When(replica, milestone) => {
                    director.waiting.push((index, replica, milestone));
                }
            }
        }
        for message in &scenario.messages {
            let ends = (director.process(message.from), director.process(message.to));
            if let (Some(from), Some(to)) = ends {
                kernel.network_mut().script(from, to, message.nth, message.fate);
            }
        }
        director
    }

    /// Starts every process for the first time.
    pub fn start_all(&mut self, scenario: &Scenario, kernel: &mut Kernel<Member>) {
        let most = scenario.cluster.drift;
        for number in 0..scenario.processes() {
            let id = ProcessId(number);
            if most > Ratio::ZERO {
                let mut stream = Stream::new(scenario.seed, Purpose::Clock, u64::from(number));
                let off = most.share_of(1_000_000, stream.word());
                let off = i32::try_from(off).unwrap_or(0);
                let is_slow = stream.hits(Ratio::percent(50));
                kernel.set_drift(id, if is_slow { -off } else { off });
            }
            self.start(scenario, kernel, id);
        }
    }

    /// Does what the kernel was asked to call back for.
    pub fn on_cue(&mut self, scenario: &Scenario, kernel: &mut Kernel<Member>, number: u64) {
        self.pending -= 1;
        let (index, cue) = decode(number);
        match cue {
            Cue::Strike => self.strike(scenario, kernel, index),
            Cue::End => self.end(scenario, kernel, index),
            Cue::Flap => self.flap(kernel, index),
        }
    }

    /// Lets those faults strike that waited for a replica to get where it is now.
    pub fn on_glance(&mut self, scenario: &Scenario, kernel: &mut Kernel<Member>, now: &Glance) {
        while let Some(position) = self.position_of_due(now) {
            let (index, _, _) = self.waiting.remove(position);
            self.strike(scenario, kernel, index);
        }
    }

    /// Whether a fault waits for something that a replica does.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether a fault has waited for what a replica is doing now.
    #[must_use]
    pub fn is_due(&self, now: &Glance) -> bool {
        self.position_of_due(now).is_some()
    }

    fn position_of_due(&self, now: &Glance) -> Option<usize> {
        self.waiting
            .iter()
            .position(|&(_, replica, there)| replica == now.number.0 && is_there(there, now))
    }

    /// Ends all faults but those that never end: from here on nothing else goes wrong.
    pub fn heal_all(&mut self, scenario: &Scenario, kernel: &mut Kernel<Member>) {
        self.waiting.clear();
        kernel.network_mut().heal();
        let mut stays_down = Vec::new();
        for (fault, undo) in scenario.faults.iter().zip(&self.under_way) {
            match undo {
                Some(Undo::Mend(links)) if fault.heal == Heal::Never => {
                    for &(from, to) in links {
                        kernel.network_mut().cut(from, to);
                    }
                }
                Some(Undo::Restart(id)) if fault.heal == Heal::Never => stays_down.push(*id),
                Some(_) | None => {}
            }
        }
        for number in 0..scenario.processes() {
            let id = ProcessId(number);
            if kernel.node(id).is_none() && !stays_down.contains(&id) {
                self.start(scenario, kernel, id);
            }
            if kernel.is_paused(id) {
                kernel.resume(id);
            }
            kernel.unhinder_disk(id);
        }
        for undo in &mut self.under_way {
            *undo = None;
        }
        kernel.note_fault(What::Healed);
    }

    /// Whether a fault may still strike or end at a known time.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        self.pending > 0
    }

    /// How often each kind of fault struck.
    #[must_use]
    pub const fn struck(&self) -> &BTreeMap<&'static str, u64> {
        &self.struck
    }

    /// How many faults were withheld, since they would have left the contract.
    #[must_use]
    pub const fn withheld(&self) -> u64 {
        self.withheld
    }

    /// How often each process has been started.
    #[must_use]
    pub fn lives(&self) -> &[u64] {
        &self.lives
    }

    /// Whether a replica stopped, since its disk failed.
    #[must_use]
    pub const fn has_stopped(&self) -> bool {
        self.has_stopped
    }

    /// Whether a replica started with what was not on its disk.
    #[must_use]
    pub const fn has_misread(&self) -> bool {
        self.has_misread
    }

    /// The client of that process, where it is one.
    #[must_use]
    pub fn client_of(&self, id: ProcessId) -> Option<u16> {
        id.0.checked_sub(u16::from(self.replicas))
    }

    fn strike(&mut self, scenario: &Scenario, kernel: &mut Kernel<Member>, index: usize) {
        let fault = &scenario.faults[index];
        let Some(undo) = self.act(scenario, kernel, index, fault) else {
            return;
        };
        kernel.note_fault(What::Struck(index));
        *self.struck.entry(fault.action.name()).or_default() += 1;
        let Some(undo) = undo else { return };
        self.under_way[index] = Some(undo);
        if let Heal::After(after) = fault.heal {
            self.schedule(kernel, index, Cue::End, Span(kernel.now().0 + after.0));
        }
    }

    /// Carries a fault out. Nothing when it can't strike; else how it ends, if it does.
    fn act(
        &mut self,
        scenario: &Scenario,
        kernel: &mut Kernel<Member>,
        index: usize,
        fault: &Fault,
    ) -> Option<Option<Undo>> {
        match &fault.action {
            Action::Crash(target) => {
                let id = self.resolve(kernel, *target)?;
                self.crash(kernel, id).then_some(Some(Undo::Restart(id)))
            }
            Action::Restart(target) => {
                let id = self.resolve_down(kernel, *target)?;
                self.start(scenario, kernel, id);
                Some(None)
            }
            Action::Pause(target) => {
                let id = self.resolve(kernel, *target)?;
                kernel.node(id)?;
                kernel.pause(id);
                Some(Some(Undo::Resume(id)))
            }
            Action::Partition(groups) => Some(Some(self.part(kernel, groups))),
            Action::Cut(from, to) => {
                let (from, to) = (self.resolve_all(kernel, from), self.resolve_all(kernel, to));
                let apart = |a: ProcessId, b: ProcessId| from.contains(&a) && to.contains(&b);
                Some(Some(Undo::Mend(self.cut(kernel, apart))))
            }
            Action::Flap(a, b, every) => {
                let ends = [self.resolve(kernel, *a)?, self.resolve(kernel, *b)?];
                self.schedule(kernel, index, Cue::Flap, Span(kernel.now().0));
                Some(Some(Undo::Flap { ends, every: *every, is_cut: false }))
            }
            Action::Lose { kind, from, to, share } => {
                // An end that is named and not there now must not become everybody.
                let end = |target: &Option<Target>| match target {
                    None => Some(None),
                    Some(target) => self.resolve(kernel, *target).map(Some),
                };
                let (from, to) = (end(from)?, end(to)?);
                let burst = Burst { kind: kind.map(kind_number), from, to, share: *share };
                kernel.network_mut().start_burst(number_of(index), burst);
                Some(Some(Undo::EndBurst))
            }
            Action::Reconfigure(members) => {
                self.order(kernel, members);
                Some(None)
            }
            Action::Jump(target, forward) => {
                let id = self.resolve(kernel, *target)?;
                kernel.jump_clock(id, *forward);
                Some(None)
            }
            Action::Expire(target, timer) => {
                let id = self.resolve(kernel, *target)?;
                kernel.hasten(id, *timer).then_some(None)
            }
            Action::Damage(target, how, op_number) => {
                let id = self.resolve(kernel, *target)?;
                let op_number = op_number.map(OpNumber);
                self.damage(scenario, kernel, id, *how, op_number)
            }
            Action::Hinder(target, hindrance) => {
                let id = self.resolve(kernel, *target)?;
                if self.durability == Durability::Memory || self.client_of(id).is_some() {
                    return None;
                }
                kernel.hinder_disk(id, *hindrance);
                Some(Some(Undo::Unhinder(id, *hindrance)))
            }
        }
    }

    /// Cuts all links but those between processes of one group.
    fn part(&self, kernel: &mut Kernel<Member>, groups: &[Vec<Target>]) -> Undo {
        let groups: Vec<Vec<ProcessId>> =
            groups.iter().map(|group| self.resolve_all(kernel, group)).collect();
        let group_of = |id: ProcessId| groups.iter().position(|g| g.contains(&id));
        let apart = |from: ProcessId, to: ProcessId| {
            group_of(from).is_none() || group_of(from) != group_of(to)
        };
        Undo::Mend(self.cut(kernel, apart))
    }

    /// Tells the administrator, if there is one, to see to another group.
    pub(super) fn order(&self, kernel: &mut Kernel<Member>, members: &[Target]) {
        let Some(administrator) = self.administrator() else { return };
        let order = order_of(members.iter().filter_map(|member| member.replica()).collect());
        kernel.inject(administrator, administrator, order, Span::ZERO);
    }

    fn end(&mut self, scenario: &Scenario, kernel: &mut Kernel<Member>, index: usize) {
        let undo = self.under_way[index].take();
        if undo.is_some() {
            kernel.note_fault(What::Ended(index));
        }
        match undo {
            None => {}
            // A process may have been started again, or gone on, for another reason.
            Some(Undo::Restart(id)) if kernel.node(id).is_some() => {}
            Some(Undo::Restart(id)) => self.start(scenario, kernel, id),
            Some(Undo::Resume(id)) if !kernel.is_paused(id) => {}
            Some(Undo::Resume(id)) => kernel.resume(id),
            Some(Undo::Mend(links)) => {
                for (from, to) in links {
                    kernel.network_mut().mend(from, to);
                }
            }
            Some(Undo::EndBurst) => kernel.network_mut().end_burst(number_of(index)),
            Some(Undo::Unhinder(id, _)) => self.unhinder(scenario, kernel, id),
            Some(Undo::Flap { is_cut: false, .. }) => {}
            Some(Undo::Flap { ends, is_cut: true, .. }) => kernel.network_mut().turn(ends, false),
        }
    }

    fn flap(&mut self, kernel: &mut Kernel<Member>, index: usize) {
        let Some(Undo::Flap { ends, every, is_cut }) = &mut self.under_way[index] else {
            return;
        };
        *is_cut = !*is_cut;
        kernel.network_mut().turn(*ends, *is_cut);
        let next = Span(kernel.now().0 + every.0);
        self.schedule(kernel, index, Cue::Flap, next);
    }

    /// Crashes a process, unless that would be one failure too many. Tells whether it did.
    pub(super) fn crash(&mut self, kernel: &mut Kernel<Member>, id: ProcessId) -> bool {
        if kernel.node(id).is_none() {
            return false;
        }
        if let Some(client) = self.client_of(id) {
            if let Some(Member::Client(host)) = kernel.crash(id) {
                self.scripts[usize::from(client)] = Some(host.into_script());
            }
            return true;
        }
        if self.is_one_too_many(kernel, id) {
            self.withheld += 1;
            return false;
        }
        if let Some(Member::Replica(host)) = kernel.crash(id)
            && self.durability == Durability::Disk
        {
            self.promises[id.index()] = host.promises;
            if host.has_written {
                // From here on its files say it.
                self.replaced.remove(host.replica.number());
            }
        }
        self.crashed.extend(u8::try_from(id.0));
        true
    }

    /// Whether a group in memory would not survive that crash. Who has a disk may crash at any
    /// time, and all of them at once.
    pub(super) fn is_one_too_many(&self, kernel: &Kernel<Member>, id: ProcessId) -> bool {
        if self.durability == Durability::Disk {
            return false;
        }
        let is_lost = |number: u16| {
            u8::try_from(number).is_ok_and(|number| self.lost.contains(ReplicaNumber(number)))
        };
        let is_failed = |number: u16| match kernel.node(ProcessId(number)) {
            Some(Member::Replica(host)) => {
                number == id.0 || is_lost(number) || host.replica.has_lost_memory()
            }
            Some(Member::Client(_)) => false,
            None => true,
        };
        let replicas = u16::from(self.replicas);
        let failed = (0..replicas).filter(|&number| is_failed(number)).count();
        failed > usize::from(self.failures)
    }

    /// The replicas that crashed since this was asked last.
    pub fn take_crashed(&mut self) -> impl Iterator<Item = u8> {
        self.crashed.drain(..)
    }

    /// Starts a process, in its first life or a later one.
    pub(super) fn start(
        &mut self,
        scenario: &Scenario,
        kernel: &mut Kernel<Member>,
        id: ProcessId,
    ) {
        let life = self.lives[id.index()];
        self.lives[id.index()] += 1;
        match self.client_of(id) {
            Some(client) => {
                let script = self.scripts[usize::from(client)].take().unwrap_or_else(|| {
                    let service = scenario.cluster.service;
                    let mut script = Script::new(scenario.seed, service, scenario.workload, client);
                    if client == self.clients {
                        // An administrator asks for nothing by itself.
                        script.stop();
                    }
                    script
                });
                kernel.start(id, |wire| {
                    let host = ClientHost::start(scenario, client, life, script, wire);
                    Member::Client(Box::new(host))
                });
            }
            None => {
                let misread = self.misread.remove(&id);
                let has_misread = misread.is_some();
                self.has_misread |= has_misread;
                let disk = misread.unwrap_or_else(|| kernel.disk(id).files().clone());
                let number = ReplicaNumber(u8::try_from(id.0).unwrap_or(0));
                let is_replaced = self.replaced.contains(number);
                let promises = self.promises[id.index()];
                let past = Past { disk: &disk, has_misread, promises, is_replaced };
                kernel.start(id, |wire| {
                    let number = u8::try_from(id.0).unwrap_or(0);
                    let host = ReplicaHost::start(scenario, number, life, past, wire);
                    Member::Replica(Box::new(host))
                });
            }
        }
    }

    fn cut(
        &self,
        kernel: &mut Kernel<Member>,
        apart: impl Fn(ProcessId, ProcessId) -> bool,
    ) -> Vec<(ProcessId, ProcessId)> {
        let processes = u16::from(self.replicas) + self.clients;
        let mut links = Vec::new();
        for from in (0..processes).map(ProcessId) {
            for to in (0..processes).map(ProcessId) {
                if from != to && apart(from, to) {
                    kernel.network_mut().cut(from, to);
                    links.push((from, to));
                }
            }
        }
        links
    }

    fn schedule(&mut self, kernel: &mut Kernel<Member>, index: usize, cue: Cue, at: Span) {
        self.pending += 1;
        kernel.schedule(Moment(at.0), encode(index, cue));
    }
}

fn is_there(milestone: Milestone, now: &Glance) -> bool {
    match milestone {
        Milestone::View(view) => now.view.in_epoch() >= view,
        Milestone::Op(op_number) => now.op_number.0 >= op_number,
        Milestone::Commit(commit_number) => now.commit_number.0 >= commit_number,
        Milestone::Epoch(epoch) => now.view.epoch().0 >= epoch,
        Milestone::Status(StatusKind::Normal) => {
            now.status == StatusKind::Normal && now.view.in_epoch() > 0
        }
        Milestone::Status(status) => now.status == status,
    }
}
