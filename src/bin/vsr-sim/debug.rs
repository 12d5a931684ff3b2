//! Going through a run on the terminal: forwards and back, to a time or to a mark.
//!
//! Commands are lines of standard input, so that a script can do it, too.

use crate::arguments::{Options, Subject};
use crate::exit::{Failure, status};
use std::io::{BufRead, IsTerminal, Write};
use vsr::report::run_page::{self, Page, State, Track};
use vsr::report::style::{BAD, FAINT, LABEL, paint};
use vsr::sim::run_recorded;
use vsr::sim::time::{Moment, Span};

/// Goes through a run.
pub(crate) fn run(subject: &Subject, options: &Options) -> Result<u8, Failure> {
    let meant = subject.find(options)?;
    let (report, recording) = run_recorded(&meant.scenario);
    let names = (&*meant.name, &*meant.words);
    let page = run_page::of_run(&meant.scenario, &report, &recording, names);
    let mut walk = Walk::new(page);
    let input = std::io::stdin().lock();
    let is_asked = std::io::stdin().is_terminal();
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}\n{}", walk.page.title, paint(FAINT, "h tells what can be typed, q ends"))?;
    write!(out, "{}", walk.here())?;
    prompt(is_asked, &mut out)?;
    let mut last = "n".to_owned();
    for line in input.lines() {
        let line = line?;
        // An empty line is the same once more.
        if !line.trim().is_empty() {
            last = line.trim().to_owned();
        }
        match walk.obey(&last) {
            Answer::Text(text) => write!(out, "{text}")?,
            Answer::End => break,
        }
        prompt(is_asked, &mut out)?;
    }
    Ok(status(&report))
}

fn prompt(is_asked: bool, out: &mut impl Write) -> std::io::Result<()> {
    if is_asked {
        write!(out, "{} ", paint(LABEL, "(vsr)"))?;
    }
    out.flush()
}

/// What is said to a command.
enum Answer {
    Text(String),
    End,
}

/// Somebody who goes through a run.
struct Walk {
    page: Page,
    /// Where what happened begins among the events; what is sent then stands behind it.
    steps: Vec<usize>,
    /// At which of them we are.
    at: usize,
}

impl Walk {
    fn new(page: Page) -> Self {
        let mut steps: Vec<usize> = Vec::new();
        for (index, event) in page.events.iter().enumerate() {
            let before = steps.last().map(|&step| page.events[step].event);
            if !event.track.is_sending() || before != Some(event.event) {
                steps.push(index);
            }
        }
        Self { page, steps, at: 0 }
    }

    /// Does what a line asks for.
    fn obey(&mut self, line: &str) -> Answer {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let text = match word {
            "q" | "quit" | "exit" => return Answer::End,
            "n" | "next" => self.step(rest, |at, count| at.saturating_add(count)),
            "b" | "back" => self.step(rest, usize::saturating_sub),
            "g" | "go" => self.go(rest),
            "m" | "mark" => self.mark(rest),
            "v" | "violation" => self.violation(),
            "s" | "states" => self.states(),
            "l" | "list" => self.list(),
            "/" | "find" => self.find(rest),
            "h" | "help" | "?" => HELP.to_owned(),
            _ => match word.strip_prefix('/') {
                Some(begun) => self.find(format!("{begun} {rest}").trim()),
                None => format!("no such command: {word}; h tells what there is\n"),
            },
        };
        Answer::Text(text)
    }

    fn step(&mut self, count: &str, to: impl Fn(usize, usize) -> usize) -> String {
        let count = match count {
            "" => 1,
            text => match text.parse() {
                Ok(count) => count,
                Err(_) => return format!("not a number of steps: {text}\n"),
            },
        };
        self.move_to(to(self.at, count))
    }

    fn move_to(&mut self, step: usize) -> String {
        let last = self.steps.len().saturating_sub(1);
        let end = if step > last { "that is the end\n" } else { "" };
        self.at = step.min(last);
        format!("{}{end}", self.here())
    }

    /// To a time, or to an event by its number.
    fn go(&mut self, place: &str) -> String {
        let events = &self.page.events;
        let step = if let Some(Ok(number)) = place.strip_prefix('#').map(str::parse::<u64>) {
            self.steps.partition_point(|&step| events[step].event < number)
        } else {
            let text = place.trim_end_matches('s');
            let Ok(span) = Span::parse(&format!("{text}s")).or_else(|_| Span::parse(place)) else {
                return format!(
                    "not a time or an event: {place}; such as g 1.2s, g 300ms, g #1204\n"
                );
            };
            let at = Moment(0).after(span);
            self.steps.partition_point(|&step| events[step].at < at)
        };
        self.move_to(step)
    }

    /// To where a mark was reached; or which were reached.
    fn mark(&mut self, name: &str) -> String {
        let name = name.to_lowercase();
        let found = self.page.marks.iter().find(|(_, mark)| mark.to_lowercase().contains(&name));
        match found {
            _ if name.is_empty() => {
                let line = |(event, mark): &(u64, String)| format!("  #{event:<6} {mark}\n");
                self.page.marks.iter().map(line).collect()
            }
            Some(&(event, _)) => self.go(&format!("#{event}")),
            None => format!("no mark like that was reached: {name}\n"),
        }
    }

