//! The protocol's messages as the kernel sees them: a kind and a fingerprint.

use super::node::Payload;
use super::random::mix;
use super::service::digest_of;
use crate::protocol::checkpoint::CheckpointId;
use crate::protocol::log::Entry;
use crate::protocol::message::{LogPart, Message, MessageKind, Peer, Why};
use crate::protocol::numbers::ClientId;
use crate::protocol::pages::{Digest, Path};

impl Payload for Message {
    fn kind(&self) -> u8 {
        kind_number(Self::kind(self))
    }

    fn fingerprint(&self) -> u64 {
        let mut print = Print(u64::from(kind_number(Self::kind(self))));
        match self {
            Self::Register(m) => print.client(m.client),
            Self::Registered(m) => {
                print.client(m.client);
                print.add(m.view.0);
                print.add(m.born.0);
            }
            Self::Request(m) => {
                print.client(m.client);
                print.add(m.request_number.0);
                print.add(digest_of(&m.operation));
            }
            Self::Reply(m) => {
                print.client(m.client);
                print.add(m.request_number.0);
                print.add(m.view.0);
                print.add(digest_of(&m.result));
            }
            Self::Refusal(m) => {
                print.client(m.client);
                print.add(m.request_number.0);
            }
            Self::Read(m) => {
                print.client(m.client);
                print.add(m.request_number.0);
                print.add(digest_of(&m.query));
            }
            Self::Answer(m) => {
                print.client(m.client);
                print.add(m.request_number.0);
                print.add(m.op_number.0);
                print.add(digest_of(&m.result));
            }
            Self::NewEpoch(m) => {
                print.add(m.view.0);
                print.add(u64::from(m.configuration.bits()));
            }
            Self::Peer(header, peer) => {
                print.add(header.view.0);
                print.add(header.incarnation.0 << 8 | u64::from(header.from.0));
                print.peer(peer);
            }
        }
        mix(print.0)
    }
}

/// The number that the kernel knows a kind of message by.
#[must_use]
#[expect(clippy::as_conversions, reason = "the only way from a variant to its number")]
pub const fn kind_number(kind: MessageKind) -> u8 {
    kind as u8
}

/// Collects what a message consists of.
struct Print(u64);

impl Print {
    const fn add(&mut self, value: u64) {
        self.0 = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
    }

    fn all<const N: usize>(&mut self, values: [u64; N]) {
        values.into_iter().for_each(|value| self.add(value));
    }

    const fn client(&mut self, client: ClientId) {
        let (high, low) = client.0.as_u64_pair();
        self.add(high ^ low.rotate_left(32));
    }

    fn entries(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.add(entry.view.0);
            self.client(entry.client);
            self.add(entry.request_number.0);
            self.add(digest_of(&entry.operation));
            if !entry.prediction.is_empty() {
                self.add(digest_of(&entry.prediction));
            }
        }
    }

    fn part(&mut self, part: &LogPart) {
        self.add(part.after.0);
        self.add(part.op_number.0);
        self.add(part.commit_number.0);
        if let Some(checkpoint) = part.compacted {
            self.checkpoint(checkpoint);
        }
        self.entries(&part.entries);
    }

    const fn why(&mut self, why: Why) {
        self.add(match why {
            Why::View => 0,
            Why::ViewChange => 1,
            Why::Learning => 2,
        });
    }

    fn digest(&mut self, digest: Digest) {
        let (high, low) = (digest.0 >> 64, digest.0 & u128::from(u64::MAX));
        self.add(u64::try_from(high).unwrap_or(0));
        self.add(u64::try_from(low).unwrap_or(0));
    }

    fn checkpoint(&mut self, checkpoint: CheckpointId) {
        self.add(checkpoint.op_number.0);
        self.digest(checkpoint.digest);
    }

    fn path(&mut self, path: Path) {
        for step in path.steps() {
            self.add(u64::try_from(step).unwrap_or(u64::MAX));
        }
    }

    fn peer(&mut self, peer: &Peer) {
        match peer {
            Peer::Prepare(m) => {
                self.all([m.op_number.0, m.commit_number.0, m.spent.0]);
                self.entries(&m.entries);
            }
            Peer::PrepareOk { op_number, beat, executed } => {
                self.all([op_number.0, *beat, executed.0]);
            }
            Peer::Commit(m) => {
                self.all([m.commit_number.0, m.op_number.0, m.beat, m.spent.0]);
            }
            Peer::StartViewChange { wanted } => self.add(wanted.0),
            Peer::DoViewChange(m) => {
                self.add(m.last_normal_view.0);
                self.part(&m.log);
            }
            Peer::StartView(m) => self.part(&m.log),
            Peer::Recovery { nonce, after } => {
                let low = nonce.0 & u128::from(u64::MAX);
                self.add(u64::try_from(low).unwrap_or(0));
                self.add(after.0);
            }
            Peer::RecoveryResponse(m) => {
                if let Some(part) = &m.log {
                    self.part(part);
                }
            }
            Peer::GetState(m) => {
                self.add(m.wanted.0);
                self.add(m.after.0);
                self.why(m.why);
            }
            Peer::NewState(m) => {
                self.part(&m.part);
                self.why(m.why);
            }
            Peer::GetPages(m) => {
                self.checkpoint(m.checkpoint);
                m.paths.iter().for_each(|&path| self.path(path));
            }
            Peer::Predict(m) => {
                self.add(m.round);
                for request in m.requests.iter() {
                    self.client(request.client);
                    self.add(request.request_number.0);
                }
            }
            Peer::Prediction(m) => {
                self.add(m.round);
                m.predictions.iter().for_each(|prediction| self.add(digest_of(prediction)));
            }
            Peer::Pages(m) => {
                self.checkpoint(m.checkpoint);
                for (path, piece) in &m.pieces {
                    self.path(*path);
                    self.digest(piece.digest());
                }
            }
            Peer::StartEpoch(m) | Peer::NewEpoch(m) => {
                let (group, former) = m.bits();
                self.add(m.epoch.0);
                self.add(m.since.0);
                self.add(m.numbered_in.0);
                self.add(u64::from(group) << 32 | u64::from(former));
            }
            Peer::EpochStarted(epoch) => self.add(epoch.0),
        }
    }
}
