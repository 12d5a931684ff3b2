//! Linearizability of what the clients see, while they see it: a run ends at the first answer that
//! can't be.
//!
//! Whatever the group executes for the first time is executed by the service's model, too. When a
//! client is answered, the answer must be the model's, and the operation must stand behind all
//! those in the log that had been answered before it was asked. Both together, for every answer,
//! are what [`crate::checker::witness::verify`] wants of an order. At the end the checker is asked
//! what it thinks without the log; and when an answer was refuted, why.
//!
//! A read beside the log stands behind the last operation that it knows of, by the word of who
//! answered it. What the model would answer there is noted while it is open. Reads that may be old
//! must know of all that their client has seen; the rest is judged at the end (`stale.rs`).

mod opinion;
mod stale;
mod view;

pub use view::in_words;

use super::history::Operation;
use super::invariants::Canon;
use super::scenario::ServiceKind;
use super::time::Moment;
use super::violation::Code;
use super::workload::How;
use crate::checker::models::pool::Pool;
use crate::checker::models::{clock, counter, kv, lottery, register};
use crate::protocol::{ClientId, OpNumber};
use bytes::Bytes;
use opinion::{Answered, Opinion, Seen};
use stale::StaleRead;
use std::collections::BTreeMap;

/// What the checker says.
#[derive(Clone, Debug)]
pub enum Judgement {
    /// The log's order explains everything.
    Explained,
    /// Something is wrong.
    Wrong {
        /// What kind of violation.
        code: Code,
        /// What, in a sentence.
        message: String,
        /// The operations that matter, a line each.
        details: Vec<String>,
    },
}

/// The order of the log, and what the clients saw of it.
#[derive(Clone)]
pub struct Linearizability {
    opinion: Held,
    /// As whom each client goes, and which operation is its last.
    clients: BTreeMap<ClientId, (u64, usize)>,
    clients_count: u64,
    /// The last operation that each client has seen.
    seen: BTreeMap<ClientId, OpNumber>,
    /// Reads of what is latest that are not answered yet.
    open: Vec<usize>,
    /// Reads that were answered by who may have known less than others.
    stale: Vec<StaleRead>,
    /// One that knew of less than its client.
    forgetful: Option<usize>,
    /// Up to where the log was followed.
    followed_to: OpNumber,
    /// Of each operation of the history.
    places: Vec<Place>,
    /// The last one in the log that was answered before the moment of the latest answer, and the
    /// last of all, with that moment.
    settled: OpNumber,
    latest: (Moment, OpNumber),
    /// An answer that can't be read.
    unreadable: Option<usize>,
}

/// An opinion of whatever model, that can be copied.
struct Held(Box<dyn Opinion>);

impl Clone for Held {
    fn clone(&self) -> Self {
        Self(self.0.again())
    }
}

/// Where an operation stands in the log.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Nothing before it is executed.
    executed: Option<OpNumber>,
    /// The last one that had been answered before it was asked.
    behind: OpNumber,
    is_answered: bool,
    /// It is not in the log, and stands behind an operation that is.
    is_read: bool,
}

impl Linearizability {
    /// Of a service that has executed nothing.
    #[must_use]
    pub fn new(service: ServiceKind) -> Self {
        let opinion: Box<dyn Opinion> = match service {
            ServiceKind::Register => {
                Box::new(Seen::new(register::Register, view::register, |_, _| {}))
            }
            ServiceKind::Kv => Box::new(Seen::new(kv::Kv, view::kv, |_, _| {})),
            ServiceKind::Counter => Box::new(Seen::new(counter::Counter, view::counter, |_, _| {})),
            ServiceKind::Queue => Box::new(Seen::new(Pool::Queue, view::queue, |_, _| {})),
            ServiceKind::Clock => {
                Box::new(Seen::new(clock::Clock, view::clock, view::foretell_clock))
            }
            ServiceKind::Lottery => {
                Box::new(Seen::new(lottery::Lottery, view::lottery, view::foretell_lottery))
            }
        };
        Self {
            opinion: Held(opinion),
            clients: BTreeMap::new(),
            clients_count: 0,
            seen: BTreeMap::new(),
            open: Vec::new(),
            stale: Vec::new(),
            forgetful: None,
            followed_to: OpNumber(0),
            places: Vec::new(),
            settled: OpNumber(0),
            latest: (Moment(0), OpNumber(0)),
            unreadable: None,
        }
    }

