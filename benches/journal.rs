//! How fast a journal is encoded, and how fast it is recovered after a crash: a million operations
//! of 32 bytes, with the checksums and in bytes of the file.

#![expect(clippy::float_arithmetic, reason = "figures for people")]

#[path = "clock/mod.rs"]
mod clock;

use bytes::Bytes;
use clock::{best_of, millions_per_second};
use std::collections::BTreeMap;
use std::process::ExitCode;
use uuid::Uuid;
use vsr::protocol::configuration::Membership;
use vsr::protocol::durable::Write;
use vsr::protocol::log::{Entry, EntryKind};
use vsr::protocol::message::CrashVector;
use vsr::protocol::{
    ClientId, Configuration, OpNumber, ReplicaNumber, RequestNumber, Ticket, ViewNumber,
};
use vsr::storage::{Chunk, Command, File, Files, Identity, Store, recover};

fn main() -> ExitCode {
    let identity = Identity { group: Uuid::from_u128(1), replica: ReplicaNumber(0) };
    for batch in [1, 8, 64] {
        let writes: Vec<Write> = (0..OPERATIONS / batch).map(|n| write(n * batch, batch)).collect();
        let mut files: BTreeMap<File, Vec<u8>> = BTreeMap::new();
        let (mut commands, mut written) = (Vec::new(), Vec::new());
        let encoding = best_of(3, || {
            files.clear();
            let mut store = Store::new(identity);
            for (ticket, write) in (1..).zip(&writes) {
                store.write(Ticket(ticket), write.clone());
                store.go_on(&mut commands);
                for command in commands.drain(..) {
                    if let Command::Write { number, chunks } = command {
                        written.push(number);
                        chunks.into_iter().for_each(|chunk| put(&mut files, &chunk));
                    }
                }
                written.drain(..).for_each(|number| {
                    store.finish(number, &mut commands);
                });
            }
        });
        let size = files.values().map(Vec::len).sum::<usize>();
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        let files: Files = files.into_iter().map(|(file, bytes)| (file, bytes.into())).collect();
        let recovering = best_of(3, || {
            let found = recover(identity, &files).expect("nothing is wrong with it");
            let length = found.kept.map_or(0, |kept| kept.log.len());
            assert_eq!(u64::try_from(length), Ok(OPERATIONS / batch * batch));
        });
        println!(
            "{OPERATIONS} operations, {batch} in a batch, {} MB: encoded with {:.0} MB/s \
             ({:.2} M operations/s), recovered with {:.0} MB/s ({:.2} M operations/s)",
            size / 1_000_000,
            millions_per_second(size, encoding),
            millions_per_second(OPERATIONS, encoding),
            millions_per_second(size, recovering),
            millions_per_second(OPERATIONS, recovering),
        );
    }
    ExitCode::SUCCESS
}

fn put(files: &mut BTreeMap<File, Vec<u8>>, chunk: &Chunk) {
    let content = files.entry(chunk.file).or_default();
    let start = usize::try_from(chunk.offset).expect("it fits in memory");
    let end = start + chunk.bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[start..end].copy_from_slice(&chunk.bytes);
}

/// A batch of operations behind others.
fn write(after: u64, count: u64) -> Write {
    let entry = |number| Entry {
        view: ViewNumber(3),
        client: ClientId::from_number(7),
        request_number: RequestNumber(number),
        kind: EntryKind::Operation,
        operation: Bytes::from_static(&[7; 32]),
        prediction: Bytes::new(),
    };
    Write {
        view: ViewNumber(3),
        last_normal_view: ViewNumber(3),
        commit_number: OpNumber(after),
        rests_on: OpNumber(0),
        after: OpNumber(after),
        entries: (after + 1..=after + count).map(entry).collect(),
        lacking: None,
        crash_vector: CrashVector::default(),
        membership: Membership::first(Configuration::new(3).expect("a group")),
    }
}

const OPERATIONS: u64 = 1_000_000;
