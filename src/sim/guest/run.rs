//! One run of a guest, and the verdict on it.

use super::director::{Director, process_of};
use super::{Guest, InputOf, MessageOf, OutputOf, Seen, Servers};
use crate::checker::{
    Explanation, History, Limits, Model, Operation, Outcome as Came, Verdict, check,
};
use crate::sim::kernel::{Happened, Kernel, Tally};
use crate::sim::node::ProcessId;
use crate::sim::panic;
use crate::sim::scenario::Scenario;
use crate::sim::time::{Moment, Span};
use crate::sim::trace::Record;
use crate::sim::violation::{Code, Violation};
use std::collections::BTreeMap;

/// What came of a run.
pub struct Outcome<G: Guest> {
    /// What is wrong, if anything is.
    pub violation: Option<Violation>,
    /// Whether it was given up to look for an order that explains what the clients saw. Then nobody
    /// knows whether there is one.
    pub is_undecided: bool,
    /// What the clients saw.
    pub history: History<InputOf<G>, OutputOf<G>>,
    /// Equal for equal runs. Where two runs of one scenario differ in it, the guest draws chance of
    /// its own, or looks at a clock or at addresses.
    pub hash: u64,
    /// What happened, in numbers.
    pub tally: Tally,
    /// The operations that show what is wrong with the history, by index.
    pub matter: Vec<usize>,
    /// The event in which a client was told what can't be, if that is what is wrong.
    pub blamed: Option<u64>,
    /// Everything that happened, where that was asked for.
    pub records: Vec<Record<MessageOf<G>>>,
    /// What servers were, each time that it changed, where that was asked for.
    pub sights: Vec<Sight>,
}

/// What a server was after an event that changed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The number of the event.
    pub event: u64,
    /// Which server.
    pub server: ProcessId,
    /// What its guest shows of it.
    pub values: Vec<(&'static str, String)>,
}

/// Runs a guest under a scenario that it does not refuse.
#[must_use]
pub fn run<G: Guest>(guest: &G, scenario: &Scenario) -> Outcome<G> {
    Run::new(guest, scenario).conclude()
}

/// The same, and records everything that happens.
#[must_use]
pub fn run_recorded<G: Guest>(guest: &G, scenario: &Scenario) -> Outcome<G> {
    let mut run = Run::new(guest, scenario);
    run.kernel.record();
    run.sights = Some(Vec::new());
    run.conclude()
}

struct Run<'run, G: Guest> {
    guest: &'run G,
    scenario: &'run Scenario,
    kernel: Kernel<G::Node>,
    director: Director<'run, G>,
    operations: Vec<Operation<InputOf<G>, OutputOf<G>>>,
    /// In which event each was answered, or else asked for.
    known_in: Vec<u64>,
    /// What servers were, where somebody wants to know.
    sights: Option<Vec<Sight>>,
    /// The operation that each client waits for, and in which of its lives it asked.
    open: BTreeMap<ProcessId, (u32, usize)>,
    /// How often the kernel has called back.
    controls: u64,
    healed_at: Option<Moment>,
    /// When a client asked or was answered last, or all was healed.
    moved_at: Moment,
}

