//! The superblock: what must never be lost, in two pairs of copies.
//!
//! Each new one goes into both copies of the pair that does not hold the latest, in one write. A
//! crash can tear both; the other pair is whole then.
//!
//! | bytes | what |
//! |---|---|
//! | 0..4 | `VSRS` |
//! | 4..8 | CRC-32C of the rest |
//! | 8..10 | version of the format |
//! | 10 | replica-number |
//! | 11 | how many checkpoints |
//! | 12..16 | checksum of the last batch that is known to be durable |
//! | 16..32 | group |
//! | 32..40 | how-manieth superblock, from 1 |
//! | 40..48, 48..56 | view-number, last normal view |
//! | 56..64 | how-manieth batch is the last that is known to be durable |
//! | 64..72 | op-number of the log behind that batch |
//! | 72..80 | op-number behind which the log begins |
//! | 80..88 | the first part of the journal that is needed |
//! | 88..96 | the how-manieth batch that part begins with |
//! | 96..104 | 1 where the replica's disk was replaced, and it has not recovered since; else 0 |
//! | 104..232 | the latest life of each replica |
//! | 232..256 | the group, as in a batch; no members where there was none yet |
//! | 256.. | each checkpoint, the oldest first: op-number, digest, part and offset of its root |
//!
//! Then zeros up to the end of the copy. All numbers are little-endian.

use super::batch::{MEMBERSHIP, decode_membership, encode_membership};
use super::codec::{Reader, Writer};
use super::decision::Copy;
use super::{Chunk, FORMAT, File, Identity, offset_of};
use crate::protocol::checkpoint::CheckpointId;
use crate::protocol::configuration::Membership;
use crate::protocol::message::CrashVector;
use crate::protocol::pages::Digest;
use crate::protocol::settings::CHECKPOINTS_MAX;
use crate::protocol::{Incarnation, OpNumber, ReplicaNumber, ViewNumber};
use bytes::Bytes;
use uuid::Uuid;

/// What a superblock says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Superblock {
    /// The how-manieth it is.
    pub(super) number: u64,
    pub(super) sealed: Sealed,
    /// Behind which operation the log begins.
    pub(super) start: OpNumber,
    /// The first part of the journal, and the first batch, that is needed.
    pub(super) first: First,
    /// The replica has lost its disk, and what was on it is not here yet.
    pub(super) is_recovering: bool,
    /// The oldest first.
    pub(super) checkpoints: Vec<Place>,
}

/// Up to where the journal is known to be durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sealed {
    pub(super) sequence: u64,
    pub(super) checksum: u32,
    pub(super) view: ViewNumber,
    pub(super) last_normal_view: ViewNumber,
    pub(super) op_number: OpNumber,
    pub(super) crash_vector: CrashVector,
    pub(super) membership: Option<Membership>,
}

/// Where the journal begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct First {
    pub(super) part: u64,
    pub(super) sequence: u64,
}

impl Default for First {
    fn default() -> Self {
        Self { part: 0, sequence: 1 }
    }
}

/// Where a checkpoint's pages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) id: CheckpointId,
    pub(super) part: u64,
    /// Of its root.
    pub(super) offset: u64,
}

/// Why something cannot be used, though it is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotOurs {
    LaterFormat(u16),
    Foreign(Identity),
}

impl Superblock {
    /// Encodes it, twice.
    pub(super) fn encode(&self, identity: Identity) -> Chunk {
        let mut content = Writer::default();
        content.u16(FORMAT);
        content.u8(identity.replica.0);
        content.u8(u8::try_from(self.checkpoints.len()).expect("few are kept"));
        content.u32(self.sealed.checksum);
        content.u128(identity.group.as_u128());
        content.u64(self.number);
        content.u64(self.sealed.view.0);
        content.u64(self.sealed.last_normal_view.0);
        content.u64(self.sealed.sequence);
        content.u64(self.sealed.op_number.0);
        content.u64(self.start.0);
        content.u64(self.first.part);
        content.u64(self.first.sequence);
        content.u64(u64::from(self.is_recovering));
        for life in self.sealed.crash_vector.0 {
            content.u64(life.0);
        }
        match self.sealed.membership {
            Some(membership) => encode_membership(membership, &mut content),
            None => content.0.extend_from_slice(&[0; MEMBERSHIP]),
        }
        for place in &self.checkpoints {
            content.u64(place.id.op_number.0);
            content.u128(place.id.digest.0);
            content.u64(place.part);
            content.u64(place.offset);
        }
        content.pad_to(COPY - 8);
        let mut copy = Writer(Vec::with_capacity(COPY * 2));
        copy.0.extend_from_slice(&MAGIC);
        copy.u32(crc32c::crc32c(&content.0));
        copy.0.extend_from_slice(&content.0);
        let again = copy.0.clone();
        copy.0.extend_from_slice(&again);
        let pair = self.number % 2;
        Chunk { file: File::Superblock, offset: pair * offset_of(COPY) * 2, bytes: copy.0 }
    }
}

/// What is in a file of superblocks.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// What each copy is, by its place.
    pub(super) pairs: [[Copy; 2]; 2],
    /// Those that are whole.
    pub(super) found: Vec<Superblock>,
}

