//! How far a run may go from the quiet one.

/// How much may go wrong in a run, at most; or how much of that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// All together.
    pub deviations: u8,
    /// Replicas that crash.
    pub crashes: u8,
    /// Timers that go off, by which somebody gives up on somebody.
    pub timeouts: u8,
    /// Timers that go off, by which something is said again.
    pub resends: u8,
    /// Messages that are late, or lost.
    pub late: u8,
    /// Messages that come once more, later.
    pub copies: u8,
    /// Replicas that hear nothing for a while.
    pub deaf: u8,
}

impl Default for Bounds {
    /// What ends within a minute for three replicas, one client and two operations.
    fn default() -> Self {
        Self { deviations: 3, crashes: 1, timeouts: 3, resends: 1, late: 3, copies: 1, deaf: 1 }
    }
}

/// One kind of what goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Deviation {
    Crash,
    Timeout,
    Resend,
    Late,
    Copy,
    Deaf,
}

impl Bounds {
    /// The same, with so many in all.
    #[must_use]
    pub const fn within(self, deviations: u8) -> Self {
        Self { deviations, ..self }
    }

    /// Whether one more may go wrong.
    pub(super) const fn allows(self, what: Deviation) -> bool {
        let left = match what {
            Deviation::Crash => self.crashes,
            Deviation::Timeout => self.timeouts,
            Deviation::Resend => self.resends,
            Deviation::Late => self.late,
            Deviation::Copy => self.copies,
            Deviation::Deaf => self.deaf,
        };
        self.deviations > 0 && left > 0
    }

    /// What is left after that.
    pub(super) const fn after(mut self, what: Deviation) -> Self {
        let left = match what {
            Deviation::Crash => &mut self.crashes,
            Deviation::Timeout => &mut self.timeouts,
            Deviation::Resend => &mut self.resends,
            Deviation::Late => &mut self.late,
            Deviation::Copy => &mut self.copies,
            Deviation::Deaf => &mut self.deaf,
        };
        *left = left.saturating_sub(1);
        self.deviations = self.deviations.saturating_sub(1);
        self
    }

    /// Whether nothing is left here of which more is left there.
    pub(super) fn covers(self, other: Self) -> bool {
        // What is left of one kind beyond what is left in all makes no difference.
        let of = |bounds: Self| {
            let Self { deviations, crashes, timeouts, resends, late, copies, deaf } = bounds;
            [crashes, timeouts, resends, late, copies, deaf].map(|left| left.min(deviations))
        };
        let kinds = of(self).into_iter().zip(of(other)).all(|(here, there)| here >= there);
        self.deviations >= other.deviations && kinds
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Deviation};

    #[test]
    fn what_has_gone_wrong_is_taken_off() {
        let (late, copies, deaf) = (0, 0, 0);
        let all = Bounds { deviations: 2, crashes: 1, timeouts: 3, resends: 0, late, copies, deaf };
        assert!(all.allows(Deviation::Crash) && !all.allows(Deviation::Late));
        let after = all.after(Deviation::Crash);
        assert_eq!((after.deviations, after.crashes, after.timeouts), (1, 0, 3));
        assert!(!after.allows(Deviation::Crash) && after.allows(Deviation::Timeout));
        let end = after.after(Deviation::Timeout);
        assert!(!end.allows(Deviation::Timeout), "none is left in all");
        assert!(all.covers(after) && !after.covers(all) && after.covers(end));
        let (one, other) = (all.after(Deviation::Crash), all.after(Deviation::Timeout));
        assert!(!one.covers(other), "a crash is left there");
    }
}
