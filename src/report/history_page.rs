//! A history that no order explains, as one HTML file that needs no network: who asked what, when,
//! and which operation can't have happened.

use super::number::{counted, grouped};
use super::template::{self, escaped};
use core::fmt::Write as _;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What the page tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What went wrong, in a line.
    pub title: String,
    /// Why, in a few sentences.
    pub summary: Vec<String>,
    /// How times are to be read.
    pub clock: Clock,
    /// In any order. Of many, those around the place that matters are shown.
    pub operations: Vec<Bar>,
}

/// How the times of operations are to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// As numbers of events: this one came before that one.
    #[default]
    Events,
    /// As nanoseconds.
    Nanoseconds,
}

/// An operation: a bar from when it was asked for to when it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Who asked. All operations of one name share a lane.
    pub client: String,
    /// When.
    pub invoked: u64,
    /// When it was answered, if it was.
    pub returned: Option<u64>,
    /// What was asked, and what was answered.
    pub text: String,
    /// What it has to do with the violation.
    pub role: Role,
    /// Its place in the order that got furthest, from 0 on.
    pub reached: Option<usize>,
    /// The lines of the file that tell of it.
    pub lines: Vec<usize>,
}

/// What an operation has to do with a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Nothing.
    Plain,
    /// It is one of those that contradict each other.
    Matters,
    /// It is the one that fits nowhere.
    Impossible,
}

/// The page.
#[must_use]
pub fn html(page: &Page) -> String {
    let shown = shown(&page.operations);
    template::page(&page.title, STYLE, TEMPLATE, |name| match name {
        "impossible" => impossible(page),
        "shown" => escaped(&how_many(page, shown.len())),
        "summary" => summary(page),
        "operations" => operations(page),
        "data" => data(page, &shown),
        "script" => SCRIPT.to_owned(),
        _ => unreachable!("the template names only these"),
    })
}

/// The bars to show, by index, from the earliest on: those that matter, those that were open when
/// the impossible one was asked for, and of the others as many as may be around it.
fn shown(bars: &[Bar]) -> Vec<usize> {
    let mut by_time: Vec<usize> = (0..bars.len()).collect();
    by_time.sort_by_key(|&index| (bars[index].invoked, index));
    let centre = by_time.iter().max_by_key(|index| bars[**index].role);
    let Some(centre) = centre.map(|&index| bars[index].invoked) else {
        return Vec::new();
    };
    let place = by_time.partition_point(|&index| bars[index].invoked < centre);
    let mut places: Vec<usize> = (0..by_time.len()).collect();
    places.sort_by_key(|&other| {
        let bar = &bars[by_time[other]];
        let is_open = bar.invoked <= centre && bar.returned.is_some_and(|at| centre <= at);
        (core::cmp::Reverse((bar.role, is_open)), other.abs_diff(place))
    });
    places.truncate(BARS_MAX);
    places.sort_unstable();
    places.into_iter().map(|place| by_time[place]).collect()
}

/// What the script draws. Times are ranks, with their texts beside them: the script need not know
/// how to read a clock, and its numbers end at 2^53.
fn data(page: &Page, shown: &[usize]) -> String {
    let bars = &page.operations;
    let mut times: BTreeSet<u64> = BTreeSet::new();
    for &index in shown {
        times.insert(bars[index].invoked);
        times.extend(bars[index].returned);
    }
    let ranks: BTreeMap<u64, usize> = (0..).zip(&times).map(|(rank, &at)| (at, rank)).collect();
    let is_shown: BTreeSet<usize> = shown.iter().copied().collect();
    // How many bars that are not shown begin between two times.
    let mut gaps: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, bar) in bars.iter().enumerate().filter(|(index, _)| !is_shown.contains(index)) {
        let rank = ranks.range(..=bar.invoked).next_back().map_or(0, |(_, rank)| rank + 1);
        *gaps.entry(rank).or_default() += 1;
    }
    let bar = |&index: &usize| {
        let bar = &bars[index];
        json!({
            "client": bar.client,
            "from": ranks[&bar.invoked],
            "to": bar.returned.map(|at| ranks[&at]),
            "text": bar.text,
            "role": role(bar.role),
            "number": bar.reached.map(|place| place + 1),
            "lines": bar.lines,
        })
    };
    let times: Vec<String> = times.iter().map(|&at| time(page.clock, at)).collect();
    let gaps: Vec<Value> = gaps.into_iter().map(|gap| json!([gap.0, gap.1])).collect();
    let bars: Vec<Value> = shown.iter().map(bar).collect();
    in_script(&json!({ "times": times, "gaps": gaps, "bars": bars }))
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::Plain => "plain",
        Role::Matters => "matters",
        Role::Impossible => "impossible",
    }
}

