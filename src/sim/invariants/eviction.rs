//! Eviction: every replica has forgotten the same clients, those who were served the longest ago in
//! the order of the log, and no others. Judged by a table of the simulator's own.

use super::super::violation::Code;
use super::{Canon, Finding, Glance, Judgement};
use crate::protocol::{ClientId, OpNumber};
use std::collections::BTreeMap;

/// Whom a table of so many rows has forgotten, after each operation.
#[derive(Clone, Debug, Hash)]
pub(super) struct Eviction {
    clients_max: usize,
    /// The latest operation of each client that is remembered, and the other way round.
    latest: BTreeMap<ClientId, OpNumber>,
    by_operation: BTreeMap<OpNumber, ClientId>,
    /// From which operation on which horizon holds.
    horizons: Vec<(OpNumber, OpNumber)>,
    /// Up to where the operations are in the table.
    reached: OpNumber,
}

impl Eviction {
    /// For tables of so many rows.
    pub(super) const fn new(clients_max: usize) -> Self {
        Self {
            clients_max,
            latest: BTreeMap::new(),
            by_operation: BTreeMap::new(),
            horizons: Vec::new(),
            reached: OpNumber(0),
        }
    }

    /// Goes on with what was executed since.
    pub(super) fn extend(&mut self, canon: &Canon) {
        while let Some(canonical) = canon.get(self.reached.next()) {
            self.reached = self.reached.next();
            if let Some(before) = self.latest.insert(canonical.client, self.reached) {
                self.by_operation.remove(&before);
            }
            self.by_operation.insert(self.reached, canonical.client);
            if self.by_operation.len() > self.clients_max
                && let Some((horizon, forgotten)) = self.by_operation.pop_first()
            {
                self.latest.remove(&forgotten);
                self.horizons.push((self.reached, horizon));
            }
        }
    }

    /// Looks whom a replica has forgotten.
    pub(super) fn check(&self, glance: &Glance) -> Judgement {
        let count = self.horizons.partition_point(|(since, _)| *since <= glance.commit_number);
        let horizon = count.checked_sub(1).map_or(OpNumber(0), |last| self.horizons[last].1);
        if horizon == glance.horizon {
            return Ok(());
        }
        let message = format!(
            "after {} operations {} has forgotten clients served up to {}, and not up to {horizon}",
            glance.commit_number.0, glance.number, glance.horizon
        );
        Err(Finding::new(Code::State, "eviction", message))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::service::Execution;
    use super::super::super::workload::{Asked, How};
    use super::{Canon, ClientId, Eviction, OpNumber};
    use crate::protocol::service::Applied;
    use crate::protocol::{RequestNumber, ViewNumber};
    use crate::services::counter::Operation;
    use bytes::Bytes;

    #[test]
    fn who_was_served_the_longest_ago_is_forgotten_first() {
        let (mut canon, mut eviction) = (Canon::default(), Eviction::new(2));
        for (op_number, (client, number)) in (1..).zip([(1, 1), (2, 1), (1, 2), (3, 1), (2, 2)]) {
            let (client, request_number) = (ClientId::from_number(client), RequestNumber(number));
            canon.note_asked(
                client,
                request_number,
                &Asked::Counter(Operation::Get),
                How::ThroughTheLog,
            );
            let (op_number, view) = (OpNumber(op_number), ViewNumber(0));
            let applied = Applied { op_number, view, client, request_number };
            let (operation, reply, state, passed) = (0, Bytes::new(), None, None);
            let prediction = Bytes::new();
            canon.append(Execution { applied, operation, prediction, reply, state, passed }, view);
        }
        eviction.extend(&canon);
        let expected =
            [(4, 2), (5, 3)].map(|(since, horizon)| (OpNumber(since), OpNumber(horizon)));
        assert_eq!(eviction.horizons, expected);
    }
}
