//! The replicas of a transcript, the messages between them, and what is told of both.

use super::command::{Command, Extras, Move, Which};
use bytes::Bytes;
use std::collections::BTreeSet;
use std::collections::VecDeque;
use vsr::protocol::pages::Tree;
use vsr::protocol::replica::{Life, StatusKind};
use vsr::protocol::service::{Applied, Predicting, Predicts};
use vsr::protocol::{
    Incarnation, Input, LocalTime, Message, Nonce, OpNumber, Outbox, Output, Predictions, Replica,
    ReplicaNumber, ReplicaSet, Service, Settings, Timer, ViewNumber,
};

/// A group of replicas, and a network that does what it is told.
pub(crate) struct Group {
    settings: Settings,
    extras: Extras,
    members: Vec<Member>,
    /// In the order in which they were sent.
    in_flight: VecDeque<Flight>,
    /// Taken aside until they are released.
    held: VecDeque<Flight>,
    /// Whose messages are lost at the moment.
    cut: ReplicaSet,
    /// What every clock shows.
    now: LocalTime,
    /// What the command has made happen so far.
    told: Vec<String>,
}

/// A replica, while it is up, and what its host keeps for it.
struct Member {
    replica: Option<Replica<Recorder>>,
    incarnation: Incarnation,
    timers: BTreeSet<Timer>,
}

/// A message on its way.
#[derive(Clone)]
struct Flight {
    from: ReplicaNumber,
    to: ReplicaNumber,
    message: Message,
}

/// Answers each operation with all operations so far, and with what was predicted for them: who
/// predicted it, and in which view.
#[derive(Clone, Debug)]
struct Recorder {
    number: u8,
    predicts: Predicts,
    is_odd: bool,
    only_applies: bool,
    applied: Vec<Applied>,
    text: Vec<u8>,
}

impl Recorder {
    fn new(number: ReplicaNumber, settings: &Settings, extras: Extras) -> Self {
        let number = number.0;
        let predicts = match settings.predictions {
            _ if extras.only_applies => Predicts::Nothing,
            Predictions::Off => Predicts::Nothing,
            Predictions::ByPrimary => Predicts::Alone,
            Predictions::Merged => Predicts::Merged,
        };
        Self {
            number,
            predicts,
            is_odd: extras.odd == Some(number),
            only_applies: extras.only_applies,
            applied: Vec::new(),
            text: Vec::new(),
        }
    }
}

impl Service for Recorder {
    fn apply(&mut self, request: Applied, operation: &Bytes) -> Bytes {
        self.applied.push(request);
        self.text.extend_from_slice(operation);
        Bytes::from(self.text.clone())
    }

    fn apply_predicted(
        &mut self,
        request: Applied,
        operation: &Bytes,
        prediction: &Bytes,
    ) -> Bytes {
        if prediction.is_empty() {
            return self.apply(request, operation);
        }
        self.apply(request, &[operation, &b"("[..], prediction, b")"].concat().into())
    }

    fn predicts(&self) -> Predicts {
        self.predicts
    }

    fn predict(&mut self, request: Predicting, _operation: &Bytes) -> Bytes {
        let odd = if self.is_odd { "?" } else { "" };
        Bytes::from(format!("{odd}r{}{}", self.number, request.view))
    }

    fn can_merge(&self, _operation: &Bytes, prediction: &Bytes) -> bool {
        prediction.starts_with(b"r")
    }

    fn merge(
        &mut self,
        _request: Predicting,
        _operation: &Bytes,
        predictions: &[(ReplicaNumber, Bytes)],
    ) -> Option<Bytes> {
        let all: Vec<&[u8]> = predictions.iter().map(|(_, prediction)| &prediction[..]).collect();
        Some(all.join(&b"+"[..]).into())
    }

    fn reads(&self) -> bool {
        !self.only_applies
    }

    fn read(&self, query: &Bytes) -> Option<Bytes> {
        // What is capital changes something.
        let is_read = self.reads() && !query.iter().any(u8::is_ascii_uppercase);
        is_read.then(|| Bytes::from(self.text.clone()))
    }

    fn checkpoint(&mut self) -> Option<Tree> {
        (!self.only_applies).then(|| Tree::page(self.text.clone().into()))
    }

    fn restore(&mut self, state: &Tree) -> bool {
        state.as_page().is_some_and(|text| {
            self.text = text.to_vec();
            true
        })
    }
}

