//! A group and its clients outside of time: messages that lie there until somebody lets them
//! arrive, and timers that go off when somebody wants them to.

use super::bounds::{Bounds, Deviation};
use super::step::{Letter, Step};
use crate::checker::mixer::Mixer;
use crate::protocol::message::{Commit, Peer};
use crate::protocol::{Message, Replica, Timer};
use crate::sim::kernel::{ByItself, Happened, UnderWay};
use crate::sim::member::{Member, THINK};
use crate::sim::node::{ProcessId, TimerId};
use crate::sim::random::mix;
use crate::sim::run::Run;
use crate::sim::scenario::{Action, Scenario};
use crate::sim::service::Watched;
use crate::sim::time::Moment;
use core::hash::{Hash, Hasher};

/// Where a group and its clients have got to.
#[derive(Clone)]
pub(in crate::sim) struct World<'scenario> {
    scenario: &'scenario Scenario,
    run: Run<'scenario>,
    /// What was sent and has not arrived: by receiver and sender, in the order in which it was
    /// sent.
    under_way: Vec<Sent>,
    /// How many messages were sent on each link.
    counts: Vec<u32>,
    /// The replicas that hear nothing, as bits.
    deaf: u16,
    /// How much of what the scenario has for the administrator it was told.
    ordered: usize,
    /// How often a process has taken something, or crashed, or started.
    turn: u32,
    /// What the clients have seen, in that order.
    seen: u64,
    /// A print of each process, and of the judges: what has not changed is not looked at again.
    /// None where nobody compares worlds.
    prints: Vec<u64>,
}

/// A message that has not arrived.
#[derive(Clone)]
pub(in crate::sim) struct Sent {
    pub(in crate::sim) letter: Letter,
    pub(in crate::sim) content: UnderWay<Message>,
    print: u64,
    pub(in crate::sim) state: Post,
}

/// How a message is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Post {
    /// It arrives when its turn comes.
    InTime,
    /// It is late: it arrives at any moment, or never.
    Late,
    /// Its sender has crashed, and what it had sent is late; each link's in its order.
    Outlives,
    /// Its receiver did not hear it: it is lost, unless it goes wrong once more and comes late.
    Missed,
}

/// That something is wrong: what exactly, a run of the scenario tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Violated;

impl<'scenario> World<'scenario> {
    /// The beginning: everybody has started, and nothing has arrived.
    ///
    /// # Errors
    /// When something is wrong with that.
    pub(in crate::sim) fn new(scenario: &'scenario Scenario) -> Result<Self, Violated> {
        let mut world = Self::alone(scenario)?;
        world.prints = vec![0; usize::from(scenario.processes()) + 1];
        world.everybody().for_each(|id| world.look_at(id));
        Ok(world)
    }

    /// As [`World::new`], but one that is never compared with another.
    ///
    /// # Errors
    /// As [`World::new`].
    pub(in crate::sim) fn alone(scenario: &'scenario Scenario) -> Result<Self, Violated> {
        let processes = usize::from(scenario.processes());
        let mut run = Run::new(scenario);
        run.director.start_all(scenario, &mut run.kernel);
        let counts = vec![0; processes * processes];
        let (under_way, prints) = (Vec::new(), Vec::new());
        let mut world = Self {
            scenario,
            run,
            under_way,
            counts,
            deaf: 0,
            ordered: 0,
            turn: 0,
            seen: 0,
            prints,
        };
        world.go_on_by_itself()?;
        Ok(world)
    }

    /// What happens next if nothing goes wrong: the first message of those that are not late; when
    /// there is none, a client asks. Nothing where everybody is done, or waits for a timer.
    ///
    /// One order stands for many: what arrives at different processes arrives in any order.
    pub(in crate::sim) fn next(&self) -> Option<Step> {
        match self.under_way.iter().find(|sent| sent.state == Post::InTime) {
            Some(sent) => Some(Step::Arrive(sent.letter)),
            None => {
                self.clients().find(|&id| self.wants_to_ask(id)).map(|id| Step::Expire(id, THINK))
            }
        }
    }

