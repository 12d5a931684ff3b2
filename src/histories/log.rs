//! Jepsen's log, as porcupine's tests of etcd have it: `INFO  jepsen.util - 4 :invoke :write 1`.

use super::Wrong;
use super::edn;
use super::event::{Event, Phase};
use super::value::Value;

/// Reads the events of a text. Lines of others than `jepsen.util` are no events.
pub(super) fn read(text: &str) -> Result<Vec<Event>, Wrong> {
    let mut events = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let Some((_, said)) = content.split_once("jepsen.util - ") else {
            if content.trim().is_empty() || content.starts_with("INFO ") {
                continue;
            }
            return Err(Wrong::at(line, "a line begins with \"INFO  jepsen.util - \""));
        };
        let (who, rest) = first_word(said);
        if who.starts_with(':') {
            // The nemesis.
            continue;
        }
        let process = who
            .parse()
            .map_err(|_| Wrong::at(line, format!("\"{who}\" is no process's number")))?;
        let ((phase, rest), missing) = (first_word(rest), "a type and a function are missing");
        let phase = phase.strip_prefix(':').ok_or_else(|| Wrong::at(line, missing))?;
        let (function, value) = first_word(rest);
        let function = function.strip_prefix(':').ok_or_else(|| Wrong::at(line, missing))?;
        events.push(Event {
            line,
            process,
            phase: Phase::parse(line, phase)?,
            function: function.to_owned(),
            key: Value::Nil,
            value: edn::value(line, value)?,
        });
    }
    Ok(events)
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}
