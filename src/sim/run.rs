//! A run: a scenario goes in, a report comes out. Nothing else goes in.

use super::director::Director;
use super::history::History;
use super::invariants::{Finding, Glance, Invariants};
use super::kernel::{Happened, Kernel, Tally};
use super::linearizability::{Judgement, Linearizability};
use super::liveness;
use super::mark;
use super::member::{self, Member, Seen};
use super::node::ProcessId;
use super::panic;
use super::random;
use super::recording::{Reached, Recording, Sight};
use super::scenario::{Expect, Scenario};
use super::time::{Moment, Span};
use super::violation::{Code, Violation};
use crate::protocol::mark::Marks;
use crate::protocol::refused::Refused;
use crate::protocol::{ReplicaSet, ViewNumber};
use std::collections::BTreeMap;

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// The scenario's seed.
    pub seed: u64,
    /// What was wrong, if anything was.
    pub violation: Option<Violation>,
    /// What happened, in numbers.
    pub tally: Tally,
    /// Operations that clients asked for.
    pub asked: u64,
    /// Operations that were answered.
    pub answered: u64,
    /// Operations that were committed.
    pub committed: u64,
    /// The latest view that a replica was in.
    pub views: u64,
    /// When everything was healed.
    pub healed_at: Moment,
    /// When the run ended.
    pub ended_at: Moment,
    /// How often each kind of fault struck.
    pub faults: BTreeMap<&'static str, u64>,
    /// How many faults were withheld, since they would have left the contract.
    pub withheld: u64,
    /// The marks that were reached, by name.
    pub marks: Vec<&'static str>,
    /// How often replicas refused an input, by reason.
    pub refusals: BTreeMap<&'static str, u64>,
    /// A number that only the same run has.
    pub hash: u64,
}

impl Report {
    /// What a scenario expects and this report does not show; nothing when all is as expected.
    #[must_use]
    pub fn unmet(&self, expect: &Expect) -> Option<String> {
        let found = self.violation.as_ref().map(|violation| violation.code.text());
        if found != expect.violation.as_deref() {
            let expected = expect.violation.as_deref().unwrap_or("pass");
            return Some(format!("expected {expected}, came out {}", found.unwrap_or("pass")));
        }
        let missing = expect.marks.iter().find(|mark| !self.marks.contains(&mark.as_str()))?;
        Some(format!("expected to reach \"{missing}\", which was not reached"))
    }
}

/// Runs a scenario.
#[must_use]
pub fn run(scenario: &Scenario) -> Report {
    let mut run = Run::new(scenario);
    run.conclude()
}

/// Runs a scenario and records everything that happens.
#[must_use]
pub fn run_recorded(scenario: &Scenario) -> (Report, Recording) {
    let mut run = Run::new(scenario);
    run.kernel.record();
    run.sights = Some(Vec::new());
    let report = run.conclude();
    let canon = run.invariants.canon();
    let mut operations = run.history.operations().to_vec();
    for operation in &mut operations {
        let executed = canon.executed_at(operation.client, operation.request_number);
        if let Some(canonical) = executed.and_then(|op_number| canon.get(op_number)) {
            operation.prediction = canonical.prediction.clone();
        }
    }
    let recording = Recording {
        records: run.kernel.take_trace(),
        sights: run.sights.take().unwrap_or_default(),
        marks: run.reached,
        operations,
    };
    (report, recording)
}

/// Runs a scenario, and lets chance be another one from an event on: a future that could have
/// come from there.
#[must_use]
pub fn run_forked(scenario: &Scenario, event: u64, future: u64) -> Report {
    let mut run = Run::new(scenario);
    run.fork = Some((event, future));
    run.conclude()
}

/// What a run consists of while it goes on.
#[derive(Clone)]
pub(super) struct Run<'scenario> {
    scenario: &'scenario Scenario,
    pub(super) kernel: Kernel<Member>,
    pub(super) director: Director,
    pub(super) invariants: Invariants,
    pub(super) history: History,
    linearizability: Linearizability,
    /// Whether a client was answered what the log's order does not explain.
    pub(super) is_refuted: bool,
    marks: Marks,
    refusals: BTreeMap<&'static str, u64>,
    views: u64,
    /// Replicas that the group has to do without in the end.
    lost: ReplicaSet,
    /// In which view it came to rest, and when.
    rest: Option<(ViewNumber, Moment)>,
    healed_at: Option<Moment>,
    /// After which event chance is another one, and which.
    fork: Option<(u64, u64)>,
    /// What replicas thought, if somebody wants to know.
    sights: Option<Vec<Sight>>,
    /// Where marks were reached, if somebody wants to know.
    reached: Vec<Reached>,
}

