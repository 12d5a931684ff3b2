//! The commands of a transcript, and how they are read.
//!
//! - `group 3 pipeline=1 batch=2 requests=1 clients=2 transfer=2 bytes=9`: three replicas, and
//!   which bounds are not the default ones; with `batching=adaptive`, requests wait for each other
//!   while enough is under way; `checkpoints=2/1` takes one after every two
//!   operations, and keeps one; `reads=quorum`, or `lease=50` with promises of 50 milliseconds by
//!   clocks that are a percent off at most; `predictions=primary` or `merged`, and `odd=2` where
//!   what r2 predicts can't be merged; `standby=2`: two replicas more, which are no members yet;
//!   `witnesses=r1/r3`: who only votes; `service=apply`: the service implements nothing else.
//!   What can't be is told, and there is no group.
//! - `register r0 c7`: a client that has not asked for anything yet reaches a replica.
//! - `request r0 c7 s2 text`: a client's request reaches a replica; the text is the operation. With
//!   `@3` before it, the client registered when three operations were committed.
//!   An `e1` before that: the client believes in that epoch; likewise in the two that follow.
//! - `reconfigure r0 c9 s1 r1 r2 r3`: an administrator asks for another group.
//! - `checkepoch r0 c9 s2`: an administrator asks whether it is at work.
//! - `read r0 c7 s2 text`: a client asks the primary what is so, beside the log; with `@3` before
//!   the text it has seen the third operation, and may be told what is old.
//! - `clock 20`: so many milliseconds pass, by every clock.
//! - `deliver`: every message in flight, and what they cause, in order, until nothing is left.
//! - `deliver …`: those in flight now that match; likewise `drop …` (lost), `duplicate …` (one
//!   more copy of each), `hold …` (stays behind) and `release …` (back, behind the others).
//!   What matches: `r2` (goes there), `r0->r2` (comes from there too), either with a kind of
//!   message behind it, or a kind alone. One that matches nothing is an error.
//! - `cut r2` and `join r2`: what it sends and is sent is lost, until it is joined again.
//! - `timer r1 primary-silence`: the timer goes off; that it is not set is an error.
//! - `timers r1`: which timers are set.
//! - `crash r2` and `recover r2`: loses its memory, and starts its next life.
//! - `state`: a line a replica.
//! - `say r9->r1 PREPAREOK v0 n5`: what no replica said arrives; also `COMMIT v0 k1 n5` and
//!   `STARTVIEWCHANGE v0 v1`, each with `e1` or `i3` for the epoch of its view and a life at the
//!   end.

use bytes::Bytes;
use core::time::Duration;
use vsr::protocol::log::EntryKind;
use vsr::protocol::message::{Commit, Freshness, Header, Peer, Read, Register, Request};
use vsr::protocol::settings::{Batching, Checkpoints, Lease, Predictions, Reads};
use vsr::protocol::{
    ClientId, Configuration, EpochNumber, Incarnation, Message, MessageKind, OpNumber,
    ReplicaNumber, ReplicaSet, RequestNumber, Settings, Timer, ViewNumber,
};

/// One command.
pub(crate) enum Command {
    Group(Settings, Extras),
    Request(ReplicaNumber, Message),
    Clock(Duration),
    DeliverAll,
    Move(Move, Which),
    Cut(ReplicaNumber),
    Join(ReplicaNumber),
    Timer(ReplicaNumber, Timer),
    Timers(ReplicaNumber),
    Crash(ReplicaNumber),
    Recover(ReplicaNumber),
    State,
    Say(ReplicaNumber, Message),
}

/// What a group has that is no setting.
#[derive(Clone, Copy, Default)]
pub(crate) struct Extras {
    /// So many replicas more, which are no members yet.
    pub(crate) standby: u8,
    /// Whose predictions can't be merged.
    pub(crate) odd: Option<u8>,
    /// The service implements nothing but `apply`.
    pub(crate) only_applies: bool,
}

/// What becomes of messages in flight.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    Deliver,
    Drop,
    Duplicate,
    Hold,
    Release,
}

/// Which messages are meant.
#[derive(Clone, Copy, Default)]
pub(crate) struct Which {
    pub(crate) from: Option<ReplicaNumber>,
    pub(crate) to: Option<ReplicaNumber>,
    pub(crate) kind: Option<MessageKind>,
}

