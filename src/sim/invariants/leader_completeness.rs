//! Leader completeness: a view starts with everything that was committed in earlier views
//! (§8.1; etcd's LeaderCompleteness).

use super::super::violation::Code;
use super::{Canon, Finding, Glance, Judgement};
use crate::protocol::OpNumber;

/// Judges a primary whose view has just started and that holds so much of the canonical log.
pub(super) fn check(canon: &Canon, glance: &Glance, held: OpNumber) -> Judgement {
    let Some(last) = canon.last() else {
        return Ok(());
    };
    // A view that starts late, when later ones have committed, knows nothing of those.
    if last.committed_in >= glance.view || held >= canon.len() {
        return Ok(());
    }
    let message = format!(
        "{} leads {} and lacks {}, which was committed in {}",
        glance.number,
        glance.view,
        held.next(),
        last.committed_in
    );
    Err(Finding::new(Code::Lost, "leader-completeness", message))
}
