//! Liveness: after everything is healed each request is answered and all replicas agree, or it
//! is said who waits for whom.

use super::invariants::Canon;
use super::invariants::Glance;
use super::kernel::Kernel;
use super::member::Member;
use super::node::ProcessId;
use crate::protocol::replica::StatusKind;
use crate::protocol::{Configuration, ReplicaNumber, ReplicaSet, ViewNumber};

/// The view in which the group has come to rest, if it has: every client answered, every member
/// normal in that view, with the same log, all of it committed; whoever was replaced shut down. Of
/// replicas that are lost for ever nothing is asked.
#[must_use]
pub fn rests_in(
    kernel: &Kernel<Member>,
    processes: u16,
    lost: ReplicaSet,
    canon: &Canon,
) -> Option<ViewNumber> {
    let is_lost = |number: u16| u8::try_from(number).is_ok_and(|n| lost.contains(ReplicaNumber(n)));
    let group = latest_group(kernel, processes)?;
    let mut view = None;
    let is_at_rest = (0..processes).all(|number| match kernel.node(ProcessId(number)) {
        Some(Member::Replica(_)) | None if is_lost(number) => true,
        None => false,
        Some(Member::Client(host)) => host.is_done(),
        Some(Member::Replica(host)) if !group.contains(host.replica.number()) => {
            match host.replica.status() {
                StatusKind::ShutDown => true,
                StatusKind::Transitioning => !host.replica.is_replaced(),
                StatusKind::Normal | StatusKind::ViewChange | StatusKind::Recovering => false,
            }
        }
        Some(Member::Replica(host)) => {
            let replica = &host.replica;
            let expected = *view.get_or_insert(replica.view());
            replica.view() == expected
                && replica.status() == StatusKind::Normal
                && replica.commit_number() == canon.len()
                && replica.op_number() == canon.len()
        }
    });
    view.filter(|_| is_at_rest)
}

/// The group of the latest epoch that anybody is in.
fn latest_group(kernel: &Kernel<Member>, processes: u16) -> Option<Configuration> {
    let membership = |number| match kernel.node(ProcessId(number)) {
        Some(Member::Replica(host)) => Some(host.replica.membership()),
        Some(Member::Client(_)) | None => None,
    };
    let latest = (0..processes).filter_map(membership).max_by_key(|membership| membership.epoch);
    latest.map(|membership| membership.configuration)
}

/// What each replica is doing, a line each.
#[must_use]
pub fn states(kernel: &Kernel<Member>, replicas: u8) -> Vec<String> {
    (0..u16::from(replicas))
        .map(|number| match kernel.node(ProcessId(number)) {
            Some(Member::Replica(host)) => Glance::of(&host.replica).to_string(),
            Some(Member::Client(_)) | None => format!("r{number} is down"),
        })
        .collect()
}

/// Who waits for whom.
#[must_use]
pub fn who_waits(
    kernel: &Kernel<Member>,
    replicas: u8,
    processes: u16,
    canon: &Canon,
) -> Vec<String> {
    let mut lines = states(kernel, replicas);
    lines.push(format!("the group has committed {}", canon.len()));
    for number in 0..processes {
        if let Some(Member::Client(host)) = kernel.node(ProcessId(number))
            && let Some((client, request)) = host.waits_for()
        {
            let state = match canon.executed_at(client, request) {
                Some(op_number) => format!("executed at {op_number}, not answered"),
                None => "not executed".to_owned(),
            };
            lines.push(format!("{client} waits for {request}: {state}"));
        }
    }
    lines
}
