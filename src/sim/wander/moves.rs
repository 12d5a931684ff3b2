//! A few large moves: everything that may arrive does, all who can lose patience do, one side hears
//! nothing of the other, what somebody says is held back until it is let go. What takes twenty
//! single choices is one here, so that a walk of some dozens of moves goes through several views,
//! lives and epochs, and comes back to who led first.

use super::Mind;
use super::choices::{self, Choice, Class, draw};
use crate::protocol::{MessageKind, Timer};
use crate::sim::explore::step::Step;
use crate::sim::explore::world::{Sent, World};
use crate::sim::node::ProcessId;
use crate::sim::random::Stream;

/// Makes large moves.
pub(in crate::sim) struct Moves {
    /// How likely each move is in this walk.
    likes: [u64; MOVES.len()],
    processes: u64,
    /// After how many of a hundred moves everything arrives.
    settles: u64,
    /// What is held back.
    rules: Vec<Rule>,
    /// The steps of the move under way that are left, the next at the end.
    steps: Vec<Step>,
    /// How many messages still arrive before the next move.
    arrivals: u64,
    /// How many moves have done nothing since one did something.
    idle: u32,
    choices: Vec<Choice>,
}

#[derive(Clone, Copy, Debug)]
enum Move {
    /// Everything that may arrive does.
    Settle,
    /// Some of it does.
    SettleSome,
    /// A client asks.
    Ask,
    /// Those who can lose patience with the primary do, or with the view that does not come.
    Depose,
    /// A client asks again.
    Retry,
    /// A replica says something again.
    Resend,
    /// Any timer goes off.
    Expire,
    /// Something is held back from now on.
    Hold,
    /// One side hears nothing of the other, or neither does.
    Part,
    /// Nothing is held back any more.
    Free,
    /// Some of what was held back arrives.
    Late,
    /// A message arrives, and once more later.
    Copy,
    /// A replica crashes.
    Crash,
    /// A replica starts again.
    Restart,
    /// The administrator is told to see to another group.
    Order,
}

/// Every move, and how likely it is.
const MOVES: [(Move, u64); 15] = [
    (Move::Settle, 48),
    (Move::SettleSome, 24),
    (Move::Ask, 20),
    (Move::Depose, 16),
    (Move::Retry, 12),
    (Move::Resend, 6),
    (Move::Expire, 3),
    (Move::Hold, 8),
    (Move::Part, 6),
    (Move::Free, 8),
    (Move::Late, 10),
    (Move::Copy, 2),
    (Move::Crash, 6),
    (Move::Restart, 10),
    (Move::Order, 3),
];

/// Which messages are held back.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// Those of a kind, or all, from somebody or to somebody, or anybody.
    Link { kind: Option<MessageKind>, from: Option<ProcessId>, to: Option<ProcessId> },
    /// Those from one side to the other; the sides are bits.
    Across { from: u64, to: u64 },
}

impl Rule {
    fn holds(self, sent: &Sent) -> bool {
        let letter = sent.letter;
        match self {
            Self::Link { kind, from, to } => {
                kind.is_none_or(|kind| kind == sent.content.message.kind())
                    && from.is_none_or(|from| from == letter.from)
                    && to.is_none_or(|to| to == letter.to)
            }
            Self::Across { from, to } => {
                from & 1 << letter.from.0 != 0 && to & 1 << letter.to.0 != 0
            }
        }
    }
}

impl Moves {
    /// Moves of so many processes.
    pub(in crate::sim) fn new(processes: u16, rng: &mut Stream) -> Self {
        let like = |weight: u64, rng: &mut Stream| (weight << rng.between(0, 4)) >> 2;
        Self {
            likes: MOVES.map(|(_, weight)| like(weight, rng)),
            processes: processes.into(),
            settles: rng.choose(&[0, 30, 60, 90]),
            rules: Vec::new(),
            steps: Vec::new(),
            arrivals: 0,
            idle: 0,
            choices: Vec::new(),
        }
    }

    /// What is next of the messages that may arrive: whatever is held back is late.
    fn arrive(&self, world: &World<'_>, rng: &mut Stream) -> Option<Step> {
        let next = |choice: &&Choice| choice.class == Class::Arrival;
        let choice = pick(&self.choices, next, rng)?;
        let sent = choice.sent(world)?;
        let is_held = self.rules.iter().any(|rule| rule.holds(sent));
        Some(if is_held { Step::PutAside(sent.letter) } else { choice.step })
    }

