//! A replica was asked to give up operations that it knows to be committed. It refuses, and the
//! mistake has been made elsewhere before (§8.1).

use super::super::member::ReplicaHost;
use super::super::violation::Code;
use super::{Finding, Judgement};
use crate::protocol::refused::Refused;

/// Looks why the replica refused its latest input, if it did.
pub(super) fn check(host: &mut ReplicaHost) -> Judgement {
    match host.refused.take() {
        Some(Refused::LosesCommitted) => {
            let message = format!(
                "{} was to take a log that lacks operations which are known to be committed",
                host.replica.number(),
            );
            Err(Finding::new(Code::Lost, "lost-committed", message))
        }
        Some(_) | None => Ok(()),
    }
}