/// Something that is wrong: what, who noticed, and in what words.
type Wrong = (Code, &'static str, String);

impl<'run, G: Guest> Run<'run, G> {
    fn new(guest: &'run G, scenario: &'run Scenario) -> Self {
        let (processes, jitter) = (scenario.processes(), scenario.cluster.jitter);
        let mut kernel = Kernel::new(scenario.seed, processes, scenario.network, jitter);
        let director = Director::new(guest, scenario, &mut kernel);
        Self {
            guest,
            scenario,
            kernel,
            director,
            operations: Vec::new(),
            known_in: Vec::new(),
            sights: None,
            open: BTreeMap::new(),
            controls: 0,
            healed_at: None,
            moved_at: Moment(0),
        }
    }

    fn conclude(mut self) -> Outcome<G> {
        let driven = panic::catch(|| self.drive());
        let wrong = driven.unwrap_or_else(|text| Err((Code::Panic, "guest", text)));
        let (at, event) = (self.kernel.now(), self.kernel.tally().events);
        let history = History { operations: core::mem::take(&mut self.operations) };
        let (mut details, mut matter, mut blamed) = (Vec::new(), Vec::new(), None);
        let explained = explain(self.guest, &history);
        let is_undecided = matches!(explained, Explained::Perhaps);
        // What the clients saw says more than that a run did not come to rest.
        let wrong = match (wrong, explained) {
            (Err(wrong @ (Code::Panic | Code::State, ..)), _) => Some(wrong),
            (_, Explained::No(wrong, explanation)) => {
                if let Some(explanation) = explanation {
                    blamed = self.known_in.get(explanation.stuck).copied();
                    details =
                        explanation.operations.iter().map(|&it| self.line(&history, it)).collect();
                    details.extend(explanation.because);
                    matter = explanation.operations;
                }
                Some(wrong)
            }
            (wrong, Explained::Yes | Explained::Perhaps) => wrong.err(),
        };
        let violation = wrong.map(|(code, judge, message)| Violation {
            code,
            judge,
            message,
            at,
            event,
            details,
        });
        let (hash, tally) = (self.kernel.hash(), self.kernel.tally());
        let records = self.kernel.take_trace();
        let sights = self.sights.unwrap_or_default();
        Outcome { violation, is_undecided, history, hash, tally, matter, blamed, records, sights }
    }

    /// Lets everything happen until the guest is at rest or something is wrong.
    fn drive(&mut self) -> Result<(), Wrong> {
        self.director.start_all(&mut self.kernel);
        self.hear_all();
        let mut is_due = Moment(0).after(self.scenario.limits.duration);
        loop {
            let is_over = self.kernel.next_at().is_none_or(|at| at > is_due.min(self.patience()));
            let is_healed = self.healed_at.is_some();
            let has_rest = self.is_done();
            if is_healed && has_rest && self.guest.is_settled(&self.servers()) {
                return Ok(());
            }
            if is_over && is_healed {
                return Err(self.stall(has_rest));
            }
            if is_over || (!is_healed && has_rest && !self.director.is_busy()) {
                (self.healed_at, self.moved_at) = (Some(self.kernel.now()), self.kernel.now());
                self.director.heal_all(&mut self.kernel);
                self.hear_all();
                is_due = Moment(u64::MAX);
            }
            self.step()?;
            self.forget_the_crashed();
            let events = self.kernel.tally().events - self.controls;
            if events > self.events_max() {
                let message = format!("{events} events are more than the work explains");
                return Err((Code::Storm, "storm", message));
            }
        }
    }

    fn step(&mut self) -> Result<(), Wrong> {
        match self.kernel.step() {
            Happened::Step(id) => self.note(id),
            Happened::Stopped(id) => {
                self.note(id)?;
                self.director.on_stopped(&mut self.kernel, id);
                self.hear_all();
                Ok(())
            }
            Happened::Control(number) => {
                self.controls += 1;
                if self.healed_at.is_none() {
                    self.director.on_cue(&mut self.kernel, number);
                    self.hear_all();
                }
                Ok(())
            }
            Happened::Nothing | Happened::End => Ok(()),
        }
    }

    /// Writes down what a client has seen in a step; judges the servers after one of theirs.
    fn note(&mut self, id: ProcessId) -> Result<(), Wrong> {
        if id.0 < u16::from(self.scenario.cluster.replicas) {
            self.look_at(id);
            let judgement = self.guest.judge(&self.servers());
            return judgement.map_err(|message| (Code::State, "guest", message));
        }
        self.hear(id);
        Ok(())
    }

    /// Writes down what a server has become.
    fn look_at(&mut self, server: ProcessId) {
        let (Some(sights), Some(node)) = (&mut self.sights, self.kernel.node(server)) else {
            return;
        };
        let (values, event) = (self.guest.show(node), self.kernel.tally().events);
        let before = sights.iter().rev().find(|sight| sight.server == server);
        if !values.is_empty() && before.is_none_or(|before| before.values != values) {
            sights.push(Sight { event, server, values });
        }
    }

    /// Whoever starts may ask for something at once.
    fn hear_all(&mut self) {
        let servers = u16::from(self.scenario.cluster.replicas);
        (servers..self.scenario.processes()).for_each(|number| self.hear(ProcessId(number)));
    }

    /// Writes down what a client has seen.
    fn hear(&mut self, id: ProcessId) {
        let (now, event) = (self.kernel.now().0, self.kernel.tally().events);
        let seen = match self.kernel.node_mut(id) {
            Some(client) => self.guest.take_seen(client),
            None => Vec::new(),
        };
        for seen in seen {
            self.moved_at = self.kernel.now();
            match seen {
                Seen::Asked(input) => {
                    self.director.note_asked(id);
                    self.open.insert(id, (self.director.life_of(id), self.operations.len()));
                    let (client, outcome) = (self.director.name_of(id), Came::Unknown);
                    self.operations.push(Operation { client, input, invoked: now, outcome });
                    self.known_in.push(event);
                }
                Seen::Answered(output) => {
                    if let Some((_, index)) = self.open.remove(&id) {
                        self.operations[index].outcome = Came::Returned { at: now, output };
                        self.known_in[index] = event;
                    }
                }
            }
        }
    }

    /// Nobody will ever know what came of what a client asked before it crashed.
    fn forget_the_crashed(&mut self) {
        let (kernel, director) = (&self.kernel, &self.director);
        let lives_on = |id, life| kernel.node(id).is_some() && director.life_of(id) == life;
        self.open.retain(|&id, (life, _)| lives_on(id, *life));
    }

    /// Whether all clients have asked for what they have to, and are answered.
    fn is_done(&self) -> bool {
        let first = u16::from(self.scenario.cluster.replicas);
        self.open.is_empty()
            && (first..self.scenario.processes())
                .all(|number| self.director.has_asked_all(ProcessId(number)))
    }

    /// More events than that are too many by now: whatever time passes may be spent on asking.
    fn events_max(&self) -> u64 {
        let seconds = self.kernel.now().0 / Span::millis(1_000).0;
        let operations = u64::try_from(self.operations.len()).unwrap_or(u64::MAX);
        EVENTS_MAX + EVENTS_PER_SECOND * seconds + EVENTS_PER_OPERATION * operations
    }

    /// Until when clients are waited for that neither ask nor are answered, once no fault is to
    /// come any more. Before all is healed less will do: then healing is all that follows.
    fn patience(&self) -> Moment {
        let settle = self.scenario.limits.settle;
        match self.healed_at {
            Some(_) => self.moved_at.after(settle),
            None if self.director.is_busy() => Moment(u64::MAX),
            None => self.moved_at.after(Span(settle.0 / 3)),
        }
    }

    fn stall(&self, has_rest: bool) -> Wrong {
        let message = if has_rest {
            "after everything was healed the servers did not come together"
        } else if self.open.is_empty() {
            "after everything was healed a client did not ask for all that it had to"
        } else {
            "after everything was healed a client was not answered"
        };
        (Code::Liveness, "liveness", message.to_owned())
    }

    /// An operation as its client saw it, in a line.
    fn line(&self, history: &History<InputOf<G>, OutputOf<G>>, index: usize) -> String {
        let operation = &history.operations[index];
        let name = self.scenario.target_of(process_of(operation.client)).to_string();
        let what = self.guest.model().describe(&operation.input, operation.output());
        let end = match operation.returned() {
            Some(at) => format!("to {}", Moment(at)),
            None => "never answered".to_owned(),
        };
        format!("{name:<3} {} {end}   {what}", Moment(operation.invoked))
    }

    fn servers(&self) -> Servers<'_, G::Node> {
        Servers { kernel: &self.kernel, count: u16::from(self.scenario.cluster.replicas) }
    }
}

