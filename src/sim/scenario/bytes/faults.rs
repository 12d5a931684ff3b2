//! What goes wrong in a scenario, as bytes: faults, and the fates of messages.

use super::super::{Action, Fault, Heal, MessageFate, Milestone, Target, Trigger};
use super::pen::{Pen, choose, flag, index, length, microseconds, reshape, resize, share, small};
use crate::protocol::MessageKind;
use crate::protocol::replica::StatusKind;
use crate::sim::disk::Hindrance;
use crate::sim::harm::Harm;
use crate::sim::member::timer_names;
use crate::sim::network::Scripted;
use crate::sim::node::TimerId;
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;
/// Who there is.
#[derive(Clone, Copy)]
pub(super) struct Cast {
    pub(super) replicas: u8,
    pub(super) clients: u16,
}

impl Cast {
    pub(super) fn walk_fault(self, fault: &mut Fault, pen: &mut impl Pen) {
        let triggers = [
            Trigger::At(Span::ZERO),
            Trigger::When(0, Milestone::View(1)),
            Trigger::When(0, Milestone::Op(1)),
            Trigger::When(0, Milestone::Commit(1)),
            Trigger::When(0, Milestone::Status(StatusKind::Normal)),
            Trigger::When(0, Milestone::Epoch(1)),
        ];
        let kind = |trigger: &Trigger| match trigger {
            Trigger::At(_) => 0,
            Trigger::When(_, Milestone::View(_)) => 1,
            Trigger::When(_, Milestone::Op(_)) => 2,
            Trigger::When(_, Milestone::Commit(_)) => 3,
            Trigger::When(_, Milestone::Status(_)) => 4,
            Trigger::When(_, Milestone::Epoch(_)) => 5,
        };
        reshape(&mut fault.trigger, &triggers, kind, pen);
        match &mut fault.trigger {
            Trigger::At(at) => microseconds(at, pen, 0, FAULTS_WITHIN),
            Trigger::When(replica, milestone) => {
                *replica = small(pen.number((*replica).into(), 0, u64::from(self.replicas) - 1));
                match milestone {
                    Milestone::View(number) => *number = pen.number(*number, 1, 64),
                    Milestone::Epoch(number) => *number = pen.number(*number, 1, 4),
                    Milestone::Op(number) | Milestone::Commit(number) => {
                        *number = pen.number(*number, 1, 120);
                    }
                    Milestone::Status(status) => choose(status, &STATUSES, pen),
                }
            }
        }
        self.walk_action(&mut fault.action, pen);
        let heals = [Heal::AtTheEnd, Heal::After(Span::ZERO), Heal::Never];
        let kind = |heal: &Heal| match heal {
            Heal::AtTheEnd => 0,
            Heal::After(_) => 1,
            Heal::Never => 2,
        };
        reshape(&mut fault.heal, &heals, kind, pen);
        if let Heal::After(after) = &mut fault.heal {
            microseconds(after, pen, 0, FAULTS_WITHIN);
        }
    }

    fn walk_action(self, action: &mut Action, pen: &mut impl Pen) {
        reshape_action(action, pen);
        match action {
            Action::Crash(target) | Action::Pause(target) => self.walk_target(target, pen),
            Action::Restart(target) => self.walk_process(target, pen),
            Action::Partition(sides) => {
                let count = pen.number(length(sides), 0, SIDES_MAX);
                resize(sides, count, Vec::new());
                let mut placed = 0;
                for side in sides {
                    placed |= self.walk_targets(side, placed, pen);
                }
            }
            Action::Cut(from, to) => {
                self.walk_targets(from, 0, pen);
                self.walk_targets(to, 0, pen);
            }
            Action::Flap(one, other, every) => {
                self.walk_target(one, pen);
                self.walk_target(other, pen);
                microseconds(every, pen, 1_000, 1_000_000);
            }
            Action::Lose { kind, from, to, share: lost } => {
                let place = |kind: MessageKind| MessageKind::ALL.iter().position(|&k| k == kind);
                let chosen = kind.and_then(place).map_or(0, |place| place + 1);
                let chosen = index(pen, chosen, MessageKind::ALL.len() + 1);
                *kind = chosen.checked_sub(1).map(|place| MessageKind::ALL[place]);
                self.walk_perhaps(from, pen);
                self.walk_perhaps(to, pen);
                share(lost, pen, 10_000);
            }
            Action::Reconfigure(members) => self.walk_members(members, pen),
            Action::Jump(target, forward) => {
                self.walk_target(target, pen);
                microseconds(forward, pen, 0, FAULTS_WITHIN);
            }
            Action::Expire(target, timer) => {
                self.walk_target(target, pen);
                timer.0 = walk_timer(*timer, timer_names(*target).len(), pen);
            }
            Action::Hinder(target, hindrance) => {
                self.walk_owner(target, pen);
                walk_hindrance(hindrance, pen);
            }
            Action::Damage(target, how, op_number) => {
                self.walk_owner(target, pen);
                walk_harm(how, op_number, pen);
            }
        }
    }