    /// Makes a move: how many messages arrive, or which steps are to be taken.
    fn make(&mut self, which: Move, world: &World<'_>, rng: &mut Stream) {
        // What comes of it, often at once and in full.
        let settles = !matches!(which, Move::SettleSome | Move::Hold | Move::Part | Move::Copy);
        if settles && rng.between(0, 99) < self.settles {
            self.arrivals = ALL;
        }
        match which {
            Move::Settle => self.arrivals = ALL,
            Move::SettleSome => self.arrivals = rng.between(1, 12),
            Move::Ask => self.one(rng, |choice| choice.class == Class::Question),
            Move::Retry => self
                .one(rng, |choice| choice.class == Class::Resend && !world.is_replica(choice.who)),
            Move::Resend => self
                .one(rng, |choice| choice.class == Class::Resend && world.is_replica(choice.who)),
            Move::Expire => self.one(rng, |choice| choice.class == Class::Timeout),
            Move::Copy => self.one(rng, |choice| choice.class == Class::Copy),
            Move::Crash => self.one(rng, |choice| choice.class == Class::Crash),
            Move::Restart => self.one(rng, |choice| choice.class == Class::Restart),
            Move::Order => self.one(rng, |choice| choice.class == Class::Order),
            Move::Depose => self.depose(rng),
            Move::Late => self.let_late_ones_arrive(world, rng),
            Move::Hold => {
                let anybody = |rng: &mut Stream, processes| {
                    let id = u16::try_from(rng.between(0, processes - 1)).unwrap_or(0);
                    (rng.between(0, 2) > 0).then_some(ProcessId(id))
                };
                let kind = (rng.between(0, 3) > 0).then(|| rng.choose(&KINDS));
                let (from, to) = (anybody(rng, self.processes), anybody(rng, self.processes));
                self.rules.push(Rule::Link { kind, from, to });
            }
            Move::Part => {
                let side = rng.between(1, (1 << self.processes) - 2);
                let other = !side & ((1 << self.processes) - 1);
                self.rules.clear();
                self.rules.push(Rule::Across { from: side, to: other });
                if rng.between(0, 3) > 0 {
                    self.rules.push(Rule::Across { from: other, to: side });
                }
            }
            Move::Free => self.rules.clear(),
        }
    }

    fn one(&mut self, rng: &mut Stream, is_meant: impl Fn(&&Choice) -> bool) {
        self.steps.extend(pick(&self.choices, is_meant, rng).map(|choice| choice.step));
    }

    /// Most of those who wait for a primary, or for a view, give up.
    fn depose(&mut self, rng: &mut Stream) {
        let gives_up = |choice: &&Choice| {
            let Step::Expire(_, timer) = choice.step else { return false };
            let timer = Timer::ALL.get(usize::from(timer.0));
            choice.class == Class::Timeout
                && matches!(timer, Some(Timer::PrimarySilence | Timer::ViewChangeStall))
        };
        for choice in self.choices.iter().filter(gives_up) {
            if rng.between(0, 3) > 0 {
                self.steps.push(choice.step);
            }
        }
    }

    /// All that is late from one to another, or one message of it.
    fn let_late_ones_arrive(&mut self, world: &World<'_>, rng: &mut Stream) {
        let is_late = |choice: &&Choice| choice.class == Class::Late;
        let Some(one) = pick(&self.choices, is_late, rng) else { return };
        let link =
            |choice: &Choice| choice.sent(world).map(|sent| (sent.letter.from, sent.letter.to));
        if rng.between(0, 1) == 0 {
            self.steps.push(one.step);
            return;
        }
        let (whole, that) = (rng.between(0, 1) == 0, link(&one));
        let same = |choice: &&Choice| {
            is_late(choice) && (link(choice) == that || whole && choice.who == one.who)
        };
        self.steps.extend(self.choices.iter().filter(same).map(|choice| choice.step));
        self.steps.reverse();
    }
}

impl Mind for Moves {
    fn choose(&mut self, world: &World<'_>, rng: &mut Stream) -> Option<Step> {
        choices::list(world, &mut self.choices);
        loop {
            // Some steps of a move make others impossible: who recovers gives up nothing.
            while let Some(step) = self.steps.pop() {
                if self.choices.iter().any(|choice| choice.step == step) {
                    self.idle = 0;
                    return Some(step);
                }
            }
            if self.arrivals > 0 {
                self.arrivals -= 1;
                if let Some(step) = self.arrive(world, rng) {
                    self.idle = 0;
                    return Some(step);
                }
                self.arrivals = 0;
            }
            if self.idle >= IDLE_MAX {
                return None;
            }
            self.idle += 1;
            let which = draw(&self.likes, rng)?;
            self.make(MOVES[which].0, world, rng);
        }
    }
}

/// One of those that are meant, each as likely as the others.
fn pick(
    choices: &[Choice],
    is_meant: impl Fn(&&Choice) -> bool,
    rng: &mut Stream,
) -> Option<Choice> {
    let count = choices.iter().filter(&is_meant).count();
    let last = u64::try_from(count.checked_sub(1)?).ok()?;
    let index = usize::try_from(rng.between(0, last)).ok()?;
    choices.iter().filter(is_meant).nth(index).copied()
}

/// What is worth being held back: whatever confirms something, or brings it.
const KINDS: [MessageKind; 10] = [
    MessageKind::Prepare,
    MessageKind::PrepareOk,
    MessageKind::PrepareOk,
    MessageKind::Commit,
    MessageKind::StartViewChange,
    MessageKind::DoViewChange,
    MessageKind::StartView,
    MessageKind::RecoveryResponse,
    MessageKind::NewState,
    MessageKind::GetState,
];

/// More than ever arrive in one move: where they never end, somebody goes on for ever.
const ALL: u64 = 200;

/// So many moves in a row may do nothing.
const IDLE_MAX: u32 = 100;