impl Group {
    /// A new group, all of its members up and in view 0, and so many replicas on standby.
    pub(crate) fn new(settings: Settings, extras: Extras) -> Result<Self, String> {
        let mut group = Self {
            settings,
            extras,
            members: Vec::new(),
            in_flight: VecDeque::new(),
            held: VecDeque::new(),
            cut: ReplicaSet::EMPTY,
            now: LocalTime(0),
            told: Vec::new(),
        };
        let members = settings.configuration.replicas();
        for number in (0..members + extras.standby).map(ReplicaNumber) {
            let mut out = Outbox::default();
            let service = Recorder::new(number, &settings, extras);
            let replica = if number.0 < members {
                Replica::start(settings, number, service, &mut out)
            } else {
                Replica::join(settings, number, service, &mut out)
            };
            let replica = replica.map_err(|why| why.to_string())?;
            group.members.push(Member {
                replica: Some(replica),
                incarnation: Incarnation(0),
                timers: BTreeSet::new(),
            });
            group.perform(number, &mut out);
        }
        Ok(group)
    }

    /// Does what the command says and tells what came of it.
    pub(crate) fn obey(&mut self, command: Command) -> Result<Vec<String>, String> {
        match command {
            Command::Group(settings, extras) => *self = Self::new(settings, extras)?,
            Command::Request(to, message) | Command::Say(to, message) => {
                self.member(to)?;
                self.step(to, Input::Message(message));
            }
            Command::Clock(passed) => self.now = self.now.plus(passed),
            Command::DeliverAll => self.deliver_all()?,
            Command::Move(kind, which) => self.move_some(kind, which)?,
            Command::Cut(number) => self.cut.insert(number),
            Command::Join(number) => self.cut.remove(number),
            Command::Timer(number, timer) => {
                if !self.member(number)?.timers.remove(&timer) {
                    return Err("that timer is not set".to_owned());
                }
                self.step(number, Input::Timer(timer));
            }
            Command::Timers(number) => {
                let timers = &self.member(number)?.timers;
                let names: Vec<&str> = timers.iter().map(|timer| timer.name()).collect();
                self.told.push(format!("{number} waits for {}", names.join(", ")));
            }
            Command::Crash(number) => {
                let member = self.member(number)?;
                member.timers.clear();
                if member.replica.take().is_none() {
                    return Err("it is down already".to_owned());
                }
            }
            Command::Recover(number) => self.recover(number)?,
            Command::State => self.tell_state(),
        }
        Ok(std::mem::take(&mut self.told))
    }

    fn deliver_all(&mut self) -> Result<(), String> {
        for _ in 0..DELIVERIES_MAX {
            let Some(flight) = self.in_flight.pop_front() else {
                return Ok(());
            };
            self.step(flight.to, Input::Message(flight.message));
        }
        Err("the conversation does not come to an end".to_owned())
    }

    fn move_some(&mut self, kind: Move, which: Which) -> Result<(), String> {
        let source = if kind == Move::Release { &mut self.held } else { &mut self.in_flight };
        let (meant, others) = source.drain(..).partition::<VecDeque<_>, _>(|f| f.is_meant(which));
        *source = others;
        if meant.is_empty() {
            return Err("no such message is in flight".to_owned());
        }
        for flight in meant {
            match kind {
                Move::Deliver => {
                    self.step(flight.to, Input::Message(flight.message));
                    continue;
                }
                Move::Drop => self.told.push(format!("lost: {flight}")),
                Move::Duplicate => {
                    self.told.push(format!("copied: {flight}"));
                    self.in_flight.push_back(flight.clone());
                    self.in_flight.push_back(flight);
                }
                Move::Hold => {
                    self.told.push(format!("held: {flight}"));
                    self.held.push_back(flight);
                }
                Move::Release => {
                    self.told.push(format!("released: {flight}"));
                    self.in_flight.push_back(flight);
                }
            }
        }
        Ok(())
    }

    fn recover(&mut self, number: ReplicaNumber) -> Result<(), String> {
        let (settings, extras, now) = (self.settings, self.extras, self.now);
        let member = self.member(number)?;
        if member.replica.is_some() {
            return Err("it is up already".to_owned());
        }
        let incarnation = member.incarnation.next();
        let nonce = Nonce((u128::from(number.0) << 8) + u128::from(incarnation.0));
        let joins = !settings.configuration.contains(number);
        let life = Life { incarnation, nonce, now, joins };
        let mut out = Outbox::default();
        let service = Recorder::new(number, &settings, extras);
        let replica = Replica::recover(settings, number, life, service, &mut out)
            .map_err(|why| why.to_string())?;
        member.incarnation = incarnation;
        let posture = Posture::of(&replica);
        member.replica = Some(replica);
        self.told.push(format!("{number} is now {posture}"));
        self.perform(number, &mut out);
        Ok(())
    }

