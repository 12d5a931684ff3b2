//! Texts that are put together from pieces, taken apart again.

use super::function::Function;
use super::names::{Look, Name};
use super::recording::Recording;

/// The pieces of which texts are made.
pub(super) struct Pieces<'recording> {
    /// In their order, each with its name.
    sorted: Vec<(&'recording str, Name)>,
}

impl<'recording> Pieces<'recording> {
    /// All that was put or appended in a recording; nothing where a text could be taken apart in
    /// two ways, or has no end.
    pub(super) fn of(recording: &'recording Recording) -> Option<Self> {
        let mut sorted = Vec::new();
        for asked in recording.asked() {
            if asked.function() != Function::Get {
                let Look::Text(piece) = asked.look(asked.given()) else { return None };
                sorted.push((piece, asked.given()));
            }
        }
        sorted.sort_unstable_by_key(|&(piece, _)| piece);
        sorted.dedup();
        let is_empty = sorted.first().is_some_and(|(piece, _)| piece.is_empty());
        // Whatever begins with a piece comes right behind it.
        let begins_alike = sorted.windows(2).any(|pair| pair[1].0.starts_with(pair[0].0));
        (!is_empty && !begins_alike).then_some(Self { sorted })
    }

    /// The pieces of a text; [`NO_PIECE`] where it is made of something else.
    pub(super) fn take_apart(&self, text: &str) -> Vec<u64> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            // At most one piece begins the rest, and none lies between the two.
            let behind = self.sorted.partition_point(|&(piece, _)| piece <= rest);
            let found = behind.checked_sub(1).map(|place| self.sorted[place]);
            let Some((after, name)) =
                found.and_then(|(piece, name)| Some((rest.strip_prefix(piece)?, name)))
            else {
                pieces.push(NO_PIECE);
                break;
            };
            pieces.push(name.number());
            rest = after;
        }
        pieces
    }
}

/// What nobody has written.
pub(super) const NO_PIECE: u64 = u64::MAX;
