//! Faults that never end: the group must come to rest without those whom they strike.
//!
//! All other faults are healed before the group has to come to rest, so none of them can show that
//! a group lives *with* a fault: with a primary that speaks and does not hear, or with a replica
//! that wants another view again and again.

use super::{Action, Fault, Heal, Scenario, Target, Trigger};
use crate::protocol::configuration::REPLICAS_MAX;
use crate::protocol::service::Predicts;
use crate::protocol::{Predictions, Reads, ReplicaNumber, ReplicaSet};
use crate::sim::ratio::Ratio;

impl Scenario {
    /// The replicas that faults which never end keep from taking part. To the contract they are
    /// failed from the beginning.
    #[must_use]
    pub fn lost(&self) -> ReplicaSet {
        let mut lost = ReplicaSet::EMPTY;
        for fault in self.faults.iter().filter(|fault| fault.heal == Heal::Never) {
            for number in self.struck_for_ever(&fault.action).into_iter().flatten() {
                lost.insert(ReplicaNumber(number));
            }
        }
        lost
    }

    /// Whether a scenario that was put together, and not read, can be run.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.members().is_some()
            && (self.cluster.witnesses.is_empty() || self.predictions() != Predictions::Merged)
            && self.cluster.witnesses.iter().all(|witness| witness.0 < self.cluster.replicas)
            && self.cluster.replicas <= REPLICAS_MAX
            && (!self.cluster.only_applies || self.asks_only_for_apply())
            && self.workload.readers <= self.workload.clients
            && self.workload.clients > 0
            && self.faults.iter().all(|fault| self.has_all(fault))
            && self.messages.iter().all(|message| self.has(message.from) && self.has(message.to))
            && self.check_lasting().is_ok()
    }

    /// Whether it gets along with a service that implements nothing but `apply`.
    fn asks_only_for_apply(&self) -> bool {
        self.cluster.service.predicts() == Predicts::Nothing
            && self.cluster.checkpoints.is_none()
            && self.cluster.reads == Reads::ThroughTheLog
            && self.workload.stale == Ratio::ZERO
    }

    /// Whether everybody is there whom a fault names.
    fn has_all(&self, fault: &Fault) -> bool {
        let waits_for = match fault.trigger {
            Trigger::At(_) => None,
            Trigger::When(replica, _) => Some(Target::Replica(replica)),
        };
        waits_for.is_none_or(|replica| self.has(replica))
            && fault.action.targets().into_iter().all(|target| self.has(target))
    }

    fn has(&self, target: Target) -> bool {
        match target {
            Target::Replica(number) => number < self.cluster.replicas,
            Target::Client(number) => number < self.workload.clients,
            Target::Administrator => self.reconfigures(),
            Target::Primary | Target::Backup => true,
        }
    }

    /// What is wrong with the faults that never end: which fault it is, and why not.
    pub(super) fn check_lasting(&self) -> Result<(), (usize, String)> {
        let mut lost = ReplicaSet::EMPTY;
        let survives = self.failures();
        for (index, fault) in self.faults.iter().enumerate() {
            if fault.heal != Heal::Never {
                continue;
            }
            let Some(struck) = self.struck_for_ever(&fault.action) else {
                let allowed = "what never ends is a crash of a named replica, or a cut by which \
                               named replicas hear nobody or are heard by nobody";
                return Err((index, allowed.to_owned()));
            };
            for number in struck {
                lost.insert(ReplicaNumber(number));
            }
            if lost.count() > survives {
                let count = lost.count();
                let why = format!(
                    "{count} replicas are lost for ever, and the group survives {survives}"
                );
                return Err((index, why));
            }
        }
        Ok(())
    }

    /// Whom an action strikes so that all others can do without: replicas that crash, hear
    /// nobody, or are heard by nobody. Nothing where it is not like that.
    fn struck_for_ever(&self, action: &Action) -> Option<Vec<u8>> {
        match action {
            Action::Crash(target) => numbers(&[*target]),
            Action::Cut(from, to) => {
                let deaf = numbers(to).filter(|deaf| self.is_all_but(deaf, from));
                deaf.or_else(|| numbers(from).filter(|mute| self.is_all_but(mute, to)))
            }
            Action::Restart(_)
            | Action::Pause(_)
            | Action::Partition(_)
            | Action::Flap(..)
            | Action::Lose { .. }
            | Action::Jump(..)
            | Action::Expire(..)
            | Action::Damage(..)
            | Action::Hinder(..)
            | Action::Reconfigure(_) => None,
        }
    }

    fn is_all_but(&self, struck: &[u8], rest: &[Target]) -> bool {
        let replicas = (0..self.cluster.replicas).filter(|number| !struck.contains(number));
        let clients = (0..self.workload.clients).map(Target::Client);
        replicas.map(Target::Replica).chain(clients).all(|other| rest.contains(&other))
    }
}

/// The replicas that are named, if nobody else is.
fn numbers(targets: &[Target]) -> Option<Vec<u8>> {
    let number = |target: &Target| match target {
        Target::Replica(number) => Some(*number),
        Target::Client(_) | Target::Administrator | Target::Primary | Target::Backup => None,
    };
    targets.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::{Action, Fault, Heal, Scenario, Target, Trigger};
    use crate::sim::time::Span;

    #[test]
    fn whoever_is_named_must_be_there() {
        let possible = |trigger, action| {
            let mut scenario = Scenario::default();
            scenario.faults.push(Fault { trigger, action, heal: Heal::AtTheEnd });
            assert_eq!(scenario.is_possible(), Scenario::parse(&scenario.to_string()).is_ok());
            scenario.is_possible()
        };
        let at = Trigger::At(Span::ZERO);
        let (there, missing) = (Target::Client(1), Target::Client(2));
        assert!(possible(at, Action::Partition(vec![vec![there]])));
        assert!(!possible(at, Action::Partition(vec![vec![there], vec![missing]])));
        assert!(!possible(at, Action::Cut(vec![there], vec![missing])));
        assert!(!possible(at, Action::Flap(there, Target::Replica(3), Span::millis(1))));
        let commits = super::super::Milestone::Commit(1);
        assert!(possible(Trigger::When(2, commits), Action::Crash(Target::Primary)));
        assert!(!possible(Trigger::When(3, commits), Action::Crash(Target::Primary)));
    }
}
