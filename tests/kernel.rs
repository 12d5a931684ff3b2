//! The kernel does what it is asked: each kind of fault is shown to strike, and nothing else.
//!
//! A fault that does nothing, or a clock that nobody reads, hides bugs and turns nothing red.

use core::fmt;
use vsr::sim::kernel::{Happened, Kernel};
use vsr::sim::network::{Burst, Scripted, Weather};
use vsr::sim::node::{Node, Payload, ProcessId, TimerId, Wire};
use vsr::sim::ratio::Ratio;
use vsr::sim::time::{Moment, Span};

/// A numbered note.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Note(u32);

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "note {}", self.0)
    }
}

impl Payload for Note {
    fn kind(&self) -> u8 {
        u8::try_from(self.0 % 2).expect("0 or 1")
    }

    fn fingerprint(&self) -> u64 {
        u64::from(self.0)
    }
}

/// Sends a note to everybody with each tick, and keeps what it gets.
#[derive(Debug, Default)]
struct Clerk {
    number: u16,
    processes: u16,
    every: Span,
    sent: u32,
    ticks: u32,
    got: Vec<(ProcessId, Note)>,
}

impl Node for Clerk {
    type Message = Note;

    fn on_message(&mut self, from: ProcessId, message: Note, _wire: &mut Wire<Note>) {
        self.got.push((from, message));
    }

    fn on_timer(&mut self, timer: TimerId, wire: &mut Wire<Note>) {
        self.ticks += 1;
        for to in (0..self.processes).filter(|&to| to != self.number) {
            wire.send(ProcessId(to), Note(self.sent));
        }
        self.sent += 1;
        wire.set_timer(timer, self.every);
    }
}

const TICK: TimerId = TimerId(0);
const A: ProcessId = ProcessId(0);
const B: ProcessId = ProcessId(1);
const C: ProcessId = ProcessId(2);

fn calm() -> Weather {
    Weather {
        delay_min: Span::micros(200),
        delay_mean: Span::millis(1),
        delay_max: Span::millis(50),
        drop: Ratio::ZERO,
        duplicate: Ratio::ZERO,
        reorder: Ratio::ZERO,
        straggle: Ratio::ZERO,
        straggle_max: Span::millis(900),
        misroute: Ratio::ZERO,
    }
}

/// Three clerks, each ticking every ten milliseconds.
fn office(weather: Weather) -> Kernel<Clerk> {
    let mut kernel = Kernel::new(7, 3, weather, Ratio::ZERO);
    for number in 0..3 {
        hire(&mut kernel, ProcessId(number));
    }
    kernel
}

fn hire(kernel: &mut Kernel<Clerk>, id: ProcessId) {
    kernel.start(id, |wire| {
        wire.set_timer(TICK, Span::millis(10));
        Clerk { number: id.0, processes: 3, every: Span::millis(10), ..Clerk::default() }
    });
}

fn run_until(kernel: &mut Kernel<Clerk>, millis: u64) {
    let end = Moment(millis * 1_000_000);
    while kernel.next_at().is_some_and(|at| at <= end) {
        assert_ne!(kernel.step(), Happened::End);
    }
}

fn got(kernel: &Kernel<Clerk>, at: ProcessId, from: ProcessId) -> Vec<u32> {
    let clerk = kernel.node(at).expect("it is up");
    clerk.got.iter().filter(|(who, _)| *who == from).map(|(_, note)| note.0).collect()
}

#[test]
fn without_faults_everything_arrives_once_and_in_order() {
    let mut kernel = office(calm());
    run_until(&mut kernel, 10_000);
    let notes = got(&kernel, B, A);
    assert!(notes.len() > 990);
    assert!(notes.iter().copied().eq(0..u32::try_from(notes.len()).expect("few")));
    let tally = kernel.tally();
    assert_eq!((tally.dropped, tally.duplicated, tally.misrouted, tally.outlived), (0, 0, 0, 0));
}