    /// Takes what was executed since this was last called.
    pub fn follow(&mut self, canon: &Canon) {
        while self.followed_to < canon.len() {
            self.followed_to = self.followed_to.plus(1);
            let Some(canonical) = canon.get(self.followed_to) else { continue };
            if let Some(index) = canonical.asked_as.and_then(|index| usize::try_from(index).ok()) {
                self.on_executed(index, self.followed_to, &canonical.prediction);
            }
        }
    }

    /// The operation of that index is executed for the first time.
    fn on_executed(&mut self, index: usize, at: OpNumber, prediction: &Bytes) {
        if let Some(place) = self.places.get_mut(index) {
            place.executed = Some(at);
            self.opinion.0.execute(index, prediction);
            for &read in &self.open {
                self.opinion.0.look(read, at);
            }
        }
    }

    /// A client asks for the next operation of the history.
    pub fn on_asked(&mut self, operation: &Operation) {
        // A client that was refused goes on, though its request may still be executed: to the
        // checker it is another client from there on.
        let (client, last) = self.clients.entry(operation.client).or_insert((0, usize::MAX));
        if !self.places.get(*last).is_some_and(|place| place.is_answered) {
            self.clients_count += 1;
            *client = self.clients_count;
        }
        *last = self.places.len();
        self.opinion.0.ask(*client, operation.invoked, &operation.asked);
        // Operations that touch are concurrent.
        let (at, last) = self.latest;
        let behind = if at < operation.invoked { last } else { self.settled };
        if operation.how == How::Latest {
            self.open.push(self.places.len());
            self.opinion.0.look(self.places.len(), self.followed_to);
        }
        let is_read = operation.how != How::ThroughTheLog;
        self.places.push(Place { executed: None, behind, is_answered: false, is_read });
    }

    /// The operation of that index is answered. Tells whether the order of the log still explains
    /// all answers.
    #[must_use]
    pub fn explains(&mut self, index: usize, operation: &Operation) -> bool {
        let Some((now, reply)) = &operation.answered else { return false };
        let seen = self.seen.entry(operation.client).or_default();
        let has_seen = std::mem::replace(seen, operation.known.max(*seen));
        if let How::At(_) = operation.how {
            return self.is_new_enough(index, operation, has_seen);
        }
        if operation.how == How::Latest {
            self.open.retain(|&open| open != index);
            if let Some(place) = self.places.get_mut(index) {
                place.executed = Some(operation.known);
            }
        }
        let known = (operation.how == How::Latest).then_some(operation.known);
        let fits = match self.opinion.0.answer(index, *now, known, &operation.asked, reply) {
            Answered::AsTheModel => true,
            Answered::SomethingElse => false,
            Answered::FromBefore => {
                // Whether it was true there is judged at the end; whether it may stand there, now.
                self.note_stale(index, operation);
                true
            }
            Answered::Nonsense => {
                self.unreadable = Some(index);
                false
            }
        };
        let Some(place) = self.places.get_mut(index) else { return false };
        place.is_answered = true;
        let Place { executed: Some(executed), behind, is_read, .. } = *place else {
            return false;
        };
        let (at, last) = self.latest;
        if at < *now {
            self.settled = last;
        }
        self.latest = (*now, last.max(executed));
        fits && (executed > behind || is_read && executed == behind)
    }

    /// A read that may be old is answered: does it know of all that its client has seen?
    fn is_new_enough(&mut self, index: usize, operation: &Operation, seen: OpNumber) -> bool {
        if let Some(place) = self.places.get_mut(index) {
            place.is_answered = true;
        }
        self.note_stale(index, operation);
        if operation.known < seen {
            self.forgetful = Some(index);
        }
        operation.known >= seen
    }

