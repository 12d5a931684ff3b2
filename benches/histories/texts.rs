//! The recorded logs of appended texts, as histories of texts and not of the lists they are.

use std::collections::BTreeMap;
use vsr::checker::models::text_kv::{Action, Input, Output};
use vsr::checker::{History, Operation, Outcome};

/// What a log tells, whose keys are numbers.
///
/// # Panics
/// When the log is none of these.
pub(crate) fn history(log: &str) -> History<Input, Output> {
    let mut operations: Vec<Operation<Input, Output>> = Vec::new();
    let mut open = BTreeMap::new();
    for (now, line) in (0..).zip(log.lines()) {
        let client: u64 = field(line, ":process ").parse().expect("a number");
        let text = || field(line, ":value ").trim_matches('"').to_owned();
        if field(line, ":type :") == "invoke" {
            let key = field(line, ":key ").trim_matches('"').parse().expect("a number");
            let action = match field(line, ":f :") {
                "get" => Action::Get,
                "put" => Action::Put(text()),
                _ => Action::Append(text()),
            };
            open.insert(client, operations.len());
            let input = Input { key, action };
            operations.push(Operation { client, input, invoked: now, outcome: Outcome::Unknown });
        } else {
            let operation = &mut operations[open.remove(&client).expect("it was invoked")];
            let output = match operation.input.action {
                Action::Get => Output::Text(text()),
                Action::Put(_) | Action::Append(_) => Output::Done,
            };
            operation.outcome = Outcome::Returned { at: now, output };
        }
    }
    History { operations }
}

/// What stands behind a name, up to the next comma or the end.
fn field<'a>(line: &'a str, name: &str) -> &'a str {
    let (_, rest) = line.split_once(name).expect("each line has it");
    rest.split([',', '}']).next().unwrap_or(rest)
}
