//! Two replicas in one state, by a hash: for whoever looks at every state that a group can be in.

use super::Replica;
use core::hash::{Hash, Hasher};

/// By all that its next steps depend on. Settings are left out, as they never change, and so are
/// marks and the service, which whoever compares replicas knows to be the same where their logs
/// and commit-numbers are.
impl<S> Hash for Replica<S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            settings: _,
            number,
            status,
            view,
            last_normal_view,
            membership,
            executed,
            log,
            commit_number,
            client_table,
            checkpoints,
            votes,
            transfer,
            salvage,
            fetch,
            installed,
            spent,
            crash_vector,
            written,
            lacking,
            now,
            current_at,
            promised_until,
            service: _,
        } = self;
        (number, status, view, last_normal_view, membership, executed).hash(state);
        (log, commit_number, client_table, checkpoints, votes).hash(state);
        (transfer, salvage, fetch, installed, spent).hash(state);
        (crash_vector, written, lacking, now, current_at, promised_until).hash(state);
    }
}
