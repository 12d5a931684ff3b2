//! How far the reading of a long file is, told on standard error: a bar on a terminal, else a line
//! now and then. A file that is read at once has nothing to tell.

use crate::stopwatch::Stopwatch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{Read, Write};
use std::path::Path;
use vsr::report::number;
use vsr::report::style::{FAINT, paint};

/// Tells people how far it is.
pub(super) struct Progress {
    name: String,
    /// Of the file, where it has one that is known.
    size: Option<u64>,
    read: u64,
    watch: Stopwatch,
    bar: Option<ProgressBar>,
    is_quiet: bool,
    /// In which second a line was written last.
    told: u64,
}

/// Bytes on their way to whoever reads them.
pub(super) struct Watched<'progress, R> {
    input: R,
    progress: &'progress mut Progress,
}

impl Progress {
    pub(super) fn new(path: &Path, size: Option<u64>, is_quiet: bool) -> Self {
        let name = path.display().to_string();
        // What has no size is no file: a pipe, or a terminal.
        let size = size.filter(|&size| size > 0);
        Self { name, size, read: 0, watch: Stopwatch::start(), bar: None, is_quiet, told: 0 }
    }

    /// What is read through that is counted.
    pub(super) fn watch<R: Read>(&mut self, input: R) -> Watched<'_, R> {
        Watched { input, progress: self }
    }

    /// The file is read, and has so many operations.
    pub(super) fn is_read(&mut self, operations: usize) {
        let operations = number::grouped(u64::try_from(operations).unwrap_or(u64::MAX));
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{operations} operations are judged"));
        } else if self.told > 0 {
            self.tell(&format!("{operations} operations are judged"));
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn add(&mut self, bytes: usize) {
        self.read = self.read.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        let now = self.watch.whole_seconds();
        if self.is_quiet || now == 0 {
            return;
        }
        if self.bar.is_none() && self.told == 0 {
            self.bar = self.new_bar();
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.read);
        } else if now >= self.told.saturating_add(TELL_EVERY) {
            self.told = now;
            let mib = |bytes: u64| number::grouped(bytes >> 20);
            let of = self.size.map(|size| format!(" of {}", mib(size))).unwrap_or_default();
            self.tell(&format!("{}{of} MiB read", mib(self.read)));
        }
    }

    /// A bar, where there is a terminal for it.
    fn new_bar(&self) -> Option<ProgressBar> {
        let target = ProgressDrawTarget::stderr();
        if target.is_hidden() {
            return None;
        }
        let bar = ProgressBar::with_draw_target(self.size, target);
        let template = if self.size.is_some() { BAR } else { SPINNER };
        // Both templates are valid; if one were not, the default bar does as well.
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(self.name.clone());
        Some(bar)
    }

    fn tell(&self, what: &str) {
        let line = paint(FAINT, &format!("{}: {what}", self.name));
        // Whoever does not want to hear it is not in the way of a verdict.
        let _ = writeln!(anstream::stderr(), "{line}");
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.progress.add(count);
        Ok(count)
    }
}

const BAR: &str = "{bar:30} {percent}%  {msg}  {eta} left";
const SPINNER: &str = "{spinner} {binary_bytes}  {msg}  {elapsed}";

/// Without a terminal a line is written every so many seconds.
const TELL_EVERY: u64 = 10;