    /// Also somebody twice, or nobody: the group must refuse it.
    fn walk_members(self, members: &mut Vec<Target>, pen: &mut impl Pen) {
        let count = pen.number(length(members), 0, MEMBERS_MAX);
        resize(members, count, Target::Replica(0));
        for member in members {
            let number = member.replica().unwrap_or(0);
            let number = pen.number(number.into(), 0, u64::from(self.replicas) - 1);
            *member = Target::Replica(small(number));
        }
    }

    /// Whose disk it is.
    fn walk_owner(self, target: &mut Target, pen: &mut impl Pen) {
        self.walk_target(target, pen);
        if matches!(target, Target::Client(_)) {
            *target = Target::Backup;
        }
    }

    pub(super) fn walk_message(self, message: &mut MessageFate, pen: &mut impl Pen) {
        self.walk_process(&mut message.from, pen);
        self.walk_process(&mut message.to, pen);
        // A link has a replica at one end at least, and two ends.
        let is_replica = |target| matches!(target, Target::Replica(_));
        if !is_replica(message.from) && !is_replica(message.to) {
            message.to = Target::Replica(0);
        } else if message.from == message.to {
            message.from = Target::Client(0);
        }
        message.nth = pen.number(message.nth, 1, 1_000);
        let fates = [
            Scripted::Drop,
            Scripted::Twice(None),
            Scripted::Deliver(None),
            Scripted::Deliver(Some(Span::ZERO)),
            Scripted::Twice(Some((Span::ZERO, Span::ZERO))),
        ];
        let kind = |fate: &Scripted| match fate {
            Scripted::Drop => 0,
            Scripted::Twice(None) => 1,
            Scripted::Deliver(None) => 2,
            Scripted::Deliver(Some(_)) => 3,
            Scripted::Twice(Some(_)) => 4,
        };
        reshape(&mut message.fate, &fates, kind, pen);
        if let Scripted::Deliver(Some(after)) | Scripted::Twice(Some((after, _))) =
            &mut message.fate
        {
            microseconds(after, pen, 0, FAULTS_WITHIN);
        }
        if let Scripted::Twice(Some((_, again))) = &mut message.fate {
            microseconds(again, pen, 0, FAULTS_WITHIN);
        }
    }

    /// All that a fault can be aimed at: replicas, clients, roles.
    fn targets(self) -> impl Iterator<Item = Target> {
        let replicas = (0..self.replicas).map(Target::Replica);
        let clients = (0..self.clients).map(Target::Client);
        replicas.chain(clients).chain([Target::Primary, Target::Backup])
    }

    fn processes(self) -> usize {
        usize::from(self.replicas) + usize::from(self.clients)
    }

    fn walk_target(self, target: &mut Target, pen: &mut impl Pen) {
        self.walk_one_of(target, self.processes() + ROLES, pen);
    }

    fn walk_process(self, target: &mut Target, pen: &mut impl Pen) {
        self.walk_one_of(target, self.processes(), pen);
    }

    fn walk_one_of(self, target: &mut Target, count: usize, pen: &mut impl Pen) {
        let place = self.targets().position(|other| other == *target).unwrap_or(0);
        let place = index(pen, place, count);
        *target = self.targets().nth(place).unwrap_or(*target);
    }

