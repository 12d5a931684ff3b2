//! Pages: a template, what is put in, and nothing that could be taken for something else.

/// A page: what all have in common, with its title and style, and its own part, whose places are
/// filled by what `put` says.
pub(super) fn page(
    title: &str,
    style: &str,
    template: &str,
    put: impl FnMut(&str) -> String,
) -> String {
    let head = fill(HEAD, |name| match name {
        "title" => escaped(title),
        "style" => format!("{BASE}\n{style}"),
        _ => unreachable!("the head names only these"),
    });
    head + &fill(template, put)
}

/// A template with all its places filled: `{{name}}` by what `put` says of it.
fn fill(template: &str, mut put: impl FnMut(&str) -> String) -> String {
    let mut text = String::new();
    let mut rest = template;
    // In one go: what is put in may look like a place where something is to be put.
    while let Some((before, (name, after))) =
        rest.split_once("{{").and_then(|(before, tail)| Some((before, tail.split_once("}}")?)))
    {
        text.push_str(before);
        text.push_str(&put(name));
        rest = after;
    }
    text.push_str(rest);
    text
}

/// A text that means nothing to HTML, inside or outside of an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(letter),
        }
    }
    safe
}

const HEAD: &str = include_str!("page/head.html");
const BASE: &str = include_str!("page/base.css");
