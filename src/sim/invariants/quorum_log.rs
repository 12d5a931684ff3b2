//! Quorum log: each quorum that could start a view has a member that holds all that is
//! committed (§8.1; etcd's QuorumLog). Fires at the loss, long before anything diverges.

use super::super::violation::Code;
use super::{Canon, Finding, Glance, Judgement};
use crate::protocol::{EpochNumber, OpNumber, Replica, ReplicaNumber};

/// How much of the canonical log each replica holds.
#[derive(Debug)]
pub(super) struct QuorumLog {
    replicas: Vec<Holder>,
}

#[derive(Clone, Copy, Debug)]
struct Holder {
    /// Up to where its log is the canonical one.
    held: OpNumber,
    /// Up to where it has held a log, though its disk may have lost some: there it does not vote
    /// for there being nothing.
    claimed: OpNumber,
    /// The epoch in whose view changes it could take part.
    votes_in: Option<EpochNumber>,
}

impl QuorumLog {
    pub(super) fn new(replicas: u8) -> Self {
        let (held, claimed) = (OpNumber(0), OpNumber(0));
        let holder = Holder { held, claimed, votes_in: Some(EpochNumber(0)) };
        Self { replicas: vec![holder; usize::from(replicas)] }
    }

    pub(super) fn on_crash(&mut self, replica: u8) {
        let (held, claimed) = (OpNumber(0), OpNumber(0));
        let forgotten = Holder { held, claimed, votes_in: None };
        self.replicas[usize::from(replica)] = forgotten;
    }

    pub(super) fn on_glance(&mut self, now: &Glance) {
        let holder = &mut self.replicas[now.number.index()];
        holder.votes_in = now.takes_part().then_some(now.view.epoch());
        holder.claimed = if now.claimed > now.op_number { now.claimed } else { OpNumber(0) };
    }

    /// A replica's log may have changed behind that.
    pub(super) fn on_replaced(&mut self, replica: u8, changed_after: OpNumber) {
        let holder = &mut self.replicas[usize::from(replica)];
        holder.held = holder.held.min(changed_after);
    }

    /// Looks how much more of the canonical log a replica holds.
    pub(super) fn extend<S>(&mut self, canon: &Canon, replica: &Replica<S>) {
        let holder = &mut self.replicas[replica.number().index()];
        // A checkpoint stands for what is before the log; it has a judge of its own.
        holder.held = holder.held.max(replica.log_start().min(canon.len()));
        while holder.held < canon.len() {
            let next = holder.held.next();
            match replica.entry(next) {
                Some(entry) if canon.is_canonical(next, entry) => holder.held = next,
                Some(_) | None => return,
            }
        }
    }

    pub(super) fn held_by(&self, replica: u8) -> OpNumber {
        self.replicas[usize::from(replica)].held
    }

    /// Judges the group: those who can vote in an epoch and lack something that was committed by
    /// its end must be fewer than a quorum of it.
    pub(super) fn check(&self, canon: &Canon) -> Judgement {
        for (epoch, group) in (0..).map(EpochNumber).zip(canon.epochs()) {
            let committed = group.until.unwrap_or(canon.len());
            let lacks = |member: &ReplicaNumber| {
                self.replicas.get(member.index()).is_some_and(|holder| {
                    holder.votes_in == Some(epoch)
                        && holder.held < committed
                        && holder.claimed < committed
                })
            };
            let lacking = group.configuration.members().filter(lacks).count();
            if lacking >= usize::from(group.configuration.quorum()) {
                let message = format!(
                    "{committed} is committed, but {lacking} replicas lack it and could start a \
                     view without it"
                );
                return Err(Finding::new(Code::Lost, "quorum-log", message));
            }
        }
        Ok(())
    }
}