    /// Everything else that can happen: what is free, and what goes wrong, as far as it may.
    pub(in crate::sim) fn others(
        &self,
        left: Bounds,
        each: &mut impl FnMut(Step, Option<Deviation>),
    ) {
        for (place, sent) in self.under_way.iter().enumerate() {
            let is_same = |other: &Sent| other.state == sent.state && other.print == sent.print;
            let cost = match sent.state {
                Post::InTime => continue,
                Post::Late | Post::Outlives => None,
                Post::Missed if left.allows(Deviation::Late) => Some(Deviation::Late),
                Post::Missed => continue,
            };
            // Of those that are alike one stands for all.
            if !self.under_way[..place].iter().any(is_same) {
                each(Step::Arrive(sent.letter), cost);
            }
        }
        for id in self.replicas() {
            if !self.is_up(id) {
                each(Step::Restart(id), None);
            }
            if self.is_deaf(id) {
                each(Step::Hear(id), None);
            } else if left.allows(Deviation::Deaf) {
                each(Step::Deafen(id), Some(Deviation::Deaf));
            }
        }
        if let Some(Step::Arrive(letter)) = self.next() {
            if left.allows(Deviation::Late) {
                each(Step::PutAside(letter), Some(Deviation::Late));
            }
            if left.allows(Deviation::Copy) {
                each(Step::ArriveAndStay(letter), Some(Deviation::Copy));
            }
        }
        for id in self.everybody() {
            for timer in self.timers(id) {
                if let Some(kind) = self.kind_of(id, timer).filter(|&kind| left.allows(kind)) {
                    each(Step::Expire(id, timer), Some(kind));
                }
            }
        }
        if left.allows(Deviation::Crash) {
            for id in self.replicas().filter(|&id| self.may_crash(id)) {
                each(Step::Crash(id), Some(Deviation::Crash));
            }
        }
    }

    /// Lets something happen, and judges it.
    ///
    /// # Errors
    /// When something is wrong.
    pub(in crate::sim) fn take(&mut self, step: Step) -> Result<(), Violated> {
        let happened = match step {
            Step::PutAside(letter) => {
                let place = self.place_of(letter);
                self.under_way[place].state = Post::Late;
                Happened::Nothing
            }
            Step::Deafen(id) => {
                self.deaf |= 1 << id.0;
                self.misses(id);
                Happened::Nothing
            }
            Step::Hear(id) => {
                self.deaf &= !(1 << id.0);
                Happened::Nothing
            }
            Step::Arrive(letter) => {
                let place = self.place_of(letter);
                let sent = self.under_way.remove(place);
                if sent.state == Post::Outlives {
                    // Those before it are lost.
                    let link = (letter.to, letter.from);
                    self.under_way.retain(|other| {
                        (other.letter.to, other.letter.from) != link
                            || other.state != Post::Outlives
                            || other.letter > letter
                    });
                }
                self.run.kernel.deliver(sent.content)
            }
            Step::ArriveAndStay(letter) => {
                let place = self.place_of(letter);
                self.under_way[place].state = Post::Late;
                let content = self.under_way[place].content.clone();
                self.run.kernel.deliver(content)
            }
            Step::Expire(id, timer) => self.run.kernel.expire_now(id, timer),
            Step::Crash(id) => {
                self.run.director.crash(&mut self.run.kernel, id);
                self.run.note_crashes();
                for sent in self.under_way.iter_mut().filter(|sent| sent.letter.from == id) {
                    if sent.state == Post::InTime {
                        sent.state = Post::Outlives;
                    }
                }
                Happened::Nothing
            }
            Step::Restart(id) => {
                // As in a run, it is judged when it has done something.
                self.run.director.start(self.scenario, &mut self.run.kernel, id);
                Happened::Nothing
            }
            Step::Order(index) => {
                self.ordered = index + 1;
                if let Action::Reconfigure(members) = &self.scenario.faults[index].action {
                    self.run.director.order(&mut self.run.kernel, members);
                }
                Happened::Nothing
            }
        };
        self.turn += u32::from(step.takes_a_turn());
        if let Happened::Step(id) = happened {
            self.judge(id)?;
        }
        self.go_on_by_itself()?;
        if let Some(id) = step.process()
            && !self.prints.is_empty()
        {
            self.look_at(id);
        }
        Ok(())
    }

