//! The least is taken first.
//!
//! A value can be taken when nothing less is in. What is greater does not matter to it, so the
//! values are looked at from the least on: each needs a moment for its take at which none of those
//! before it was surely in.

use super::cover::{Cover, covering};
use super::{Contradiction, Item, NEVER};

/// Whether each value can have been the least when it was taken.
pub(super) fn judge(items: &[Item]) -> Result<(), Contradiction> {
    let mut order = items.to_vec();
    order.sort_unstable_by_key(|item| item.value);
    let mut cover = Cover::default();
    for (place, item) in order.iter().enumerate() {
        if item.take_invoked != NEVER {
            let first = item.take_invoked.max(item.put_invoked);
            if cover.holds(first, item.take_returned) {
                let mut values = covering(&order[..place], first, item.take_returned);
                values.push(item.value);
                return Err(values);
            }
        }
        cover.add(item.surely_in());
    }
    Ok(())
}
