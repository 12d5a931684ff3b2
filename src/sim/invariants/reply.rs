//! Replies: what a client is answered is what executing its request returned, and only what is
//! committed is answered (§4.1 step 5).

use super::super::violation::Code;
use super::{Canon, Finding, Judgement};
use crate::protocol::{ClientId, OpNumber, RequestNumber};
use bytes::Bytes;

/// Compares an answer with the canonical execution.
pub(super) fn check(
    canon: &Canon,
    client: ClientId,
    number: RequestNumber,
    reply: &Bytes,
    known: OpNumber,
) -> Judgement {
    if canon.is_beside_the_log(client, number) {
        return check_read(canon, client, number, known);
    }
    let Some(op_number) = canon.executed_at(client, number) else {
        let message = format!("{client}/{number} was answered though it was never executed");
        return Err(Finding::new(Code::Lost, "reply", message));
    };
    match canon.get(op_number) {
        Some(canonical) if canonical.reply == *reply && known == op_number => Ok(()),
        Some(canonical) if canonical.reply == *reply => {
            let message =
                format!("{client}/{number} was executed at {op_number}, and was told {known}");
            Err(Finding::new(Code::Reply, "reply", message))
        }
        Some(_) | None => {
            let message =
                format!("{client}/{number} was not answered what it returned at {op_number}");
            Err(Finding::new(Code::Reply, "reply", message))
        }
    }
}

/// Of a read, only what it says of itself: its value is judged with the history.
fn check_read(
    canon: &Canon,
    client: ClientId,
    number: RequestNumber,
    known: OpNumber,
) -> Judgement {
    if known <= canon.len() {
        return Ok(());
    }
    let message = format!("read {client}/{number} knows of {known}, which nobody has executed");
    Err(Finding::new(Code::Stale, "reply", message))
}