    /// Notes what has become of a process, and of what is thought of it.
    fn look_at(&mut self, id: ProcessId) {
        let mut mixer = Mixer::default();
        mixer.write_u16(self.run.kernel.armed(id));
        match self.run.kernel.node(id) {
            None => mixer.write_u8(0),
            Some(Member::Replica(host)) => {
                mixer.write_u8(1);
                host.hash_state(&mut mixer);
            }
            Some(Member::Client(host)) => {
                mixer.write_u8(2);
                host.hash(&mut mixer);
            }
        }
        mixer.write_u64(self.run.director.lives()[id.index()]);
        self.prints[id.index()] = mixer.finish();
        let mut mixer = Mixer::default();
        self.run.invariants.hash(&mut mixer);
        if let Some(judges) = self.prints.last_mut() {
            *judges = mixer.finish();
        }
    }

    fn judge(&mut self, id: ProcessId) -> Result<(), Violated> {
        let before = (self.run.history.operations().len(), self.run.history.answered());
        let now = Moment(u64::from(self.turn));
        if self.run.judge_step(id, now).is_err() || self.run.is_refuted {
            return Err(Violated);
        }
        let after = (self.run.history.operations().len(), self.run.history.answered());
        if before != after {
            self.seen = mix(self.seen ^ u64::from(id.0) ^ after.1 << 20);
        }
        Ok(())
    }

    /// What was on its way to a replica does not arrive.
    fn misses(&mut self, id: ProcessId) {
        for sent in self.under_way.iter_mut().filter(|sent| sent.letter.to == id) {
            if sent.state == Post::InTime {
                sent.state = Post::Missed;
            }
        }
    }

    /// Puts what was sent since this was last done with the rest. What was to be written is
    /// written.
    fn go_on_by_itself(&mut self) -> Result<(), Violated> {
        while let Some(by_itself) = self.run.kernel.next_by_itself() {
            match by_itself {
                // What the administrator is told it hears at once.
                ByItself::Arrives(content) if content.from == content.to => {
                    if let Happened::Step(id) = self.run.kernel.deliver(content) {
                        self.judge(id)?;
                    }
                }
                ByItself::Arrives(content) => self.put_with_the_rest(content),
                ByItself::Happens(Happened::Step(id)) => self.judge(id)?,
                ByItself::Happens(_) => {}
            }
        }
        // Nothing is left to chance, and a world is copied often.
        self.run.kernel.network_mut().reseed(0);
        Ok(())
    }

    fn put_with_the_rest(&mut self, content: UnderWay<Message>) {
        let processes = usize::from(self.scenario.processes());
        let (from, to) = (content.from, content.to);
        let count = &mut self.counts[from.index() * processes + to.index()];
        *count += 1;
        let letter = Letter { to, from, nth: *count, sent: self.turn };
        let state = if self.is_deaf(to) { Post::Missed } else { Post::InTime };
        let mut mixer = Mixer::default();
        if !self.prints.is_empty() {
            (to.0, from.0).hash(&mut mixer);
            hash(&content.message, &mut mixer);
        }
        let sent = Sent { letter, content, print: mix(mixer.finish()), state };
        let place = self.under_way.partition_point(|other| other.letter < letter);
        self.under_way.insert(place, sent);
    }

    /// The first in its turn of the messages that were sent just now.
    pub(in crate::sim) fn first_of_this_turn(&self) -> Option<Letter> {
        let is_new = |sent: &&Sent| sent.letter.sent == self.turn && sent.state == Post::InTime;
        self.under_way.iter().find(is_new).map(|sent| sent.letter)
    }

    /// What is under way.
    pub(in crate::sim) fn mail(&self) -> &[Sent] {
        &self.under_way
    }

    /// How many messages were sent from whom to whom.
    pub(in crate::sim) fn links(&self) -> impl Iterator<Item = (ProcessId, ProcessId, u32)> {
        let processes = self.scenario.processes();
        let pairs = (0..processes).flat_map(move |from| (0..processes).map(move |to| (from, to)));
        let sent = pairs.zip(&self.counts).filter(|(_, count)| **count > 0);
        sent.map(|((from, to), count)| (ProcessId(from), ProcessId(to), *count))
    }

