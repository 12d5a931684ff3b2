//! What comes out of a replica: sends, replies, timers, and what it noticed on the way.

use super::checkpoint::Checkpoint;
use super::configuration::ReplicaSet;
use super::durable::{Ticket, Write};
use super::mark::{Mark, Marks};
use super::message::Message;
use super::numbers::{ClientId, OpNumber, ReplicaNumber};
use super::refused::Refused;
use core::time::Duration;

/// What the host has to do for a replica, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Write, and step with [`Input::Durable`](super::replica::Input::Durable) once this and all
    /// before it are on the disk. Only replicas of durable groups do.
    Write(Ticket, Write),
    /// Keep these checkpoints from now on, and no others, and of the log what is behind that
    /// operation. Nobody waits for it, but for a write that rests on one of them.
    Keep(Vec<Checkpoint>, OpNumber),
    /// Send to one other replica, but not before that write is durable.
    Send(ReplicaNumber, Message, Ticket),
    /// Send to these replicas, but not before that write is durable.
    Broadcast(ReplicaSet, Message, Ticket),
    /// Send to a client.
    Reply(ClientId, Message),
    /// Step with [`Input::Timer`](super::replica::Input::Timer) after that long (and some
    /// jitter), unless the timer is set again or cancelled before.
    SetTimer(Timer, Duration),
    /// Do not.
    CancelTimer(Timer),
}

/// A replica's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Timer {
    /// A primary shows that it lives (§4.1 step 6).
    Heartbeat,
    /// A primary sends again what a quorum has not acknowledged.
    PrepareResend,
    /// A primary looks whether it still hears a quorum.
    QuorumCheck,
    /// A backup has not heard its primary (§4.2 step 1).
    PrimarySilence,
    /// Votes for another view are forgotten.
    VotesExpire,
    /// A replica in a view change sends its messages again.
    ViewChangeResend,
    /// A view change has not ended.
    ViewChangeStall,
    /// A recovering replica asks again (§4.3).
    RecoveryResend,
    /// A replica that lacks state asks for it, or asks again (§5.2).
    TransferResend,
    /// A replica that lacks pages of a checkpoint asks again (§5.1).
    PagesResend,
    /// A promise to start no other view ends (§6.3.1).
    PromiseEnds,
    /// Members of a new epoch may not know of it (§7.1).
    EpochResend,
    /// A primary asks again what its backups predict (§4.4).
    PredictResend,
}

impl Timer {
    /// Every timer, in the order of their numbers.
    pub const ALL: &'static [Self] = &[
        Self::Heartbeat,
        Self::PrepareResend,
        Self::QuorumCheck,
        Self::PrimarySilence,
        Self::VotesExpire,
        Self::ViewChangeResend,
        Self::ViewChangeStall,
        Self::RecoveryResend,
        Self::TransferResend,
        Self::PagesResend,
        Self::PromiseEnds,
        Self::EpochResend,
        Self::PredictResend,
    ];

    /// How it is called in traces and transcripts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Heartbeat => "heartbeat",
            Self::PrepareResend => "prepare-resend",
            Self::QuorumCheck => "quorum-check",
            Self::PrimarySilence => "primary-silence",
            Self::VotesExpire => "votes-expire",
            Self::ViewChangeResend => "view-change-resend",
            Self::ViewChangeStall => "view-change-stall",
            Self::RecoveryResend => "recovery-resend",
            Self::TransferResend => "transfer-resend",
            Self::PagesResend => "pages-resend",
            Self::PromiseEnds => "promise-ends",
            Self::EpochResend => "epoch-resend",
            Self::PredictResend => "predict-resend",
        }
    }
}

/// Collects the outputs of a step. The host keeps one and drains it after each step, so that a
/// step in steady state allocates nothing for it.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    outputs: Vec<Output>,
    marks: Marks,
    refused: Option<Refused>,
}

impl Outbox {
    /// The outputs since the last call, in order.
    pub fn drain(&mut self) -> impl Iterator<Item = Output> + '_ {
        self.outputs.drain(..)
    }

    /// The marks reached so far.
    #[must_use]
    pub const fn marks(&self) -> Marks {
        self.marks
    }

    /// Why the latest input was refused, if it was; asking forgets it.
    pub const fn take_refused(&mut self) -> Option<Refused> {
        self.refused.take()
    }

    pub(super) fn send(&mut self, to: ReplicaNumber, message: Message) {
        self.outputs.push(Output::Send(to, message, Ticket(0)));
    }

    pub(super) fn broadcast(&mut self, to: ReplicaSet, message: Message) {
        self.outputs.push(Output::Broadcast(to, message, Ticket(0)));
    }

    pub(super) fn write(&mut self, ticket: Ticket, write: Write) {
        self.outputs.push(Output::Write(ticket, write));
    }

    pub(super) fn keep(&mut self, checkpoints: Vec<Checkpoint>, start: OpNumber) {
        self.outputs.push(Output::Keep(checkpoints, start));
    }

    /// The outputs from one on.
    pub(super) fn since(&mut self, first: usize) -> impl Iterator<Item = &mut Output> {
        self.outputs.iter_mut().skip(first)
    }

    pub(super) const fn len(&self) -> usize {
        self.outputs.len()
    }

    pub(super) fn reply(&mut self, to: ClientId, message: Message) {
        self.outputs.push(Output::Reply(to, message));
    }

    pub(super) fn set_timer(&mut self, timer: Timer, after: Duration) {
        self.outputs.push(Output::SetTimer(timer, after));
    }

    pub(super) fn cancel_timer(&mut self, timer: Timer) {
        self.outputs.push(Output::CancelTimer(timer));
    }

    pub(super) const fn mark(&mut self, mark: Mark) {
        self.marks.insert(mark);
    }

    pub(super) const fn refuse(&mut self, why: Refused) {
        self.refused = Some(why);
    }
}