#[test]
fn delays_vary_around_their_mean() {
    let mut delays: Vec<u64> = Vec::new();
    let mut kernel = office(calm());
    let mut known = 0;
    while delays.len() < 2_000 {
        kernel.step();
        let now = kernel.now();
        let clerk = kernel.node(B).expect("it is up");
        if clerk.got.len() > known {
            known = clerk.got.len();
            // Notes leave at multiples of ten milliseconds.
            delays.push(now.0 % 10_000_000);
        }
    }
    let mean = delays.iter().sum::<u64>() / 2_000;
    assert!((800_000..1_200_000).contains(&mean), "{mean}");
    assert!(delays.iter().any(|&delay| delay < 400_000));
    assert!(delays.iter().any(|&delay| delay > 4_000_000));
}

#[test]
fn a_share_of_the_messages_is_lost_doubled_or_led_astray() {
    let mut weather = calm();
    weather.drop = Ratio::percent(10);
    weather.duplicate = Ratio::percent(10);
    weather.misroute = Ratio::percent(10);
    let mut kernel = office(weather);
    run_until(&mut kernel, 10_000);
    let tally = kernel.tally();
    for count in [tally.dropped, tally.duplicated, tally.misrouted] {
        assert!((450..750).contains(&count), "{tally:?}");
    }
    let notes = got(&kernel, B, A);
    let twice = notes.iter().filter(|&note| notes.iter().filter(|n| *n == note).count() > 1);
    assert!(twice.count() > 100, "a duplicate arrives too");
    // Each clerk is also sent what was meant for the third; and what it sent itself comes back.
    assert!(!got(&kernel, A, A).is_empty());
}

#[test]
fn a_late_message_overtakes_only_where_reordering_is_on() {
    let order = |reorder: Ratio| {
        let mut weather = calm();
        weather.reorder = reorder;
        weather.straggle = Ratio::ZERO;
        weather.delay_mean = Span::millis(15);
        let mut kernel = office(weather);
        run_until(&mut kernel, 10_000);
        got(&kernel, B, A).is_sorted()
    };
    assert!(order(Ratio::ZERO));
    assert!(!order(Ratio::percent(50)));
}

#[test]
fn a_cut_holds_in_one_direction_until_it_is_mended() {
    let mut kernel = office(calm());
    kernel.network_mut().cut(A, B);
    run_until(&mut kernel, 1_000);
    assert!(got(&kernel, B, A).is_empty());
    assert!(got(&kernel, A, B).len() > 90);
    kernel.network_mut().mend(A, B);
    run_until(&mut kernel, 2_000);
    let mended = got(&kernel, B, A).len();
    assert!(mended > 90);
    kernel.network_mut().cut(A, B);
    kernel.network_mut().cut(A, B);
    kernel.network_mut().heal();
    run_until(&mut kernel, 3_000);
    assert!(got(&kernel, B, A).len() > mended + 90);
}

#[test]
fn a_burst_is_aimed_at_a_kind_and_a_link() {
    let mut kernel = office(calm());
    let burst = Burst { kind: Some(1), from: Some(A), to: Some(B), share: Ratio::percent(100) };
    kernel.network_mut().start_burst(4, burst);
    run_until(&mut kernel, 1_000);
    assert!(got(&kernel, B, A).iter().all(|note| note % 2 == 0));
    assert!(got(&kernel, C, A).iter().any(|note| note % 2 == 1));
    assert!(got(&kernel, B, C).iter().any(|note| note % 2 == 1));
    kernel.network_mut().end_burst(4);
    run_until(&mut kernel, 2_000);
    assert!(got(&kernel, B, A).iter().any(|note| note % 2 == 1));
}

#[test]
fn a_message_can_have_its_fate_written_down() {
    let mut kernel = office(calm());
    kernel.network_mut().script(A, B, 3, Scripted::Drop);
    kernel.network_mut().script(A, B, 5, Scripted::Twice(None));
    kernel.network_mut().script(A, B, 7, Scripted::Deliver(Some(Span::millis(500))));
    run_until(&mut kernel, 400);
    let notes = got(&kernel, B, A);
    assert!(!notes.contains(&2));
    assert_eq!(notes.iter().filter(|&&note| note == 4).count(), 2);
    assert!(!notes.contains(&6));
    run_until(&mut kernel, 600);
    assert!(got(&kernel, B, A).contains(&6));
}

