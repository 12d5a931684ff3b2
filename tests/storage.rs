//! Files that are not what they should be: an error says what and where, and nothing is lost.
//!
//! What crashes and damage do is in `fuzz/src/journal.rs`, which `tests/fuzz_targets.rs` calls.

use bytes::Bytes;
use core::ops::Range;
use std::collections::BTreeMap;
use uuid::Uuid;
use vsr::protocol::checkpoint::Checkpoint;
use vsr::protocol::configuration::Membership;
use vsr::protocol::durable::Write;
use vsr::protocol::log::{Entry, EntryKind};
use vsr::protocol::message::CrashVector;
use vsr::protocol::pages::Tree;
use vsr::protocol::{
    ClientId, Configuration, OpNumber, ReplicaNumber, RequestNumber, Ticket, ViewNumber,
};
use vsr::storage::{Command, File, Files, Identity, Recovered, SECTOR, Store, recover};

fn identity(replica: u8) -> Identity {
    Identity { group: Uuid::from_u128(7), replica: ReplicaNumber(replica) }
}

/// Does all that a store wants to be done.
fn carry_out(store: &mut Store, files: &mut BTreeMap<File, Vec<u8>>) {
    let mut commands = Vec::new();
    store.go_on(&mut commands);
    while let Some(command) = commands.pop() {
        let (number, chunks) = match command {
            Command::Write { number, chunks } => (number, chunks),
            Command::Remove(file) => {
                files.remove(&file);
                continue;
            }
        };
        for chunk in chunks {
            let content = files.entry(chunk.file).or_default();
            let start = usize::try_from(chunk.offset).expect("it is small");
            content.resize(content.len().max(start + chunk.bytes.len()), 0);
            content[start..start + chunk.bytes.len()].copy_from_slice(&chunk.bytes);
        }
        store.finish(number, &mut commands);
        store.go_on(&mut commands);
    }
}

/// The files of a replica that wrote so many batches with one operation each, all sealed.
fn files(batches: u64) -> Files {
    files_with(batches, None)
}

/// Those of one that keeps checkpoints, too: of a state for each, a page of its number.
fn files_with_checkpoints(batches: u64, of: &[u64]) -> Files {
    files_with(batches, Some(of.iter().copied().map(checkpoint).collect()))
}

fn checkpoint(number: u64) -> Checkpoint {
    let page = Tree::page(number.to_le_bytes().to_vec().into());
    let state = Tree::branch([page, Tree::page(Bytes::new())]);
    Checkpoint { op_number: OpNumber(number), state }
}

fn files_with(batches: u64, checkpoints: Option<Vec<Checkpoint>>) -> Files {
    let mut store = Store::new(identity(1));
    let mut files: BTreeMap<File, Vec<u8>> = BTreeMap::new();
    write(&mut store, &mut files, 0..batches);
    if let Some(checkpoints) = checkpoints {
        store.keep(checkpoints, OpNumber(0));
        carry_out(&mut store, &mut files);
    }
    as_found(files)
}

/// Writes a batch with one operation behind each of these, until all is sealed.
fn write(store: &mut Store, files: &mut BTreeMap<File, Vec<u8>>, behind: Range<u64>) {
    for number in behind {
        let entry = Entry {
            view: ViewNumber(0),
            client: ClientId::from_number(1),
            request_number: RequestNumber(number + 1),
            kind: EntryKind::Operation,
            operation: Bytes::from_static(b"put"),
            prediction: Bytes::from_static(b"at"),
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
            membership: Membership::first(Configuration::new(3).expect("a group")),
        };
        store.write(Ticket(number + 1), write);
        carry_out(store, files);
        assert!(store.is_durable(Ticket(number + 1)));
    }
}

fn as_found(files: BTreeMap<File, Vec<u8>>) -> Files {
    files.into_iter().map(|(file, content)| (file, content.into())).collect()
}

const JOURNAL: File = File::Journal(0);
const PAGES: File = File::Pages(0);

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
        assert_eq!((recovered.kept, recovered.damage), (None, vec![]));
    }
}

#[test]
fn what_was_being_written_is_left_out() {
    let mut files = files(3);
    change(&mut files, JOURNAL, |content| content.extend([7; SECTOR]));
    let recovered = recover(identity(1), &files).expect("nothing was promised");
    assert_eq!(
        words(&recovered),
        "journal-0, byte 1536: what was being written in a crash is not whole; nobody was promised \
         anything by it, and it is left out"
    );
    assert_eq!(recovered.kept.map(|kept| kept.log.len()), Some(3));
}

/// What a host would tell about what it found.
fn words(recovered: &Recovered) -> String {
    let words: Vec<String> = recovered.damage.iter().map(ToString::to_string).collect();
    words.join("\n")
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
        let recovered = recover(identity(1), &files).expect("it can be gone on with");
        let expected = format!(
            "journal-0, byte {}: a record is damaged and may have been promised; the other \
             replicas are asked for it",
            batch * SECTOR
        );
        assert_eq!(words(&recovered), expected);
    }
}

#[test]
fn a_write_that_never_came_is_known_to_be_lacking() {
    let mut files = files(3);
    change(&mut files, JOURNAL, |content| content.truncate(2 * SECTOR));
    assert_eq!(lacking(&files), (2, 3, vec![]));
    let recovered = recover(identity(1), &files).expect("it can be gone on with");
    assert!(words(&recovered).starts_with("journal-0, byte 1024: a record is missing and may"));
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
        let damaged = (0..copies).filter(|&copy| copy != spared).map(|copy| {
            format!("superblock, byte {}: a copy is damaged; another one is used", copy * 1024)
        });
        assert_eq!(words(&recovered), damaged.collect::<Vec<_>>().join("\n"));
        assert_eq!(recovered.kept.map(|kept| kept.log.len()), Some(3));
    }
    let mut files = whole;
    files.remove(&File::Superblock);
    let why = told(identity(1), &files);
    assert!(why.starts_with("superblock, byte 0: no copy of the superblock can be read"), "{why}");
}

