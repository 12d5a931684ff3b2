//! What happens in a run: a line for each thing, or in a form that the tools of others read.

use crate::arguments::{Format, Options, TraceWords};
use crate::exit::{Failure, status};
use crate::subject::Meant;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use vsr::protocol::{Message, MessageKind};
use vsr::report::export::Form;
use vsr::report::style::{BAD, paint};
use vsr::report::{Group, Lines, run_page};
use vsr::sim::node::ProcessId;
use vsr::sim::scenario::Target;
use vsr::sim::time::Moment;
use vsr::sim::trace::Record;
use vsr::sim::{Recording, Report, Scenario, run_recorded};

/// Tells what happens in a run.
pub(crate) fn run(words: &TraceWords, options: &Options) -> Result<u8, Failure> {
    let meant = words.subject.find(options)?;
    let filter = Filter::of(words, &meant.scenario)?;
    let (report, recording) = run_recorded(&meant.scenario);
    let form = match (words.form, options.format) {
        (Some(form), _) => Some(form),
        (None, Format::Json) => Some(Form::JsonLines),
        (None, Format::Text | Format::Junit) => None,
    };
    match &words.output {
        None => {
            let mut out = BufWriter::new(anstream::stdout().lock());
            tell(form, &meant, (&report, &recording), &filter, &mut out)?;
            out.flush()?;
        }
        Some(path) => {
            let unwritable = |error| Failure::Unwritable(path.clone(), error);
            let mut out = BufWriter::new(File::create(path).map_err(unwritable)?);
            tell(form, &meant, (&report, &recording), &filter, &mut out).map_err(unwritable)?;
            out.flush().map_err(unwritable)?;
        }
    }
    Ok(status(&report))
}

fn tell(
    form: Option<Form>,
    meant: &Meant,
    (report, recording): (&Report, &Recording),
    filter: &Filter,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let Some(form) = form else {
        return lines(&meant.scenario, (report, recording), filter, out);
    };
    let mut chosen = recording.clone();
    chosen.records.retain(|record| filter.takes(record));
    let names = (&*meant.name, &*meant.words);
    form.write(&run_page::of_run(&meant.scenario, report, &chosen, names), out)
}

fn lines(
    scenario: &Scenario,
    (report, recording): (&Report, &Recording),
    filter: &Filter,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let lines = Lines::new(scenario);
    let mut group = Group::new(scenario, recording);
    for record in &recording.records {
        let letters = group.after(record);
        if filter.takes(record) {
            let (event, at, what) = (record.event, record.at, lines.what(record));
            writeln!(out, "#{event:<6} {at} {letters}  {what}")?;
        }
    }
    if let Some(violation) = &report.violation {
        let (at, code) = (violation.at, violation.code);
        let line = format!("✗       {at} {code}: {}", violation.message);
        writeln!(out, "{}", paint(BAD, &line))?;
    }
    Ok(())
}

/// Which records are told.
struct Filter {
    /// Those at one of these; all where there are none.
    processes: BTreeSet<ProcessId>,
    /// Messages of one of these kinds, and nothing else; all where there are none.
    kinds: Vec<MessageKind>,
    from: Moment,
    to: Moment,
}

impl Filter {
    fn of(words: &TraceWords, scenario: &Scenario) -> Result<Self, Failure> {
        let all: Vec<(ProcessId, Target)> = (0..scenario.processes())
            .map(|n| (ProcessId(n), scenario.target_of(ProcessId(n))))
            .collect();
        let find = |word: &String| {
            let found = all.iter().find(|(_, target)| target.to_string() == *word);
            found.map(|(id, _)| *id).ok_or_else(|| {
                let names: Vec<String> = all.iter().map(|(_, target)| target.to_string()).collect();
                Failure::Words(format!("nobody is called {word}; there are {}", names.join(", ")))
            })
        };
        Ok(Self {
            processes: words.process.iter().map(find).collect::<Result<_, _>>()?,
            kinds: words.kind.clone(),
            from: words.from.map_or(Moment(0), |from| Moment(0).after(from)),
            to: words.to.map_or(Moment(u64::MAX), |to| Moment(0).after(to)),
        })
    }

    fn takes(&self, record: &Record<Message>) -> bool {
        let is_at = || record.what.process().is_some_and(|id| self.processes.contains(&id));
        let is_kind = || record.what.message().is_some_and(|it| self.kinds.contains(&it.kind()));
        (self.from..=self.to).contains(&record.at)
            && (self.processes.is_empty() || is_at())
            && (self.kinds.is_empty() || is_kind())
    }
}
