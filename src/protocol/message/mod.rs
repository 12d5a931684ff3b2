//! The messages of the paper, and how they print.

mod client;
mod kind;
mod peer;

pub use client::{
    Answer, Freshness, NewEpoch, Read, Refusal, RefusalReason, Register, Registered, Reply, Request,
};
pub use kind::MessageKind;
pub use peer::{
    Commit, CrashVector, DoViewChange, GetPages, GetState, Header, LogPart, NewState, Pages, Peer,
    Predict, Prediction, Prepare, RecoveryResponse, Requests, StartView, Why,
};

use super::log::EntryKind;
use super::numbers::Incarnation;
use core::fmt;

/// Everything that travels between clients and replicas.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// A client is to be known.
    Register(Register),
    /// A client may ask.
    Registered(Registered),
    /// A client asks.
    Request(Request),
    /// A replica answers a client.
    Reply(Reply),
    /// A replica will not take a client's request.
    Refusal(Refusal),
    /// A client asks what is so, and changes nothing.
    Read(Read),
    /// A replica answers that.
    Answer(Answer),
    /// A replica tells a client of a later epoch.
    NewEpoch(NewEpoch),
    /// A replica speaks to a replica.
    Peer(Header, Peer),
}

impl Message {
    /// Whether it says what its sender holds or will not do: not to be taken back. A primary that
    /// prepares or commits speaks for its view, and not for its disk; so does who predicts.
    #[must_use]
    pub const fn is_promise(&self) -> bool {
        !matches!(
            self.kind(),
            MessageKind::Prepare
                | MessageKind::Commit
                | MessageKind::Predict
                | MessageKind::Prediction
        )
    }

    /// What kind of message this is.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        match self {
            Self::Register(_) => MessageKind::Register,
            Self::Registered(_) => MessageKind::Registered,
            Self::Request(_) => MessageKind::Request,
            Self::Reply(_) => MessageKind::Reply,
            Self::Refusal(_) => MessageKind::Refusal,
            Self::Read(_) => MessageKind::Read,
            Self::Answer(_) => MessageKind::Answer,
            Self::NewEpoch(_) => MessageKind::NewEpoch,
            Self::Peer(_, peer) => peer.kind(),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind())?;
        match self {
            Self::Register(m) => write!(f, " {}", m.client),
            Self::Registered(m) => write!(f, " {} {} {}", m.view, m.client, m.born),
            Self::Request(m) => {
                let what = match m.kind {
                    EntryKind::Operation => "",
                    EntryKind::Reconfiguration => " RECONFIGURATION",
                    EntryKind::CheckEpoch => " CHECKEPOCH",
                };
                write!(f, " {} {}{what}", m.client, m.request_number)
            }
            Self::Reply(m) => write!(f, " {} {} {}", m.view, m.client, m.request_number),
            Self::Refusal(m) => {
                write!(f, " {} {} {}: {}", m.view, m.client, m.request_number, m.reason)
            }
            Self::Read(m) => {
                write!(f, " {} {}", m.client, m.request_number)?;
                match m.freshness {
                    Freshness::Latest => Ok(()),
                    Freshness::Behind(seen) => write!(f, " seen {seen}"),
                }
            }
            Self::Answer(m) => {
                write!(f, " {} {} {} {}", m.view, m.client, m.request_number, m.op_number)
            }
            Self::NewEpoch(m) => write!(f, " {} {}", m.view, m.configuration),
            Self::Peer(header, peer) => {
                write!(f, " {}", header.view)?;
                peer.fmt_body(f)?;
                if header.incarnation > Incarnation(0) {
                    write!(f, " {}", header.incarnation)?;
                }
                Ok(())
            }
        }
    }
}