    fn place_of(&self, letter: Letter) -> usize {
        let place = self.under_way.iter().position(|sent| sent.letter == letter);
        place.expect("only what is under way arrives")
    }

    /// What goes wrong when a timer goes off. That a client asks is nothing of the kind: it does so
    /// when nothing else is going on.
    pub(in crate::sim) fn kind_of(&self, id: ProcessId, timer: TimerId) -> Option<Deviation> {
        if !self.is_replica(id) {
            return (timer != THINK).then_some(Deviation::Resend);
        }
        Some(match Timer::ALL.get(usize::from(timer.0))? {
            Timer::QuorumCheck
            | Timer::PrimarySilence
            | Timer::VotesExpire
            | Timer::ViewChangeStall
            | Timer::PromiseEnds => Deviation::Timeout,
            Timer::Heartbeat
            | Timer::PrepareResend
            | Timer::ViewChangeResend
            | Timer::RecoveryResend
            | Timer::TransferResend
            | Timer::PagesResend
            | Timer::EpochResend
            | Timer::PredictResend => Deviation::Resend,
        })
    }

    /// The timers of a process that are set.
    pub(in crate::sim) fn timers(&self, id: ProcessId) -> impl Iterator<Item = TimerId> + use<> {
        let bits = self.run.kernel.armed(id);
        (0..16).filter(move |timer| bits & 1 << timer != 0).map(TimerId)
    }

    /// What the administrator could be told next: the place of that fault.
    pub(in crate::sim) fn next_order(&self) -> Option<usize> {
        let faults = self.scenario.faults.iter().enumerate().skip(self.ordered);
        let mut orders = faults.filter(|(_, fault)| matches!(fault.action, Action::Reconfigure(_)));
        orders.next().map(|(index, _)| index)
    }

    /// How often a process has taken something, or crashed, or started.
    pub(in crate::sim) const fn turn(&self) -> u32 {
        self.turn
    }

    /// In which life a process is.
    pub(in crate::sim) fn life(&self, id: ProcessId) -> u32 {
        self.run.kernel.life(id)
    }

    pub(in crate::sim) fn is_replica(&self, id: ProcessId) -> bool {
        id.0 < u16::from(self.scenario.cluster.replicas)
    }

    /// A replica that is up.
    pub(in crate::sim) fn replica(&self, id: ProcessId) -> Option<&Replica<Watched>> {
        match self.run.kernel.node(id) {
            Some(Member::Replica(host)) => Some(&host.replica),
            Some(Member::Client(_)) | None => None,
        }
    }

    pub(in crate::sim) fn is_up(&self, id: ProcessId) -> bool {
        self.run.kernel.node(id).is_some()
    }

    /// Whether the group survives that a replica crashes.
    pub(in crate::sim) fn may_crash(&self, id: ProcessId) -> bool {
        let kernel = &self.run.kernel;
        kernel.node(id).is_some() && !self.run.director.is_one_too_many(kernel, id)
    }

    /// Whether a replica hears nothing.
    pub(in crate::sim) const fn is_deaf(&self, id: ProcessId) -> bool {
        self.deaf & 1 << id.0 != 0
    }

    /// Whether a client has something to ask, and waits for nothing.
    pub(in crate::sim) fn wants_to_ask(&self, id: ProcessId) -> bool {
        let is_due = self.run.kernel.armed(id) & 1 << THINK.0 != 0;
        match self.run.kernel.node(id) {
            Some(Member::Client(host)) => is_due && !host.is_done() && host.waits_for().is_none(),
            Some(Member::Replica(_)) | None => false,
        }
    }

    /// Every process.
    pub(in crate::sim) fn everybody(&self) -> impl Iterator<Item = ProcessId> + use<> {
        (0..self.scenario.processes()).map(ProcessId)
    }

    fn replicas(&self) -> impl Iterator<Item = ProcessId> + use<> {
        (0..u16::from(self.scenario.cluster.replicas)).map(ProcessId)
    }

    fn clients(&self) -> impl Iterator<Item = ProcessId> + use<> {
        let replicas = u16::from(self.scenario.cluster.replicas);
        (replicas..self.scenario.processes()).map(ProcessId)
    }