/// A time as a person reads it.
fn time(clock: Clock, at: u64) -> String {
    match clock {
        Clock::Events => grouped(at),
        Clock::Nanoseconds => {
            let (seconds, rest) = (at / 1_000_000_000, at % 1_000_000_000);
            let digits = format!("{rest:09}");
            // At least milliseconds, and no more zeros than those.
            let end = digits.trim_end_matches('0').len().max(3);
            format!("{seconds}.{}s", &digits[..end])
        }
    }
}

/// The operation that fits nowhere, in a line above all.
fn impossible(page: &Page) -> String {
    let Some(bar) = page.operations.iter().find(|bar| bar.role == Role::Impossible) else {
        return String::new();
    };
    format!(
        "<p class=\"verdict\"><span class=\"cross\" aria-hidden=\"true\">✗</span> \
         <span class=\"who\">{}</span> <code>{}</code> \
         <span class=\"cannot\">fits nowhere</span></p>",
        escaped(&bar.client),
        escaped(&bar.text)
    )
}

fn how_many(page: &Page, shown: usize) -> String {
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let all = count(page.operations.len());
    let matter = page.operations.iter().filter(|bar| bar.role != Role::Plain).count();
    let matter = match count(matter) {
        1 => "1 of them matters".to_owned(),
        matter => format!("{} of them matter", grouped(matter)),
    };
    let whole = format!("{}; {matter}", counted(all, "operation", "operations"));
    match count(page.operations.len() - shown) {
        0 => whole,
        left_out => format!("{whole}; {} further away are left out", grouped(left_out)),
    }
}

fn summary(page: &Page) -> String {
    let mut text = String::new();
    for sentence in &page.summary {
        text.push_str("<li>");
        // What stands between backticks is an operation.
        for (index, part) in sentence.split('`').enumerate() {
            let part = escaped(part);
            match index % 2 {
                0 => text.push_str(&part),
                _ => write!(text, "<code>{part}</code>").expect("a string takes everything"),
            }
        }
        text.push_str("</li>\n");
    }
    text
}

/// The operations that matter as a table, for those who would rather read.
fn operations(page: &Page) -> String {
    let mut bars: Vec<&Bar> =
        page.operations.iter().filter(|bar| bar.role != Role::Plain).collect();
    bars.sort_by_key(|bar| bar.invoked);
    let mut text = String::new();
    for bar in bars {
        let mark = if bar.role == Role::Impossible { "✗" } else { "" };
        let returned = bar.returned.map_or("never".to_owned(), |at| time(page.clock, at));
        let lines: Vec<String> = bar.lines.iter().map(ToString::to_string).collect();
        writeln!(
            text,
            "<tr class=\"{}\"><td>{mark}</td><td>{}</td><td><code>{}</code></td><td>{}</td>\
             <td>{returned}</td><td>{}</td></tr>",
            role(bar.role),
            escaped(&bar.client),
            escaped(&bar.text),
            time(page.clock, bar.invoked),
            lines.join(", "),
        )
        .expect("a string takes everything");
    }
    text
}

/// JSON that can stand between the tags of a script: it closes none, and opens no comment.
fn in_script(value: &Value) -> String {
    let mut safe = String::new();
    for letter in value.to_string().chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                write!(safe, "\\u{:04x}", u32::from(letter)).expect("a string takes everything");
            }
            _ => safe.push(letter),
        }
    }
    safe
}

