//! Values of a scenario's text, and what is wrong with them.

use crate::sim::ratio::Ratio;
use crate::sim::time::Span;
use core::ops::Range;
use toml::Spanned;

/// An error within a text, before its line is looked up.
pub(super) struct At {
    pub(super) span: Range<usize>,
    pub(super) message: String,
}

/// A value, or what is wrong with it.
pub(super) type Checked<T> = Result<T, At>;
/// A word, and its place.
pub(super) type Text = Spanned<String>;

/// What is written there is wrong, and what is allowed.
pub(super) fn wrong(text: &Text, allowed: &str) -> At {
    At { span: text.span(), message: format!("\"{}\": {allowed}", text.get_ref()) }
}

/// One of a few words, and what it stands for.
pub(super) fn one_of<T: Copy>(
    word: Option<&Text>,
    default: T,
    words: &[(&str, T)],
    allowed: &str,
) -> Checked<T> {
    let Some(word) = word else {
        return Ok(default);
    };
    let known = words.iter().find(|(name, _)| name == word.get_ref());
    known.map(|(_, value)| *value).ok_or_else(|| wrong(word, allowed))
}

/// A whole number in a range.
pub(super) fn number(
    value: Option<Spanned<u64>>,
    default: u64,
    min: u64,
    max: u64,
) -> Checked<u64> {
    let Some(value) = value else {
        return Ok(default);
    };
    if (min..=max).contains(value.get_ref()) {
        return Ok(*value.get_ref());
    }
    let message = format!("{} is not in {min} to {max}", value.get_ref());
    Err(At { span: value.span(), message })
}

/// How many there may be of something: one at least.
pub(super) fn count(value: Option<Spanned<u64>>, default: usize) -> Checked<usize> {
    let default = u64::try_from(default).unwrap_or(u64::MAX);
    let checked = number(value, default, 1, 1 << 30)?;
    Ok(usize::try_from(checked).unwrap_or(usize::MAX))
}

/// A share of something.
pub(super) fn ratio(value: Option<Text>, default: Ratio) -> Checked<Ratio> {
    let Some(text) = value else {
        return Ok(default);
    };
    Ratio::parse(text.get_ref())
        .map_err(|error| At { span: text.span(), message: error.to_string() })
}

/// A span of time, which may be nothing.
pub(super) fn span(value: Option<Text>, default: Span) -> Checked<Span> {
    let Some(text) = value else {
        return Ok(default);
    };
    Span::parse(text.get_ref())
        .map_err(|error| At { span: text.span(), message: error.to_string() })
}

/// A span that must not be nothing.
pub(super) fn patience(value: Option<Text>, default: Span) -> Checked<core::time::Duration> {
    let place = value.as_ref().map(Spanned::span);
    let checked = span(value, default)?;
    if checked == Span::ZERO {
        let message = "this must be more than nothing".to_owned();
        return Err(At { span: place.unwrap_or(0..0), message });
    }
    Ok(checked.duration())
}
