//! What a violation is about: the operations that its message names.

use crate::protocol::message::Peer;
use crate::protocol::{ClientId, Message, OpNumber, RequestNumber};
use crate::sim::Recording;
use crate::sim::trace::What;
use std::collections::{BTreeMap, BTreeSet};

/// The operations that matter.
#[derive(Debug, Default)]
pub(in crate::report) struct Subject {
    op_numbers: BTreeSet<OpNumber>,
    requests: BTreeSet<(ClientId, RequestNumber)>,
    /// Under which op-number a request was seen.
    places: BTreeMap<(ClientId, RequestNumber), OpNumber>,
}

impl Subject {
    /// Those that a message names: `n22`, or `c-43fab657/s1`.
    pub(in crate::report) fn of(message: &str, recording: &Recording) -> Self {
        let is_part = |c: char| !c.is_ascii_alphanumeric();
        let numbers =
            message.split(is_part).filter_map(|word| word.strip_prefix('n')?.parse().ok());
        let mut subject = Self { op_numbers: numbers.map(OpNumber).collect(), ..Self::default() };
        for operation in &recording.operations {
            if message.contains(&format!("{}/{}", operation.client, operation.request_number)) {
                subject.requests.insert((operation.client, operation.request_number));
            }
        }
        for record in &recording.records {
            if let What::Sent { message, .. } = &record.what {
                for (op_number, request) in placed(message) {
                    subject.places.insert(request, op_number);
                    if subject.op_numbers.contains(&op_number) {
                        subject.requests.insert(request);
                    }
                }
            }
        }
        let places = subject.requests.iter().filter_map(|request| subject.places.get(request));
        let places: Vec<OpNumber> = places.copied().collect();
        subject.op_numbers.extend(places);
        subject
    }

    /// Whether that request is one of them, or nothing is known of any.
    pub(in crate::report) fn has_request(&self, client: ClientId, number: RequestNumber) -> bool {
        self.requests.contains(&(client, number))
    }

    /// The op-number of a request.
    pub(super) fn place(&self, client: ClientId, number: RequestNumber) -> Option<OpNumber> {
        self.places.get(&(client, number)).copied()
    }

    /// Whether one of them lies in a stretch of the log.
    pub(super) fn lies_between(&self, after: OpNumber, last: OpNumber) -> bool {
        self.op_numbers.range(after.next()..).next().is_some_and(|&first| first <= last)
    }

    /// Whether a message is about one of them, or about who leads and what the log is.
    pub(super) fn is_in(&self, message: &Message) -> bool {
        match message {
            Message::Register(_) | Message::Registered(_) | Message::NewEpoch(_) => false,
            Message::Read(m) => self.has_request(m.client, m.request_number),
            Message::Answer(m) => self.has_request(m.client, m.request_number),
            Message::Request(m) => self.has_request(m.client, m.request_number),
            Message::Reply(m) => self.has_request(m.client, m.request_number),
            Message::Refusal(m) => self.has_request(m.client, m.request_number),
            Message::Peer(_, peer) => match peer {
                Peer::Prepare(_) => {
                    placed(message).any(|(op_number, _)| self.op_numbers.contains(&op_number))
                }
                Peer::PrepareOk { op_number, .. } => self.op_numbers.contains(op_number),
                Peer::Commit(m) => self.op_numbers.contains(&m.commit_number),
                Peer::StartViewChange { .. } | Peer::EpochStarted(_) => false,
                Peer::Predict(m) => {
                    let mut asked = m.requests.iter();
                    asked.any(|m| self.has_request(m.client, m.request_number))
                }
                Peer::DoViewChange(_)
                | Peer::StartView(_)
                | Peer::Recovery { .. }
                | Peer::RecoveryResponse(_)
                | Peer::GetState(_)
                | Peer::NewState(_)
                | Peer::GetPages(_)
                | Peer::Pages(_)
                | Peer::StartEpoch(_)
                | Peer::NewEpoch(_)
                | Peer::Prediction(_) => true,
            },
        }
    }
}

/// The requests of a PREPARE, and where they stand in the log.
fn placed(message: &Message) -> impl Iterator<Item = (OpNumber, (ClientId, RequestNumber))> {
    let prepare =
        if let Message::Peer(_, Peer::Prepare(prepare)) = message { Some(prepare) } else { None };
    prepare.into_iter().flat_map(|prepare| {
        let entries = prepare.entries.iter().rev();
        (0..).zip(entries).filter_map(|(back, entry)| {
            let op_number = OpNumber(prepare.op_number.0.checked_sub(back)?);
            Some((op_number, (entry.client, entry.request_number)))
        })
    })
}
