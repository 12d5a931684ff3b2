//! What a restart would find on a disk is what its replica holds, once all is written: the views,
//! the log and the checkpoints, read as recovery reads them (§5.1; a durable group's promise).

use super::super::harm;
use super::super::member::ReplicaHost;
use super::super::violation::Code;
use super::{Finding, Judgement};
use crate::protocol::checkpoint::{Checkpoint, CheckpointId};
use crate::protocol::durable::Kept;
use crate::protocol::replica::StatusKind;
use crate::protocol::{EpochNumber, OpNumber, Replica};
use std::collections::BTreeMap;

/// Judges a replica's files, unless there is something on its way to them.
pub(super) fn check(seed: u64, host: &ReplicaHost, files: &BTreeMap<u64, Vec<u8>>) -> Judgement {
    let replica = &host.replica;
    let takes_part = matches!(replica.status(), StatusKind::Normal | StatusKind::ViewChange);
    if !host.is_written() || !takes_part {
        return Ok(());
    }
    let found = harm::found(harm::identity_of(seed, replica.number()), files);
    let nothing = || Some("nothing".to_owned());
    let Some(wrong) = found.map_or_else(nothing, |kept| differs(&kept, replica)) else {
        return Ok(());
    };
    let number = replica.number();
    let message = format!("on the disk of {number} a restart would find {wrong}");
    Err(Finding::new(Code::Disk, "journal", message))
}

/// What of the files is something else than what the replica holds, in words.
fn differs<S>(kept: &Kept, replica: &Replica<S>) -> Option<String> {
    let views = (replica.view(), replica.last_normal_view());
    if (kept.view, kept.last_normal_view) != views {
        let (view, last_normal_view) = (kept.view, kept.last_normal_view);
        let (held, held_last) = views;
        return Some(format!(
            "{view} and {last_normal_view} as the last normal view, and it is in {held} and \
             {held_last}"
        ));
    }
    // Who has written nothing yet is in the group that its settings name, which is the first.
    let is_first = replica.membership().epoch == EpochNumber(0);
    if kept.membership.map_or(!is_first, |membership| membership != replica.membership()) {
        let (found, held) = (kept.membership, replica.membership());
        return Some(format!("the group {found:?}, and it is in {held:?}"));
    }
    if kept.last() != replica.op_number() || kept.lacking.is_some() {
        let lacking = if kept.lacking.is_some() { ", some of it damaged" } else { "" };
        let (last, held) = (kept.last(), replica.op_number());
        return Some(format!("a log up to {last}{lacking}, and it holds one up to {held}"));
    }
    if kept.start > replica.log_start() {
        let (start, held) = (kept.start, replica.log_start());
        return Some(format!("a log that begins behind {start}, and it needs it behind {held}"));
    }
    for (index, entry) in (1..).zip(kept.log.iter()) {
        let op_number = OpNumber(kept.start.0 + index);
        if replica.entry(op_number).is_some_and(|held| held != entry) {
            return Some(format!("another entry at {op_number} than it holds"));
        }
    }
    let on_disk = kept.checkpoints.last().map(Checkpoint::id);
    let held = replica.checkpoints().next_back().map(Checkpoint::id);
    let name =
        |id: Option<CheckpointId>| id.map_or("no checkpoint".to_owned(), |id| id.to_string());
    (on_disk != held).then(|| format!("{}, and it has {}", name(on_disk), name(held)))
}
