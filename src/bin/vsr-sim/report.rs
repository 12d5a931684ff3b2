//! A run as a page for browsers.

use crate::arguments::{Options, ReportWords};
use crate::exit::{Failure, status};
use std::io::Write;
use std::path::Path;
use vsr::report::number::{counted, grouped};
use vsr::report::run_page;
use vsr::report::style::{FAINT, paint};
use vsr::sim::run_recorded;
use vsr::sim::time::Moment;

/// Writes the page of a run. What came of the run is the exit status, as ever.
pub(crate) fn run(words: &ReportWords, options: &Options) -> Result<u8, Failure> {
    let meant = words.subject.find(options)?;
    let (report, recording) = run_recorded(&meant.scenario);
    let mut page =
        run_page::of_run(&meant.scenario, &report, &recording, (&meant.name, &meant.words));
    if words.from.is_some() || words.to.is_some() {
        let from = words.from.map_or(Moment(0), |from| Moment(0).after(from));
        let to = words.to.map_or(Moment(u64::MAX), |to| Moment(0).after(to));
        if !recording.records.iter().any(|record| (from..=to).contains(&record.at)) {
            let end = recording.records.last().map_or(Moment(0), |record| record.at);
            let why = format!("nothing happens between {from} and {to}; the run ends at {end}");
            return Err(Failure::Words(why));
        }
        page = page.within(&(from..to));
    }
    let text = page.html().map_err(|large| Failure::Words(large.to_string()))?;
    if words.output == Path::new("-") {
        write!(anstream::stdout().lock(), "{text}")?;
        return Ok(status(&report));
    }
    std::fs::write(&words.output, &text)
        .map_err(|error| Failure::Unwritable(words.output.clone(), error))?;
    let size = grouped(u64::try_from(text.len() / 1_000).unwrap_or(u64::MAX));
    let events = counted(u64::try_from(page.events.len()).unwrap_or(u64::MAX), "event", "events");
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}", page.title)?;
    let about = format!("{events}, {size} kB: open it in a browser");
    writeln!(out, "{}  {}", words.output.display(), paint(FAINT, &about))?;
    Ok(status(&report))
}
