//! One trial: the system under the faults of a seed, and the verdict on what its clients saw.

use super::system::{Client, ClientName, Form, Member, Message, Script, Seen, Server, Stamp};
use std::collections::BTreeMap;
use vsr::checker::models::register::{Input, Output, Register};
use vsr::checker::{History, Limits, Operation, Outcome, Verdict, check};
use vsr::sim::kernel::{Happened, Kernel, Tally};
use vsr::sim::network::Weather;
use vsr::sim::node::ProcessId;
use vsr::sim::random::{Purpose, Stream};
use vsr::sim::ratio::Ratio;
use vsr::sim::time::{Moment, Span};
use vsr::sim::trace::Record;

/// What came of a seed.
#[derive(Debug)]
pub(crate) struct Trial {
    /// What the clients saw.
    pub(crate) history: History<Input, Output>,
    /// Who did each operation, and the stamp of what it read or wrote where that is known.
    pub(crate) tags: Vec<(ClientName, Option<Stamp>)>,
    /// Whether an order of the operations explains it.
    pub(crate) verdict: Verdict,
    /// Whether the run came to its end: every client that lived did all that it had to.
    pub(crate) is_finished: bool,
    /// Equal for equal runs.
    pub(crate) hash: u64,
    /// What happened, in numbers.
    pub(crate) tally: Tally,
    /// Everything that happened, where that was asked for.
    pub(crate) trace: Vec<Record<Message>>,
}

/// Runs a seed: it decides the size of the system, the weather, the faults and the operations.
pub(crate) fn try_seed(form: Form, seed: u64) -> Trial {
    Stage::new(form, seed).play_and_judge()
}

/// The same, and writes down everything that happens.
pub(crate) fn try_seed_recorded(form: Form, seed: u64) -> Trial {
    let mut stage = Stage::new(form, seed);
    stage.kernel.record();
    stage.play_and_judge()
}

/// The first seed of several whose history no order explains, or which does not end.
pub(crate) fn first_failure(
    form: Form,
    mut seeds: impl Iterator<Item = u64>,
) -> Option<(u64, Trial)> {
    seeds.find_map(|seed| {
        let trial = try_seed(form, seed);
        (!trial.is_sound()).then_some((seed, trial))
    })
}

impl Trial {
    /// Whether the run ended, and an order explains its history.
    pub(crate) fn is_sound(&self) -> bool {
        self.is_finished && self.verdict == Verdict::Linearizable
    }
}

/// A run under way.
struct Stage {
    kernel: Kernel<Member>,
    faults: Vec<Fault>,
    /// What is left of processes that are down.
    down: BTreeMap<ProcessId, Member>,
    operations: Vec<Operation<Input, Output>>,
    tags: Vec<(ClientName, Option<Stamp>)>,
    /// The operation that each client waits for.
    open: BTreeMap<ProcessId, usize>,
}

/// Something that goes wrong for a while.
#[derive(Debug)]
enum Fault {
    /// These links carry nothing.
    Cut(Vec<(ProcessId, ProcessId)>),
    /// The process is down.
    Crash(ProcessId),
    /// The process stands still; what happens to it waits.
    Pause(ProcessId),
}

impl Stage {
    fn new(form: Form, seed: u64) -> Self {
        let mut stream = Stream::new(seed, Purpose::Scenario, 0);
        let servers = stream.choose(&[3, 5]);
        let processes = servers + CLIENTS;
        let mut kernel = Kernel::new(seed, processes, weather(&mut stream), Ratio::percent(20));
        for id in (0..processes).map(ProcessId) {
            kernel.start(id, |wire| {
                if id.0 < servers {
                    return Member::Server(Server::default());
                }
                let name = ClientName { process: id.0, life: 0 };
                let script = Script::new(seed, id, OPERATIONS);
                Member::Client(Box::new(Client::start(name, form, servers, script, wire)))
            });
        }
        let count = stream.between(0, FAULTS_MAX);
        let faults: Vec<Fault> = (0..count).map(|_| fault(processes, &mut stream)).collect();
        for number in 0..count {
            let strike = Moment(stream.between(0, Span::millis(40).0));
            let length = Span(stream.between(Span::millis(1).0, Span::millis(40).0));
            kernel.schedule(strike, 2 * number);
            kernel.schedule(strike.after(length), 2 * number + 1);
        }
        let (down, open) = (BTreeMap::new(), BTreeMap::new());
        Self { kernel, faults, down, operations: Vec::new(), tags: Vec::new(), open }
    }

