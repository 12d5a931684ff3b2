//! Bytes → a group that is told anything at all: no message may make a replica panic, whatever
//! its numbers say.
//!
//! A group works, crashes and recovers while messages with made-up numbers arrive among the real
//! ones. What they say may well ruin the group (nothing here withstands liars); it must not stop a
//! process, take a replica back in its own life, or make it answer without measure.

use arbitrary::{Result, Unstructured};
use bytes::Bytes;
use core::time::Duration;
use std::sync::Arc;
use vsr::protocol::checkpoint::{Checkpoint, CheckpointId};
use vsr::protocol::configuration::{Membership, ReplicaSet};
use vsr::protocol::durable::{Durability, Kept, Lacking, Write};
use vsr::protocol::log::{Entry, EntryKind};
use vsr::protocol::message::{
    Commit, CrashVector, DoViewChange, Freshness, GetPages, GetState, Header, LogPart, NewState,
    Pages, Peer, Predict, Prediction, Prepare, Read, RecoveryResponse, Register, Request,
    StartView, Why,
};
use vsr::protocol::pages::{Digest, Path, Piece, Tree};
use vsr::protocol::replica::Life;
use vsr::protocol::service::{Applied, Codec, Predicting, Predicts, Typed};
use vsr::protocol::settings::{Checkpoints, Lease, Reads};
use vsr::protocol::{
    ClientId, Configuration, EpochNumber, Incarnation, Input, LocalTime, Message, Nonce, OpNumber,
    Outbox, Output, Predictions, Replica, ReplicaNumber, RequestNumber, Service, Settings, Timer,
    ViewNumber,
};
use vsr::services::{Kv, Postcard};

/// Lets happen to a group what the bytes say.
///
/// # Panics
/// When a replica does, or does what it must never do.
pub fn judge(data: &[u8]) {
    let mut u = Unstructured::new(data);
    let durability = match u.arbitrary() {
        Ok(true) => Durability::Disk,
        Ok(false) | Err(_) => Durability::Memory,
    };
    let lease = Lease { length: Duration::from_millis(5), drift: 1_000 };
    let ways = [Reads::ThroughTheLog, Reads::ByQuorum, Reads::UnderLease(lease)];
    let reads = u.choose(&ways).copied().unwrap_or_default();
    let ways = [Predictions::Off, Predictions::ByPrimary, Predictions::Merged];
    let predictions = u.choose(&ways).copied().unwrap_or_default();
    let witness = predictions != Predictions::Merged && u.arbitrary().unwrap_or(false);
    let mut group = Group::new(durability, reads, predictions, witness);
    // Where the bytes end, nothing happens any more.
    while !u.is_empty() && group.happen(&mut u).is_ok() {}
}

/// A store that would execute with what was predicted, if that mattered to it.
#[derive(Clone, Debug)]
struct Foreseeing {
    kv: Typed<Kv, Postcard>,
    predictions: Predictions,
}

impl Service for Foreseeing {
    fn apply(&mut self, request: Applied, operation: &Bytes) -> Bytes {
        self.kv.apply(request, operation)
    }

    fn predicts(&self) -> Predicts {
        match self.predictions {
            Predictions::Off => Predicts::Nothing,
            Predictions::ByPrimary => Predicts::Alone,
            Predictions::Merged => Predicts::Merged,
        }
    }

    fn predict(&mut self, request: Predicting, operation: &Bytes) -> Bytes {
        let odd = if operation.len() == 3 && request.view.0 % 2 == 1 { 2 } else { 1 };
        vec![7; odd].into()
    }

    fn can_merge(&self, _operation: &Bytes, prediction: &Bytes) -> bool {
        prediction.len() == 1
    }

    fn merge(
        &mut self,
        _request: Predicting,
        operation: &Bytes,
        predictions: &[(ReplicaNumber, Bytes)],
    ) -> Option<Bytes> {
        assert!(predictions.iter().all(|(_, prediction)| self.can_merge(operation, prediction)));
        assert!(predictions.is_sorted_by(|(one, _), (other, _)| one < other));
        (operation.len() != 2).then(|| predictions.first().map(|(_, p)| p.clone()))?
    }

    fn reads(&self) -> bool {
        true
    }

    fn read(&self, query: &Bytes) -> Option<Bytes> {
        self.kv.read(query)
    }

    fn checkpoint(&mut self) -> Option<Tree> {
        self.kv.checkpoint()
    }

    fn restore(&mut self, state: &Tree) -> bool {
        self.kv.restore(state)
    }
}