    fn note_stale(&mut self, index: usize, operation: &Operation) {
        if let Some((at, reply)) = operation.answered.clone() {
            let (known, asked) = (operation.known, operation.asked);
            self.stale.push(StaleRead { index, known, at, asked, reply });
        }
    }

    /// Every answer was explained by the order of the log. What does the checker think by itself?
    /// What can't be judged without a search is judged where that is wanted: it may take longer
    /// than all the other judges together.
    #[must_use]
    pub fn at_rest(&self, may_search: bool) -> Judgement {
        match self.opinion.0.stale(&self.order(), &self.stale) {
            Judgement::Explained => self.opinion.0.second(may_search),
            wrong @ Judgement::Wrong { .. } => wrong,
        }
    }

    /// What was executed and answered, in the order of the log: each with its op-number. Reads
    /// stand behind what they know of.
    fn order(&self) -> Vec<(OpNumber, usize)> {
        let place = |(index, place): (usize, &Place)| {
            Some(((place.executed?, place.is_read, index), index))
        };
        let mut order: Vec<_> = self.places.iter().enumerate().filter_map(place).collect();
        order.sort_unstable();
        order.into_iter().map(|((op_number, ..), index)| (op_number, index)).collect()
    }

    /// An answer was not explained by the order of the log: why, and is there any order?
    #[must_use]
    pub fn why_refuted(&self, operations: &[Operation]) -> Judgement {
        if let Some(operation) = self.unreadable.and_then(|index| operations.get(index)) {
            let (client, number) = (operation.client, operation.request_number);
            return Judgement::Wrong {
                code: Code::Reply,
                message: format!("the answer to {client}/{number} can't be read"),
                details: Vec::new(),
            };
        }
        if let Some(index) = self.forgetful
            && let Some(operation) = operations.get(index)
        {
            let Operation { client, request_number, known, .. } = operation;
            return Judgement::Wrong {
                code: Code::Stale,
                message: format!(
                    "the answer to read {client}/{request_number} knows of operations up to \
                     {known}, and its client had seen more"
                ),
                details: Vec::new(),
            };
        }
        let order: Vec<usize> = self.order().into_iter().map(|(_, index)| index).collect();
        self.opinion.0.why_not(&order)
    }
}

#[cfg(test)]
mod tests {
    use super::{Judgement, Linearizability};
    use crate::protocol::service::Codec;
    use crate::protocol::{ClientId, OpNumber, RequestNumber};
    use crate::services::Postcard;
    use crate::services::register::{Operation as Register, Reply};
    use crate::sim::history::Operation;
    use crate::sim::scenario::ServiceKind;
    use crate::sim::time::Moment;
    use crate::sim::violation::Code;
    use crate::sim::workload::{Asked, How};
    use bytes::Bytes;

    /// A history that is told step by step.
    struct Told {
        judge: Linearizability,
        operations: Vec<Operation>,
        executed: u64,
    }

    impl Told {
        fn new() -> Self {
            let judge = Linearizability::new(ServiceKind::Register);
            Self { judge, operations: Vec::new(), executed: 0 }
        }

        fn ask(&mut self, at: u64, client: u128, asked: Register) -> usize {
            let operation = Operation {
                client: ClientId(uuid::Uuid::from_u128(client)),
                request_number: RequestNumber(1),
                asked: Asked::Register(asked),
                how: How::ThroughTheLog,
                known: OpNumber(0),
                prediction: Bytes::new(),
                invoked: Moment(at),
                answered: None,
            };
            self.judge.on_asked(&operation);
            self.operations.push(operation);
            self.operations.len() - 1
        }

        fn execute(&mut self, index: usize) {
            self.executed += 1;
            self.judge.on_executed(index, OpNumber(self.executed), &Bytes::new());
        }

        fn answer(&mut self, at: u64, index: usize, reply: Bytes) -> bool {
            self.operations[index].answered = Some((Moment(at), reply));
            self.judge.explains(index, &self.operations[index])
        }

        /// A write is asked at once, executed, and answered later.
        fn write(&mut self, at: u64, client: u128, value: u64, answered: u64) {
            let index = self.ask(at, client, Register::Write(value));
            self.execute(index);
            assert!(self.answer(answered, index, Postcard::encode(&Reply::Done)));
        }