    fn violation(&mut self) -> String {
        match self.page.verdict.as_ref().map(|verdict| verdict.event) {
            Some(event) => self.go(&format!("#{event}")),
            None => "nothing is wrong\n".to_owned(),
        }
    }

    /// To the next thing whose line has that text.
    fn find(&mut self, text: &str) -> String {
        let text = text.to_lowercase();
        let has = |&step: &usize| self.line(step).to_lowercase().contains(&text);
        match (self.at + 1..self.steps.len()).find(has) {
            Some(step) => self.move_to(step),
            None => format!("nothing after this has \"{text}\" in it\n"),
        }
    }

    /// What happens here, what is sent, and who has changed.
    fn here(&self) -> String {
        let Some(&first) = self.steps.get(self.at) else {
            return "nothing happens\n".to_owned();
        };
        let event = &self.page.events[first];
        let mut text = format!("{}\n", self.line(self.at));
        let end = self.steps.get(self.at + 1).copied().unwrap_or(self.page.events.len());
        for sent in &self.page.events[first + 1..end] {
            let to = sent.other.map_or("?", |lane| &self.page.lanes[lane].name);
            let fate = if sent.track == Track::Sent {
                String::new()
            } else {
                // "sent, and lost": what there is to say beyond that it is sent.
                let word = sent.track.word().trim_start_matches("sent").trim_start_matches(',');
                paint(BAD, &format!(" {word}")).to_string()
            };
            text.push_str(&format!("          → {to}  {}{fate}\n", sent.text));
        }
        for (before, after) in self.changes() {
            let name = &self.page.lanes[after.lane].name;
            let values = self.page.columns.iter().zip(before.values.iter().zip(&after.values));
            let changed: Vec<String> = values
                .filter(|(_, (before, after))| before != after)
                .map(|(column, (before, after))| format!("{column} {before} → {after}"))
                .collect();
            if !changed.is_empty() {
                let line = format!("          {name}: {}", changed.join(", "));
                text.push_str(&format!("{}\n", paint(LABEL, &line)));
            }
        }
        for (_, mark) in self.page.marks.iter().filter(|(reached, _)| *reached == event.event) {
            text.push_str(&format!("          ◆ {mark}\n"));
        }
        if let Some(verdict) = self.page.verdict.as_ref().filter(|it| it.event == event.event) {
            let line = format!("        ✗ {}: {}", verdict.code, verdict.meaning);
            text.push_str(&format!("{}\n", paint(BAD, &line)));
        }
        text
    }

    /// A thing that happened, in a line.
    fn line(&self, step: usize) -> String {
        let event = &self.page.events[self.steps[step]];
        let name = |lane: Option<usize>| lane.map_or("", |lane| &self.page.lanes[lane].name);
        let who = match (event.track.is_sending(), event.other) {
            (true, Some(_)) => format!("{} → {}", name(event.lane), name(event.other)),
            (false, Some(_)) => format!("{} ← {}", name(event.lane), name(event.other)),
            (_, None) => name(event.lane).to_owned(),
        };
        // What happens to a message or a timer is not part of their text.
        let is_told =
            event.track != Track::Arrived && (event.kind.is_some() || event.track == Track::Timer);
        let word = if is_told { format!("{} ", event.track.word()) } else { String::new() };
        format!("#{:<6} {} {who:<9} {word}{}", event.event, event.at, event.text)
    }

    /// What everybody was before the event of this step and is after it, where that differs.
    fn changes(&self) -> Vec<(&State, &State)> {
        let event = self.page.events[self.steps[self.at]].event;
        let states = &self.page.states;
        let mut changes = Vec::new();
        for (index, after) in states.iter().enumerate().filter(|(_, state)| state.event == event) {
            let before = states[..index].iter().rev().find(|state| state.lane == after.lane);
            changes.extend(before.map(|before| (before, after)));
        }
        changes
    }

    /// What everybody is after the event of this step.
    fn states(&self) -> String {
        let Some(&first) = self.steps.get(self.at) else { return String::new() };
        let event = self.page.events[first].event;
        let mut text = String::new();
        for (lane, who) in self.page.lanes.iter().enumerate() {
            let mut known = self.page.states.iter().rev();
            let known = known.find(|state| state.lane == lane && state.event <= event);
            let Some(known) = known else { continue };
            let values = self.page.columns.iter().zip(&known.values);
            let values: Vec<String> =
                values.map(|(column, value)| format!("{column} {value}")).collect();
            text.push_str(&format!("  {}  {}\n", who.name, values.join(", ")));
        }
        text
    }

    /// What happens around here.
    fn list(&self) -> String {
        let from = self.at.saturating_sub(AROUND);
        let to = (self.at + AROUND + 1).min(self.steps.len());
        let line = |step: usize| {
            let mark = if step == self.at { "›" } else { " " };
            format!("{mark} {}\n", self.line(step))
        };
        (from..to).map(line).collect()
    }
}

/// How many lines before and behind are listed.
const AROUND: usize = 8;

const HELP: &str = "\
  n [COUNT]     the next event, or so many on; an empty line does the last command again
  b [COUNT]     back
  g 1.2s        to a time; g #1204 to an event
  m [NAME]      to where a mark was reached first; without a name, which were
  v             to the violation
  /TEXT         to the next event with that text
  l             what happens around here
  s             what every replica is
  q             the end
";