impl Command {
    /// The command that a line gives.
    pub(crate) fn parse(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        Self::of_words(&words).ok_or_else(|| format!("not a command: {line:?}"))
    }

    fn of_words(words: &[&str]) -> Option<Self> {
        Some(match *words {
            ["group", replicas, ref bounds @ ..] => {
                let (settings, extras) = settings(replicas, bounds)?;
                Self::Group(settings, extras)
            }
            ["register", to, client] => {
                let (epoch, client) = (EpochNumber(0), client_id(client)?);
                let register = Register { epoch, client };
                Self::Request(replica(to)?, Message::Register(register))
            }
            ["request" | "reconfigure" | "checkepoch", to, client, number, ref operation @ ..] => {
                let epoch = operation.first().and_then(|word| count(word, "e"));
                let operation = &operation[usize::from(epoch.is_some())..];
                let born = operation.first().and_then(|word| count(word, "@"));
                let operation = &operation[usize::from(born.is_some())..];
                let members = || operation.iter().map(|word| Some(replica(word)?.0));
                let (kind, operation) = match words[0] {
                    "reconfigure" => {
                        (EntryKind::Reconfiguration, members().collect::<Option<_>>()?)
                    }
                    "checkepoch" => (EntryKind::CheckEpoch, Bytes::new()),
                    _ => (EntryKind::Operation, Bytes::from(operation.join(" "))),
                };
                let request = Request {
                    epoch: EpochNumber(epoch.unwrap_or(0)),
                    client: client_id(client)?,
                    request_number: RequestNumber(count(number, "s")?),
                    born: OpNumber(born.unwrap_or(0)),
                    kind,
                    operation,
                };
                Self::Request(replica(to)?, Message::Request(request))
            }
            ["read", to, client, number, ref query @ ..] => {
                let seen = query.first().and_then(|word| count(word, "@"));
                let query = &query[usize::from(seen.is_some())..];
                let read = Read {
                    epoch: EpochNumber(0),
                    client: client_id(client)?,
                    request_number: RequestNumber(count(number, "s")?),
                    freshness: seen.map_or(Freshness::Latest, |n| Freshness::Behind(OpNumber(n))),
                    query: Bytes::from(query.join(" ")),
                };
                Self::Request(replica(to)?, Message::Read(read))
            }
            ["clock", passed] => Self::Clock(Duration::from_millis(passed.parse().ok()?)),
            ["deliver"] => Self::DeliverAll,
            ["deliver", ref which @ ..] => Self::Move(Move::Deliver, Which::of_words(which)?),
            ["drop", ref which @ ..] => Self::Move(Move::Drop, Which::of_words(which)?),
            ["duplicate", ref which @ ..] => Self::Move(Move::Duplicate, Which::of_words(which)?),
            ["hold", ref which @ ..] => Self::Move(Move::Hold, Which::of_words(which)?),
            ["release", ref which @ ..] => Self::Move(Move::Release, Which::of_words(which)?),
            ["cut", number] => Self::Cut(replica(number)?),
            ["join", number] => Self::Join(replica(number)?),
            ["timer", number, name] => Self::Timer(
                replica(number)?,
                Timer::ALL.iter().copied().find(|timer| timer.name() == name)?,
            ),
            ["timers", number] => Self::Timers(replica(number)?),
            ["crash", number] => Self::Crash(replica(number)?),
            ["recover", number] => Self::Recover(replica(number)?),
            ["state"] => Self::State,
            ["say", link, ref words @ ..] => {
                let (from, to) = link.split_once("->")?;
                Self::Say(replica(to)?, hostile(replica(from)?, words)?)
            }
            _ => return None,
        })
    }
}

impl Which {
    fn of_words(words: &[&str]) -> Option<Self> {
        let (link, kind) = match *words {
            [link, kind] => (Some(link), Some(kind)),
            [word] if word.starts_with('r') => (Some(word), None),
            [word] => (None, Some(word)),
            _ => return None,
        };
        let mut which = Self::default();
        if let Some(link) = link {
            match link.split_once("->") {
                Some((from, to)) => {
                    which.from = Some(replica(from)?);
                    which.to = Some(replica(to)?);
                }
                None => which.to = Some(replica(link)?),
            }
        }
        if let Some(name) = kind {
            which.kind = Some(*MessageKind::ALL.iter().find(|kind| kind.name() == name)?);
        }
        Some(which)
    }
}