struct Group {
    settings: Settings,
    members: Vec<Replica<Foreseeing>>,
    /// What is on the disks of a durable group.
    disks: Vec<Kept>,
    under_way: Vec<(ReplicaNumber, Message)>,
    lives: u64,
    /// What all clocks show.
    now: LocalTime,
}

impl Group {
    fn new(durability: Durability, reads: Reads, predictions: Predictions, witness: bool) -> Self {
        let mut configuration = Configuration::new(REPLICAS).expect("a group");
        if witness {
            let last = ReplicaSet::from_iter([ReplicaNumber(REPLICAS - 1)]);
            configuration = configuration.with_witnesses(last).expect("two run the service");
        }
        let mut settings = Settings::new(configuration);
        // Small, so that what is beyond them is met.
        settings.bounds.clients_max = 3;
        settings.bounds.pipeline_max = 2;
        settings.bounds.transfer_max = 2;
        settings.checkpoints = Some(Checkpoints { every: 3, kept: 1 });
        settings.durability = durability;
        settings.reads = reads;
        settings.predictions = predictions;
        let disks = vec![Kept::default(); usize::from(REPLICAS)];
        let now = LocalTime(0);
        let mut group =
            Self { settings, members: Vec::new(), disks, under_way: Vec::new(), lives: 0, now };
        for number in configuration.members() {
            let mut out = Outbox::default();
            let service = Foreseeing { kv: Typed::default(), predictions };
            let member = Replica::start(settings, number, service, &mut out);
            group.members.push(member.expect("the settings are valid"));
            group.perform(number, &mut out);
        }
        group
    }

    fn happen(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let number = u.int_in_range(0..=REPLICAS - 1)?;
        match u.int_in_range(0..=20_u8)? {
            // A real message arrives.
            0..=7 if !self.under_way.is_empty() => {
                let place = u.choose_index(self.under_way.len())?;
                let (to, message) = self.under_way.swap_remove(place);
                self.step(to, Input::Message(message));
            }
            0..=7 => self.step(ReplicaNumber(number), Input::Timer(Timer::Heartbeat)),
            // A timer goes off, set or not.
            8..=10 => self.step(ReplicaNumber(number), Input::Timer(*u.choose(Timer::ALL)?)),
            // A replica loses its memory.
            11 => self.crash(ReplicaNumber(number)),
            // A client asks.
            12..=14 => {
                let (epoch, client) = (EpochNumber(0), client(u)?);
                let message = if u.ratio(1_u8, 20_u8)? {
                    Message::Register(Register { epoch, client })
                } else if u.ratio(1_u8, 4_u8)? {
                    Message::Read(read(u)?)
                } else {
                    Message::Request(request(u)?)
                };
                self.step(ReplicaNumber(number), Input::Message(message));
            }
            // Somebody sends pages of a real checkpoint, perhaps to who has not asked for them.
            15 => {
                let whose = u.choose_index(self.members.len())?;
                let newest = self.members[whose].checkpoints().next_back().cloned();
                if let Some(newest) = newest {
                    let pages = pages(&newest, u)?;
                    self.step(ReplicaNumber(number), Input::Message(pages));
                }
            }
            // Somebody makes a message up.
            _ => {
                let message = Message::Peer(header(u)?, peer(u)?);
                self.step(ReplicaNumber(number), Input::Message(message));
            }
        }
        Ok(())
    }

    fn crash(&mut self, number: ReplicaNumber) {
        self.lives += 1;
        let nonce = Nonce((self.lives % NONCES).into());
        let joins = self.lives.is_multiple_of(2);
        let life = Life { incarnation: Incarnation(self.lives), nonce, now: self.now, joins };
        let mut out = Outbox::default();
        let predictions = self.settings.predictions;
        let service = Foreseeing { kv: Typed::default(), predictions };
        let recovered = match self.settings.durability {
            Durability::Memory => Replica::recover(self.settings, number, life, service, &mut out),
            // Now and then some of the disk is damaged, or all of it.
            Durability::Disk if self.lives.is_multiple_of(5) => {
                self.disks[number.index()] = Kept::default();
                Replica::recover(self.settings, number, life, service, &mut out)
            }
            Durability::Disk => {
                let mut kept = self.disks[number.index()].clone();
                if self.lives.is_multiple_of(3)
                    && let Some(lost) = kept.log.pop()
                {
                    let last = kept.last().next().next();
                    let scattered = [(last, lost)].into();
                    kept.lacking = Some(Lacking { last, committed: kept.commit_number, scattered });
                    kept.commit_number = kept.commit_number.min(kept.last());
                }
                Replica::restart(self.settings, number, kept, self.now, service, &mut out)
            }
        };
        self.members[number.index()] = recovered.expect("the settings are valid");
        self.perform(number, &mut out);
    }

