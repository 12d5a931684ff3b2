//! A batch: what one step of a replica has changed, written and found in one piece.
//!
//! | bytes | what |
//! |---|---|
//! | 0..4 | `VSRB` |
//! | 4..8 | CRC-32C of the rest of the header |
//! | 8..10 | version of the format |
//! | 10 | replica-number |
//! | 11 | zero |
//! | 12..16 | length of the body |
//! | 16..20 | CRC-32C of the body |
//! | 20..24 | bytes 4..8 of the batch before |
//! | 24..40 | group |
//! | 40..48 | how-manieth batch of the journal, from 1 |
//! | 48..56, 56..64 | view-number, last normal view |
//! | 64..72 | commit-number |
//! | 72..80, 80..88 | op-number before its entries and behind them |
//! | 88..96 | op-number of a checkpoint that it rests on, or 0 |
//! | 96..104 | op-number that the log had before a disk lost some of it; else 0 |
//! | 104..112 | op-number that began the epoch, which is that of the view-number |
//! | 112..120 | view in which it got that number |
//! | 120..124, 124..128 | the group, and the one before: a bit for each member, 16 for witnesses |
//!
//! Then its entries, each as view-number, client, request-number, kind, length and bytes of the
//! operation, and length and bytes of what was predicted for it; then what is left of a damaged end
//! of the log, each with its op-number before it; then zeros up to the end of the sector. All
//! numbers are little-endian.

use super::codec::{Reader, Writer};
use super::{FORMAT, Identity, SECTOR};
use crate::protocol::configuration::Membership;
use crate::protocol::durable::{Lacking, Scattered, Write};
use crate::protocol::log::{Entries, Entry, EntryKind};
use crate::protocol::message::CrashVector;
use crate::protocol::{ClientId, OpNumber, RequestNumber, ViewNumber};
use bytes::Bytes;
use uuid::Uuid;

/// A batch that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) sequence: u64,
    /// The checksum of its header, by which the next one knows it.
    pub(super) checksum: u32,
    /// The checksum of the one before it.
    pub(super) previous: u32,
    pub(super) write: Write,
    /// How many bytes it takes.
    pub(super) length: usize,
}

/// Where a batch stands in its journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) sequence: u64,
    /// The checksum of the header of the one before.
    pub(super) previous: u32,
}

/// Why there is no batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoBatch {
    /// Nothing was ever written here.
    Nothing,
    /// It is cut off, or its bytes are not those that were written.
    Damaged,
    /// It was written by a later version of this software.
    LaterFormat(u16),
    /// It is of another group or another replica.
    Foreign(Identity),
}

/// Encodes a batch, and tells the checksum of its header.
///
/// # Panics
/// When what is left of a damaged log does not stand behind its entries: it could not be read.
pub(super) fn encode(identity: Identity, place: Place, write: &Write) -> (Vec<u8>, u32) {
    let mut body = Writer(vec![0; HEADER]);
    for entry in write.entries.iter() {
        encode_entry(entry, &mut body);
    }
    let mut before = write.last();
    for (op_number, entry) in write.lacking.iter().flat_map(|lacking| lacking.scattered.iter()) {
        assert!(*op_number > before, "what is left stands behind the log, in its order");
        before = *op_number;
        body.u64(op_number.0);
        encode_entry(entry, &mut body);
    }
    let length = u32::try_from(body.0.len() - HEADER).expect("a batch is bounded");
    let mut header = Writer::default();
    header.u16(FORMAT);
    header.u8(identity.replica.0);
    header.u8(0);
    header.u32(length);
    header.u32(crc32c::crc32c(&body.0[HEADER..]));
    header.u32(place.previous);
    header.u128(identity.group.as_u128());
    header.u64(place.sequence);
    header.u64(write.view.0);
    header.u64(write.last_normal_view.0);
    header.u64(write.commit_number.0);
    header.u64(write.after.0);
    let count = u64::try_from(write.entries.len()).expect("a length fits in 64 bits");
    header.u64(write.after.plus(count).0);
    header.u64(write.rests_on.0);
    header.u64(write.lacking.as_ref().map_or(0, |lacking| lacking.last.0));
    encode_membership(write.membership, &mut header);
    let checksum = crc32c::crc32c(&header.0);
    body.0[..4].copy_from_slice(&MAGIC);
    body.0[4..8].copy_from_slice(&checksum.to_le_bytes());
    body.0[8..HEADER].copy_from_slice(&header.0);
    body.pad_to(SECTOR);
    (body.0, checksum)
}

