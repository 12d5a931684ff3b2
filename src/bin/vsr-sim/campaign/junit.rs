//! A campaign as JUnit's XML: a test case for the seeds, and a failed one for each kind of failure.

use super::conclusion::Conclusion;
use super::failure::Verdict;
use crate::exit::Failure;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use vsr::report::number;

/// The file's text.
pub(crate) fn text(conclusion: &Conclusion<'_>) -> Result<String, Failure> {
    let mut suite = TestSuite::new("vsr-sim fuzz");
    let totals = &conclusion.findings.totals;
    let name = format!("seeds from {}", conclusion.first);
    let mut seeds = TestCase::new(name, TestCaseStatus::success());
    seeds.set_time(std::time::Duration::from_millis(totals.millis));
    seeds.set_system_out(format!(
        "{}, {}, {} of the marks never reached",
        number::counted(totals.runs, "run", "runs"),
        number::counted(totals.events, "event", "events"),
        conclusion.findings.never_reached().count(),
    ));
    suite.add_test_case(seeds);
    for kept in conclusion.kept {
        let kind = match kept.group.kind.verdict {
            Verdict::Violation => NonSuccessKind::Failure,
            Verdict::Undecided | Verdict::TwoHashes | Verdict::Broken => NonSuccessKind::Error,
        };
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(kept.group.message.clone());
        status.set_type(kept.group.kind.code.clone());
        let small = kept.scenarios.as_deref().map(|(_, small)| small.brief()).unwrap_or_default();
        let replay = kept.replay(conclusion.variant);
        status.set_description(format!(
            "{}\nreplay: vsr-sim {}{replay}\n\n{small}",
            kept.seeds(),
            if kept.file.is_some() { "run " } else { "" },
        ));
        let mut case = TestCase::new(kept.group.kind.name(), status);
        case.set_classname(kept.group.kind.judge.clone());
        suite.add_test_case(case);
    }
    let mut report = Report::new("vsr-sim");
    report.add_test_suite(suite);
    report.to_string().map_err(|error| Failure::Output(std::io::Error::other(error)))
}
