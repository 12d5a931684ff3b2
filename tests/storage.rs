//! Files that are not what they should be: an error says what and where, and nothing is lost.
//!
//! What crashes and damage do is in `fuzz/src/journal.rs`, which `tests/fuzz_targets.rs` calls.

use bytes::Bytes;
use std::collections::BTreeMap;
use uuid::Uuid;
use vsr::protocol::durable::Write;
use vsr::protocol::log::Entry;
use vsr::protocol::message::CrashVector;
use vsr::protocol::{ClientId, OpNumber, ReplicaNumber, RequestNumber, Ticket, ViewNumber};
use vsr::storage::{Command, End, File, Files, Identity, SECTOR, Store, recover};

fn identity(replica: u8) -> Identity {
    Identity { group: Uuid::from_u128(7), replica: ReplicaNumber(replica) }
}

/// The files of a replica that wrote so many batches with one operation each, all sealed.
fn files(batches: u64) -> Files {
    let mut store = Store::new(identity(1));
    let mut files: BTreeMap<File, Vec<u8>> = BTreeMap::new();
    for number in 0..batches {
        let entry = Entry {
            view: ViewNumber(0),
            client: ClientId::from_number(1),
            request_number: RequestNumber(number + 1),
            operation: Bytes::from_static(b"put"),
        };
        let write = Write {
            view: ViewNumber(0),
            last_normal_view: ViewNumber(0),
            commit_number: OpNumber(0),
            rests_on: OpNumber(0),
            after: OpNumber(number),
            entries: [entry].into(),
            lacking: None,
            crash_vector: CrashVector::default(),
        };
        store.write(Ticket(number + 1), write);
        let mut commands = Vec::new();
        store.go_on(&mut commands);
        while let Some(Command::Write { number, chunks }) = commands.pop() {
            for chunk in chunks {
                let content = files.entry(chunk.file).or_default();
                let start = usize::try_from(chunk.offset).expect("it is small");
                content.resize(content.len().max(start + chunk.bytes.len()), 0);
                content[start..start + chunk.bytes.len()].copy_from_slice(&chunk.bytes);
            }
            store.finish(number, &mut commands);
            store.go_on(&mut commands);
        }
        assert!(store.is_durable(Ticket(number + 1)));
    }
    files.into_iter().map(|(file, content)| (file, content.into())).collect()
}

const JOURNAL: File = File::Journal(0);

fn change(files: &mut Files, file: File, change: impl FnOnce(&mut Vec<u8>)) {
    let mut content = files.get(&file).expect("it is there").to_vec();
    change(&mut content);
    files.insert(file, content.into());
}

fn told(identity: Identity, files: &Files) -> String {
    recover(identity, files).expect_err("something is wrong").to_string()
}

#[test]
fn no_files_or_empty_ones_are_those_of_a_replica_that_never_wrote() {
    let empty = Files::from([(JOURNAL, vec![0; 4 * SECTOR].into())]);
    for files in [Files::new(), empty] {
        let recovered = recover(identity(1), &files).expect("nothing is wrong");
        assert_eq!((recovered.kept, recovered.end), (None, End::Clean));
    }
}

#[test]
fn what_was_being_written_is_left_out() {
    let mut files = files(3);
    change(&mut files, JOURNAL, |content| content.extend([7; SECTOR]));
    let recovered = recover(identity(1), &files).expect("nothing was promised");
    assert_eq!(recovered.end, End::Torn);
    assert_eq!(recovered.kept.map(|kept| kept.log.len()), Some(3));
}

/// Up to where the log is whole, up to where it was, and which of what is behind is left.
fn lacking(files: &Files) -> (u64, u64, Vec<u64>) {
    let kept = recover(identity(1), files).expect("it can be gone on with").kept;
    let kept = kept.expect("there is something");
    let lacking = kept.lacking.as_ref().expect("some is lost");
    let left = lacking.scattered.iter().map(|(op_number, _)| op_number.0).collect();
    (kept.last().0, lacking.last.0, left)
}

#[test]
fn what_was_promised_and_is_damaged_is_known_to_be_lacking() {
    for (batch, whole, left) in [(0, 0, vec![2, 3]), (1, 1, vec![3]), (2, 2, vec![])] {
        let mut files = files(3);
        change(&mut files, JOURNAL, |content| content[batch * SECTOR + 110] ^= 1);
        assert_eq!(lacking(&files), (whole, 3, left));
    }
}

#[test]
fn a_write_that_never_came_is_known_to_be_lacking() {
    let mut files = files(3);
    change(&mut files, JOURNAL, |content| content.truncate(2 * SECTOR));
    assert_eq!(lacking(&files), (2, 3, vec![]));
    files.remove(&JOURNAL);
    assert_eq!(lacking(&files), (0, 3, vec![]));
}

#[test]
fn a_write_that_went_elsewhere_is_found_there() {
    let mut files = files(3);
    change(&mut files, JOURNAL, |content| {
        content.rotate_right(SECTOR);
        content.extend([0; SECTOR]);
    });
    let recovered = recover(identity(1), &files).expect("all of it is there");
    assert_eq!(recovered.kept.map(|kept| kept.log.len()), Some(3));
}

#[test]
fn any_copy_of_the_superblock_is_enough_and_without_one_that_is_told() {
    let whole = files(3);
    let copies = whole[&File::Superblock].len() / 1024;
    assert_eq!(copies, 4);
    for spared in 0..copies {
        let mut files = whole.clone();
        change(&mut files, File::Superblock, |content| {
            for (copy, bytes) in content.chunks_mut(1024).enumerate() {
                bytes[100] ^= u8::from(copy != spared);
            }
        });
        let recovered = recover(identity(1), &files).expect("one is left");
        assert_eq!(recovered.kept.map(|kept| kept.log.len()), Some(3));
    }
    let mut files = whole;
    files.remove(&File::Superblock);
    let why = told(identity(1), &files);
    assert!(why.starts_with("superblock, byte 0: no copy of the superblock can be read"), "{why}");
}

#[test]
fn somebody_elses_files_are_refused() {
    let mut files = files(3);
    let why = told(identity(2), &files);
    assert!(why.contains("written by replica r1 of group 00000000-0000-"), "{why}");
    files.remove(&JOURNAL);
    let why = told(identity(2), &files);
    assert!(why.starts_with("superblock, byte 0: written by replica r1"), "{why}");
}

#[test]
fn a_later_format_is_refused() {
    for (file, begin, end) in [(JOURNAL, 8, 104), (File::Superblock, 8, 1024)] {
        let mut files = files(3);
        change(&mut files, file, |content| {
            content[begin] = 2;
            let checksum = crc32c::crc32c(&content[begin..end]);
            content[begin - 4..begin].copy_from_slice(&checksum.to_le_bytes());
        });
        let why = told(identity(1), &files);
        let expected = format!("{file}, byte 0: format 2, and this version reads 1");
        assert!(why.starts_with(&expected), "{why}");
    }
}

#[test]
fn a_journal_put_together_from_two_is_refused() {
    // The third batch of a longer journal behind the second of another.
    let long = files(3);
    let mut files = files(3);
    change(&mut files, JOURNAL, |content| {
        content[64] ^= 1;
        let checksum = crc32c::crc32c(&content[8..104]);
        content[4..8].copy_from_slice(&checksum.to_le_bytes());
        content[SECTOR..].copy_from_slice(&long[&JOURNAL][SECTOR..]);
    });
    let why = told(identity(1), &files);
    assert!(why.starts_with("journal-0, byte 512: a batch does not go with those"), "{why}");
}
