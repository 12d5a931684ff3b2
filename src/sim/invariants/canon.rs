//! The canonical log: what the group has executed, as the simulator saw it first.

use super::super::service::{Execution, digest_of};
use super::super::workload::{Asked, How};
use crate::protocol::service::Applied;
use crate::protocol::{
    ClientId, Configuration, OpNumber, ReplicaNumber, ReplicaSet, RequestNumber, Settings,
    ViewNumber,
};
use bytes::Bytes;
use std::collections::BTreeMap;

/// What was executed at each op-number, and who asked for what.
#[derive(Clone, Debug, Default, Hash)]
pub struct Canon {
    operations: Vec<Canonical>,
    clients: BTreeMap<ClientId, Asker>,
    /// How much was asked, by all clients.
    asked: u32,
    /// The epochs, as what is executed has them; the first is there from the beginning.
    epochs: Vec<Epoch>,
    /// Which replicas are witnesses, in whatever epoch they are members.
    witnesses: ReplicaSet,
}

/// An epoch of the group.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Epoch {
    /// Who is in it.
    pub configuration: Configuration,
    /// The operation that began it, and the one that ended it.
    pub since: OpNumber,
    pub until: Option<OpNumber>,
}

/// An operation as it was executed for the first time.
#[derive(Clone, Debug, Hash)]
pub struct Canonical {
    /// Who asked.
    pub client: ClientId,
    /// The client's number for it.
    pub request_number: RequestNumber,
    /// A digest of the operation's bytes.
    pub operation: u64,
    /// What was predicted for it, in the log.
    pub prediction: Bytes,
    /// What was returned.
    pub reply: Bytes,
    /// The how-manieth question of the run it is, from 0 on; nothing where nobody asked it.
    pub asked_as: Option<u32>,
    /// The view in which it got its op-number.
    pub entry_view: ViewNumber,
    /// The view of the replica that executed it first.
    pub committed_in: ViewNumber,
    /// The state's digest after it, where it was taken.
    pub state: Option<u64>,
}

#[derive(Clone, Debug, Default, Hash)]
struct Asker {
    /// Digests of what it asked, by request-number, and the how-manieth question of the run that
    /// was, where it counts.
    asked: Vec<(u64, Option<u32>)>,
    /// Where it was executed, by request-number.
    executed: Vec<Option<OpNumber>>,
    /// Its latest question, if that has no place in the log.
    beside: Option<RequestNumber>,
}

impl Canon {
    /// Of a group that has executed nothing.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let Settings { configuration, witnesses, .. } = *settings;
        let first = Epoch { configuration, since: OpNumber(0), until: None };
        Self { epochs: vec![first], witnesses, ..Self::default() }
    }

    /// The epochs so far.
    #[must_use]
    pub fn epochs(&self) -> &[Epoch] {
        &self.epochs
    }

    /// How many operations are committed.
    #[must_use]
    pub fn len(&self) -> OpNumber {
        OpNumber(u64::try_from(self.operations.len()).unwrap_or(u64::MAX))
    }

    /// Whether nothing is committed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The operation with that op-number.
    #[must_use]
    pub fn get(&self, op_number: OpNumber) -> Option<&Canonical> {
        self.operations.get(usize::try_from(op_number.0).ok()?.checked_sub(1)?)
    }

    /// The latest operation.
    #[must_use]
    pub fn last(&self) -> Option<&Canonical> {
        self.operations.last()
    }

    /// Where a request was executed.
    #[must_use]
    pub fn executed_at(&self, client: ClientId, number: RequestNumber) -> Option<OpNumber> {
        *self.clients.get(&client)?.executed.get(index(number)?)?
    }

    /// The digest of what a client asked under that number.
    #[must_use]
    pub fn asked(&self, client: ClientId, number: RequestNumber) -> Option<u64> {
        self.clients.get(&client)?.asked.get(index(number)?).map(|(digest, _)| *digest)
    }

    /// Whether an entry of a log is the canonical one of that op-number.
    #[must_use]
    pub fn is_canonical(&self, op_number: OpNumber, entry: &crate::protocol::log::Entry) -> bool {
        self.get(op_number).is_some_and(|canonical| {
            canonical.client == entry.client
                && canonical.request_number == entry.request_number
                && canonical.entry_view == entry.view
                && canonical.operation == digest_of(&entry.operation)
                && canonical.prediction == entry.prediction
        })
    }

    /// Whether the latest question of a client is one that has no place in the log.
    #[must_use]
    pub fn is_beside_the_log(&self, client: ClientId, number: RequestNumber) -> bool {
        self.clients.get(&client).is_some_and(|asker| asker.beside == Some(number))
    }

    pub(super) fn note_asked(
        &mut self,
        client: ClientId,
        number: RequestNumber,
        asked: &Asked,
        how: How,
    ) {
        let asker = self.clients.entry(client).or_default();
        asker.beside = (how != How::ThroughTheLog).then_some(number);
        asker.asked.push((digest_of(&asked.encode()), Some(self.asked)));
        self.asked += 1;
        asker.executed.push(None);
        assert_eq!(index(number), asker.asked.len().checked_sub(1), "clients count by one");
    }

    /// An administrator asks for something that is no service's business.
    pub(super) fn note_ordered(&mut self, client: ClientId, number: RequestNumber, order: &Bytes) {
        let asker = self.clients.entry(client).or_default();
        asker.asked.push((digest_of(order), None));
        asker.executed.push(None);
        assert_eq!(index(number), asker.asked.len().checked_sub(1), "clients count by one");
    }

    pub(super) fn append(&mut self, execution: Execution, committed_in: ViewNumber) {
        let applied = execution.applied;
        let mut asked_as = None;
        if let Some(asker) = self.clients.get_mut(&applied.client)
            && let Some(index) = index(applied.request_number)
            && let Some(executed) = asker.executed.get_mut(index)
        {
            *executed = Some(applied.op_number);
            asked_as = asker.asked.get(index).and_then(|(_, asked_as)| *asked_as);
        }
        if let Some(members) = execution.passed.as_deref().filter(|bytes| !bytes.is_empty()) {
            self.begin_epoch(applied, members);
        }
        self.operations.push(Canonical {
            client: applied.client,
            request_number: applied.request_number,
            operation: execution.operation,
            prediction: execution.prediction,
            reply: execution.reply,
            asked_as,
            entry_view: applied.view,
            committed_in,
            state: execution.state,
        });
    }
}

impl Canon {
    /// A reconfiguration is executed. What it asks for was looked at by a primary; here it is taken
    /// at its word.
    fn begin_epoch(&mut self, applied: Applied, members: &[u8]) {
        let since = applied.op_number;
        let members: ReplicaSet = members.iter().copied().map(ReplicaNumber).collect();
        let group = Configuration::of(members);
        let group = group.and_then(|g| g.with_witnesses(self.witnesses.in_both(members)));
        if let (Some(configuration), Some(latest)) = (group, self.epochs.last_mut())
            && latest.until.is_none()
        {
            latest.until = Some(since);
            self.epochs.push(Epoch { configuration, since, until: None });
        }
    }
}

/// Request-numbers start at 1, indexes at 0.
fn index(number: RequestNumber) -> Option<usize> {
    usize::try_from(number.0).ok()?.checked_sub(1)
}
