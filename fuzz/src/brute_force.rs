//! Linearizability by its definition: every order of every small history, tried one by one.
//! Written without a look at the checker, which is compared with it.

use vsr::checker::{History, Model};

/// Whether some order of the operations explains a history: all orders are tried, with and
/// without each operation of unknown outcome.
pub fn is_linearizable<M: Model<Key: Eq>>(
    model: &M,
    history: &History<M::Input, M::Output>,
) -> bool {
    orders(model, history, &mut Vec::new())
}

fn orders<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    order: &mut Vec<usize>,
) -> bool {
    let operations = &history.operations;
    let is_complete = (0..operations.len())
        .all(|index| order.contains(&index) || operations[index].returned().is_none());
    if is_complete && explains(model, history, order) {
        return true;
    }
    for index in 0..operations.len() {
        if order.contains(&index) {
            continue;
        }
        order.push(index);
        let is_found = orders(model, history, order);
        order.pop();
        if is_found {
            return true;
        }
    }
    false
}

/// The definition of a linearization, word for word.
pub fn explains<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    order: &[usize],
) -> bool {
    let operations = &history.operations;
    for (position, &first) in order.iter().enumerate() {
        for &second in &order[position + 1..] {
            let has_returned = operations[second].returned();
            if has_returned.is_some_and(|at| at < operations[first].invoked) {
                return false;
            }
        }
    }
    let mut states: Vec<(M::Key, M::State)> = Vec::new();
    order.iter().all(|&index| {
        let operation = &operations[index];
        let key = model.key(&operation.input);
        let position = states.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
            states.push((key, model.initial()));
            states.len() - 1
        });
        let (after, output) = model.step(&states[position].1, &operation.input);
        states[position].1 = after;
        operation.output().is_none_or(|seen| model.fits(&output, seen))
    })
}
