//! Journals that are not what they should be: an error says what and where, and nothing is lost.
//!
//! What damage does is in `fuzz/src/journal.rs`, which `tests/fuzz_targets.rs` calls.

use bytes::Bytes;
use uuid::Uuid;
use vsr::protocol::durable::Write;
use vsr::protocol::log::Entry;
use vsr::protocol::{ClientId, OpNumber, ReplicaNumber, RequestNumber, ViewNumber};
use vsr::storage::{End, Identity, Journal, SECTOR, recover};

fn identity(replica: u8) -> Identity {
    Identity { group: Uuid::from_u128(7), replica: ReplicaNumber(replica) }
}

/// The bytes of a journal of so many batches with one operation each.
fn journal(batches: u64) -> Vec<u8> {
    let mut journal = Journal::new(identity(1));
    (0..batches)
        .flat_map(|number| {
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
                after: OpNumber(number),
                entries: [entry].into(),
            };
            journal.append(&write).bytes
        })
        .collect()
}

fn told(identity: Identity, bytes: Vec<u8>) -> String {
    recover(identity, &Bytes::from(bytes)).expect_err("something is wrong").to_string()
}

#[test]
fn an_empty_journal_is_one_that_was_never_written() {
    for bytes in [Vec::new(), vec![0; 4 * SECTOR]] {
        let recovered = recover(identity(1), &Bytes::from(bytes)).expect("nothing is wrong");
        assert_eq!((recovered.kept, recovered.end), (None, End::Clean));
    }
}

#[test]
fn what_was_being_written_is_left_out() {
    let mut bytes = journal(3);
    let length = bytes.len();
    bytes[length - SECTOR + 100] ^= 1;
    let recovered = recover(identity(1), &Bytes::from(bytes)).expect("nothing was promised");
    assert_eq!(recovered.end, End::Torn);
    assert_eq!(recovered.kept.map(|kept| kept.log.len()), Some(2));
    assert_eq!(recovered.journal.offset(), 2 * u64::try_from(SECTOR).expect("it is small"));
}

#[test]
fn damage_before_the_end_is_told_with_its_place() {
    let mut bytes = journal(3);
    bytes[SECTOR + 100] ^= 1;
    let why = told(identity(1), bytes);
    assert!(why.starts_with("journal, byte 512: a batch is damaged and others follow it"), "{why}");
}

#[test]
fn somebody_elses_journal_is_refused() {
    let why = told(identity(2), journal(1));
    assert!(why.contains("written by replica r1 of group 00000000-0000-"), "{why}");
}

#[test]
fn a_later_format_is_refused() {
    let mut bytes = journal(1);
    bytes[8] = 2;
    let checksum = crc32c::crc32c(&bytes[8..88]);
    bytes[4..8].copy_from_slice(&checksum.to_le_bytes());
    let why = told(identity(1), bytes);
    assert!(why.contains("format 2, and this version reads 1"), "{why}");
}

#[test]
fn a_journal_put_together_from_two_is_refused() {
    // The third batch of a longer journal behind the first of another.
    let (long, mut bytes) = (journal(3), journal(1));
    bytes.extend_from_slice(&long[2 * SECTOR..]);
    let why = told(identity(1), bytes);
    assert!(why.starts_with("journal, byte 512: a batch is damaged"), "{why}");
}