impl Copies {
    /// Where the damaged ones are.
    pub(super) fn damaged(&self) -> impl Iterator<Item = u64> + '_ {
        let copies = self.pairs.iter().flatten().enumerate();
        let damaged = copies.filter(|&(_, copy)| *copy == Copy::Damaged);
        damaged.map(|(place, _)| offset_of(place * COPY))
    }
}

/// Reads the copies; tells where one is somebody else's, or of a later version.
pub(super) fn read(identity: Identity, bytes: &Bytes) -> Result<Copies, (u64, NotOurs)> {
    let Copies { mut pairs, mut found } = Copies::default();
    for (place, copy) in pairs.iter_mut().flatten().enumerate() {
        let start = (place * COPY).min(bytes.len());
        let here = bytes.slice(start..bytes.len().min(start + COPY));
        if here.iter().all(|&byte| byte == 0) {
            continue;
        }
        *copy = match decode(identity, &here) {
            None => Copy::Damaged,
            Some(Err(why)) => return Err((offset_of(start), why)),
            Some(Ok(superblock)) => {
                let number = superblock.number;
                found.push(superblock);
                Copy::Whole(number)
            }
        };
    }
    Ok(Copies { pairs, found })
}

fn decode(identity: Identity, copy: &Bytes) -> Option<Result<Superblock, NotOurs>> {
    if copy.len() != COPY || copy[..4] != MAGIC {
        return None;
    }
    let mut content = Reader(copy.slice(4..));
    if content.u32()? != crc32c::crc32c(&content.0) {
        return None;
    }
    let format = content.u16()?;
    if format != FORMAT {
        return Some(Err(NotOurs::LaterFormat(format)));
    }
    let replica = ReplicaNumber(content.u8()?);
    let checkpoints = content.u8()?;
    let checksum = content.u32()?;
    let found = Identity { group: Uuid::from_u128(content.u128()?), replica };
    if found != identity {
        return Some(Err(NotOurs::Foreign(found)));
    }
    let number = content.u64()?;
    let (view, last_normal_view) = (ViewNumber(content.u64()?), ViewNumber(content.u64()?));
    let (sequence, op_number) = (content.u64()?, OpNumber(content.u64()?));
    let start = OpNumber(content.u64()?);
    let first = First { part: content.u64()?, sequence: content.u64()? };
    let is_recovering = content.u64()? > 0;
    let mut crash_vector = CrashVector::default();
    for life in &mut crash_vector.0 {
        *life = Incarnation(content.u64()?);
    }
    let membership = decode_membership(view, &mut content)?;
    let sealed =
        Sealed { sequence, checksum, view, last_normal_view, op_number, crash_vector, membership };
    let place = |_| {
        let (op_number, digest) = (OpNumber(content.u64()?), Digest(content.u128()?));
        let id = CheckpointId { op_number, digest };
        Some(Place { id, part: content.u64()?, offset: content.u64()? })
    };
    let checkpoints = (0..checkpoints).map(place).collect::<Option<_>>()?;
    Some(Ok(Superblock { number, sealed, start, first, is_recovering, checkpoints }))
}

const MAGIC: [u8; 4] = *b"VSRS";

/// Bytes of a copy.
const COPY: usize = 1024;

const _: () = assert!(256 + CHECKPOINTS_MAX * 40 <= COPY, "there is room for what is kept");

#[cfg(test)]
mod tests {
    use super::{COPY, Copies, Copy, Identity, NotOurs, Superblock, read};
    use crate::protocol::ReplicaNumber;
    use bytes::Bytes;
    use uuid::Uuid;

    fn identity(replica: u8) -> Identity {
        Identity { group: Uuid::from_u128(7), replica: ReplicaNumber(replica) }
    }

    #[test]
    fn each_superblock_leaves_the_one_before_alone() {
        let mut file = vec![0; COPY * 4];
        for number in 1..5 {
            let superblock = Superblock { number, ..Superblock::default() };
            let chunk = superblock.encode(identity(1));
            let offset = usize::try_from(chunk.offset).expect("it is small");
            file[offset..offset + chunk.bytes.len()].copy_from_slice(&chunk.bytes);
            let Copies { pairs, found } =
                read(identity(1), &Bytes::from(file.clone())).expect("ours");
            let (here, other) = if number % 2 == 0 { (0, 1) } else { (1, 0) };
            assert_eq!(pairs[here], [Copy::Whole(number); 2]);
            let before = if number == 1 { Copy::Nothing } else { Copy::Whole(number - 1) };
            assert_eq!(pairs[other], [before; 2]);
            assert!(found.contains(&superblock));
        }
    }

    #[test]
    fn any_bit_that_is_wrong_is_noticed() {
        let chunk = Superblock { number: 2, ..Superblock::default() }.encode(identity(1));
        for bit in (0..COPY * 8).step_by(7) {
            let mut bytes = chunk.bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let copies = read(identity(1), &Bytes::from(bytes)).expect("ours");
            assert_eq!(copies.pairs[0], [Copy::Damaged, Copy::Whole(2)]);
        }
        let other = read(identity(2), &Bytes::from(chunk.bytes));
        assert_eq!(other.err(), Some((0, NotOurs::Foreign(identity(1)))));
    }
}
