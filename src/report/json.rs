//! Results as JSON lines with a version: stable for programs.

use crate::sim::shrink::Signature;
use crate::sim::{Report, Scenario};
use serde_json::{Value, json};

/// A run as one JSON object. Numbers that may exceed 2^53 are texts.
#[must_use]
pub fn run(report: &Report) -> Value {
    let violation = report.violation.as_ref();
    let verdict = if violation.is_some() { "violation" } else { "pass" };
    json!({
        "v": 1,
        "type": "run",
        "seed": report.seed.to_string(),
        "verdict": verdict,
        "code": violation.map(|violation| violation.code.text()),
        "judge": violation.map(|violation| violation.judge),
        "message": violation.map(|violation| violation.message.clone()),
        "details": violation.map(|violation| violation.details.clone()).unwrap_or_default(),
        "events": report.tally.events,
        "messages": report.tally.delivered,
        "lost": report.tally.dropped,
        "operations": report.committed,
        "asked": report.asked,
        "answered": report.answered,
        "virtual_ns": report.ended_at.0.to_string(),
        "view_changes": report.views,
        "faults": report.faults,
        "withheld": report.withheld,
        "refusals": report.refusals,
        "marks": report.marks,
        "hash": format!("{:016x}", report.hash),
    })
}

/// A scenario file's run: as [`run`], with the file and what it expected and did not get.
#[must_use]
pub fn file(report: &Report, file: &str, unmet: Option<&str>) -> Value {
    let mut value = run(report);
    value["file"] = json!(file);
    value["unmet"] = json!(unmet);
    value
}

/// A shrinking: what fails, how much of the scenario is left, and its text.
#[must_use]
pub fn shrunk(signature: &Signature, (before, after): (&Scenario, &Scenario), text: &str) -> Value {
    let faults = |scenario: &Scenario| scenario.faults.len() + scenario.messages.len();
    json!({
        "v": 1,
        "type": "shrink",
        "code": signature.code.text(),
        "judge": signature.judge,
        "faults_before": faults(before),
        "faults": faults(after),
        "operations_before": before.workload.operations,
        "operations": after.workload.operations,
        "scenario": text,
    })
}

/// The numbers of a campaign.
#[derive(Clone, Copy, Debug, Default)]
pub struct Campaign {
    /// Runs that ended.
    pub runs: u64,
    /// Events in them.
    pub events: u64,
    /// Operations committed in them.
    pub operations: u64,
    /// Runs that violated something.
    pub failures: u64,
    /// Runs without a verdict.
    pub undecided: u64,
}

/// A campaign as one JSON object.
#[must_use]
pub fn campaign(campaign: &Campaign, seconds: f64, never_reached: &[&str]) -> Value {
    json!({
        "v": 1,
        "type": "campaign",
        "runs": campaign.runs,
        "events": campaign.events,
        "operations": campaign.operations,
        "failures": campaign.failures,
        "undecided": campaign.undecided,
        "seconds": seconds,
        "never_reached": never_reached,
    })
}