/// Why a run stopped.
enum Stop {
    AtRest,
    Violated(Violation),
}

impl<'scenario> Run<'scenario> {
    pub(super) fn new(scenario: &'scenario Scenario) -> Self {
        let processes = scenario.processes();
        let jitter = scenario.cluster.jitter;
        let mut kernel = Kernel::new(scenario.seed, processes, scenario.network, jitter);
        kernel.set_disk_speed(scenario.disk);
        Self {
            scenario,
            director: Director::new(scenario, &mut kernel),
            kernel,
            invariants: Invariants::new(&member::settings_of(scenario), scenario.cluster.replicas),
            history: History::default(),
            linearizability: Linearizability::new(scenario.cluster.service),
            is_refuted: false,
            marks: Marks::default(),
            refusals: BTreeMap::new(),
            views: 0,
            lost: scenario.lost(),
            rest: None,
            healed_at: None,
            fork: None,
            sights: None,
            reached: Vec::new(),
        }
    }

    fn conclude(&mut self) -> Report {
        let stop = panic::catch(|| self.drive()).unwrap_or_else(|text| {
            Stop::Violated(self.violation(Finding {
                code: Code::Panic,
                judge: "replica",
                message: text,
            }))
        });
        let stop = match stop {
            Stop::AtRest => self.judge_rest(),
            Stop::Violated(_) => stop,
        };
        self.collect_all();
        let violation = match stop {
            Stop::AtRest => None,
            Stop::Violated(violation) => Some(violation),
        };
        self.report(violation)
    }

    /// Lets everything happen until the group is at rest or something is wrong.
    fn drive(&mut self) -> Stop {
        self.director.start_all(self.scenario, &mut self.kernel);
        self.note_first_sights();
        let mut is_due = Moment(0).after(self.scenario.limits.duration);
        loop {
            let is_over = self.kernel.next_at().is_none_or(|at| at > is_due);
            if is_over && self.healed_at.is_some() {
                return Stop::Violated(self.stall());
            }
            if is_over || self.is_quiet() {
                self.heal();
                is_due = self.kernel.now().after(self.scenario.limits.settle);
            }
            match self.kernel.step() {
                Happened::Step(id) => {
                    if let Err(finding) = self.judge_step(id, self.kernel.now()) {
                        return Stop::Violated(self.violation(finding));
                    }
                    if self.is_refuted {
                        let why = self.linearizability.why_refuted(self.history.operations());
                        return self.stop_by(why);
                    }
                }
                Happened::Stopped(id) => self.stop(id),
                Happened::Control(number) => self.direct(number),
                Happened::Nothing => {}
                Happened::End => return Stop::Violated(self.stall()),
            }
            let events = self.kernel.tally().events;
            if let Some((event, future)) = self.fork
                && events >= event
            {
                self.fork = None;
                self.kernel.reseed(random::derive(self.scenario.seed, future));
            }
            if self.healed_at.is_some()
                && events.is_multiple_of(REST_EVERY)
                && let Some(view) = self.rests_in()
                && let Some(stop) = self.conclude_rest(view)
            {
                return stop;
            }
            if events.is_multiple_of(STORM_EVERY) && events > self.events_max() {
                let message = format!("{events} events are more than the work explains");
                return Stop::Violated(self.violation(Finding {
                    code: Code::Storm,
                    judge: "storm",
                    message,
                }));
            }
        }
    }

    /// Whether the clients have all they asked for and no fault is to come.
    fn is_quiet(&self) -> bool {
        self.healed_at.is_none()
            && !self.director.is_busy()
            && self.kernel.tally().events.is_multiple_of(REST_EVERY)
            && self.clients().all(|id| match self.kernel.node(id) {
                Some(Member::Client(host)) => host.is_done(),
                Some(Member::Replica(_)) | None => false,
            })
    }

    /// The end of the faults, and of new questions.
    fn heal(&mut self) {
        self.healed_at = Some(self.kernel.now());
        self.director.heal_all(self.scenario, &mut self.kernel);
        for id in self.clients() {
            if let Some(Member::Client(host)) = self.kernel.node_mut(id) {
                host.stop();
            }
        }
    }

    fn direct(&mut self, number: u64) {
        if self.healed_at.is_none() {
            self.collect_all();
            self.director.on_cue(self.scenario, &mut self.kernel, number);
            self.note_crashes();
        }
    }

    /// A process ends itself, since its disk failed.
    fn stop(&mut self, id: ProcessId) {
        self.collect_all();
        self.director.on_stopped(self.scenario, &mut self.kernel, id);
        self.note_crashes();
    }

