//! What went wrong in a run, in words.

use vsr::report::text;
use vsr::sim::{Scenario, run_recorded};

/// The failure of a scenario in words. The run is repeated and recorded: being deterministic,
/// it could do without the record the first time.
pub(crate) fn explain(scenario: &Scenario, replay: &str) -> String {
    let (report, trace) = run_recorded(scenario);
    match &report.violation {
        Some(violation) => text::failure(scenario, violation, &trace, replay),
        None => String::new(),
    }
}