#[test]
fn a_crash_loses_the_memory_but_not_what_is_under_way() {
    let mut kernel = office(calm());
    kernel.network_mut().script(A, B, 5, Scripted::Deliver(Some(Span::millis(300))));
    run_until(&mut kernel, 107);
    let before = kernel.crash(A).expect("it was up");
    assert!(!before.got.is_empty());
    assert!(kernel.node(A).is_none());
    run_until(&mut kernel, 500);
    assert!(got(&kernel, B, A).contains(&4));
    assert_eq!(kernel.tally().outlived, 1);
    assert!(kernel.tally().lost_at_crashed > 50);
    let ticks = |kernel: &Kernel<Clerk>| kernel.node(A).map(|clerk| clerk.ticks);
    hire(&mut kernel, A);
    assert_eq!(kernel.node(A).map(|clerk| clerk.got.len()), Some(0));
    run_until(&mut kernel, 1_000);
    // Its timers of an earlier life do not tick in this one.
    assert_eq!(ticks(&kernel), Some(50));
}

#[test]
fn what_happens_to_a_paused_process_waits_for_it() {
    let mut kernel = office(calm());
    run_until(&mut kernel, 100);
    kernel.pause(A);
    let before = got(&kernel, A, B).len();
    run_until(&mut kernel, 1_000);
    assert!(kernel.is_paused(A));
    assert_eq!(got(&kernel, A, B).len(), before);
    assert!(got(&kernel, B, A).len() <= 10);
    kernel.resume(A);
    run_until(&mut kernel, 1_001);
    assert!(got(&kernel, A, B).len() > before + 80);
}

#[test]
fn a_clock_that_runs_fast_ticks_more_often_and_one_that_jumps_ticks_at_once() {
    let mut kernel = office(calm());
    kernel.set_drift(A, 500_000);
    kernel.set_drift(B, -500_000);
    run_until(&mut kernel, 10_005);
    let ticks = |kernel: &Kernel<Clerk>, id| kernel.node(id).map_or(0, |clerk| clerk.ticks);
    assert!((1_490..1_510).contains(&ticks(&kernel, A)), "{}", ticks(&kernel, A));
    assert!((490..510).contains(&ticks(&kernel, B)), "{}", ticks(&kernel, B));
    let before = ticks(&kernel, C);
    kernel.jump_clock(C, Span::millis(20));
    kernel.step();
    assert_eq!(ticks(&kernel, C), before + 1);
}

#[test]
fn jitter_makes_timers_late_by_at_most_its_share() {
    let mut kernel: Kernel<Clerk> = Kernel::new(7, 1, calm(), Ratio::percent(20));
    let start = |wire: &mut Wire<Note>| {
        wire.set_timer(TICK, Span::millis(10));
        Clerk { processes: 1, every: Span::millis(10), ..Clerk::default() }
    };
    kernel.start(A, start);
    let mut gaps = Vec::new();
    let mut last = Moment(0);
    for _ in 0..1_000 {
        kernel.step();
        gaps.push(kernel.now().0 - last.0);
        last = kernel.now();
    }
    assert!(gaps.iter().all(|gap| (10_000_000..=12_000_000).contains(gap)));
    assert!(gaps.iter().any(|&gap| gap < 10_200_000) && gaps.iter().any(|&gap| gap > 11_800_000));
}

#[test]
fn the_hash_tells_runs_apart() {
    let hash = |seed, millis| {
        let mut kernel = Kernel::new(seed, 3, calm(), Ratio::percent(20));
        for number in 0..3 {
            hire(&mut kernel, ProcessId(number));
        }
        run_until(&mut kernel, millis);
        kernel.hash()
    };
    assert_eq!(hash(1, 1_000), hash(1, 1_000));
    assert_ne!(hash(1, 1_000), hash(2, 1_000));
    assert_ne!(hash(1, 1_000), hash(1, 2_000));
}
