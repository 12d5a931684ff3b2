//! Jepsen's log, as porcupine's tests of etcd have it: `INFO  jepsen.util - 4 :invoke :write 1`.

use super::Wrong;
use super::edn;
use super::event::{Event, Phase};
use super::function::Function;
use super::input::Input;
use super::names::Name;
use super::recording::Recording;
use std::io::BufRead;

/// Reads all lines. Those of others than `jepsen.util` are no events.
pub(super) fn read<R: BufRead>(
    input: &mut Input<R>,
    recording: &mut Recording,
) -> Result<(), Wrong> {
    while let Some((line, content)) = input.next(b'\n')? {
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
        let (phase, function) = (Phase::parse(line, phase)?, Function::parse(line, function)?);
        if value.trim().is_empty() {
            // Nothing is said by `nil`: this line was cut.
            return Err(Wrong::at(line, "the value is missing"));
        }
        let value = edn::value(line, value, &mut recording.names)?;
        let (key, time) = (Name::NIL, None);
        recording.push(&Event { line, process, phase, function, key, value, time })?;
    }
    Ok(())
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}
