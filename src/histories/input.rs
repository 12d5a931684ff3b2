//! A file as it comes in, piece by piece: whole lines, or up to the next brace.

use super::{Format, Wrong};
use std::io::{BufRead, Read};

/// Reads pieces of text, and knows in which line each begins.
pub(super) struct Input<R> {
    input: R,
    piece: String,
    /// The line in which the piece begins, from 1.
    line: usize,
    /// Whether the piece is to be given out again.
    is_held: bool,
}

impl<R: BufRead> Input<R> {
    pub(super) const fn new(input: R) -> Self {
        Self::from_line(1, input)
    }

    /// What begins in that line.
    pub(super) const fn from_line(line: usize, input: R) -> Self {
        Self { input, piece: String::new(), line, is_held: false }
    }

    /// The piece that was given out last.
    pub(super) fn piece(&self) -> &str {
        &self.piece
    }

    /// The format that the beginning looks like; nothing where all is empty.
    ///
    /// # Errors
    /// When the beginning can't be read, or is no text.
    pub(super) fn format(&mut self) -> Result<Option<Format>, Wrong> {
        while self.next(b'\n')?.is_some() {
            let begin = self.piece.trim_start();
            if begin.is_empty() || begin.starts_with(';') {
                continue;
            }
            let format = if begin.starts_with("INFO ") {
                Format::Log
            } else if begin.strip_prefix('{').is_some_and(|next| next.trim_start().starts_with('"'))
            {
                Format::Lines
            } else {
                Format::Edn
            };
            self.is_held = true;
            return Ok(Some(format));
        }
        Ok(None)
    }

    /// The next piece and the line in which it begins: up to that byte, or to the end.
    ///
    /// # Errors
    /// With the line where it can't be read, is no text, or is too long.
    pub(super) fn next(&mut self, end: u8) -> Result<Option<(usize, &str)>, Wrong> {
        if core::mem::take(&mut self.is_held) {
            return Ok(Some((self.line, &self.piece)));
        }
        self.line += match end {
            b'\n' => usize::from(self.piece.ends_with('\n')),
            _ => count_lines(self.piece.as_bytes()),
        };
        let mut bytes = core::mem::take(&mut self.piece).into_bytes();
        bytes.clear();
        let read = self.input.by_ref().take(PIECE_BYTES_MAX).read_until(end, &mut bytes);
        let read = read.map_err(|error| Wrong::at(self.line, error.to_string()))?;
        if u64::try_from(read).is_ok_and(|read| read == PIECE_BYTES_MAX) {
            let message = format!("no event is longer than {PIECE_BYTES_MAX} bytes");
            return Err(Wrong::at(self.line, message));
        }
        self.piece = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let line = self.line + count_lines(&error.as_bytes()[..valid]);
            Wrong::at(line, "these bytes are no text: it is not UTF-8")
        })?;
        Ok((read > 0).then_some((self.line, &self.piece)))
    }
}

/// How many lines end there.
pub(super) fn count_lines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// More than this is no event: a file without any end of a line must not fill the memory.
const PIECE_BYTES_MAX: u64 = 64 << 20;

#[cfg(test)]
mod tests {
    use super::Input;
    use std::io::{BufReader, repeat};

    #[test]
    fn a_file_without_an_end_is_given_up() {
        let mut input = Input::new(BufReader::new(repeat(b'a')));
        let wrong = input.format().expect_err("it has no end");
        assert_eq!(wrong.to_string(), "line 1: no event is longer than 67108864 bytes");
    }

    #[test]
    fn pieces_know_their_lines() {
        let mut input = Input::new(&b"\n; a\n[{1}\n {2}{3\n}]"[..]);
        assert_eq!(input.format(), Ok(Some(crate::histories::Format::Edn)));
        let mut pieces = Vec::new();
        while let Some((line, piece)) = input.next(b'}').expect("it is text") {
            pieces.push((line, piece.to_owned()));
        }
        let told = [(3, "[{1}\n"), (4, " {2}"), (4, "{3\n}"), (5, "]")];
        assert_eq!(pieces, told.map(|(line, piece)| (line, piece.to_owned())));
    }
}
