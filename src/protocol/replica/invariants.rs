//! What one replica can check about itself after each step.

use super::super::configuration::Membership;
use super::super::durable::Durability;
use super::super::numbers::OpNumber;
use super::super::service::Service;
use super::super::settings::Predictions;
use super::Replica;
use super::status::{Role, Status};

impl<S: Service> Replica<S> {
    /// Asserts what must hold between any two steps, in release builds too.
    pub(super) fn assert_invariants(&self) {
        let op_number = self.op_number();
        assert!(self.commit_number <= op_number);
        assert!(self.last_normal_view <= self.view);
        match &self.status {
            Status::Normal(role) => {
                assert!(self.last_normal_view == self.view);
                let leads = self.is_primary_of(self.view);
                match role {
                    Role::Primary(primary) => {
                        assert!(leads);
                        let own = primary.acknowledged[self.number.index()];
                        let is_held = own == op_number;
                        let may_lack = self.settings.durability == Durability::Disk;
                        assert!(is_held || may_lack, "a primary holds its own log");
                        assert!(primary.acknowledged.iter().all(|&held| held <= op_number));
                        assert!(primary.pipeline.len() <= self.settings.bounds.pipeline_max);
                        assert!(primary.waiting() <= self.settings.bounds.requests_max);
                        if let Some(round) = &primary.round {
                            assert!(self.settings.predictions == Predictions::Merged);
                            assert!(!primary.has_abdicated, "who does not lead asks for nothing");
                            let has_room =
                                primary.pipeline.len() < self.settings.bounds.pipeline_max;
                            assert!(has_room, "what is predicted is prepared at once");
                            assert!(round.number() == primary.rounds);
                        }
                        let last = primary.pipeline.back().copied();
                        assert!(last.unwrap_or(self.commit_number) == op_number);
                    }
                    Role::Backup(_) => assert!(!leads),
                }
            }
            Status::ViewChange(change) => {
                assert!(self.last_normal_view < self.view);
                assert!(change.merge.is_none() || self.is_primary_of(self.view));
            }
            Status::Recovering(recovering) => {
                assert!(op_number == self.commit_number, "a log comes back all at once");
                assert!(op_number == recovering.staged.base());
            }
            Status::Transitioning(_) | Status::ShutDown { .. } => {
                assert!(op_number == self.commit_number, "who is no member has no say");
                assert!(self.votes.count() == 0);
            }
        }
        let Membership { epoch, since, configuration, .. } = self.membership;
        let takes_part = matches!(self.status, Status::Normal(_) | Status::ViewChange(_));
        let is_in = configuration.contains(self.number);
        assert!(!takes_part || is_in, "only members take part");
        assert!(!takes_part || epoch == self.epoch(), "a view is one of its group's epoch");
        let begun = since <= self.commit_number || self.settings.durability == Durability::Disk;
        assert!(!takes_part || begun, "an epoch begins with what is executed");
        let newest = self.checkpoints.back().map_or(OpNumber(0), |newest| newest.op_number);
        let oldest = self.checkpoints.front().map_or(OpNumber(0), |oldest| oldest.op_number);
        assert!(self.log.start() <= oldest && newest <= self.commit_number);
        if let Some(checkpoints) = self.settings.checkpoints {
            assert!(self.checkpoints.len() <= checkpoints.kept);
            let behind = u64::try_from(checkpoints.kept).unwrap_or(u64::MAX).saturating_add(1);
            let bound = checkpoints.every.saturating_mul(behind);
            let is_compacted = self.commit_number.since(self.log.start()) < bound;
            assert!(is_compacted || self.is_witness(), "a log is compacted");
        }
        let quorum = self.membership.configuration.quorum();
        assert!(self.votes.count() < quorum, "a wanted view change has begun");
    }
}
