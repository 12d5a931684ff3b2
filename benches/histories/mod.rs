//! Histories of any length for benchmarks: what clients of a correct register, store or queue
//! would have seen, or all of that but one read.

use std::collections::VecDeque;
use vsr::checker::models::{kv, pool, register};
use vsr::checker::{History, Operation, Outcome};
use vsr::sim::random::{Purpose, Stream};

/// What history is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The same seed gives the same history, on every machine.
    pub(crate) seed: u64,
    /// How many operations it has.
    pub(crate) operations: usize,
    /// How many of them are open at any time: all clients are busy all the time.
    pub(crate) clients: u64,
    /// On how many keys.
    pub(crate) keys: u64,
    /// Of how many of a thousand writes nobody knows what came of them.
    pub(crate) unknown_per_mille: u64,
}

/// What the operations are about. Half of them change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    /// Keys that are read and written.
    Registers,
    /// One queue: a read takes its first, a write is put at its end.
    Queue,
}

/// A history in the terms of no model yet: its operations, each with what the client saw.
#[derive(Clone, Debug)]
pub(crate) struct Generated {
    /// In the order in which they were invoked.
    pub(crate) steps: Vec<Step>,
    /// In which order they happened, by their indexes; those that never happened are not in it.
    pub(crate) order: Vec<usize>,
}

/// One operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// Who asked; after an unknown outcome, a client goes on as a new one.
    pub(crate) client: u64,
    /// Of which key.
    pub(crate) key: u64,
    /// What was asked, and answered.
    pub(crate) action: Action,
    /// The rank of its invocation among all events.
    pub(crate) invoked: u64,
    /// The rank of its response, or nothing for an unknown outcome.
    pub(crate) returned: Option<u64>,
}

/// What was asked, and answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// That was read or taken; 0 is nothing.
    Read(u64),
    /// That was written or put in. No two values are equal, and none is 0.
    Write(u64),
}

/// Where a client is in its operation.
#[derive(Clone, Copy)]
enum Phase {
    /// It has none: it will invoke the next.
    Idle,
    /// That one is invoked, and has not happened.
    Invoked(usize),
    /// That one has happened, and the client was not told.
    Happened(usize),
}

impl Plan {
    /// The history: at each moment, a random client goes one event further. An event is the
    /// invocation of an operation, the point where it happens, or its response.
    pub(crate) fn generate(self, object: Object) -> Generated {
        let mut world = World::new(self, object);
        let clients_last = self.clients - 1;
        while world.open > 0 || world.steps.len() < self.operations {
            let client = position(world.stream.between(0, clients_last));
            world.go_on(client);
        }
        Generated { steps: world.steps, order: world.order }
    }
}

/// A history while it is made.
struct World {
    plan: Plan,
    stream: Stream,
    held: Held,
    steps: Vec<Step>,
    order: Vec<usize>,
    phases: Vec<Phase>,
    /// As whom each client goes.
    names: Vec<u64>,
    names_next: u64,
    /// How many clients are not idle.
    open: u64,
    /// How many events there were.
    now: u64,
}

/// What the object holds.
enum Held {
    Registers(Vec<u64>),
    Queue(VecDeque<u64>),
}

impl World {
    fn new(plan: Plan, object: Object) -> Self {
        let held = match object {
            Object::Registers => Held::Registers(vec![0; position(plan.keys)]),
            Object::Queue => Held::Queue(VecDeque::new()),
        };
        Self {
            plan,
            stream: Stream::new(plan.seed, Purpose::Workload, 0),
            held,
            steps: Vec::with_capacity(plan.operations),
            order: Vec::with_capacity(plan.operations),
            phases: vec![Phase::Idle; position(plan.clients)],
            names: (0..plan.clients).collect(),
            names_next: plan.clients,
            open: 0,
            now: 0,
        }
    }

    /// The next event of a client.
    fn go_on(&mut self, client: usize) {
        let phase = self.phases[client];
        self.phases[client] = match phase {
            Phase::Idle if self.steps.len() == self.plan.operations => return,
            Phase::Idle => Phase::Invoked(self.invoke(client)),
            Phase::Invoked(index) if self.is_lost(index) => {
                // Half of them happen all the same.
                if self.stream.between(0, 1) == 0 {
                    self.happen(index);
                }
                self.names[client] = self.names_next;
                self.names_next += 1;
                self.open -= 1;
                Phase::Idle
            }
            Phase::Invoked(index) => {
                self.happen(index);
                Phase::Happened(index)
            }
            Phase::Happened(index) => {
                self.steps[index].returned = Some(self.now);
                self.open -= 1;
                Phase::Idle
            }
        };
        self.now += 1;
    }