    /// Hands an input to a replica, and tells what it made of it.
    fn step(&mut self, number: ReplicaNumber, input: Input) {
        let name = name_of(&input);
        let Some(replica) = &mut self.members[number.index()].replica else {
            self.told.push(format!("lost, for {number} is down: {name}"));
            return;
        };
        let (before, executed) = (Posture::of(replica), replica.service().applied.len());
        let mut out = Outbox::default();
        replica.tell_time(self.now);
        replica.step(input, &mut out);
        let after = Posture::of(replica);
        if let Some(why) = out.take_refused() {
            self.told.push(format!("{number} refuses {name}: {why}"));
        }
        if before != after {
            self.told.push(format!("{number} is now {after}"));
        }
        for applied in &replica.service().applied[executed..] {
            self.told.push(format!("{number} executes {}", told_applied(*applied)));
        }
        self.perform(number, &mut out);
    }

    /// Does what a replica wants to be done.
    fn perform(&mut self, number: ReplicaNumber, out: &mut Outbox) {
        for output in out.drain() {
            match output {
                Output::Send(to, message, _) => self.send(number, to, message),
                Output::Broadcast(all, message, _) => {
                    all.iter().for_each(|to| self.send(number, to, message.clone()));
                }
                Output::Reply(client, message) => {
                    let mut line = format!("{number} → {client} {message}");
                    if let Message::Reply(reply) = &message {
                        line += &format!(": {}", String::from_utf8_lossy(&reply.result));
                    }
                    if let Message::Answer(answer) = &message {
                        let (age, result) = (answer.age.as_millis(), &answer.result);
                        line += &format!(" {age}ms: {}", String::from_utf8_lossy(result));
                    }
                    self.told.push(line);
                }
                Output::Write(..) | Output::Keep(..) => {
                    unreachable!("a group in memory writes nothing")
                }
                Output::SetTimer(timer, _) => {
                    self.members[number.index()].timers.insert(timer);
                }
                Output::CancelTimer(timer) => {
                    self.members[number.index()].timers.remove(&timer);
                }
            }
        }
    }

    fn send(&mut self, from: ReplicaNumber, to: ReplicaNumber, message: Message) {
        let flight = Flight { from, to, message };
        if self.cut.contains(from) || self.cut.contains(to) {
            self.told.push(format!("{flight} (lost)"));
        } else {
            self.told.push(flight.to_string());
            self.in_flight.push_back(flight);
        }
    }

    fn tell_state(&mut self) {
        for (member, number) in self.members.iter().zip(0..) {
            let number = ReplicaNumber(number);
            let Some(replica) = &member.replica else {
                self.told.push(format!("{number} is down"));
                continue;
            };
            let mut line = format!(
                "{number} {}, last normal {}, {} k{}, log",
                Posture::of(replica),
                replica.last_normal_view(),
                replica.op_number(),
                replica.commit_number().0,
            );
            let start = replica.log_start();
            if start > OpNumber(0) {
                line += &format!(" behind {start}");
            }
            let log = (start.next().0..).map_while(|number| replica.entry(OpNumber(number)));
            for entry in log {
                line += &format!(" {}/{}@{}", entry.client, entry.request_number, entry.view);
            }
            let executed = String::from_utf8_lossy(&replica.service().text);
            self.told.push(format!("{line}, executed {executed:?}"));
        }
    }

    fn member(&mut self, number: ReplicaNumber) -> Result<&mut Member, String> {
        self.members.get_mut(number.index()).ok_or_else(|| format!("there is no {number}"))
    }
}

impl Flight {
    fn is_meant(&self, which: Which) -> bool {
        which.from.is_none_or(|from| from == self.from)
            && which.to.is_none_or(|to| to == self.to)
            && which.kind.is_none_or(|kind| kind == self.message.kind())
    }
}

impl std::fmt::Display for Flight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} → {} {}", self.from, self.to, self.message)
    }
}

/// What a replica is, as far as a change of it is told.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Posture {
    view: ViewNumber,
    status: StatusKind,
    is_primary: bool,
    is_witness: bool,
}

impl Posture {
    fn of<S>(replica: &Replica<S>) -> Self {
        Self {
            view: replica.view(),
            status: replica.status(),
            is_primary: replica.is_primary(),
            is_witness: replica.is_witness(),
        }
    }
}

impl std::fmt::Display for Posture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let role = match (self.is_primary, self.is_witness) {
            (true, _) => " primary",
            (false, true) => " witness",
            (false, false) => "",
        };
        write!(f, "{} {}{role}", self.view, self.status.name())
    }
}

fn name_of(input: &Input) -> String {
    match input {
        Input::Message(Message::Peer(header, peer)) => {
            format!("{} of {}", Message::Peer(*header, peer.clone()), header.from)
        }
        Input::Message(message) => message.to_string(),
        Input::Timer(timer) => timer.name().to_owned(),
        Input::Durable(ticket) => format!("durable up to {}", ticket.0),
    }
}

fn told_applied(applied: Applied) -> String {
    format!("{} {}/{}", applied.op_number, applied.client, applied.request_number)
}

/// More deliveries than this, and replicas talk in a circle.
const DELIVERIES_MAX: usize = 1000;