    /// A crashed replica's judges must know that it forgot.
    pub(super) fn note_crashes(&mut self) {
        for number in self.director.take_crashed() {
            self.invariants.on_crash(number);
        }
    }

    /// Judges what a process has done in its step, as of that moment.
    ///
    /// # Errors
    /// With what is wrong.
    // It is for the run's loop, whoever else calls it.
    #[inline(always)]
    pub(super) fn judge_step(&mut self, id: ProcessId, now: Moment) -> Result<(), Finding> {
        match self.kernel.node_mut(id) {
            Some(Member::Client(host)) => {
                if host.seen.is_empty() {
                    return Ok(());
                }
                for seen in host.seen.drain(..) {
                    self.invariants.on_client(&seen)?;
                    let is_answer = matches!(seen, Seen::Answered(..));
                    let Some(index) = self.history.note(now, seen) else { continue };
                    let operation = &self.history.operations()[index];
                    if is_answer {
                        self.is_refuted |= !self.linearizability.explains(index, operation);
                    } else {
                        self.linearizability.on_asked(operation);
                    }
                }
                Ok(())
            }
            Some(Member::Replica(_)) => {
                let judgement = self.invariants.on_step(&mut self.kernel, id);
                if self.sights.is_some() {
                    self.note_sight(id);
                    self.note_marks(id);
                }
                judgement?;
                self.linearizability.follow(self.invariants.canon());
                if self.director.is_waiting() {
                    self.let_waiting_faults_strike(id);
                }
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Notes what replicas think before anything has happened, if anybody wants to know.
    fn note_first_sights(&mut self) {
        let Some(sights) = &mut self.sights else {
            return;
        };
        let (at, event) = (self.kernel.now(), self.kernel.tally().events);
        for number in 0..self.scenario.cluster.replicas {
            if let Some(Member::Replica(host)) = self.kernel.node(ProcessId(number.into())) {
                sights.push(Sight { at, event, glance: Glance::of(&host.replica) });
            }
        }
    }

    /// Notes what a replica thinks, if it thinks something new and anybody wants to know.
    fn note_sight(&mut self, id: ProcessId) {
        let Some(sights) = &mut self.sights else {
            return;
        };
        let Some(glance) = u8::try_from(id.0).ok().and_then(|r| self.invariants.glance(r)) else {
            return;
        };
        let last = sights.iter().rev().find(|sight| sight.glance.number == glance.number);
        if last.is_none_or(|last| last.glance != glance) {
            let (at, event) = (self.kernel.now(), self.kernel.tally().events);
            sights.push(Sight { at, event, glance });
        }
    }

    /// Notes which marks a replica has reached that nobody had reached before.
    fn note_marks(&mut self, process: ProcessId) {
        let Some(Member::Replica(host)) = self.kernel.node(process) else {
            return;
        };
        let (at, event) = (self.kernel.now(), self.kernel.tally().events);
        for mark in host.marks().iter() {
            if !self.reached.iter().any(|known| known.mark == mark) {
                self.reached.push(Reached { at, event, process, mark });
            }
        }
    }

    fn let_waiting_faults_strike(&mut self, id: ProcessId) {
        let Some(glance) = u8::try_from(id.0).ok().and_then(|r| self.invariants.glance(r)) else {
            return;
        };
        if !self.director.is_due(&glance) {
            return;
        }
        self.collect_all();
        self.director.on_glance(self.scenario, &mut self.kernel, &glance);
        self.note_crashes();
    }

    /// Looks at the disks, and at the history.
    fn judge_rest(&self) -> Stop {
        match self.invariants.at_rest(self.scenario.seed, &self.kernel) {
            Ok(()) => self.judge_history(),
            Err(finding) => Stop::Violated(self.violation(finding)),
        }
    }

    /// The log's order was verified at every answer: asks the checker what it thinks by itself.
    fn judge_history(&self) -> Stop {
        let may_search = self.scenario.seed.is_multiple_of(SEARCH_EVERY);
        self.stop_by(self.linearizability.at_rest(may_search))
    }

    fn stop_by(&self, judgement: Judgement) -> Stop {
        match judgement {
            Judgement::Explained => Stop::AtRest,
            Judgement::Wrong { code, message, details } => {
                let mut violation =
                    self.violation(Finding { code, judge: "linearizability", message });
                violation.details = details;
                Stop::Violated(violation)
            }
        }
    }

    /// How many events the clients' questions and the passing of time can explain.
    fn events_max(&self) -> u64 {
        let asked = u64::try_from(self.history.operations().len()).unwrap_or(u64::MAX);
        let seconds = self.kernel.now().0 / 1_000_000_000;
        200_000 + asked.saturating_mul(2_000) + seconds.saturating_mul(50_000)
    }

    fn rests_in(&self) -> Option<ViewNumber> {
        let canon = self.invariants.canon();
        liveness::rests_in(&self.kernel, self.scenario.processes(), self.lost, canon)
    }

    /// The group is at rest. If it has to do so without somebody, it must last: a replica that
    /// does not hear could keep the others going from view to view.
    fn conclude_rest(&mut self, view: ViewNumber) -> Option<Stop> {
        if self.lost.count() == 0 {
            return Some(Stop::AtRest);
        }
        let now = self.kernel.now();
        let silence = Span::from(self.scenario.cluster.timeouts.primary_silence);
        match self.rest {
            Some((first, since)) if first == view => {
                let lasts = Span(silence.0.saturating_mul(REST_SILENCES));
                (now >= since.after(lasts)).then_some(Stop::AtRest)
            }
            Some(_) | None => {
                self.rest = Some((view, now));
                None
            }
        }
    }

    fn stall(&self) -> Violation {
        let message = format!(
            "{} after everything was healed the group is not at rest",
            self.scenario.limits.settle
        );
        let mut violation =
            self.violation(Finding { code: Code::Liveness, judge: "liveness", message });
        let canon = self.invariants.canon();
        let processes = self.scenario.processes();
        violation.details = {
            let replicas = self.scenario.cluster.replicas;
            liveness::who_waits(&self.kernel, replicas, processes, canon)
        };
        violation
    }

    fn violation(&self, finding: Finding) -> Violation {
        Violation {
            code: finding.code,
            judge: finding.judge,
            message: finding.message,
            at: self.kernel.now(),
            event: self.kernel.tally().events,
            details: liveness::states(&self.kernel, self.scenario.cluster.replicas),
        }
    }

    /// Takes over what replicas have counted in their lives: a crash would lose it.
    fn collect_all(&mut self) {
        for id in self.replicas() {
            let Some(Member::Replica(host)) = self.kernel.node_mut(id) else {
                continue;
            };
            self.marks.union(host.marks());
            self.views = self.views.max(host.replica.view().in_epoch());
            for (count, reason) in host.refusals.iter_mut().zip(Refused::ALL) {
                if *count > 0 {
                    *self.refusals.entry(reason.name()).or_default() +=
                        u64::from(std::mem::take(count));
                }
            }
        }
    }

    fn report(&self, violation: Option<Violation>) -> Report {
        let tally = self.kernel.tally();
        let mut marks: Vec<&'static str> = self.marks.iter().map(|mark| mark.name()).collect();
        if tally.outlived > 0 {
            marks.push(mark::OUTLIVED);
        }
        if self.director.withheld() > 0 {
            marks.push(mark::WITHHELD);
        }
        if violation.is_none() && self.lost.count() > 0 {
            marks.push(mark::WITHOUT);
        }
        if self.director.has_stopped() {
            marks.push(mark::STOPPED);
        }
        if self.director.has_misread() {
            marks.push(mark::MISREAD);
        }
        Report {
            seed: self.scenario.seed,
            violation,
            tally,
            asked: u64::try_from(self.history.operations().len()).unwrap_or(u64::MAX),
            answered: self.history.answered(),
            committed: self.invariants.canon().len().0,
            views: self.views,
            healed_at: self.healed_at.unwrap_or(self.kernel.now()),
            ended_at: self.kernel.now(),
            faults: self.director.struck().clone(),
            withheld: self.director.withheld(),
            marks,
            refusals: self.refusals.clone(),
            hash: self.kernel.hash(),
        }
    }

    fn replicas(&self) -> impl Iterator<Item = ProcessId> + use<> {
        (0..u16::from(self.scenario.cluster.replicas)).map(ProcessId)
    }

    fn clients(&self) -> impl Iterator<Item = ProcessId> + use<> {
        let replicas = u16::from(self.scenario.cluster.replicas);
        (replicas..self.scenario.processes()).map(ProcessId)
    }
}

/// The checker's second opinion may take a search in one of so many seeds.
const SEARCH_EVERY: u64 = 16;

/// Whether the group is at rest is looked at every so many events.
const REST_EVERY: u64 = 16;

/// How often backups lose patience in the time that a rest without somebody must last.
const REST_SILENCES: u64 = 8;

/// Whether there is a storm of messages is looked at every so many events.
const STORM_EVERY: u64 = 1 << 16;