    fn step(&mut self, to: ReplicaNumber, input: Input) {
        let mut out = Outbox::default();
        let member = &mut self.members[to.index()];
        let before = (member.view(), member.commit_number(), member.incarnation());
        let told = input.clone();
        self.now = self.now.plus(Duration::from_millis(1));
        member.tell_time(self.now);
        member.step(input, &mut out);
        let after = (member.view(), member.commit_number(), member.incarnation());
        assert!(
            before.0 <= after.0 && before.1 <= after.1 && before.2 == after.2,
            "{to} went back from {before:?} to {after:?}: {told:?}"
        );
        self.perform(to, &mut out);
    }

    fn perform(&mut self, from: ReplicaNumber, out: &mut Outbox) {
        let before = self.under_way.len();
        let mut written = None;
        for output in out.drain() {
            match output {
                Output::Keep(checkpoints, start) => {
                    let disk = &mut self.disks[from.index()];
                    disk.checkpoints = checkpoints;
                    begin_behind(disk, start);
                }
                Output::Write(ticket, write) => {
                    write_down(&mut self.disks[from.index()], &write);
                    written = Some(ticket);
                }
                // Members of a later epoch may be beyond those that are there.
                Output::Send(to, message, _) if to.0 < REPLICAS => {
                    self.under_way.push((to, message));
                }
                Output::Send(..) => {}
                Output::Broadcast(all, message, _) => {
                    let there = all.iter().filter(|to| to.0 < REPLICAS);
                    self.under_way.extend(there.map(|to| (to, message.clone())));
                }
                Output::Reply(..) | Output::SetTimer(..) | Output::CancelTimer(_) => {}
            }
        }
        let sent = self.under_way.len() - before;
        assert!(sent <= MESSAGES_MAX, "{from} sent {sent} messages at once");
        // What is not taken from so many is as good as lost.
        self.under_way.truncate(UNDER_WAY_MAX);
        if let Some(ticket) = written {
            self.step(from, Input::Durable(ticket));
        }
    }
}

/// These disks are fast, and lose nothing.
fn write_down(disk: &mut Kept, write: &Write) {
    disk.view = write.view;
    disk.last_normal_view = write.last_normal_view;
    disk.commit_number = write.commit_number;
    disk.rests_on = write.rests_on;
    disk.lacking.clone_from(&write.lacking);
    disk.crash_vector = write.crash_vector;
    disk.membership = Some(write.membership);
    if write.after > disk.last() {
        begin_behind(disk, write.after);
    }
    disk.log.truncate(usize::try_from(write.after.since(disk.start)).expect("it is small"));
    disk.log.extend(write.entries.iter().cloned());
}

/// A checkpoint stands for what lies before.
fn begin_behind(disk: &mut Kept, start: OpNumber) {
    let known = usize::try_from(start.since(disk.start)).unwrap_or(usize::MAX);
    disk.log.drain(..known.min(disk.log.len()));
    disk.start = start;
}

/// The root of a checkpoint, or a node below it, now and then in the wrong place.
fn pages(checkpoint: &Checkpoint, u: &mut Unstructured<'_>) -> Result<Message> {
    let mut pieces = Vec::new();
    for _ in 0..u.int_in_range(1..=3_u8)? {
        let path = path(u)?;
        let place = if u.ratio(1_u8, 8_u8)? { Path::ROOT } else { path };
        pieces.extend(checkpoint.state.at(path).map(|tree| (place, tree.piece())));
    }
    let pages = Pages { checkpoint: checkpoint.id(), pieces };
    Ok(Message::Peer(header(u)?, Peer::Pages(Box::new(pages))))
}

fn path(u: &mut Unstructured<'_>) -> Result<Path> {
    let mut path = Path::ROOT;
    for _ in 0..u.int_in_range(0..=2_u8)? {
        path = path.down(u.int_in_range(0..=15)?).unwrap_or(path);
    }
    Ok(path)
}

fn checkpoint(u: &mut Unstructured<'_>) -> Result<CheckpointId> {
    Ok(CheckpointId { op_number: op_number(u)?, digest: Digest(u.int_in_range(0..=3)?) })
}