        fn why(&self) -> (Code, String) {
            match self.judge.why_refuted(&self.operations) {
                Judgement::Wrong { code, message, .. } => (code, message),
                Judgement::Explained => panic!("explained"),
            }
        }
    }

    #[test]
    fn answers_as_the_log_has_them_are_explained() {
        let mut told = Told::new();
        told.write(0, 1, 7, 5);
        let read = told.ask(6, 2, Register::Read);
        told.execute(read);
        assert!(told.answer(9, read, Postcard::encode(&Reply::Value(7))));
        for may_search in [false, true] {
            assert!(matches!(told.judge.at_rest(may_search), Judgement::Explained));
        }
    }

    #[test]
    fn an_answer_that_no_order_explains_is_refuted_at_once() {
        let mut told = Told::new();
        told.write(0, 1, 7, 5);
        let read = told.ask(6, 2, Register::Read);
        told.execute(read);
        assert!(!told.answer(9, read, Postcard::encode(&Reply::Value(0))));
        assert_eq!(told.why().0, Code::Linearizability);
    }

    #[test]
    fn an_order_against_time_is_refuted_though_another_explains_the_answers() {
        let mut told = Told::new();
        let first = told.ask(0, 1, Register::Write(7));
        let second = told.ask(1, 2, Register::Write(8));
        told.execute(second);
        assert!(told.answer(2, second, Postcard::encode(&Reply::Done)));
        // Both touch the third, which is asked when the second had been answered.
        let third = told.ask(3, 3, Register::Write(9));
        told.execute(first);
        told.execute(third);
        assert!(told.answer(4, third, Postcard::encode(&Reply::Done)));
        assert!(told.answer(5, first, Postcard::encode(&Reply::Done)), "it was open all the time");

        let mut told = Told::new();
        let early = told.ask(0, 1, Register::Write(7));
        let late = told.ask(0, 2, Register::Write(8));
        told.execute(late);
        assert!(told.answer(1, late, Postcard::encode(&Reply::Done)));
        let read = told.ask(2, 3, Register::Read);
        told.executed = 0;
        told.execute(read);
        assert!(!told.answer(3, read, Postcard::encode(&Reply::Value(8))), "it stands before it");
        told.executed = 2;
        told.execute(early);
        let (code, message) = told.why();
        assert_eq!(code, Code::Order, "{message}");
    }

    #[test]
    fn operations_that_touch_are_concurrent() {
        let mut told = Told::new();
        let (early, late) = (told.ask(0, 1, Register::Read), told.ask(0, 2, Register::Read));
        told.executed = 1;
        told.execute(early);
        assert!(told.answer(4, early, Postcard::encode(&Reply::Value(0))));
        let touches = told.ask(4, 3, Register::Read);
        told.execute(late);
        told.executed = 0;
        told.execute(touches);
        assert!(told.answer(5, touches, Postcard::encode(&Reply::Value(0))));
        let behind = told.ask(5, 4, Register::Read);
        told.executed = 1;
        told.execute(behind);
        assert!(!told.answer(6, behind, Postcard::encode(&Reply::Value(0))));
    }

    #[test]
    fn what_was_not_answered_may_have_happened() {
        let mut told = Told::new();
        let write = told.ask(0, 1, Register::Write(7));
        told.execute(write);
        let read = told.ask(1, 2, Register::Read);
        told.execute(read);
        assert!(told.answer(2, read, Postcard::encode(&Reply::Value(7))));
        for may_search in [false, true] {
            assert!(matches!(told.judge.at_rest(may_search), Judgement::Explained));
        }
    }

    #[test]
    fn what_was_never_executed_is_no_answer_and_noise_neither() {
        let mut told = Told::new();
        let write = told.ask(0, 1, Register::Write(7));
        assert!(!told.answer(1, write, Postcard::encode(&Reply::Done)));
        let mut told = Told::new();
        let read = told.ask(0, 1, Register::Read);
        told.execute(read);
        assert!(!told.answer(1, read, Bytes::from_static(&[0xff; 3])));
        assert_eq!(told.why().0, Code::Reply);
    }
}