/// Decodes whatever batch of this journal begins here.
pub(super) fn decode(identity: Identity, bytes: &Bytes) -> Result<Batch, NoBatch> {
    let sector = &bytes[..bytes.len().min(SECTOR)];
    if sector.iter().all(|&byte| byte == 0) {
        return Err(NoBatch::Nothing);
    }
    if bytes.len() < HEADER || bytes[..4] != MAGIC {
        return Err(NoBatch::Damaged);
    }
    decode_header(identity, bytes).ok_or(NoBatch::Damaged)?
}

/// Nothing when it is damaged.
fn decode_header(identity: Identity, bytes: &Bytes) -> Option<Result<Batch, NoBatch>> {
    let mut header = Reader(bytes.slice(4..HEADER));
    let checksum = header.u32()?;
    if checksum != crc32c::crc32c(&header.0) {
        return None;
    }
    let format = header.u16()?;
    if format != FORMAT {
        return Some(Err(NoBatch::LaterFormat(format)));
    }
    let replica = crate::protocol::ReplicaNumber(header.u8()?);
    header.u8()?;
    let (length, body_checksum) = (usize::try_from(header.u32()?).ok()?, header.u32()?);
    let previous = header.u32()?;
    let found = Identity { group: Uuid::from_u128(header.u128()?), replica };
    if found != identity {
        return Some(Err(NoBatch::Foreign(found)));
    }
    let sequence = header.u64()?;
    let (view, last_normal_view) = (ViewNumber(header.u64()?), ViewNumber(header.u64()?));
    let commit_number = OpNumber(header.u64()?);
    let (after, last) = (OpNumber(header.u64()?), OpNumber(header.u64()?));
    let (rests_on, lost) = (OpNumber(header.u64()?), OpNumber(header.u64()?));
    let membership = decode_membership(view, &mut header)??;
    let end = HEADER.checked_add(length)?;
    let body = bytes.get(HEADER..end)?;
    if body_checksum != crc32c::crc32c(body) {
        return None;
    }
    let mut body = Reader(bytes.slice(HEADER..end));
    let count = last.0.checked_sub(after.0)?;
    let entries = (0..count).map(|_| decode_entry(&mut body)).collect::<Option<Entries>>()?;
    let scattered = decode_scattered(&mut body, last)?;
    let lacking =
        (lost > last).then_some(Lacking { last: lost, committed: commit_number, scattered });
    let write = Write {
        view,
        last_normal_view,
        commit_number,
        rests_on,
        after,
        entries,
        lacking,
        // It stands in the superblock.
        crash_vector: CrashVector::default(),
        membership,
    };
    let length = end.next_multiple_of(SECTOR);
    Some(Ok(Batch { sequence, checksum, previous, write, length }))
}

/// The group that is in force; the epoch itself stands in the view-number.
pub(super) fn encode_membership(membership: Membership, out: &mut Writer) {
    let (group, former) = membership.bits();
    out.u64(membership.since.0);
    out.u64(membership.numbered_in.0);
    out.u32(group);
    out.u32(former);
}

/// Nothing where there is not enough of it; nothing in that where nobody is a member.
pub(super) fn decode_membership(
    view: ViewNumber,
    bytes: &mut Reader,
) -> Option<Option<Membership>> {
    let began = (OpNumber(bytes.u64()?), ViewNumber(bytes.u64()?));
    let groups = (bytes.u32()?, bytes.u32()?);
    Some(Membership::of(view.epoch(), began, groups))
}

fn encode_entry(entry: &Entry, body: &mut Writer) {
    body.u64(entry.view.0);
    body.u128(entry.client.0.as_u128());
    body.u64(entry.request_number.0);
    let kind = EntryKind::ALL.iter().position(|&kind| kind == entry.kind);
    body.u8(kind.and_then(|kind| u8::try_from(kind).ok()).expect("one of a few"));
    body.bytes(&entry.operation);
    body.bytes(&entry.prediction);
}

fn decode_entry(body: &mut Reader) -> Option<Entry> {
    Some(Entry {
        view: ViewNumber(body.u64()?),
        client: ClientId(Uuid::from_u128(body.u128()?)),
        request_number: RequestNumber(body.u64()?),
        kind: *EntryKind::ALL.get(usize::from(body.u8()?))?,
        operation: body.bytes()?,
        prediction: body.bytes()?,
    })
}

fn decode_scattered(body: &mut Reader, last: OpNumber) -> Option<Scattered> {
    let (mut scattered, mut before) = (Vec::new(), last);
    while !body.0.is_empty() {
        let op_number = OpNumber(body.u64()?);
        if op_number <= before {
            return None;
        }
        scattered.push((op_number, decode_entry(body)?));
        before = op_number;
    }
    Some(scattered.into())
}

const MAGIC: [u8; 4] = *b"VSRB";

/// Bytes of a header.
const HEADER: usize = 104 + MEMBERSHIP;

/// Bytes that the group takes.
pub(super) const MEMBERSHIP: usize = 24;
