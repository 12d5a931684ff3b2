//! Leases (§6.3.1): while a quorum has promised not to start another view, its primary answers
//! reads without asking anybody.
//!
//! A backup promises when it hears its primary, for so long by its own clock; the primary counts
//! from when it *sent* what was heard, and takes off what two clocks can differ by. So no promise
//! ends, by any clock within the bound, before the lease that rests on it. The promise is to send
//! no DOVIEWCHANGE.
//!
//! Deviation (promises-forgotten): §6.3.1 does not look at crashes. A life that begins without
//! memory of its promises waits as long as one lasts.

use super::super::mark::Mark;
use super::super::numbers::LocalTime;
use super::super::output::{Outbox, Timer};
use super::super::service::Service;
use super::super::settings::Reads;
use super::Replica;
use super::status::{Role, Status};
use core::time::Duration;
use std::collections::VecDeque;

/// When a primary sent its latest beats, by its own clock.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Sent(VecDeque<(u64, LocalTime)>);

impl Sent {
    /// Notes a beat.
    pub(super) fn note(&mut self, beat: u64, now: LocalTime) {
        if self.0.len() == BEATS_MAX {
            self.0.pop_front();
        }
        self.0.push_back((beat, now));
    }

    /// When a beat was sent; nothing where that is forgotten.
    pub(super) fn when(&self, beat: u64) -> Option<LocalTime> {
        let at = self.0.binary_search_by_key(&beat, |(sent, _)| *sent).ok()?;
        Some(self.0[at].1)
    }
}

/// What was sent before so many others nobody waits for.
const BEATS_MAX: usize = 64;

impl<S: Service> Replica<S> {
    /// Whether a quorum has promised, now and for a while, that no other view starts.
    pub(super) fn holds_lease(&self) -> bool {
        let (Status::Normal(Role::Primary(primary)), Reads::UnderLease(lease)) =
            (&self.status, self.settings.reads)
        else {
            return false;
        };
        let others = self.membership.configuration.quorum() - 1;
        let promised = self.membership.configuration.members().filter(|&other| {
            let sent = primary.sent.when(primary.beats[other.index()]);
            other != self.number
                && sent.is_some_and(|sent| self.now.since(sent) < lease.at_the_primary())
        });
        promised.count() >= usize::from(others)
    }

    /// A backup has heard its primary: it starts no other view for a while.
    pub(super) fn promise(&mut self) {
        if let Reads::UnderLease(lease) = self.settings.reads {
            self.promised_until = self.promised_until.max(self.now.plus(lease.length));
        }
    }

    /// A promise still binds: whoever starts another view has to wait. A timer tells when it ends.
    pub(super) fn is_bound(&self, out: &mut Outbox) -> bool {
        let left = self.promised_until.since(self.now);
        if left == Duration::ZERO {
            return false;
        }
        out.mark(Mark::PromiseKept);
        out.set_timer(Timer::PromiseEnds, left);
        true
    }

    /// What it had promised binds no more.
    pub(super) fn on_promise_ends_timer(&mut self, out: &mut Outbox) {
        if matches!(self.status, Status::ViewChange(_)) {
            self.vote_for_log(out);
            self.start_view_if_a_quorum_voted(out);
        }
    }
}
