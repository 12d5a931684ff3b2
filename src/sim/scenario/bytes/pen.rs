//! Numbers that are read from bytes or written to them, and what is made of numbers.

use crate::sim::ratio::Ratio;
use crate::sim::time::Span;
use arbitrary::Unstructured;
use core::time::Duration;

/// Reads or writes numbers: what the walk is done with.
pub(super) trait Pen {
    /// Goes over a number, and says what it is from now on: always within its range.
    fn number(&mut self, value: u64, min: u64, max: u64) -> u64;
}

/// Takes numbers from bytes.
pub(super) struct Reader<'bytes>(pub(super) Unstructured<'bytes>);

impl Pen for Reader<'_> {
    fn number(&mut self, _: u64, min: u64, max: u64) -> u64 {
        // Where the bytes end, every number is its least.
        self.0.int_in_range(min..=max).unwrap_or(min)
    }
}

/// Puts numbers into bytes.
pub(super) struct Writer(pub(super) Vec<u8>);

impl Pen for Writer {
    /// As many bytes as the range needs, the highest first: so the reader takes them.
    fn number(&mut self, value: u64, min: u64, max: u64) -> u64 {
        let value = value.clamp(min, max);
        let unneeded = usize::try_from((max - min).leading_zeros() / 8).unwrap_or(0);
        self.0.extend_from_slice(&(value - min).to_be_bytes()[unneeded..]);
        value
    }
}

/// Which of several shapes a value has: it keeps its content where the shape stays.
pub(super) fn reshape<T: Clone>(
    value: &mut T,
    shapes: &[T],
    kind: impl Fn(&T) -> usize,
    pen: &mut impl Pen,
) {
    let before = kind(value);
    let chosen = index(pen, before, shapes.len());
    if chosen != before {
        *value = shapes[chosen].clone();
    }
}

/// One of a few values.
pub(super) fn choose<T: Copy + PartialEq>(value: &mut T, choices: &[T], pen: &mut impl Pen) {
    let place = choices.iter().position(|choice| choice == value).unwrap_or(0);
    *value = choices[index(pen, place, choices.len())];
}

/// A place among so many.
pub(super) fn index(pen: &mut impl Pen, place: usize, count: usize) -> usize {
    let number = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
    usize::try_from(pen.number(number(place), 0, number(count - 1))).unwrap_or(0)
}

/// Yes or no.
pub(super) fn flag(value: bool, pen: &mut impl Pen) -> bool {
    pen.number(value.into(), 0, 1) == 1
}

/// A number of things.
pub(super) fn size(value: &mut usize, pen: &mut impl Pen, min: u64, max: u64) {
    let chosen = pen.number(u64::try_from(*value).unwrap_or(u64::MAX), min, max);
    *value = usize::try_from(chosen).unwrap_or(usize::MAX);
}

/// A share in hundredths of a percent, at most `max` of them.
pub(super) fn share(value: &mut Ratio, pen: &mut impl Pen, max: u64) {
    let millionths = pen.number(u64::from(value.in_millionths()) / 100, 0, max) * 100;
    *value = Ratio::millionths(u32::try_from(millionths).unwrap_or(0));
}

/// A span in microseconds.
pub(super) fn microseconds(value: &mut Span, pen: &mut impl Pen, min: u64, max: u64) {
    *value = Span(pen.number(value.0 / MICROSECOND, min, max) * MICROSECOND);
}

/// A span in milliseconds.
pub(super) fn milliseconds(value: &mut Span, pen: &mut impl Pen, min: u64, max: u64) {
    *value = Span::millis(pen.number(value.0 / MILLISECOND, min, max));
}

/// A timeout in milliseconds, which it returns.
pub(super) fn patience(value: &mut Duration, pen: &mut impl Pen, min: u64, max: u64) -> u64 {
    let milliseconds = pen.number(Span::from(*value).0 / MILLISECOND, min, max);
    *value = Span::millis(milliseconds).duration();
    milliseconds
}

/// A list of so many.
pub(super) fn resize<T: Clone>(list: &mut Vec<T>, count: u64, new: T) {
    list.resize(usize::try_from(count).unwrap_or(0), new);
}

pub(super) fn length<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

pub(super) fn small(number: u64) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

pub(super) fn count(number: u64) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

pub(super) const MICROSECOND: u64 = 1_000;
pub(super) const MILLISECOND: u64 = 1_000_000;
