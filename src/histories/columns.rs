//! What is known of each event besides its number, in little room: its line, and its time.

use super::index::size;

/// In which line each event stands. Mostly in the one after that of the event before: only where
/// it does not is anything kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    /// From which event on they stand one below the other, and the line of the first.
    runs: Vec<(u32, usize)>,
}

/// When each event was, as far as that is told.
#[derive(Clone, Debug, Default)]
pub(super) struct Times {
    /// From which event on times are counted, and from when.
    runs: Vec<(u32, u64)>,
    /// The time since then of each event; of those behind the last nothing is known.
    since: Vec<u32>,
}

impl Lines {
    /// The next event stands there.
    pub(super) fn push(&mut self, event: u32, line: usize) {
        let goes_on = self.runs.last().is_some_and(|&(first, at)| at + size(event - first) == line);
        if !goes_on {
            self.runs.push((event, line));
        }
    }

    pub(super) fn line(&self, event: u32) -> usize {
        let run = self.runs.partition_point(|&(first, _)| first <= event);
        let before = run.checked_sub(1).map(|run| self.runs[run]);
        before.map_or(1, |(first, line)| line + size(event - first))
    }
}

impl Times {
    /// That event was then.
    pub(super) fn push(&mut self, event: u32, time: u64) {
        self.since.resize(size(event), UNKNOWN);
        let since = |&(_, from): &(u32, u64)| u32::try_from(time.checked_sub(from)?).ok();
        match self.runs.last().and_then(since).filter(|&since| since != UNKNOWN) {
            Some(since) => self.since.push(since),
            None => {
                self.runs.push((event, time));
                self.since.push(0);
            }
        }
    }

    pub(super) fn time(&self, event: u32) -> Option<u64> {
        let since = self.since.get(size(event)).copied().filter(|&since| since != UNKNOWN)?;
        let run = self.runs.partition_point(|&(first, _)| first <= event);
        let (_, from) = self.runs[run - 1];
        Some(from + u64::from(since))
    }
}

/// The event has no time.
const UNKNOWN: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use super::{Lines, Times};

    #[test]
    fn lines_are_told_as_they_were_put_in() {
        let given = [2, 3, 4, 4, 4, 9, 10, 8];
        let mut lines = Lines::default();
        for (event, line) in (0..).zip(given) {
            lines.push(event, line);
        }
        for (event, line) in (0..).zip(given) {
            assert_eq!(lines.line(event), line);
        }
        assert_eq!(lines.runs.len(), 5);
    }

    #[test]
    fn times_are_told_as_they_were_put_in() {
        let given = [None, Some(7), Some(u64::from(u32::MAX) + 7), Some(u64::MAX), None, Some(3)];
        let mut times = Times::default();
        for (event, time) in (0..).zip(given) {
            if let Some(time) = time {
                times.push(event, time);
            }
        }
        for (event, time) in (0..).zip(given.into_iter().chain([None])) {
            assert_eq!(times.time(event), time, "{event}");
        }
    }
}