    fn invoke(&mut self, client: usize) -> usize {
        let index = self.steps.len();
        let number = u64::try_from(index).expect("memory ends long before");
        let key = match self.held {
            Held::Registers(_) => self.stream.between(0, self.plan.keys - 1),
            Held::Queue(_) => 0,
        };
        let action = match self.stream.between(0, 1) {
            0 => Action::Read(0),
            _ => Action::Write(number + 1),
        };
        let client = self.names[client];
        self.steps.push(Step { client, key, action, invoked: self.now, returned: None });
        self.open += 1;
        index
    }

    /// Whether nobody will know what comes of an operation.
    fn is_lost(&mut self, index: usize) -> bool {
        match self.steps[index].action {
            Action::Read(_) => false,
            // Drawn in any case, so that histories with different shares look alike.
            Action::Write(_) => self.stream.between(1, 1_000) <= self.plan.unknown_per_mille,
        }
    }

    fn happen(&mut self, index: usize) {
        let step = &mut self.steps[index];
        match (&mut self.held, &mut step.action) {
            (Held::Registers(held), Action::Read(seen)) => *seen = held[position(step.key)],
            (Held::Registers(held), Action::Write(value)) => held[position(step.key)] = *value,
            (Held::Queue(held), Action::Read(seen)) => *seen = held.pop_front().unwrap_or(0),
            (Held::Queue(held), Action::Write(value)) => held.push_back(*value),
        }
        self.order.push(index);
    }
}

impl Generated {
    /// The same history of registers, but for one read among the last 3 % of the operations: it
    /// returns a value that was overwritten before it was invoked. No order explains that.
    ///
    /// # Panics
    /// When none of these reads follows two writes of its key, one after the other.
    pub(crate) fn with_a_stale_read(mut self) -> Self {
        let first = self.steps.len() - self.steps.len() * 3 / 100;
        let read = (first..self.steps.len()).find_map(|index| Some((index, self.stale(index)?)));
        let (index, value) = read.expect("a longer history has such a read");
        self.steps[index].action = Action::Read(value);
        self
    }

    /// A value that the operation, if it is a read, can't have seen any more.
    fn stale(&self, index: usize) -> Option<u64> {
        let read = self.steps[index];
        let returned_before = |limit: u64| {
            move |step: &&Step| step.key == read.key && step.returned.is_some_and(|at| at < limit)
        };
        let is_write = |step: &&Step| matches!(step.action, Action::Write(_));
        let mut before = self.steps[..index].iter().rev().filter(is_write);
        let later = before.find(returned_before(read.invoked))?;
        // Surely overwritten: one had returned before the other was invoked.
        let earlier = before.find(returned_before(later.invoked))?;
        match (read.action, earlier.action) {
            (Action::Read(_), Action::Write(value)) => Some(value),
            (Action::Read(_) | Action::Write(_), _) => None,
        }
    }

    /// As a history of one register.
    pub(crate) fn register(self) -> History<register::Input, register::Output> {
        use register::{Input, Output};
        self.history(|step| match step.action {
            Action::Read(value) => (Input::Read, Output::Value(value)),
            Action::Write(value) => (Input::Write(value), Output::Done),
        })
    }

    /// As a history of a store.
    pub(crate) fn kv(self) -> History<kv::Input, kv::Output> {
        use kv::{Action as Asked, Held, Input, Output};
        self.history(|step| {
            let (action, output) = match step.action {
                Action::Read(0) => (Asked::Get, Output::Value(Held::Nothing)),
                Action::Read(value) => (Asked::Get, Output::Value(Held::One(value))),
                Action::Write(value) => (Asked::Put(value), Output::Done),
            };
            (Input { key: step.key, action }, output)
        })
    }

    /// As a history of a queue.
    pub(crate) fn queue(self) -> History<pool::Input, pool::Output> {
        use pool::{Input, Output};
        self.history(|step| match step.action {
            Action::Read(0) => (Input::Take, Output::Taken(None)),
            Action::Read(value) => (Input::Take, Output::Taken(Some(value))),
            Action::Write(value) => (Input::Put(value), Output::Done),
        })
    }

    fn history<I, O>(self, translate: impl Fn(Step) -> (I, O)) -> History<I, O> {
        let operation = |step: Step| {
            let (input, output) = translate(step);
            let outcome =
                step.returned.map_or(Outcome::Unknown, |at| Outcome::Returned { at, output });
            Operation { client: step.client, input, invoked: step.invoked, outcome }
        };
        // Into a list of its own: the steps' would be taken for it, and is larger than it need be.
        let mut operations = Vec::with_capacity(self.steps.len());
        operations.extend(self.steps.into_iter().map(operation));
        History { operations }
    }
}

fn position(number: u64) -> usize {
    usize::try_from(number).expect("memory ends long before")
}
