//! A log with vector clocks: what happened before what, as ShiViz draws it.
//!
//! The expression that reads it, to be pasted beside the log:
//! `(?<event>.*)\n(?<host>\S*) (?<clock>{.*})`.

use crate::report::run_page::{Page, Track};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// What a process knows to have happened at whom: how many things.
type Clock = BTreeMap<usize, u64>;

pub(super) fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut clocks: Vec<Clock> = vec![Clock::new(); page.lanes.len()];
    let mut sent: BTreeMap<usize, Clock> = BTreeMap::new();
    for (index, event) in page.events.iter().enumerate() {
        // What happens to the network happens at nobody.
        let Some(lane) = event.lane else { continue };
        // A message that nobody takes changes nobody.
        if event.track == Track::NobodyHome {
            continue;
        }
        if let Some(known) = event.sent_in.and_then(|sending| sent.get(&sending)) {
            for (&other, &count) in known {
                let own = clocks[lane].entry(other).or_default();
                *own = count.max(*own);
            }
        }
        *clocks[lane].entry(lane).or_default() += 1;
        if event.track.is_sending() {
            sent.insert(index, clocks[lane].clone());
        }
        let other = event.other.map_or("", |other| &page.lanes[other].name);
        let what = match event.track {
            Track::Sent | Track::SentTwice => format!("to {other}: {}", event.text),
            Track::SentAstray => format!("astray to {other}: {}", event.text),
            Track::SentLost => format!("to {other}, lost: {}", event.text),
            Track::Arrived => format!("from {other}: {}", event.text),
            Track::NobodyHome
            | Track::Timer
            | Track::Durable
            | Track::WriteFailed
            | Track::Said
            | Track::Started
            | Track::Crashed
            | Track::Paused
            | Track::Resumed
            | Track::ClockJumped
            | Track::Struck
            | Track::Ended
            | Track::Healed => event.text.clone(),
        };
        let clock: Vec<String> = clocks[lane]
            .iter()
            .map(|(&other, count)| format!("\"{}\":{count}", page.lanes[other].name))
            .collect();
        let name = &page.lanes[lane].name;
        writeln!(out, "{} {}\n{name} {{{}}}", event.at, what.replace('\n', " "), clock.join(","))?;
    }
    Ok(())
}
