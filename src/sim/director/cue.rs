//! What the kernel calls the director back for.

/// What a number that the kernel was given to call back with stands for.
#[derive(Clone, Copy)]
pub(super) enum Cue {
    Strike,
    End,
    Flap,
}

/// The number of a fault.
pub(super) fn number_of(index: usize) -> u64 {
    u64::try_from(index).unwrap_or(u64::MAX)
}

/// The number to call back with.
pub(super) fn encode(index: usize, cue: Cue) -> u64 {
    let cue = match cue {
        Cue::Strike => 0,
        Cue::End => 1,
        Cue::Flap => 2,
    };
    number_of(index) << 2 | cue
}

/// What a number stands for: which fault, and what of it.
pub(super) fn decode(number: u64) -> (usize, Cue) {
    let cue = match number & 3 {
        0 => Cue::Strike,
        1 => Cue::End,
        _ => Cue::Flap,
    };
    (usize::try_from(number >> 2).unwrap_or(usize::MAX), cue)
}
