//! First in, first out.
//!
//! There is no order exactly when of two values one was put in before the other was, and the other
//! was taken before it was: longer circles always have such a pair, since what comes before what
//! in time is an order of intervals.

use super::{Contradiction, Item};

/// Whether the values can have been taken in the order in which they were put in.
pub(super) fn judge(items: &[Item]) -> Result<(), Contradiction> {
    let mut by_return: Vec<Item> = items.to_vec();
    by_return.sort_unstable_by_key(|item| item.put_returned);
    let mut by_invocation: Vec<Item> = items.to_vec();
    by_invocation.sort_unstable_by_key(|item| item.put_invoked);
    let mut before = by_return.iter().peekable();
    // Of those that were put in before, the one that was taken last.
    let mut last: Option<&Item> = None;
    for item in &by_invocation {
        while let Some(other) = before.next_if(|other| other.put_returned < item.put_invoked) {
            if last.is_none_or(|last| last.take_invoked < other.take_invoked) {
                last = Some(other);
            }
        }
        if let Some(last) = last.filter(|last| item.take_returned < last.take_invoked) {
            return Err(vec![last.value, item.value]);
        }
    }
    Ok(())
}