    fn walk_perhaps(self, target: &mut Option<Target>, pen: &mut impl Pen) {
        if flag(target.is_some(), pen) {
            self.walk_target(target.get_or_insert(Target::Primary), pen);
        } else {
            *target = None;
        }
    }

    /// A set of targets as one number, a bit for each; without those in `not`. Returns the bits.
    fn walk_targets(self, list: &mut Vec<Target>, not: u64, pen: &mut impl Pen) -> u64 {
        let bit = |target: &Target| self.targets().position(|other| other == *target);
        let bits = list.iter().filter_map(bit).fold(0, |bits, place| bits | 1 << place);
        let all = (1 << (self.processes() + ROLES)) - 1;
        let bits = pen.number(bits, 0, all) & !not;
        let is_in = |&(place, _): &(usize, Target)| bits & (1 << place) != 0;
        *list = self.targets().enumerate().filter(is_in).map(|(_, target)| target).collect();
        bits
    }
}

fn walk_harm(how: &mut Harm, op_number: &mut Option<u64>, pen: &mut impl Pen) {
    choose(how, &Harm::ALL, pen);
    let chosen = pen.number(op_number.unwrap_or(0), 0, 200);
    *op_number = (chosen > 0).then_some(chosen);
}

fn walk_hindrance(hindrance: &mut Hindrance, pen: &mut impl Pen) {
    let hindrances = [Hindrance::Slow(2), Hindrance::Full, Hindrance::FailedSync];
    let kind = |hindrance: &Hindrance| match hindrance {
        Hindrance::Slow(_) => 0,
        Hindrance::Full => 1,
        Hindrance::FailedSync => 2,
    };
    reshape(hindrance, &hindrances, kind, pen);
    if let Hindrance::Slow(times) = hindrance {
        let chosen = pen.number(u64::from(*times), 2, 1_000);
        *times = u32::try_from(chosen).unwrap_or(u32::MAX);
    }
}

/// Which timer, of so many that a process has.
fn walk_timer(timer: TimerId, count: usize, pen: &mut impl Pen) -> u8 {
    u8::try_from(index(pen, usize::from(timer.0).min(count - 1), count)).unwrap_or(0)
}

/// What kind of action it is, with nothing in it where it was another one.
fn reshape_action(action: &mut Action, pen: &mut impl Pen) {
    let nobody = Target::Primary;
    let (kind, from, to, share_of_all) = (None, None, None, Ratio::ONE);
    let actions = [
        Action::Crash(nobody),
        Action::Restart(Target::Replica(0)),
        Action::Pause(nobody),
        Action::Partition(Vec::new()),
        Action::Cut(Vec::new(), Vec::new()),
        Action::Flap(nobody, nobody, Span::ZERO),
        Action::Lose { kind, from, to, share: share_of_all },
        Action::Jump(nobody, Span::ZERO),
        Action::Damage(nobody, Harm::Rot, None),
        Action::Hinder(nobody, Hindrance::Full),
        Action::Reconfigure(Vec::new()),
        Action::Expire(nobody, TimerId(0)),
    ];
    let kind = |action: &Action| match action {
        Action::Crash(_) => 0,
        Action::Restart(_) => 1,
        Action::Pause(_) => 2,
        Action::Partition(_) => 3,
        Action::Cut(..) => 4,
        Action::Flap(..) => 5,
        Action::Lose { .. } => 6,
        Action::Jump(..) => 7,
        Action::Damage(..) => 8,
        Action::Hinder(..) => 9,
        Action::Reconfigure(_) => 10,
        Action::Expire(..) => 11,
    };
    reshape(action, &actions, kind, pen);
}

/// As many members as a scenario can name.
const MEMBERS_MAX: u64 = 10;

/// How many sides a partition can have.
const SIDES_MAX: u64 = 3;

/// The roles that a fault can be aimed at: primary, backup.
const ROLES: usize = 2;

/// When faults begin at the latest, how long they last, how far clocks jump, how long a message
/// is under way: at most, in microseconds.
const FAULTS_WITHIN: u64 = 13_000_000;

const STATUSES: [StatusKind; 5] = StatusKind::ALL;