fn settings(replicas: &str, bounds: &[&str]) -> Option<(Settings, Extras)> {
    let mut extras = Extras::default();
    let mut settings = Settings::new(Configuration::new(replicas.parse().ok()?).ok()?);
    for bound in bounds {
        let (name, value) = bound.split_once('=')?;
        if name == "standby" {
            extras.standby = value.parse().ok()?;
            continue;
        }
        if name == "witnesses" {
            let witnesses: Option<ReplicaSet> = value.split('/').map(replica).collect();
            settings.witnesses = witnesses?;
            let members = settings.configuration.set();
            settings.configuration =
                settings.configuration.with_witnesses(settings.witnesses.in_both(members))?;
            continue;
        }
        if name == "checkpoints" {
            let (every, kept) = value.split_once('/')?;
            let (every, kept) = (every.parse().ok()?, kept.parse().ok()?);
            settings.checkpoints = Some(Checkpoints { every, kept });
            continue;
        }
        if bound == &"service=apply" {
            extras.only_applies = true;
            continue;
        }
        if bound == &"batching=adaptive" {
            settings.batching = Batching::Adaptive;
            continue;
        }
        if bound == &"reads=quorum" {
            settings.reads = Reads::ByQuorum;
            continue;
        }
        if name == "lease" {
            let length = Duration::from_millis(value.parse().ok()?);
            settings.reads = Reads::UnderLease(Lease { length, drift: 10_000 });
            continue;
        }
        if name == "predictions" {
            settings.predictions = match value {
                "primary" => Predictions::ByPrimary,
                "merged" => Predictions::Merged,
                _ => return None,
            };
            continue;
        }
        if name == "odd" {
            extras.odd = Some(value.parse().ok()?);
            continue;
        }
        let value = value.parse().ok()?;
        let place = match name {
            "pipeline" => &mut settings.bounds.pipeline_max,
            "batch" => &mut settings.bounds.batch_max,
            "requests" => &mut settings.bounds.requests_max,
            "clients" => &mut settings.bounds.clients_max,
            "transfer" => &mut settings.bounds.transfer_max,
            "bytes" => &mut settings.bounds.operation_bytes_max,
            _ => return None,
        };
        *place = value;
    }
    Some((settings, extras))
}

/// A message with the header and the numbers that somebody made up.
fn hostile(from: ReplicaNumber, words: &[&str]) -> Option<Message> {
    let [kind, view, ref rest @ ..] = *words else { return None };
    let numbers: Vec<&str> =
        rest.iter().copied().filter(|word| !word.starts_with(['e', 'i'])).collect();
    let of_letter = |letter| rest.iter().find_map(|word| count(word, letter)).unwrap_or(0);
    let header = Header {
        view: ViewNumber(ViewNumber::first_of(EpochNumber(of_letter("e"))).0 + count(view, "v")?),
        from,
        incarnation: Incarnation(of_letter("i")),
    };
    let peer = match (kind, &*numbers) {
        ("PREPAREOK", [n]) => {
            Peer::PrepareOk { op_number: OpNumber(count(n, "n")?), beat: 0, executed: OpNumber(0) }
        }
        ("COMMIT", [k, n]) => Peer::Commit(Commit {
            commit_number: OpNumber(count(k, "k")?),
            op_number: OpNumber(count(n, "n")?),
            beat: 1,
            spent: OpNumber(0),
        }),
        ("STARTVIEWCHANGE", [v]) => Peer::StartViewChange { wanted: ViewNumber(count(v, "v")?) },
        _ => return None,
    };
    Some(Message::Peer(header, peer))
}

fn client_id(word: &str) -> Option<ClientId> {
    Some(ClientId::from_number(u32::try_from(count(word, "c")?).ok()?))
}

fn replica(word: &str) -> Option<ReplicaNumber> {
    Some(ReplicaNumber(u8::try_from(count(word, "r")?).ok()?))
}

fn count(word: &str, letter: &str) -> Option<u64> {
    word.strip_prefix(letter)?.parse().ok()
}
