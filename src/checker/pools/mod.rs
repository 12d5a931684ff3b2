//! Queues, stacks and priority queues whose values are distinct, judged without a search.
//!
//! Each value is put in once and taken out at most once. It is surely in from when its put has
//! returned until its take is invoked; at any other time there are orders in which it is out. So
//! nothing was in at some moment exactly when no value was surely in then, and the history falls
//! apart there: whatever order is found for either side, one behind the other is an order for
//! both. The rest is a matter of who must be taken before whom, which is told with each object.
//! The objects, and that this can be done in the time that sorting takes, are of Lee and Mathur's
//! "Efficient decrease-and-conquer linearizability monitoring".

mod cover;
mod priority_queue;
mod queue;
mod stack;
mod tree;

use super::history::History;
use super::index::{Index, position};
use super::model::Model;
use super::shape::{Plain, Shape};
use super::zones::Judged;

/// A value's time.
#[derive(Clone, Copy, Debug)]
struct Item {
    value: u64,
    put_invoked: u64,
    /// At the end of time where that is not known.
    put_returned: u64,
    /// At the end of time where it was not taken.
    take_invoked: u64,
    take_returned: u64,
}

/// What was found empty, from when to when.
#[derive(Clone, Copy, Debug)]
struct Nothing {
    invoked: u64,
    returned: u64,
}

/// What a part's operations say.
#[derive(Default)]
struct Pool {
    items: Vec<Item>,
    nothings: Vec<Nothing>,
    /// When takes were invoked of which nobody knows what they took.
    takes: Vec<u64>,
}

/// The values that contradict each other.
type Contradiction = Vec<u64>;

/// Judges the operations of a part.
pub(super) fn judge<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    part: &[u32],
    shape: Shape,
) -> Judged {
    let in_order = match shape {
        Shape::Queue => queue::judge,
        Shape::Stack => stack::judge,
        Shape::PriorityQueue => priority_queue::judge,
        Shape::Register { .. } | Shape::Any => return Judged::NotMine,
    };
    let contradicts =
        |values: Contradiction| Judged::Contradicts(values.into_iter().map(Some).collect());
    let mut pool = match gather(model, history, part) {
        Ok(pool) => pool,
        Err(Odd::Contradicts(values)) => return contradicts(values),
        Err(Odd::NotMine) => return Judged::NotMine,
    };
    let judge = |items: &[Item], nothings: &[Nothing]| {
        cover::judge(items, nothings).and_then(|()| in_order(items))
    };
    // As if those of which nobody knows had taken nothing.
    let Err(values) = judge(&pool.items, &pool.nothings) else { return Judged::Fits };
    if pool.takes.is_empty() {
        return contradicts(values);
    }
    // As if each of them had taken whatever is left.
    if let Err(values) = judge(&pool.with_all_taken(), &pool.nothings) {
        return contradicts(values);
    }
    // One after the other, in the order in which the values were put in, or against it.
    let likely = pool.with_likely_taken(shape);
    if judge(&likely, &pool.nothings).is_ok() { Judged::Fits } else { Judged::NotMine }
}

/// Why there is nothing to judge.
enum Odd {
    Contradicts(Contradiction),
    NotMine,
}

fn gather<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    part: &[u32],
) -> Result<Pool, Odd> {
    let mut pool = Pool::default();
    let mut values = Index::with_capacity(part.len() / 2);
    let operations = || part.iter().map(|&index| &history.operations[position(index)]);
    for operation in operations() {
        let invoked = operation.invoked;
        match model.plain(&operation.input, operation.output()) {
            Plain::Put(value) => {
                if !values.insert(value).1 {
                    return Err(Odd::NotMine);
                }
                pool.items.push(Item {
                    value,
                    put_invoked: invoked,
                    put_returned: operation.returned().unwrap_or(NEVER),
                    take_invoked: NEVER,
                    take_returned: NEVER,
                });
            }
            Plain::TakeNothing => {
                let returned = operation.returned().unwrap_or(NEVER);
                pool.nothings.push(Nothing { invoked, returned });
            }
            Plain::TakeSomething => pool.takes.push(invoked),
            Plain::Take(_) | Plain::Nothing => {}
            Plain::Read(_)
            | Plain::Write(_)
            | Plain::Swap(..)
            | Plain::Append(_)
            | Plain::Other => return Err(Odd::NotMine),
        }
    }
    for operation in operations() {
        if let Plain::Take(value) = model.plain(&operation.input, operation.output()) {
            let contradicts = || Odd::Contradicts(vec![value]);
            let number = values.find(&value).ok_or_else(contradicts)?;
            let item = &mut pool.items[position(number)];
            let returned = operation.returned().unwrap_or(NEVER);
            if item.take_invoked != NEVER || returned < item.put_invoked {
                return Err(contradicts());
            }
            (item.take_invoked, item.take_returned) = (operation.invoked, returned);
        }
    }
    // What was not taken need not have been put in, where nobody knows.
    pool.items.retain(|item| item.put_returned != NEVER || item.take_invoked != NEVER);
    pool.takes.sort_unstable();
    Ok(pool)
}

impl Pool {
    /// The items, if the first unknown take could take everything.
    fn with_all_taken(&self) -> Vec<Item> {
        let mut items = self.items.clone();
        for item in items.iter_mut().filter(|item| item.take_invoked == NEVER) {
            item.take_invoked = self.takes[0];
        }
        items
    }

    /// The items, if the unknown takes took of what is left what they would have found first.
    fn with_likely_taken(&mut self, shape: Shape) -> Vec<Item> {
        match shape {
            Shape::PriorityQueue => self.items.sort_unstable_by_key(|item| item.value),
            Shape::Queue | Shape::Stack | Shape::Register { .. } | Shape::Any => {
                self.items.sort_unstable_by_key(|item| item.put_returned);
            }
        }
        let mut items = self.items.clone();
        let mut takes = self.takes.iter();
        let is_left = |item: &&mut Item| item.take_invoked == NEVER;
        for (item, take) in items.iter_mut().filter(is_left).zip(&mut takes) {
            item.take_invoked = *take;
        }
        items
    }
}

impl Item {
    /// From when to when it was surely in; never where the second is not after the first.
    fn surely_in(&self) -> (u64, u64) {
        (self.put_returned, self.take_invoked)
    }
}

/// The end of time.
const NEVER: u64 = u64::MAX;