fn piece(u: &mut Unstructured<'_>) -> Result<Piece> {
    let count = u.int_in_range(0..=17_u8)?;
    if u.arbitrary()? {
        return Ok(Piece::Page(vec![0; count.into()].into()));
    }
    let digests = (0..count).map(|_| Ok(Digest(u.int_in_range(0..=3)?)));
    Ok(Piece::Branch(digests.collect::<Result<_>>()?))
}

/// Numbers near those of a young group, and at the end of what there is.
fn number(u: &mut Unstructured<'_>) -> Result<u64> {
    Ok(match u.int_in_range(0..=17_u8)? {
        0..=11 => u.int_in_range(0..=4)?,
        12..=15 => u.int_in_range(0..=39)?,
        16 => u64::MAX,
        _ => u.arbitrary()?,
    })
}

fn op_number(u: &mut Unstructured<'_>) -> Result<OpNumber> {
    number(u).map(OpNumber)
}

fn view(u: &mut Unstructured<'_>) -> Result<ViewNumber> {
    number(u).map(ViewNumber)
}

fn nonce(u: &mut Unstructured<'_>) -> Result<Nonce> {
    Ok(Nonce(u.int_in_range(0..=NONCES - 1)?.into()))
}

fn client(u: &mut Unstructured<'_>) -> Result<ClientId> {
    Ok(ClientId::from_number(u.int_in_range(0..=8)?))
}

fn kind(u: &mut Unstructured<'_>) -> Result<EntryKind> {
    // What changes the group is rare, or nothing else would happen.
    Ok(if u.ratio(1_u8, 12_u8)? { *u.choose(&EntryKind::ALL)? } else { EntryKind::Operation })
}

fn membership(u: &mut Unstructured<'_>) -> Result<Membership> {
    let (group, former) = (group(u)?, group(u)?);
    let epoch = EpochNumber(u.int_in_range(0..=3)?);
    let groups = (group.bits(), former.bits());
    Ok(Membership::of(epoch, (op_number(u)?, view(u)?), groups).expect("they are groups"))
}

fn group(u: &mut Unstructured<'_>) -> Result<Configuration> {
    let members = ReplicaSet(u.int_in_range(1..=63)?);
    let group = Configuration::of(members).expect("there are members");
    let witnesses = ReplicaSet(u.int_in_range(0..=63)?).in_both(members);
    Ok(group.with_witnesses(witnesses).unwrap_or(group))
}

fn why(u: &mut Unstructured<'_>) -> Result<Why> {
    Ok(*u.choose(&[Why::View, Why::ViewChange, Why::Learning])?)
}

fn request(u: &mut Unstructured<'_>) -> Result<Request> {
    let operation: [u8; 4] = u.arbitrary()?;
    let length = u.int_in_range(0..=4_usize)?;
    Ok(Request {
        epoch: EpochNumber(0),
        client: client(u)?,
        request_number: RequestNumber(number(u)?),
        kind: kind(u)?,
        // Most were there from the beginning.
        born: OpNumber(if u.ratio(1_u8, 4_u8)? { number(u)? } else { 0 }),
        operation: operation[..length].to_vec().into(),
    })
}

fn read(u: &mut Unstructured<'_>) -> Result<Read> {
    let key = u.int_in_range(0..=3_u16)?;
    let freshness = match u.arbitrary()? {
        true => Freshness::Latest,
        false => Freshness::Behind(op_number(u)?),
    };
    Ok(Read {
        epoch: EpochNumber(0),
        client: client(u)?,
        request_number: RequestNumber(number(u)?),
        freshness,
        query: Postcard::encode(&vsr::services::kv::Operation::Get(key)),
    })
}

fn header(u: &mut Unstructured<'_>) -> Result<Header> {
    Ok(Header {
        view: view(u)?,
        from: ReplicaNumber(u.int_in_range(0..=REPLICAS * 2 - 1)?),
        incarnation: Incarnation(u.int_in_range(0..=3)?),
    })
}

fn entry(u: &mut Unstructured<'_>) -> Result<Entry> {
    let number = number(u)?;
    Ok(Entry {
        view: view(u)?,
        client: client(u)?,
        request_number: RequestNumber(number),
        kind: kind(u)?,
        operation: number.to_le_bytes().to_vec().into(),
        prediction: prediction(u)?,
    })
}

/// One that can be merged, or not.
fn prediction(u: &mut Unstructured<'_>) -> Result<Bytes> {
    Ok(vec![u.arbitrary()?; u.int_in_range(0..=2)?].into())
}