/// As many bars as a person can make sense of.
const BARS_MAX: usize = 300;

const TEMPLATE: &str = include_str!("page/history/history.html");
const STYLE: &str = include_str!("page/history/history.css");
const SCRIPT: &str = include_str!("page/history/history.js");

#[cfg(test)]
mod tests {
    use super::{BARS_MAX, Bar, Clock, Page, Role, html};
    use serde_json::Value;

    fn bar(client: &str, invoked: u64, text: &str, role: Role) -> Bar {
        Bar {
            client: client.to_owned(),
            invoked,
            returned: Some(invoked + 5),
            text: text.to_owned(),
            role,
            reached: None,
            lines: vec![1, 2],
        }
    }

    fn data(page: &str) -> Value {
        let (_, tail) = page.split_once("id=\"data\">").expect("there is data");
        let (data, _) = tail.split_once("</script>").expect("it ends");
        serde_json::from_str(data.trim()).expect("it is JSON")
    }

    #[test]
    fn nothing_that_is_put_in_is_taken_for_markup() {
        let evil = "</script><script>f(1)</script><img x='a' \"b\">\u{2028}&amp;{{data}}<!--";
        let page = |text: &str| Page {
            title: text.to_owned(),
            summary: vec![text.to_owned()],
            clock: Clock::Events,
            operations: vec![
                bar(text, 1, text, Role::Impossible),
                bar(text, 2, text, Role::Matters),
            ],
        };
        let (bad, good) = (html(&page(evil)), html(&page("good")));
        for sign in ['<', '>', '"', '\''] {
            let outside_of_data = |page: &str| {
                let (head, tail) = page.split_once("id=\"data\">").expect("there is data");
                let (_, tail) = tail.split_once("</script>").expect("it ends");
                head.matches(sign).count() + tail.matches(sign).count()
            };
            assert_eq!(outside_of_data(&bad), outside_of_data(&good), "{sign}");
        }
        assert_eq!(data(&bad)["bars"][0]["text"], evil, "and all of it arrives");
        assert!(!bad[bad.find("id=\"data\">").expect("data")..].contains('\u{2028}'));
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        let summary = vec!["`get < 3` and `put`, and `".to_owned()];
        let page = html(&Page { summary, ..Page::default() });
        let expected = "<li><code>get &lt; 3</code> and <code>put</code>, and <code></code></li>";
        assert!(page.contains(expected), "{page}");
    }

    #[test]
    fn a_page_reaches_for_nothing_outside() {
        let page = html(&Page::default());
        assert!(page.contains("default-src 'none'"), "a policy forbids it");
        for outside in ["http:", "https:", "@import", "url(", "src=", "href=", "fetch("] {
            let others = page.replace("http://www.w3.org/2000/svg", "");
            assert!(!others.contains(outside), "{outside}");
        }
    }

    #[test]
    fn of_many_operations_those_near_the_impossible_one_are_shown() {
        let mut operations: Vec<Bar> =
            (0..5_000).map(|at| bar("c", at * 10, "put", Role::Plain)).collect();
        operations[4_000].role = Role::Impossible;
        operations[7].role = Role::Matters;
        let page = html(&Page { operations, ..Page::default() });
        assert!(
            page.contains("5 000 operations; 2 of them matter; 4 700 further away are left out")
        );
        let data = data(&page);
        let bars = data["bars"].as_array().expect("a list");
        assert_eq!(bars.len(), BARS_MAX);
        assert_eq!(bars[0]["role"], "matters", "however far away");
        let left_out: u64 = data["gaps"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|gap| gap[1].as_u64().expect("a number"))
            .sum();
        assert_eq!(left_out, 4_700);
    }

    #[test]
    fn times_are_told_in_the_unit_of_the_clock() {
        for (clock, expected) in [(Clock::Events, "1 204 000 000"), (Clock::Nanoseconds, "1.204s")]
        {
            let operations = vec![bar("c", 1_204_000_000, "put", Role::Plain)];
            let data = data(&html(&Page { clock, operations, ..Page::default() }));
            assert_eq!(data["times"][0], expected);
        }
    }
}
