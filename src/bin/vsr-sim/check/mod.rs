//! `check`: verdicts on histories that others have recorded.

mod json;
mod junit;
mod page;
mod progress;
mod text;

use crate::arguments::{Check, Format, Options};
use crate::exit::{CLEAN, Failure, UNDECIDED, UNUSABLE, VIOLATION};
use progress::Progress;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use vsr::histories::{Judged, Recording, Verdict, Wish};

/// A file, and what came of it.
struct Checked<'words> {
    path: &'words Path,
    judged: Result<Judged, Failure>,
}

/// How many files came to which end.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    ok: usize,
    violations: usize,
    undecided: usize,
    /// Those that can't be read, or are no histories.
    unusable: usize,
}

/// Judges each file. One that can't be read hides no verdict on another.
pub(crate) fn run(words: &Check, options: &Options) -> Result<u8, Failure> {
    if words.page.is_some() && words.files.len() > 1 {
        return Err(Failure::Words("--page draws one history, and there are several".to_owned()));
    }
    let mut out = anstream::stdout().lock();
    let wish = words.wish();
    let table = (words.files.len() > 1).then(|| text::Table::new(&words.files));
    if let (Format::Text, Some(table)) = (options.format, &table) {
        writeln!(out, "{}", table.head())?;
    }
    let (mut all, mut counts) = (Vec::new(), Counts::default());
    for path in &words.files {
        let checked = Checked { path, judged: judge(path, words, &wish, options.quiet) };
        counts.add(&checked);
        if let Err(failure) = &checked.judged {
            writeln!(anstream::stderr(), "error: {failure}")?;
        }
        match (options.format, &table) {
            (Format::Json, _) => writeln!(out, "{}", json::line(&checked))?,
            (Format::Text, Some(table)) => writeln!(out, "{}", table.row(&checked, &wish))?,
            (Format::Text, None) => write!(out, "{}", text::alone(&checked, &wish))?,
            (Format::Junit, _) => {}
        }
        all.push(checked);
    }
    match (options.format, table) {
        (Format::Junit, _) => write!(out, "{}", junit::text(&all, &wish)?)?,
        (Format::Text, Some(_)) if !options.quiet => writeln!(out, "{}", text::sum(counts))?,
        (Format::Text | Format::Json, _) => {}
    }
    Ok(counts.status())
}

/// Reads a file, piece by piece, and judges it.
fn judge(path: &PathBuf, words: &Check, wish: &Wish, is_quiet: bool) -> Result<Judged, Failure> {
    let unreadable = |error| Failure::Unreadable(path.clone(), error);
    let (input, size): (Box<dyn Read>, _) = if path.as_os_str() == "-" {
        (Box::new(std::io::stdin().lock()), None)
    } else {
        let file = File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        (Box::new(file), Some(size))
    };
    let mut progress = Progress::new(path, size, is_quiet);
    let judged = Recording::read(BufReader::with_capacity(BUFFER_BYTES, progress.watch(input)))
        .and_then(|mut recording| {
            if let Some(key) = &wish.key {
                recording.keep_only(key)?;
            }
            progress.is_read(recording.len());
            Ok((recording.judge(wish)?, recording))
        });
    progress.end();
    let (judged, recording) = judged.map_err(|wrong| Failure::NoHistory(path.clone(), wrong))?;
    if let (Some(page), Verdict::Violation(violation)) = (&words.page, &judged.verdict) {
        std::fs::write(page, page::text(path, &recording, violation))
            .map_err(|error| Failure::Unwritable(page.clone(), error))?;
    }
    Ok(judged)
}

impl Counts {
    fn add(&mut self, checked: &Checked<'_>) {
        *match checked.judged.as_ref().map(|judged| &judged.verdict) {
            Ok(Verdict::Linearizable) => &mut self.ok,
            Ok(Verdict::Violation(_)) => &mut self.violations,
            Ok(Verdict::Undecided { .. }) => &mut self.undecided,
            Err(_) => &mut self.unusable,
        } += 1;
    }

    /// A violation is one whatever else is wrong.
    const fn status(self) -> u8 {
        match self {
            Self { violations: 1.., .. } => VIOLATION,
            Self { unusable: 1.., .. } => UNUSABLE,
            Self { undecided: 1.., .. } => UNDECIDED,
            Self { .. } => CLEAN,
        }
    }
}

/// How much of a file is read at once.
const BUFFER_BYTES: usize = 256 << 10;
