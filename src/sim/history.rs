//! The clients' history: who asked what, when, and what came of it.

use super::member::Seen;
use super::time::Moment;
use super::workload::{Asked, How};
use crate::protocol::{ClientId, OpNumber, RequestNumber};
use bytes::Bytes;
use std::collections::BTreeMap;

/// One operation as its client saw it.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Who asked.
    pub client: ClientId,
    /// The client's number for it.
    pub request_number: RequestNumber,
    /// What.
    pub asked: Asked,
    /// Which way it took.
    pub how: How,
    /// When.
    pub invoked: Moment,
    /// When it was answered, and how; nothing when that is not known.
    pub answered: Option<(Moment, Bytes)>,
    /// The last operation that the answer knows of, by its own word.
    pub known: OpNumber,
    /// What was predicted for it, in a recording.
    pub prediction: Bytes,
}

/// All operations in the order in which they were asked.
#[derive(Clone, Debug, Default)]
pub struct History {
    operations: Vec<Operation>,
    /// The latest operation of each client.
    latest: BTreeMap<ClientId, usize>,
    answered: u64,
}

impl History {
    /// Notes what a client saw, and tells the index of the operation; nothing where that does not
    /// matter any more.
    pub fn note(&mut self, at: Moment, seen: Seen) -> Option<usize> {
        match seen {
            Seen::Asked(client, request_number, asked, how) => {
                self.latest.insert(client, self.operations.len());
                self.operations.push(Operation {
                    client,
                    request_number,
                    asked,
                    how,
                    invoked: at,
                    answered: None,
                    known: OpNumber(0),
                    prediction: Bytes::new(),
                });
                Some(self.operations.len() - 1)
            }
            Seen::Answered(client, request_number, reply, known) => {
                let &index = self.latest.get(&client)?;
                if self.operations[index].request_number != request_number {
                    return None;
                }
                self.operations[index].answered = Some((at, reply));
                self.operations[index].known = known;
                self.answered += 1;
                Some(index)
            }
            // It may have happened, or may never happen: as if it were still under way. What is
            // asked of the group is no business of the service.
            Seen::Refused(..) | Seen::Ordered(..) => None,
        }
    }

    /// All operations.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// How many were answered.
    #[must_use]
    pub const fn answered(&self) -> u64 {
        self.answered
    }
}
