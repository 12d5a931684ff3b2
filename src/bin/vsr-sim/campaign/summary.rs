//! A campaign as a page of Markdown: what failed, what was reached, and when.

use super::conclusion::Conclusion;
use std::fmt::Write as _;
use vsr::report::number::{counted, grouped};
use vsr::sim::mark;

/// The page.
pub(crate) fn text(conclusion: &Conclusion<'_>) -> String {
    let findings = conclusion.findings;
    let totals = &findings.totals;
    let mut text = format!("# vsr-sim fuzz: {}\n\n", conclusion.verdict());
    let mut say = |line: &str| writeln!(text, "{line}").expect("a string takes everything");
    say(&format!(
        "{} from seed {} on: {}, {} committed, {} s.",
        counted(totals.runs, "run", "runs"),
        conclusion.first,
        counted(totals.events, "event", "events"),
        counted(totals.operations, "operation", "operations"),
        grouped(totals.millis / 1_000),
    ));
    for note in conclusion.notes {
        say(&format!("\n**{note}**"));
    }
    if !conclusion.kept.is_empty() {
        say("\n## Failures\n");
        say("| what | seeds | message | shrunk | run again |");
        say("|---|---|---|---|---|");
    }
    for kept in conclusion.kept {
        let run = if kept.file.is_some() { "run " } else { "" };
        say(&format!(
            "| {} | {} | {} | {} | `vsr-sim {run}{}` |",
            kept.group.kind.code,
            kept.seeds(),
            cell(&kept.group.message),
            kept.sizes().unwrap_or_else(|| "–".to_owned()),
            cell(&kept.replay(conclusion.variant)),
        ));
    }
    for kept in conclusion.kept {
        if let Some((_, small)) = kept.scenarios.as_deref() {
            let name = kept.group.kind.name();
            say(&format!("\n<details><summary>{name}</summary>\n\n```toml"));
            say(small.brief().trim_end());
            say("```\n\n</details>");
        }
    }
    say("\n## Reached\n");
    say("| seeds | marks |");
    say("|---|---|");
    for (seeds, marks) in findings.marks_over_seeds(conclusion.first, conclusion.seeds) {
        say(&format!("| {} | {marks} of {} |", grouped(seeds), mark::names().count()));
    }
    let never: Vec<&str> = findings.never_reached().collect();
    let never = if never.is_empty() { "nothing".to_owned() } else { never.join(", ") };
    say(&format!("\nNever reached: {never}."));
    let latest = findings.marks.iter().max_by_key(|(_, seed)| **seed);
    if let Some((name, seed)) = latest {
        say(&format!("The last that was new: {name}, with seed {seed}."));
    }
    if !conclusion.yields.is_empty() {
        say("\n## Ways\n");
        say("| way | seeds | new in them |");
        say("|---|---|---|");
    }
    for (way, found) in conclusion.yields {
        say(&format!("| {way} | {} | {} |", grouped(found.runs), grouped(found.news)));
    }
    text
}

/// A text that ends no cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
