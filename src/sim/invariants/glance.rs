//! A replica at a glance: the numbers that the invariants compare from step to step.

use crate::protocol::configuration::Membership;
use crate::protocol::replica::StatusKind;
use crate::protocol::{Incarnation, OpNumber, Replica, ReplicaNumber, ViewNumber};
use core::fmt;

/// A replica's numbers after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Glance {
    /// Which replica.
    pub number: ReplicaNumber,
    /// In which of its lives.
    pub incarnation: Incarnation,
    /// What it is doing.
    pub status: StatusKind,
    /// Whether it leads its view.
    pub is_primary: bool,
    /// Whether it runs no service.
    pub is_witness: bool,
    /// Its view.
    pub view: ViewNumber,
    /// The latest view in which it was normal.
    pub last_normal_view: ViewNumber,
    /// The last operation in its log.
    pub op_number: OpNumber,
    /// The last that it held, whatever its disk has lost of it.
    pub claimed: OpNumber,
    /// The last that it knows to be committed.
    pub commit_number: OpNumber,
    /// How often its log was cut.
    pub log_cuts: u64,
    /// The operation behind which its log begins.
    pub log_start: OpNumber,
    /// The operation of its latest checkpoint; 0 where it has none.
    pub checkpoint: OpNumber,
    /// Up to where it can neither tell operations nor give a state that stands for them.
    pub gone: OpNumber,
    /// No client that it has forgotten has executed anything behind this.
    pub horizon: OpNumber,
    /// Its group.
    pub membership: Membership,
}

impl Glance {
    /// The numbers of a replica now.
    #[must_use]
    pub fn of<S>(replica: &Replica<S>) -> Self {
        Self {
            number: replica.number(),
            incarnation: replica.incarnation(),
            status: replica.status(),
            is_primary: replica.is_primary(),
            is_witness: replica.is_witness(),
            view: replica.view(),
            last_normal_view: replica.last_normal_view(),
            op_number: replica.op_number(),
            claimed: replica.claimed(),
            commit_number: replica.commit_number(),
            log_cuts: replica.log_cuts(),
            log_start: replica.log_start(),
            checkpoint: replica.checkpoints().next_back().map_or(OpNumber(0), |c| c.op_number),
            gone: gone(replica),
            horizon: replica.horizon(),
            membership: replica.membership(),
        }
    }

    /// Whether it has a say in the group of its epoch.
    #[must_use]
    pub fn takes_part(&self) -> bool {
        matches!(self.status, StatusKind::Normal | StatusKind::ViewChange)
    }

    /// Up to where its log is what it was before: entries behind that may be others, or be of
    /// another view now.
    #[must_use]
    pub fn changed_after(&self, before: Option<&Self>) -> OpNumber {
        match before {
            None => OpNumber(0),
            Some(before)
                if before.last_normal_view == self.last_normal_view
                    && before.log_cuts == self.log_cuts =>
            {
                before.op_number
            }
            Some(before) => before.commit_number,
        }
    }
}

fn gone<S>(replica: &Replica<S>) -> OpNumber {
    match replica.checkpoints().next_back() {
        Some(newest) if newest.is_whole() => OpNumber(0),
        Some(_) | None => replica.log_start(),
    }
}

impl fmt::Display for Glance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = match (self.is_primary, self.is_witness) {
            (true, _) => " PRIMARY",
            (false, true) => " witness",
            (false, false) => "",
        };
        write!(
            f,
            "{} {} {}{role} op {} commit {} last normal {}",
            self.number,
            self.view,
            self.status.name(),
            self.op_number.0,
            self.commit_number.0,
            self.last_normal_view,
        )
    }
}