/// Whether an order of the operations explains what the clients saw.
enum Explained {
    Yes,
    /// The search was given up.
    Perhaps,
    /// What is wrong, and the operations that show it.
    No(Wrong, Option<Box<Explanation>>),
}

fn explain<G: Guest>(guest: &G, history: &History<InputOf<G>, OutputOf<G>>) -> Explained {
    let model = guest.model();
    match check(&model, history, None, Limits::steps(STEPS_MAX)) {
        Verdict::Violation(explanation) => {
            let message = "no order of the operations explains what the clients saw".to_owned();
            let wrong = (Code::Linearizability, "linearizability", message);
            Explained::No(wrong, Some(Box::new(explanation)))
        }
        Verdict::Malformed(malformed) => {
            let message = malformed.to_string();
            Explained::No((Code::Reply, "linearizability", message), None)
        }
        Verdict::Unknown { .. } => Explained::Perhaps,
        Verdict::Linearizable | Verdict::OrderRejected(_) => Explained::Yes,
    }
}

/// Far beyond what the operations of a run need.
const EVENTS_MAX: u64 = 100_000;

/// The same for each of them.
const EVENTS_PER_OPERATION: u64 = 2_000;

/// Far beyond what servers do that wait for better times.
const EVENTS_PER_SECOND: u64 = 10_000;

const STEPS_MAX: u64 = 200_000;
