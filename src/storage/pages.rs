//! Checkpoints in files: each node of their trees once, those below before those above.
//!
//! A file begins with whose it is:
//!
//! | bytes | what |
//! |---|---|
//! | 0..4 | `VSRP` |
//! | 4..8 | CRC-32C of the rest of the header |
//! | 8..10 | version of the format |
//! | 10 | replica-number |
//! | 11 | zero |
//! | 12..28 | group |
//!
//! Then the nodes follow. What a node says is known by its digest, so a header that is damaged does
//! no harm.
//!
//! | bytes | what |
//! |---|---|
//! | 0..16 | digest |
//! | 16 | 1: a page, 2: a branch |
//! | 17..21 | length of what follows |
//! | 21.. | the page, or the offset and digest of each node below |
//!
//! What one write adds ends with zeros up to the end of the sector.

use super::codec::{Reader, Writer};
use super::superblock::NotOurs;
use super::{Chunk, FORMAT, File, Files, Identity, SECTOR, offset_of, superblock};
use crate::protocol::ReplicaNumber;
use crate::protocol::checkpoint::Checkpoint;
use crate::protocol::pages::{Digest, Tree};
use bytes::Bytes;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where the next nodes go, and where those are that were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pages {
    part: u64,
    offset: u64,
    nodes: BTreeMap<Digest, u64>,
}

impl Pages {
    /// One that goes on in a new part.
    pub(super) const fn in_part(part: u64) -> Self {
        Self { part, offset: 0, nodes: BTreeMap::new() }
    }

    /// One that goes on behind these nodes.
    pub(super) fn going_on(part: u64, offset: u64, known: &BTreeMap<u64, Tree>) -> Self {
        let nodes = known.iter().map(|(&offset, tree)| (tree.digest(), offset)).collect();
        Self { part, offset, nodes }
    }

    /// Encodes what is not in the file yet, and tells where each checkpoint is then. Where more
    /// than half of the file is garbage, all goes into a new one.
    pub(super) fn write(
        &mut self,
        identity: Identity,
        checkpoints: &[Checkpoint],
    ) -> (Chunk, Vec<superblock::Place>) {
        let live = checkpoints.last().map_or(0, |newest| newest.state.size());
        if self.offset > live * GARBAGE + ROOM {
            *self = Self::in_part(self.part + 1);
        }
        let (offset, mut added) = (self.offset, Writer::default());
        if offset == 0 {
            encode_header(identity, &mut added);
        }
        let places = checkpoints
            .iter()
            .map(|checkpoint| superblock::Place {
                id: checkpoint.id(),
                part: self.part,
                offset: self.add(&checkpoint.state, &mut added),
            })
            .collect();
        added.pad_to(SECTOR);
        self.offset += offset_of(added.0.len());
        (Chunk { file: File::Pages(self.part), offset, bytes: added.0 }, places)
    }

    /// The part that is written now.
    pub(super) const fn part(&self) -> u64 {
        self.part
    }

    fn add(&mut self, tree: &Tree, added: &mut Writer) -> u64 {
        if let Some(&offset) = self.nodes.get(&tree.digest()) {
            return offset;
        }
        let mut body = Writer::default();
        let kind = match tree.as_page() {
            Some(page) => {
                body.0.extend_from_slice(page);
                PAGE
            }
            None => {
                for below in tree.below() {
                    body.u64(self.add(below, added));
                    body.u128(below.digest().0);
                }
                BRANCH
            }
        };
        let offset = self.offset + offset_of(added.0.len());
        added.u128(tree.digest().0);
        added.u8(kind);
        added.bytes(&body.0);
        self.nodes.insert(tree.digest(), offset);
        offset
    }
}

fn encode_header(identity: Identity, file: &mut Writer) {
    let mut header = Writer::default();
    header.u16(FORMAT);
    header.u8(identity.replica.0);
    header.u8(0);
    header.u128(identity.group.as_u128());
    file.0.extend_from_slice(&MAGIC);
    file.u32(crc32c::crc32c(&header.0));
    file.0.extend_from_slice(&header.0);
}

/// Tells where a file is somebody else's, or of a later version.
pub(super) fn check_header(identity: Identity, file: &Bytes) -> Result<(), NotOurs> {
    let read = || -> Option<Result<(), NotOurs>> {
        let header = file.get(..HEADER).filter(|header| header[..4] == MAGIC)?;
        let mut header = Reader(Bytes::copy_from_slice(&header[4..]));
        if header.u32()? != crc32c::crc32c(&header.0) {
            return None;
        }
        let format = header.u16()?;
        if format != FORMAT {
            return Some(Err(NotOurs::LaterFormat(format)));
        }
        let replica = ReplicaNumber(header.u8()?);
        header.u8()?;
        let found = Identity { group: Uuid::from_u128(header.u128()?), replica };
        Some(if found == identity { Ok(()) } else { Err(NotOurs::Foreign(found)) })
    };
    read().unwrap_or(Ok(()))
}

/// The checkpoint at a place; nothing where any part of it is not as it was written.
pub(super) fn read(
    files: &Files,
    place: superblock::Place,
    known: &mut BTreeMap<u64, Tree>,
) -> Option<Checkpoint> {
    let file = files.get(&File::Pages(place.part))?;
    let state = read_node(file, place.offset, place.id.digest, known)?;
    Some(Checkpoint { op_number: place.id.op_number, state })
}

fn read_node(
    file: &Bytes,
    offset: u64,
    digest: Digest,
    known: &mut BTreeMap<u64, Tree>,
) -> Option<Tree> {
    if let Some(tree) = known.get(&offset) {
        return (tree.digest() == digest).then(|| tree.clone());
    }
    let start = usize::try_from(offset).ok().filter(|&start| start <= file.len())?;
    let mut node = Reader(file.slice(start..));
    if Digest(node.u128()?) != digest {
        return None;
    }
    let (kind, mut body) = (node.u8()?, Reader(node.bytes()?));
    let tree = match kind {
        PAGE => Tree::page(Bytes::copy_from_slice(&body.0)),
        BRANCH => {
            let mut below = Vec::new();
            while !body.0.is_empty() {
                let (below_at, digest) = (body.u64()?, Digest(body.u128()?));
                // Those below stand before those above: so there is an end.
                if below_at >= offset || below.len() == 16 {
                    return None;
                }
                below.push(read_node(file, below_at, digest, known)?);
            }
            Tree::branch(below)
        }
        _ => return None,
    };
    if tree.digest() != digest {
        return None;
    }
    known.insert(offset, tree.clone());
    Some(tree)
}

const MAGIC: [u8; 4] = *b"VSRP";

/// Bytes of a header.
const HEADER: usize = 28;

const PAGE: u8 = 1;
const BRANCH: u8 = 2;

/// A file is written anew when it is so many times as large as what it is for,
const GARBAGE: u64 = 4;
/// and some room.
const ROOM: u64 = 16 * 1024;