fn log_part(u: &mut Unstructured<'_>) -> Result<LogPart> {
    let count = u.int_in_range(0..=5_u8)?;
    let entries: Arc<[Entry]> = (0..count).map(|_| entry(u)).collect::<Result<_>>()?;
    let part = LogPart {
        after: op_number(u)?,
        entries,
        op_number: op_number(u)?,
        commit_number: op_number(u)?,
        compacted: if u.ratio(1_u8, 4_u8)? { Some(checkpoint(u)?) } else { None },
    };
    let part = if part.compacted.is_some() && u.arbitrary()? {
        LogPart { entries: Arc::default(), ..part }
    } else {
        part
    };
    // Half of them fit together, or the gate would leave the handlers nothing.
    Ok(if u.arbitrary()? { LogPart { op_number: part.last(), ..part } } else { part })
}

fn lacking(u: &mut Unstructured<'_>) -> Result<Lacking> {
    let scattered: Vec<_> = (0..u.int_in_range(0..=3_u8)?)
        .map(|_| Ok((op_number(u)?, entry(u)?)))
        .collect::<Result<_>>()?;
    let (last, committed) = (op_number(u)?, op_number(u)?);
    Ok(Lacking { last, committed, scattered: scattered.into() })
}

fn lives(u: &mut Unstructured<'_>) -> Result<CrashVector> {
    Ok(CrashVector([Incarnation(number(u)? % 8); 16]))
}

fn peer(u: &mut Unstructured<'_>) -> Result<Peer> {
    Ok(match u.int_in_range(0..=16_u8)? {
        0 => {
            let log = log_part(u)?;
            Peer::Prepare(Prepare {
                op_number: log.op_number,
                commit_number: log.commit_number,
                beat: number(u)?,
                spent: op_number(u)?,
                entries: log.entries,
            })
        }
        1 => {
            Peer::PrepareOk { op_number: op_number(u)?, beat: number(u)?, executed: op_number(u)? }
        }
        2 => Peer::Commit(Commit {
            commit_number: op_number(u)?,
            op_number: op_number(u)?,
            beat: number(u)?,
            spent: op_number(u)?,
        }),
        3 => Peer::StartViewChange { wanted: view(u)? },
        4 => Peer::DoViewChange(Box::new(DoViewChange {
            last_normal_view: view(u)?,
            log: log_part(u)?,
            lacking: if u.ratio(1_u8, 4_u8)? { Some(lacking(u)?) } else { None },
            crash_vector: lives(u)?,
        })),
        5 => Peer::StartView(Box::new(StartView { log: log_part(u)? })),
        6 => Peer::Recovery { nonce: nonce(u)?, after: op_number(u)? },
        7 => Peer::RecoveryResponse(Box::new(RecoveryResponse {
            nonce: nonce(u)?,
            log: if u.arbitrary()? { Some(log_part(u)?) } else { None },
            membership: membership(u)?,
            crash_vector: lives(u)?,
        })),
        8 => Peer::GetState(GetState { wanted: view(u)?, after: op_number(u)?, why: why(u)? }),
        9 => Peer::GetPages(Box::new(GetPages {
            checkpoint: checkpoint(u)?,
            paths: (0..u.int_in_range(0..=5_u8)?).map(|_| path(u)).collect::<Result<_>>()?,
        })),
        10 => Peer::Pages(Box::new(Pages {
            checkpoint: checkpoint(u)?,
            pieces: (0..u.int_in_range(0..=3_u8)?)
                .map(|_| Ok((path(u)?, piece(u)?)))
                .collect::<Result<_>>()?,
        })),
        11 => Peer::StartEpoch(membership(u)?),
        12 => Peer::NewEpoch(membership(u)?),
        13 => Peer::EpochStarted(EpochNumber(u.int_in_range(0..=3)?)),
        14 => Peer::Predict(Box::new(Predict {
            round: number(u)?,
            requests: (0..u.int_in_range(0..=3_u8)?).map(|_| request(u)).collect::<Result<_>>()?,
        })),
        15 => Peer::Prediction(Box::new(Prediction {
            round: number(u)?,
            predictions: (0..u.int_in_range(0..=3_u8)?)
                .map(|_| prediction(u))
                .collect::<Result<_>>()?,
        })),
        _ => Peer::NewState(Box::new(NewState { part: log_part(u)?, why: why(u)? })),
    })
}

const REPLICAS: u8 = 3;

/// How many nonces there are: few, so that an old one is met again.
const NONCES: u64 = 4;

/// More messages than that nobody needs to send at once: to each of the others what is in a
/// small pipeline, and a few more.
const MESSAGES_MAX: usize = 32;

/// How many messages are kept under way.
const UNDER_WAY_MAX: usize = 256;
