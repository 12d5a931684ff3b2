//! One primary: a view is led by one replica, in one of its lives (§4).

use super::super::violation::Code;
use super::{Finding, Glance, Judgement};
use crate::protocol::{Incarnation, ReplicaNumber, ViewNumber};
use std::collections::BTreeMap;

/// Who led which view.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct OnePrimary {
    leaders: BTreeMap<ViewNumber, (ReplicaNumber, Incarnation)>,
    latest: Option<(ViewNumber, ReplicaNumber, Incarnation)>,
}

impl OnePrimary {
    /// Judges a replica that leads.
    pub(super) fn check(&mut self, glance: &Glance) -> Judgement {
        let now = (glance.view, glance.number, glance.incarnation);
        if self.latest == Some(now) {
            return Ok(());
        }
        self.latest = Some(now);
        let leader = (glance.number, glance.incarnation);
        let first = *self.leaders.entry(glance.view).or_insert(leader);
        if first == leader {
            return Ok(());
        }
        let message = format!(
            "{} leads {} in its life {}, which {} led in its life {}",
            glance.number, glance.view, glance.incarnation, first.0, first.1
        );
        Err(Finding::new(Code::Primary, "one-primary", message))
    }
}