    /// A number that two worlds have in common if, and but for an accident in 2^64 only if, the
    /// same can come of both.
    pub(in crate::sim) fn print(&self) -> u64 {
        let mut mixer = Mixer::default();
        (&self.prints, self.seen, self.deaf).hash(&mut mixer);
        let mut late = 0_u64;
        for sent in &self.under_way {
            match sent.state {
                Post::InTime => mixer.write_u64(sent.print),
                Post::Outlives => mixer.write_u64(!sent.print),
                // In whatever order they are put aside.
                Post::Late => late = late.wrapping_add(sent.print),
                Post::Missed => late = late.wrapping_add(mix(sent.print)),
            }
        }
        mix(mixer.finish() ^ mix(late))
    }
}

/// All of a message but what only reads beside the log depend on.
fn hash(message: &Message, mixer: &mut Mixer) {
    if let Message::Peer(header, Peer::PrepareOk { op_number, beat: _, executed }) = message {
        (0_u8, header, op_number, executed).hash(mixer);
    } else if let Message::Peer(header, Peer::Commit(commit)) = message {
        (1_u8, header, Commit { beat: 0, ..*commit }).hash(mixer);
    } else {
        message.hash(mixer);
    }
}

#[cfg(test)]
mod tests {
    use super::super::onlooker;
    use super::super::retelling::as_scenario;
    use super::{Bounds, Deviation, Scenario, Step, World};
    use crate::sim::random::{Purpose, Stream};
    use crate::sim::scenario::Workload;

    /// Any walk, and all that anybody notices of it.
    fn walk(scenario: &Scenario, seed: u64) -> (Vec<Step>, Vec<String>) {
        let bounds = Bounds { copies: 3, deaf: 2, resends: 3, ..Bounds::default().within(12) };
        let (mut world, mut left) = (World::new(scenario).expect("nothing is wrong"), bounds);
        let mut stream = Stream::new(seed, Purpose::Scenario, 0);
        let (mut steps, mut seen) = (Vec::new(), Vec::new());
        while steps.len() < 60 {
            let mut choices: Vec<(Step, Option<Deviation>)> = Vec::new();
            world.others(left, &mut |step, deviation| choices.push((step, deviation)));
            // Half of the steps are those that come if nothing goes wrong.
            let quiet = world.next().map(|step| (step, None));
            choices.extend(std::iter::repeat_n(quiet, choices.len().max(1)).flatten());
            let Some(last) = choices.len().checked_sub(1) else { break };
            let last = u64::try_from(last).expect("there are few");
            let choice = usize::try_from(stream.between(0, last)).expect("there are few");
            let (step, deviation) = choices[choice];
            left = deviation.map_or(left, |what| left.after(what));
            steps.push(step);
            seen.extend(onlooker::of_step(scenario, &world, step));
            world.take(step).expect("nothing is wrong");
        }
        (steps, seen)
    }

    #[test]
    fn whatever_happens_a_run_of_the_scenario_is_the_same() {
        let scenario = Scenario::default();
        let workload = Workload { clients: 2, operations: 4, ..scenario.workload };
        let scenario =
            super::super::quiet(&Scenario { workload, ..scenario }).expect("it is small");
        let mut kinds = [false; 8];
        for seed in 0..300 {
            let (steps, expected) = walk(&scenario, seed);
            let turns = steps.iter().filter(|step| step.takes_a_turn()).count();
            let written = as_scenario(&scenario, &steps);
            let read = Scenario::parse(&written.to_string());
            assert_eq!(read.as_ref(), Ok(&written));
            let turns = u64::try_from(turns).expect("there are few");
            let seen = onlooker::of_run(&written, turns);
            assert_eq!(seen, expected, "walk {seed}");
            for step in steps {
                let kind = match step {
                    Step::Arrive(_) => 0,
                    Step::ArriveAndStay(_) => 1,
                    Step::PutAside(_) => 2,
                    Step::Expire(..) => 3,
                    Step::Deafen(_) => 4,
                    Step::Hear(_) => 5,
                    Step::Crash(_) => 6,
                    Step::Restart(_) => 7,
                    Step::Order(_) => continue,
                };
                kinds[kind] = true;
            }
        }
        assert_eq!(kinds, [true; 8], "every kind of step is walked");
    }
}
