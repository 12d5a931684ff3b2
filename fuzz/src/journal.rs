//! Bytes → a journal, some of it damaged → recovery, which must lose nothing silently.

use arbitrary::{Result, Unstructured};
use bytes::Bytes;
use uuid::Uuid;
use vsr::protocol::durable::{Kept, Write};
use vsr::protocol::log::Entry;
use vsr::protocol::{ClientId, OpNumber, ReplicaNumber, RequestNumber, ViewNumber};
use vsr::storage::{End, Identity, Journal, recover};

/// Recovers what the bytes stand for: once the bytes themselves, once a journal made of them.
///
/// # Panics
/// When recovery does, or when something is lost and nobody is told.
pub fn judge(data: &[u8]) {
    let _ = recover(identity(), &Bytes::copy_from_slice(data));
    // Where the bytes end, the journal ends.
    let _ = judge_damage(&mut Unstructured::new(data));
}

fn judge_damage(u: &mut Unstructured<'_>) -> Result<()> {
    let (mut journal, mut content) = (Journal::new(identity()), Vec::new());
    let mut states = vec![None];
    let mut starts = Vec::new();
    let mut kept = Kept::default();
    for _ in 0..u.int_in_range(0..=6_u8)? {
        let write = write(u, &kept)?;
        let chunk = journal.append(&write);
        starts.push(content.len());
        assert_eq!(chunk.offset, u64::try_from(content.len()).expect("it is small"));
        content.extend_from_slice(&chunk.bytes);
        apply(&mut kept, &write);
        states.push(Some(kept.clone()));
    }
    let whole = recover(identity(), &Bytes::from(content.clone())).expect("nothing is wrong");
    assert_eq!((&whole.kept, whole.end), (&states[starts.len()], End::Clean));
    assert_eq!(whole.journal, journal);
    if starts.is_empty() {
        return Ok(());
    }
    // One batch is damaged: in the middle that must be told, at the end it was never finished.
    let hit = u.choose_index(starts.len())?;
    let end = starts.get(hit + 1).copied().unwrap_or(content.len());
    let before = content.clone();
    for _ in 0..u.int_in_range(1..=4_u8)? {
        let place = starts[hit] + u.choose_index(end - starts[hit])?;
        match u.int_in_range(0..=2_u8)? {
            0 => content[place] ^= 1 << u.int_in_range(0..=7_u8)?,
            1 => content[place..end].fill(0),
            _ => content[starts[hit]..place].fill(u.arbitrary()?),
        }
    }
    let is_last = hit + 1 == starts.len();
    match recover(identity(), &Bytes::from(content.clone())) {
        Ok(found) if is_last => {
            let is_known = found.kept == states[hit] || found.kept == states[hit + 1];
            assert!(is_known, "{found:?}");
        }
        // Padding says nothing, so nothing is lost with it.
        Ok(found) => assert_eq!(found.kept, states[starts.len()], "batch {hit} was damaged"),
        Err(why) => assert!(content != before, "{why}"),
    }
    Ok(())
}

fn write(u: &mut Unstructured<'_>, kept: &Kept) -> Result<Write> {
    let length = u64::try_from(kept.log.len()).expect("it is small");
    let after = u.int_in_range(kept.commit_number.0..=length)?;
    let is_new_view = u.ratio(1_u8, 4_u8)?;
    let view = ViewNumber(kept.view.0 + u64::from(is_new_view));
    let last_normal_view = if u.arbitrary()? { view } else { kept.last_normal_view };
    let count = u.int_in_range(0..=3_u64)?;
    let entry = |number| -> Result<Entry> {
        let size = u.int_in_range(0..=700_usize)?;
        Ok(Entry {
            view,
            client: ClientId::from_number(u.int_in_range(0..=3)?),
            request_number: RequestNumber(number),
            operation: vec![u.arbitrary()?; size].into(),
        })
    };
    let entries = (0..count).map(entry).collect::<Result<_>>()?;
    let commit_number = u.int_in_range(kept.commit_number.0..=after + count)?;
    Ok(Write {
        view,
        last_normal_view,
        commit_number: OpNumber(commit_number),
        after: OpNumber(after),
        entries,
    })
}

fn apply(kept: &mut Kept, write: &Write) {
    kept.log.truncate(usize::try_from(write.after.0).expect("it is small"));
    kept.log.extend(write.entries.iter().cloned());
    kept.view = write.view;
    kept.last_normal_view = write.last_normal_view;
    kept.commit_number = write.commit_number;
}

fn identity() -> Identity {
    Identity { group: Uuid::from_u128(7), replica: ReplicaNumber(1) }
}
