//! What must hold of the whole group after every event: one file for each property.
//!
//! The invariants never believe a replica about itself where they can look: they watch up-calls,
//! log entries and messages, and keep a canonical log of their own.

mod agreement;
mod canon;
mod checkpoint;
mod eviction;
mod exactly_once;
mod glance;
mod journal;
mod leader_completeness;
mod log_matching;
mod lost_committed;
mod monotone;
mod one_primary;
mod prediction;
mod promise;
mod quorum_log;
mod reply;
mod validity;
mod witness;

pub use canon::Canon;
pub use glance::Glance;

use super::kernel::Kernel;
use super::member::{Member, ReplicaHost, Seen};
use super::node::ProcessId;
use super::violation::Code;
use crate::protocol::{ReplicaNumber, Settings, ViewNumber};

/// What an invariant found: the code of the violation, and what exactly is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of violation.
    pub code: Code,
    /// Who found it: the invariant's name, which is that of its file.
    pub judge: &'static str,
    /// What exactly, in words.
    pub message: String,
}

type Judgement = Result<(), Finding>;

impl Finding {
    fn new(code: Code, judge: &'static str, message: String) -> Self {
        Self { code, judge, message }
    }
}

/// All invariants of the group, and what they remember.
#[derive(Clone, Debug, Hash)]
pub struct Invariants {
    canon: Canon,
    glances: Vec<Option<Glance>>,
    checkpoints: checkpoint::Checkpoints,
    eviction: eviction::Eviction,
    one_primary: one_primary::OnePrimary,
    prophecies: prediction::Prophecies,
    log_matching: log_matching::LogMatching,
    quorum_log: quorum_log::QuorumLog,
}

impl Invariants {
    /// For the group of a run, of so many replicas that are or can become members.
    #[must_use]
    pub fn new(settings: &Settings, replicas: u8) -> Self {
        let count = usize::from(replicas);
        Self {
            canon: Canon::new(settings),
            glances: vec![None; count],
            checkpoints: checkpoint::Checkpoints::default(),
            eviction: eviction::Eviction::new(settings.bounds.clients_max),
            one_primary: one_primary::OnePrimary::default(),
            prophecies: prediction::Prophecies::new(settings),
            log_matching: log_matching::LogMatching::default(),
            quorum_log: quorum_log::QuorumLog::new(replicas),
        }
    }

    /// The log as the group has executed it.
    #[must_use]
    pub const fn canon(&self) -> &Canon {
        &self.canon
    }

    /// How often each replica was looked at, and each execution compared.
    #[must_use]
    pub fn glance(&self, replica: u8) -> Option<Glance> {
        self.glances[usize::from(replica)]
    }

    /// A replica crashed: what it held is gone.
    pub fn on_crash(&mut self, replica: u8) {
        self.glances[usize::from(replica)] = None;
        self.quorum_log.on_crash(replica);
        self.log_matching.on_crash(ReplicaNumber(replica));
    }

