//! What came of scenario files as JUnit's XML: a test case for each.

use super::Outcome;
use crate::exit::Failure;
use crate::explain::explain;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The text of them all.
pub(super) fn text(outcomes: &[Outcome<'_>]) -> Result<String, Failure> {
    let mut suite = TestSuite::new("vsr-sim run");
    for outcome in outcomes {
        let mut case = TestCase::new(outcome.meant.name.clone(), status(outcome));
        case.set_classname(outcome.meant.scenario.cluster.service.name());
        suite.add_test_case(case);
    }
    let mut report = Report::new("vsr-sim");
    report.add_test_suite(suite);
    report.to_string().map_err(|error| Failure::Output(std::io::Error::other(error)))
}

fn status(outcome: &Outcome<'_>) -> TestCaseStatus {
    let Some(unmet) = &outcome.unmet else {
        return TestCaseStatus::success();
    };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(unmet.clone());
    if let Some(violation) = &outcome.report.violation {
        let story = explain(&outcome.meant.scenario, &outcome.meant.words);
        status.set_type(violation.code.text());
        status.set_description(anstream::adapter::strip_str(&story).to_string());
    } else {
        status.set_type("not reproduced");
    }
    status
}
