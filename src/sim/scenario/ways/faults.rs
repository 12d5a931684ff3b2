//! What can go wrong, one fault at a time.

use super::super::{Action, Cluster, Fault, Heal, Milestone, Target, Trigger, Workload};
use crate::protocol::MessageKind;
use crate::protocol::replica::StatusKind;
use crate::sim::disk::Hindrance;
use crate::sim::harm::Harm;
use crate::sim::random::Stream;
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;
/// The kinds of fault of any group; a way leaves some out, or has them all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Crash,
    ClientCrash,
    Pause,
    Partition,
    Isolate,
    Cut,
    Flap,
    Lose,
    Jump,
}

impl Kind {
    /// Every kind.
    pub(super) const ALL: [Self; 9] = [
        Self::Crash,
        Self::ClientCrash,
        Self::Pause,
        Self::Partition,
        Self::Isolate,
        Self::Cut,
        Self::Flap,
        Self::Lose,
        Self::Jump,
    ];

    /// When one of its kind ends that lasts so long, if it lasts.
    pub(super) const fn heal(self, lasting: Span) -> Heal {
        match self {
            Self::Jump => Heal::AtTheEnd,
            Self::Crash
            | Self::ClientCrash
            | Self::Pause
            | Self::Partition
            | Self::Isolate
            | Self::Cut
            | Self::Flap
            | Self::Lose => Heal::After(lasting),
        }
    }
}

/// Where a replica may get.
pub(super) fn generate_milestone(rng: &mut Stream, workload: &Workload) -> Milestone {
    let operations = u64::from(workload.operations);
    match rng.between(0, 5) {
        0 | 1 => Milestone::View(rng.between(1, 8)),
        2 => Milestone::Op(rng.between(1, operations)),
        3 => Milestone::Commit(rng.between(1, operations)),
        4 => Milestone::Status(StatusKind::ViewChange),
        _ => Milestone::Status(StatusKind::Recovering),
    }
}

/// A fault of a kind, aimed at anybody.
pub(super) fn generate_action(
    rng: &mut Stream,
    kind: Kind,
    cluster: &Cluster,
    workload: &Workload,
    silence: u64,
) -> Action {
    match kind {
        Kind::Crash => Action::Crash(victim(rng, cluster)),
        Kind::ClientCrash => {
            let last = u64::from(workload.clients) - 1;
            Action::Crash(Target::Client(u16::try_from(rng.between(0, last)).unwrap_or(0)))
        }
        Kind::Pause => Action::Pause(victim(rng, cluster)),
        Kind::Partition => {
            let mut sides = vec![Vec::new(), Vec::new()];
            for number in 0..cluster.replicas {
                sides[usize::from(rng.hits(Ratio::percent(50)))].push(Target::Replica(number));
            }
            for number in 0..workload.clients {
                sides[usize::from(rng.hits(Ratio::percent(50)))].push(Target::Client(number));
            }
            Action::Partition(sides)
        }
        Kind::Isolate => {
            let alone = rng.choose(&[Target::Primary, Target::Primary, Target::Backup]);
            let mut others: Vec<_> = (0..cluster.replicas).map(Target::Replica).collect();
            // It can't hear, it can't speak, or neither.
            match rng.between(0, 2) {
                0 => Action::Cut(others, vec![alone]),
                1 => Action::Cut(vec![alone], others),
                _ => {
                    others.extend((0..workload.clients).map(Target::Client));
                    Action::Partition(vec![vec![alone], others])
                }
            }
        }
        Kind::Cut => {
            let ends = [victim(rng, cluster), victim(rng, cluster)];
            Action::Cut(vec![ends[0]], vec![ends[1]])
        }
        Kind::Flap => {
            let ends = [replica(rng, cluster), replica(rng, cluster)].map(Target::Replica);
            Action::Flap(ends[0], ends[1], Span(rng.between(silence / 16, silence)))
        }
        Kind::Lose => Action::Lose {
            kind: Some(rng.choose(of_any_group())),
            from: rng.hits(Ratio::percent(40)).then(|| victim(rng, cluster)),
            to: rng.hits(Ratio::percent(60)).then(|| victim(rng, cluster)),
            share: rng.choose(&[Ratio::percent(50), Ratio::ONE]),
        },
        Kind::Jump => {
            Action::Jump(victim(rng, cluster), Span(rng.between(silence / 8, silence * 4)))
        }
    }
}

/// What is said in any group: what only some say is lost by faults of its own.
fn of_any_group() -> &'static [MessageKind] {
    let all = MessageKind::ALL;
    let count = all.iter().position(|&kind| kind == MessageKind::StartEpoch).unwrap_or(all.len());
    &all[..count]
}

/// A replica, by its number or by its role.
pub(super) fn victim(rng: &mut Stream, cluster: &Cluster) -> Target {
    match rng.between(0, 3) {
        0 => Target::Primary,
        1 => Target::Backup,
        _ => Target::Replica(replica(rng, cluster)),
    }
}

/// Any replica.
pub(super) fn replica(rng: &mut Stream, cluster: &Cluster) -> u8 {
    u8::try_from(rng.between(0, u64::from(cluster.replicas) - 1)).unwrap_or(0)
}

/// All replicas go down at once, and come back one after another.
pub(super) fn generate_power_failure(
    rng: &mut Stream,
    cluster: &Cluster,
    busy: Span,
    faults: &mut Vec<Fault>,
) {
    let silence = Span::from(cluster.timeouts.primary_silence).0;
    let trigger = Trigger::At(Span(rng.between(0, busy.0)));
    for number in 0..cluster.replicas {
        let heal = Heal::After(Span(rng.between(silence / 8, silence * 2)));
        let action = Action::Crash(Target::Replica(number));
        faults.push(Fault { trigger, action, heal });
    }
}

/// A replica stops, and what it finds on its disk is not what it wrote.
pub(super) fn generate_damage(
    rng: &mut Stream,
    cluster: &Cluster,
    workload: &Workload,
    busy: Span,
    faults: &mut Vec<Fault>,
) {
    let silence = Span::from(cluster.timeouts.primary_silence).0;
    let target = Target::Replica(replica(rng, cluster));
    let how = rng.choose(&Harm::ALL);
    let operations = u64::from(workload.operations);
    let op_number = rng.hits(Ratio::percent(50)).then(|| rng.between(1, operations));
    let at = rng.between(0, busy.0);
    let heal = Heal::After(Span(rng.between(silence / 8, silence * 2)));
    let trigger = Trigger::At(Span(at));
    let action = Action::Damage(target, how, op_number);
    faults.push(Fault { trigger, action, heal });
}

/// A disk is slow, full, or fails, for a while.
pub(super) fn generate_hindrance(
    rng: &mut Stream,
    cluster: &Cluster,
    busy: Span,
    faults: &mut Vec<Fault>,
) {
    let silence = Span::from(cluster.timeouts.primary_silence).0;
    let target = victim(rng, cluster);
    let how = match rng.between(0, 2) {
        0 => Hindrance::Slow(rng.choose(&[5, 50, 500])),
        1 => Hindrance::Full,
        _ => Hindrance::FailedSync,
    };
    let trigger = Trigger::At(Span(rng.between(0, busy.0)));
    let heal = Heal::After(Span(rng.between(silence / 8, silence * 6)));
    faults.push(Fault { trigger, action: Action::Hinder(target, how), heal });
}