    /// Judges what a client saw.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn on_client(&mut self, seen: &Seen) -> Judgement {
        match seen {
            Seen::Asked(client, number, asked, how) => {
                self.canon.note_asked(*client, *number, asked, *how);
                Ok(())
            }
            Seen::Ordered(client, number, order) => {
                self.canon.note_ordered(*client, *number, order);
                Ok(())
            }
            Seen::Answered(client, number, reply, known) => {
                reply::check(&self.canon, *client, *number, reply, *known)
            }
            Seen::Refused(..) => Ok(()),
        }
    }

    /// Judges a replica and the group after a step of the replica.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn on_step(&mut self, kernel: &mut Kernel<Member>, id: ProcessId) -> Judgement {
        let committed_before = self.canon.len();
        let Some(Member::Replica(host)) = kernel.node_mut(id) else {
            return Ok(());
        };
        lost_committed::check(host)?;
        let number = host.replica.number();
        for foretold in host.replica.service_mut().foretold_mut().drain(..) {
            self.prophecies.note(&self.canon, number, foretold)?;
        }
        self.judge_executions(host)?;
        let glance = Glance::of(&host.replica);
        let index = usize::from(glance.number.0);
        let before = self.glances[index].replace(glance);
        promise::check(&host.promises, &glance)?;
        if before == Some(glance) && !self.log_matching.is_waiting(glance.number) {
            return Ok(());
        }
        if let Some(before) = before {
            monotone::check(&before, &glance)?;
        }
        self.eviction.extend(&self.canon);
        if !glance.is_witness {
            self.eviction.check(&glance)?;
        }
        if before.is_none_or(|before| before.checkpoint != glance.checkpoint) {
            self.checkpoints.check(&self.canon, &host.replica)?;
        }
        let is_new_view = before.is_none_or(|b| b.last_normal_view != glance.last_normal_view);
        if glance.is_primary {
            self.one_primary.check(&glance)?;
        }
        let changed_after = glance.changed_after(before.as_ref());
        self.prophecies.check(&self.canon, &host.replica, changed_after)?;
        if glance.takes_part() {
            self.log_matching.check(&host.replica, changed_after)?;
        }
        let is_cut = before.is_some_and(|b| b.log_cuts != glance.log_cuts);
        if is_cut || is_new_view {
            self.quorum_log.on_replaced(glance.number.0, changed_after);
        }
        self.quorum_log.on_glance(&glance);
        self.quorum_log.extend(&self.canon, &host.replica);
        if glance.is_primary && is_new_view {
            let held = self.quorum_log.held_by(glance.number.0);
            leader_completeness::check(&self.canon, &glance, held)?;
        }
        witness::check(&self.glances)?;
        let has_grown = self.canon.len() > committed_before;
        if has_grown {
            self.extend_all(kernel);
        }
        // From a crash, or a replica of a durable group from whatever its disk has kept.
        let has_recovered = before.is_none_or(|b| {
            b.takes_part() != glance.takes_part() || b.view.epoch() != glance.view.epoch()
        });
        if has_grown || is_cut || is_new_view || has_recovered {
            self.quorum_log.check(&self.canon)?;
        }
        Ok(())
    }

    /// Judges disks when the group is at rest: those of replicas that have restarted, and one more,
    /// since reading a disk takes as long as many events.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn at_rest(&self, seed: u64, kernel: &Kernel<Member>) -> Judgement {
        let replicas = u64::try_from(self.glances.len()).unwrap_or(1);
        for number in 0..u16::try_from(replicas).unwrap_or(0) {
            let id = ProcessId(number);
            let is_chosen = u64::from(number) == seed % replicas;
            if let Some(Member::Replica(host)) = kernel.node(id)
                && (is_chosen || host.has_restarted)
            {
                journal::check(seed, host, kernel.disk(id).files())?;
            }
        }
        Ok(())
    }

    /// More is committed: looks who holds it.
    fn extend_all(&mut self, kernel: &Kernel<Member>) {
        for number in 0..u16::try_from(self.glances.len()).unwrap_or(0) {
            if let Some(Member::Replica(host)) = kernel.node(ProcessId(number)) {
                self.quorum_log.extend(&self.canon, &host.replica);
            }
        }
    }

    fn judge_executions(&mut self, host: &mut ReplicaHost) -> Judgement {
        if host.replica.service_mut().executions_mut().is_empty() {
            return Ok(());
        }
        let before = self.glances[host.replica.number().index()];
        let mut executions = std::mem::take(host.replica.service_mut().executions_mut());
        for execution in executions.drain(..) {
            witness::check_execution(&host.replica, &execution)?;
            let is_first = agreement::check(&self.canon, &host.replica, &execution)?;
            if is_first {
                validity::check(&self.canon, &execution)?;
                exactly_once::check(&self.canon, &execution)?;
                // What ends an epoch was committed in it, in the view that was left by that. It may
                // have come into the log in an earlier one.
                let entered = ViewNumber::first_of(host.replica.membership().epoch);
                let view = host.replica.view();
                let is_end = execution.passed.is_some() && view == entered;
                let left = before.map_or(execution.applied.view, |before| before.view);
                let committed_in = if is_end { left } else { view };
                self.canon.append(execution, committed_in);
            }
        }
        // The buffer goes back, so that the next step need not make one.
        *host.replica.service_mut().executions_mut() = executions;
        Ok(())
    }
}
