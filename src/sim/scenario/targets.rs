//! Whom a fault names.

use super::{Action, Target};

impl Action {
    /// Everybody whom it names.
    pub(crate) fn targets(&self) -> Vec<Target> {
        self.clone().targets_mut().into_iter().map(|target| *target).collect()
    }

    /// Everybody whom it names, to be named anew.
    pub(crate) fn targets_mut(&mut self) -> Vec<&mut Target> {
        match self {
            Self::Crash(target)
            | Self::Restart(target)
            | Self::Pause(target)
            | Self::Jump(target, _)
            | Self::Expire(target, _)
            | Self::Damage(target, ..)
            | Self::Hinder(target, _) => vec![target],
            Self::Partition(groups) => groups.iter_mut().flatten().collect(),
            Self::Cut(from, to) => from.iter_mut().chain(to).collect(),
            Self::Flap(a, b, _) => vec![a, b],
            Self::Lose { from, to, .. } => from.iter_mut().chain(to).collect(),
            Self::Reconfigure(members) => members.iter_mut().collect(),
        }
    }
}
