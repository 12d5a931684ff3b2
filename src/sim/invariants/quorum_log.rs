//! Quorum log: the log that any quorum would start a view with holds all that is committed (§8.1;
//! etcd's QuorumLog). Fires at what could lose something, long before anything is lost or diverges:
//! a replica that lacks it, and enough others whose logs would not be taken instead of its own.

use super::super::violation::Code;
use super::{Canon, Finding, Glance, Judgement};
use crate::protocol::{
    Configuration, EpochNumber, OpNumber, Replica, ReplicaNumber, ReplicaSet, ViewNumber,
};

/// How much of the canonical log each replica holds.
#[derive(Clone, Debug, Hash)]
pub(super) struct QuorumLog {
    replicas: Vec<Holder>,
}

#[derive(Clone, Copy, Debug, Hash)]
struct Holder {
    /// Up to where its log is the canonical one.
    held: OpNumber,
    /// Up to where it has held a log, though its disk may have lost some: there it does not vote
    /// for there being nothing.
    claimed: OpNumber,
    /// By which its log is preferred to another: its last normal view, and how long it is or was
    /// (§4.2 step 3).
    rank: (ViewNumber, OpNumber),
    /// The epoch in whose view changes it could take part.
    votes_in: Option<EpochNumber>,
}

impl QuorumLog {
    pub(super) fn new(replicas: u8) -> Self {
        let (held, claimed) = (OpNumber(0), OpNumber(0));
        let (rank, votes_in) = ((ViewNumber(0), OpNumber(0)), Some(EpochNumber(0)));
        let holder = Holder { held, claimed, rank, votes_in };
        Self { replicas: vec![holder; usize::from(replicas)] }
    }

    pub(super) fn on_crash(&mut self, replica: u8) {
        let (held, claimed) = (OpNumber(0), OpNumber(0));
        let rank = (ViewNumber(0), OpNumber(0));
        let forgotten = Holder { held, claimed, rank, votes_in: None };
        self.replicas[usize::from(replica)] = forgotten;
    }

    pub(super) fn on_glance(&mut self, now: &Glance) {
        let holder = &mut self.replicas[now.number.index()];
        holder.votes_in = now.takes_part().then_some(now.view.epoch());
        holder.rank = (now.last_normal_view, now.op_number.max(now.claimed));
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

    /// Judges the group: whoever can vote in an epoch and lacks something that was committed by its
    /// end must not win in any quorum of it.
    pub(super) fn check(&self, canon: &Canon) -> Judgement {
        for (epoch, group) in (0..).map(EpochNumber).zip(canon.epochs()) {
            let committed = group.until.unwrap_or(canon.len());
            self.check_epoch(epoch, group.configuration, committed)?;
        }
        Ok(())
    }

    fn check_epoch(
        &self,
        epoch: EpochNumber,
        group: Configuration,
        committed: OpNumber,
    ) -> Judgement {
        let holder = |member: ReplicaNumber| self.replicas.get(member.index());
        let voters =
            group.members().filter(|&m| holder(m).is_some_and(|h| h.votes_in == Some(epoch)));
        let voters: ReplicaSet = voters.collect();
        for lacking in voters.iter() {
            let Some(lacks) = holder(lacking).filter(|holder| holder.lacks(committed)) else {
                continue;
            };
            let is_behind = |&m: &ReplicaNumber| holder(m).is_some_and(|h| h.rank <= lacks.rank);
            let behind: ReplicaSet = voters.iter().filter(is_behind).collect();
            if behind.count() >= group.quorum() {
                return Err(lost(committed, lacking, behind));
            }
        }
        Ok(())
    }
}

impl Holder {
    /// Whether it could start a view without that operation.
    fn lacks(&self, committed: OpNumber) -> bool {
        self.held < committed && self.claimed < committed
    }
}

fn lost(committed: OpNumber, lacking: ReplicaNumber, behind: ReplicaSet) -> Finding {
    let message = format!(
        "{committed} is committed, and {lacking}, which lacks it, wins among {} replicas: they \
         could start a view without it",
        behind.count()
    );
    Finding::new(Code::Lost, "quorum-log", message)
}

#[cfg(test)]
mod tests {
    use super::{Configuration, EpochNumber, OpNumber, QuorumLog, ViewNumber};

    /// Whether the group loses its second operation: of each replica how much of the canonical log
    /// it holds, its last normal view, and how long its log is.
    fn loses(replicas: [(u64, u64, u64); 3]) -> bool {
        let mut group = QuorumLog::new(3);
        for (holder, (held, view, op_number)) in group.replicas.iter_mut().zip(replicas) {
            holder.held = OpNumber(held);
            holder.rank = (ViewNumber(view), OpNumber(op_number));
        }
        let three = Configuration::new(3).expect("a group");
        group.check_epoch(EpochNumber(0), three, OpNumber(2)).is_err()
    }

    #[test]
    fn what_a_quorum_could_start_without_is_lost() {
        assert!(!loses([(2, 0, 2), (2, 0, 2), (1, 0, 1)]), "r2 is behind, and both others know it");
        assert!(loses([(2, 0, 2), (1, 0, 1), (1, 0, 1)]), "a quorum lacks it");
        assert!(loses([(2, 0, 2), (2, 1, 2), (1, 1, 1)]), "of r0 and r2, r2 has the later view");
        assert!(!loses([(2, 1, 2), (2, 1, 2), (1, 0, 9)]), "a long log of an earlier view");
        assert!(loses([(2, 0, 2), (2, 1, 2), (1, 0, 2)]), "r0 and r2 go for the same length");
    }
}