/// Whoever rots all copies of the latest superblock leaves the one before it, and what that needs.
#[test]
fn what_a_superblock_needs_stays_until_two_later_ones_do_not() {
    let (mut store, mut files) = (Store::new(identity(1)), BTreeMap::new());
    write(&mut store, &mut files, 0..3);
    store.keep(vec![checkpoint(3)], OpNumber(3));
    carry_out(&mut store, &mut files);
    assert!(files.contains_key(&JOURNAL), "the superblock before needs it");
    let rotten = [[0, 1], [2, 3]].map(|pair| {
        let mut files = as_found(files.clone());
        change(&mut files, File::Superblock, |content| {
            pair.iter().for_each(|copy| content[copy * 1024 + 100] ^= 1);
        });
        let recovered = recover(identity(1), &files).expect("a pair is left");
        let kept = recovered.kept.expect("it was written");
        assert_eq!((kept.last(), kept.lacking), (OpNumber(3), None), "{:?}", recovered.damage);
        kept.start
    });
    assert!(rotten.contains(&OpNumber(0)) && rotten.contains(&OpNumber(3)), "{rotten:?}");
    write(&mut store, &mut files, 3..4);
    assert!(!files.contains_key(&JOURNAL), "nobody needs it any more");
}

#[test]
fn somebody_elses_files_are_refused() {
    let mut files = files(3);
    let why = told(identity(2), &files);
    assert!(why.contains("written by replica r1 of group 00000000-0000-"), "{why}");
    files.remove(&JOURNAL);
    let why = told(identity(2), &files);
    assert!(why.starts_with("superblock, byte 0: written by replica r1"), "{why}");
    // One file of another replica among the others.
    let mut files = files_with_checkpoints(3, &[2]);
    change(&mut files, PAGES, |content| {
        content[10] = 2;
        let checksum = crc32c::crc32c(&content[8..28]);
        content[4..8].copy_from_slice(&checksum.to_le_bytes());
    });
    let why = told(identity(1), &files);
    assert!(why.starts_with("pages-0, byte 0: written by replica r2"), "{why}");
}

#[test]
fn of_several_checkpoints_the_newest_whole_one_is_used_and_without_one_that_is_told() {
    let mut files = files_with_checkpoints(3, &[1, 2]);
    let newest = |recovered: &Recovered| {
        let kept = recovered.kept.as_ref().expect("there is something");
        kept.checkpoints.iter().map(|checkpoint| checkpoint.op_number.0).collect::<Vec<_>>()
    };
    let recovered = recover(identity(1), &files).expect("nothing is wrong");
    assert_eq!((newest(&recovered), recovered.damage.len()), (vec![1, 2], 0));
    // What a header says is said by digests, too.
    change(&mut files, PAGES, |content| content[20] ^= 1);
    let recovered = recover(identity(1), &files).expect("nothing that matters is wrong");
    assert_eq!((newest(&recovered), recovered.damage.len()), (vec![1, 2], 0));
    change(&mut files, PAGES, |content| {
        let page = content.windows(8).position(|bytes| bytes == 2_u64.to_le_bytes());
        content[page.expect("the page of the second one")] ^= 1;
    });
    let recovered = recover(identity(1), &files).expect("the first one is whole");
    assert_eq!(newest(&recovered), [1]);
    let words = words(&recovered);
    assert!(words.starts_with("pages-0, byte ") && words.contains("of n2 is damaged"), "{words}");
    files.remove(&PAGES);
    let why = told(identity(1), &files);
    assert!(why.starts_with("pages-0, byte ") && why.contains("an empty folder"), "{why}");
}

/// Whatever is in a file, it is told, or nothing is wrong with what is used.
#[test]
fn noise_is_told_and_never_taken() {
    for file in [JOURNAL, File::Superblock, PAGES] {
        let mut noise = 1_u32;
        let mut files = files_with_checkpoints(3, &[1, 2]);
        change(&mut files, file, |content| {
            for byte in content {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = noise.to_le_bytes()[3];
            }
        });
        match recover(identity(1), &files) {
            Ok(recovered) => {
                assert_eq!(file, JOURNAL);
                assert!(words(&recovered).starts_with("journal-0, byte 0: a record is damaged"));
                let lacking = recovered.kept.and_then(|kept| kept.lacking);
                assert_eq!(lacking.map(|lacking| lacking.last), Some(OpNumber(3)));
            }
            Err(told) => assert_eq!(told.file, file),
        }
    }
}

#[test]
fn a_later_format_is_refused() {
    for (file, begin, end) in [(JOURNAL, 8, 128), (File::Superblock, 8, 1024), (PAGES, 8, 28)] {
        let mut files = files_with_checkpoints(3, &[2]);
        change(&mut files, file, |content| {
            content[begin] = 5;
            let checksum = crc32c::crc32c(&content[begin..end]);
            content[begin - 4..begin].copy_from_slice(&checksum.to_le_bytes());
        });
        let why = told(identity(1), &files);
        let expected = format!("{file}, byte 0: format 5, and this version reads 4");
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
        let checksum = crc32c::crc32c(&content[8..128]);
        content[4..8].copy_from_slice(&checksum.to_le_bytes());
        content[SECTOR..].copy_from_slice(&long[&JOURNAL][SECTOR..]);
    });
    let why = told(identity(1), &files);
    assert!(why.starts_with("journal-0, byte 512: a batch does not go with those"), "{why}");
}
