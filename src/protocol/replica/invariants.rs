//! What one replica can check about itself after each step.

use super::super::durable::Durability;
use super::super::numbers::OpNumber;
use super::super::service::Service;
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
            Status::Recovering(_) => {
                assert!(op_number == OpNumber(0), "memory comes back all at once");
            }
        }
        let quorum = self.settings.configuration.quorum();
        assert!(self.votes.count() < quorum, "a wanted view change has begun");
    }
}
