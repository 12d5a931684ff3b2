//! Just enough of Rust's grammar to tell code from comments and literals.

use std::iter;

/// A Rust text taken apart. Both views have the lines and columns of the original; what belongs
/// to the other view is blank.
pub(crate) struct Scan {
    /// Code; each literal is a single `"`.
    pub(crate) code: String,
    /// Comments, doc comments among them.
    pub(crate) comments: String,
}

/// A word, `::`, or any other single sign of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Scan {
    /// Takes a text apart.
    pub(crate) fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut scan = Self { code: String::new(), comments: String::new() };
        let mut index = 0;
        while index < chars.len() {
            let rest = &chars[index..];
            let (length, kind) = piece(rest);
            for (offset, &c) in rest[..length].iter().enumerate() {
                let blank = if c == '\n' { '\n' } else { ' ' };
                let (code, comment) = match kind {
                    Piece::Code => (c, blank),
                    Piece::Comment => (blank, c),
                    Piece::Literal if offset == 0 => ('"', blank),
                    Piece::Literal => (blank, blank),
                };
                scan.code.push(code);
                scan.comments.push(comment);
            }
            index += length;
        }
        scan
    }

    /// The code in tokens.
    pub(crate) fn tokens(&self) -> Vec<Token> {
        let mut tokens = Vec::new();
        for (index, line) in self.code.lines().enumerate() {
            let mut rest = line.trim_start();
            while let Some(first) = rest.chars().next() {
                let length = match first {
                    c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                    ':' if rest.starts_with("::") => 2,
                    c => c.len_utf8(),
                };
                tokens.push(Token { text: rest[..length].to_owned(), line: index + 1 });
                rest = rest[length..].trim_start();
            }
        }
        tokens
    }
}

/// The position of the bracket that closes the one at `open`, or the end of the text.
pub(crate) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (offset, token) in tokens[open..].iter().enumerate() {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + offset;
        }
    }
    tokens.len()
}

enum Piece {
    Code,
    Comment,
    Literal,
}

/// How long the piece is that the text begins with, and what it is.
fn piece(text: &[char]) -> (usize, Piece) {
    match text {
        ['/', '/', ..] => (line_comment_length(text), Piece::Comment),
        ['/', '*', ..] => (block_comment_length(text), Piece::Comment),
        ['"', ..] => (string_length(text, 0), Piece::Literal),
        ['\'', ..] => char_length(text, 0).map_or((1, Piece::Code), |n| (n, Piece::Literal)),
        [first, ..] if is_word(*first) => word(text),
        _ => (1, Piece::Code),
    }
}

/// A word is code, unless it is the prefix of a literal.
fn word(text: &[char]) -> (usize, Piece) {
    let length = text.iter().take_while(|&&c| is_word(c)).count();
    let prefix: String = text[..length].iter().collect();
    let literal = match (prefix.as_str(), &text[length..]) {
        ("r" | "br" | "cr", rest) => raw_string_length(rest).map(|n| length + n),
        ("b" | "c", ['"', ..]) => Some(string_length(text, length)),
        ("b", ['\'', ..]) => char_length(text, length),
        _ => None,
    };
    literal.map_or((length, Piece::Code), |n| (n, Piece::Literal))
}

fn line_comment_length(text: &[char]) -> usize {
    text.iter().position(|&c| c == '\n').unwrap_or(text.len())
}

/// Block comments nest.
fn block_comment_length(text: &[char]) -> usize {
    let mut depth = 0;
    let mut index = 0;
    while index < text.len() {
        match text[index..] {
            ['/', '*', ..] => {
                depth += 1;
                index += 2;
            }
            ['*', '/', ..] => {
                depth -= 1;
                index += 2;
            }
            _ => index += 1,
        }
        if depth == 0 {
            return index;
        }
    }
    text.len()
}

/// Of a string whose opening quote is at `open`, prefix included.
fn string_length(text: &[char], open: usize) -> usize {
    let mut index = open + 1;
    while index < text.len() {
        match text[index] {
            '\\' => index += 2,
            '"' => return index + 1,
            _ => index += 1,
        }
    }
    text.len()
}

/// Of `#"…"#` with any number of `#`. `r#type` is a name and no string.
fn raw_string_length(text: &[char]) -> Option<usize> {
    let hashes = text.iter().take_while(|&&c| c == '#').count();
    if text.get(hashes) != Some(&'"') {
        return None;
    }
    let end: Vec<char> = iter::once('"').chain(iter::repeat_n('#', hashes)).collect();
    let body = &text[hashes + 1..];
    let length = body.windows(end.len()).position(|window| window == end);
    Some(length.map_or(text.len(), |length| hashes + 1 + length + end.len()))
}

/// Of a character whose opening quote is at `open`; nothing if this is a lifetime.
fn char_length(text: &[char], open: usize) -> Option<usize> {
    match text[open + 1..] {
        ['\\', _, ref rest @ ..] => {
            rest.iter().position(|&c| c == '\'').map(|length| open + 4 + length)
        }
        [_, '\'', ..] => Some(open + 3),
        _ => None,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[track_caller]
fn check(text: &str, code: &str, comments: &str) {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let scan = Scan::new(text);
    assert_eq!(words(&scan.code), code);
    assert_eq!(words(&scan.comments), comments);
    assert_eq!(scan.code.lines().count(), text.lines().count());
    assert_eq!(scan.code.chars().count(), text.chars().count());
}

#[test]
fn comments_are_told_from_code() {
    check("a // b \"c\n d", "a d", "// b \"c");
    check("a /* b /* c */ d */ e", "a e", "/* b /* c */ d */");
}

#[test]
fn literals_are_told_from_code() {
    check(r#"a("// b \" c") d"#, "a(\" ) d", "");
    check("a(r##\"b \"# // \"##) c", "a(\" ) c", "");
    check("a(b\"x{\", b'{', c\"}\") r#type", "a(\" , \" , \" ) r#type", "");
    check("a(\"b\n{\nc\") d", "a(\" ) d", "");
}

#[test]
fn characters_are_told_from_lifetimes() {
    check(
        "a::<'b>('{', '\\'', '\\u{7d}', '\\\\') &'static",
        "a::<'b>(\" , \" , \" , \" ) &'static",
        "",
    );
}

#[test]
fn tokens_know_their_lines_and_brackets_their_partners() {
    let tokens = Scan::new("a::b {\n (c) }\nd").tokens();
    let texts: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    assert_eq!(texts, ["a", "::", "b", "{", "(", "c", ")", "}", "d"]);
    assert_eq!(tokens[5].line, 2);
    assert_eq!(closing(&tokens, 3), 7);
}
