//! What an administrator has to see to (§7): the group is to change, and then to be at work.

use crate::protocol::ReplicaNumber;
use crate::protocol::message::RefusalReason;
use bytes::Bytes;
use std::collections::VecDeque;

/// What the group is to become, one after the other.
#[derive(Debug, Default)]
pub(super) struct Orders {
    /// The members of each group, a byte each.
    waiting: VecDeque<Bytes>,
    under_way: UnderWay,
}

/// How far the first of them is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum UnderWay {
    /// It was not asked for yet.
    #[default]
    Nothing,
    /// The group was asked to change.
    Change,
    /// Whether the new group is at work.
    Check,
}

/// What an administrator asks the group for.
#[derive(Debug)]
pub(super) enum Order {
    /// ⟨RECONFIGURATION⟩: these are to be its members.
    Change(Vec<ReplicaNumber>),
    /// ⟨CHECKEPOCH⟩: is it at work?
    Check,
}

impl Orders {
    /// One more comes, behind the others.
    pub(super) fn take(&mut self, members: Bytes) {
        self.waiting.push_back(members);
    }

    /// Whether nothing is left to be seen to.
    pub(super) fn are_done(&self) -> bool {
        self.waiting.is_empty() && self.under_way == UnderWay::Nothing
    }

    /// What is to be asked next.
    pub(super) fn next(&mut self) -> Option<Order> {
        if self.under_way == UnderWay::Check {
            return Some(Order::Check);
        }
        let members = self.waiting.front()?;
        self.under_way = UnderWay::Change;
        Some(Order::Change(members.iter().copied().map(ReplicaNumber).collect()))
    }

    /// What was asked has come to an end: refused, or done.
    pub(super) fn end(&mut self, refused: Option<RefusalReason>) {
        self.under_way = match (self.under_way, refused) {
            // Somebody else's business.
            (UnderWay::Nothing, _) => UnderWay::Nothing,
            // Only once the one before it is at work another change can be.
            (UnderWay::Change, None) => UnderWay::Check,
            (UnderWay::Change, Some(RefusalReason::Reconfiguring | RefusalReason::Evicted)) => {
                UnderWay::Nothing
            }
            (UnderWay::Check, Some(_)) => UnderWay::Check,
            (UnderWay::Change, Some(_)) | (UnderWay::Check, None) => {
                self.waiting.pop_front();
                UnderWay::Nothing
            }
        };
    }
}