    fn play_and_judge(mut self) -> Trial {
        let is_finished = self.play();
        let history = History { operations: self.operations };
        let verdict = check(&Register, &history, None, Limits::steps(STEPS_MAX));
        let (hash, tally) = (self.kernel.hash(), self.kernel.tally());
        let trace = self.kernel.take_trace();
        Trial { history, tags: self.tags, verdict, is_finished, hash, tally, trace }
    }

    /// Lets everything happen that is going to. Tells whether that came to an end.
    fn play(&mut self) -> bool {
        while self.kernel.tally().events < EVENTS_MAX {
            match self.kernel.step() {
                Happened::Step(process) => self.note(process),
                Happened::Stopped(process) => drop(self.kernel.crash(process)),
                Happened::Control(number) => self.on_cue(number),
                Happened::Nothing => {}
                Happened::End => return self.open.is_empty(),
            }
        }
        false
    }

    /// Writes down what a client has seen in the step that it has just taken.
    fn note(&mut self, process: ProcessId) {
        let now = self.kernel.now().0;
        let Some(Member::Client(client)) = self.kernel.node_mut(process) else { return };
        for seen in client.take_seen() {
            match seen {
                Seen::Asked(name, input) => {
                    self.open.insert(process, self.operations.len());
                    let (client, outcome) = (name.number(), Outcome::Unknown);
                    self.operations.push(Operation { client, input, invoked: now, outcome });
                    self.tags.push((name, None));
                }
                Seen::Answered(output, stamp) => {
                    let index = self.open.remove(&process).expect("it had asked");
                    self.operations[index].outcome = Outcome::Returned { at: now, output };
                    self.tags[index].1 = Some(stamp);
                }
            }
        }
    }

    /// A fault strikes or ends. Faults may overlap: what is down already does not crash.
    fn on_cue(&mut self, number: u64) {
        let index = usize::try_from(number / 2).expect("the number of a fault");
        let is_strike = number.is_multiple_of(2);
        let kernel = &mut self.kernel;
        match &self.faults[index] {
            Fault::Cut(links) => {
                for &(from, to) in links {
                    if is_strike {
                        kernel.network_mut().cut(from, to);
                    } else {
                        kernel.network_mut().mend(from, to);
                    }
                }
            }
            &Fault::Crash(id) if is_strike => {
                if let Some(member) = kernel.crash(id) {
                    self.down.insert(id, member);
                    // Nobody will ever know what came of it.
                    self.open.remove(&id);
                }
            }
            &Fault::Crash(id) => {
                if let Some(member) = self.down.remove(&id) {
                    kernel.start(id, |wire| member.restart(wire));
                }
            }
            &Fault::Pause(id) if is_strike => kernel.pause(id),
            &Fault::Pause(id) => kernel.resume(id),
        }
    }
}

/// Draws the weather of a seed: from calm to foul.
fn weather(stream: &mut Stream) -> Weather {
    let mut percent = |max| {
        let percent = stream.between(0, max);
        Ratio::percent(u32::try_from(percent).expect("at most a hundred"))
    };
    Weather {
        delay_min: Span::micros(200),
        delay_mean: Span::millis(1),
        delay_max: Span::millis(20),
        drop: percent(20),
        duplicate: percent(20),
        reorder: percent(50),
        straggle: percent(3),
        straggle_max: Span::millis(80),
        misroute: percent(2),
    }
}

/// Draws a fault.
fn fault(processes: u16, stream: &mut Stream) -> Fault {
    let last = u64::from(processes) - 1;
    let process = ProcessId(u16::try_from(stream.between(0, last)).expect("a process"));
    match stream.between(0, 3) {
        0 => Fault::Crash(process),
        1 => Fault::Pause(process),
        one_way => {
            let sides = stream.word();
            let is_left = |id: ProcessId| sides >> id.0 & 1 == 1;
            let all = || (0..processes).map(ProcessId);
            let pairs = all().flat_map(|from| all().map(move |to| (from, to)));
            let is_cut = |&(from, to): &(ProcessId, ProcessId)| {
                is_left(from) != is_left(to) && (one_way == 2 || is_left(from))
            };
            Fault::Cut(pairs.filter(is_cut).collect())
        }
    }
}

const CLIENTS: u16 = 4;
/// What each client does.
const OPERATIONS: u64 = 6;
const FAULTS_MAX: u64 = 5;
/// Far beyond what a run needs.
const EVENTS_MAX: u64 = 100_000;
const STEPS_MAX: u64 = 100_000;
