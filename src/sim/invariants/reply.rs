//! Replies: what a client is answered is what executing its request returned, and only what is
//! committed is answered (§4.1 step 5).

use super::super::violation::Code;
use super::{Canon, Finding, Judgement};
use crate::protocol::{ClientId, RequestNumber};
use bytes::Bytes;

/// Compares an answer with the canonical execution.
pub(super) fn check(
    canon: &Canon,
    client: ClientId,
    number: RequestNumber,
    reply: &Bytes,
) -> Judgement {
    let Some(op_number) = canon.executed_at(client, number) else {
        let message = format!("{client}/{number} was answered though it was never executed");
        return Err(Finding::new(Code::Lost, "reply", message));
    };
    match canon.get(op_number) {
        Some(canonical) if canonical.reply == *reply => Ok(()),
        Some(_) | None => {
            let message =
                format!("{client}/{number} was not answered what it returned at {op_number}");
            Err(Finding::new(Code::Reply, "reply", message))
        }
    }
}
