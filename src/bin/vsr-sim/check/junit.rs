//! Verdicts as JUnit's XML: a test case for each file.

use super::{Checked, text};
use crate::exit::Failure;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use vsr::histories::{Verdict, Wish};
use vsr::sim::violation::Code;

/// The text of them all.
pub(super) fn text(all: &[Checked<'_>], wish: &Wish) -> Result<String, Failure> {
    let mut suite = TestSuite::new("vsr-sim check");
    for checked in all {
        let mut case = TestCase::new(checked.path.display().to_string(), status(checked, wish));
        if let Ok(judged) = &checked.judged {
            case.set_classname(judged.kind.name());
            case.set_system_out(format!(
                "{} operations, {} of unknown outcome, {} failed; by {}",
                judged.operations,
                judged.unknown,
                judged.failed,
                judged.semantics.name()
            ));
        }
        suite.add_test_case(case);
    }
    let mut report = Report::new("vsr-sim");
    report.add_test_suite(suite);
    report.to_string().map_err(|error| Failure::Output(std::io::Error::other(error)))
}

fn status(checked: &Checked<'_>, wish: &Wish) -> TestCaseStatus {
    let (kind, word, message, why) = match &checked.judged {
        Err(failure) => (NonSuccessKind::Error, "error", failure.to_string(), String::new()),
        Ok(judged) => {
            let why = anstream::adapter::strip_str(&text::why(&judged.verdict, wish)).to_string();
            match &judged.verdict {
                Verdict::Linearizable => return TestCaseStatus::success(),
                Verdict::Violation(violation) => {
                    let message = format!("not linearizable: {}", violation.stuck);
                    (NonSuccessKind::Failure, Code::Linearizability.text(), message, why)
                }
                Verdict::Undecided { steps, .. } => {
                    let message = format!("after {steps} steps it is not known");
                    (NonSuccessKind::Error, "undecided", message, why)
                }
            }
        }
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(word);
    status.set_message(message);
    status.set_description(why);
    status
}
