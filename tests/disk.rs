//! The simulated disk fails as disks fail, and not otherwise: what was synced stays, what was not
//! may be there, or not, or in part, and each hindrance does what its name says.

use core::fmt;
use std::collections::BTreeSet;
use vsr::sim::disk::{DiskPiece, DiskSpeed, Hindrance};
use vsr::sim::kernel::{Happened, Kernel};
use vsr::sim::network::Weather;
use vsr::sim::node::{Node, Payload, ProcessId, TimerId, Wire};
use vsr::sim::ratio::Ratio;
use vsr::sim::time::{Moment, Span};

/// Nobody says anything here.
#[derive(Clone, Debug)]
struct Silence;

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("silence")
    }
}

impl Payload for Silence {
    fn kind(&self) -> u8 {
        0
    }

    fn fingerprint(&self) -> u64 {
        0
    }
}

/// Writes a page of its own number with each tick, and removes the one before.
#[derive(Debug, Default)]
struct Scribe {
    /// Goes on when a write has failed.
    is_bold: bool,
    written: u64,
    durable: Vec<u64>,
    failed: Vec<u64>,
}

impl Node for Scribe {
    type Message = Silence;

    fn on_message(&mut self, _from: ProcessId, _message: Silence, _wire: &mut Wire<Silence>) {}

    fn on_timer(&mut self, timer: TimerId, wire: &mut Wire<Silence>) {
        self.written += 1;
        let bytes = vec![u8::try_from(self.written).expect("few pages"); PAGE];
        wire.write(self.written, vec![DiskPiece { file: self.written, offset: 0, bytes }]);
        wire.set_timer(timer, Span::millis(10));
    }

    fn on_durable(&mut self, write: u64, wire: &mut Wire<Silence>) {
        self.durable.push(write);
        if write > 1 {
            wire.remove(write - 1);
        }
    }

    fn on_failed(&mut self, write: u64, wire: &mut Wire<Silence>) {
        self.failed.push(write);
        if !self.is_bold {
            wire.stop();
        }
    }
}

const SCRIBE: ProcessId = ProcessId(0);
const PAGE: usize = 4 * 512;

fn desk(seed: u64, is_bold: bool) -> Kernel<Scribe> {
    let nothing = Ratio::ZERO;
    let weather = Weather {
        delay_min: Span::millis(1),
        delay_mean: Span::millis(1),
        delay_max: Span::millis(1),
        drop: nothing,
        duplicate: nothing,
        reorder: nothing,
        straggle: nothing,
        straggle_max: Span::millis(1),
        misroute: nothing,
    };
    let mut kernel = Kernel::new(seed, 1, weather, nothing);
    let speed = Span::millis(4);
    kernel.set_disk_speed(DiskSpeed { min: speed, mean: speed, max: speed });
    kernel.start(SCRIBE, |wire| {
        wire.set_timer(TimerId(0), Span::millis(10));
        Scribe { is_bold, ..Scribe::default() }
    });
    kernel
}

/// Runs up to that time, or until the scribe wants to be ended. Tells when it did.
fn run_until(kernel: &mut Kernel<Scribe>, millis: u64) -> Option<u64> {
    while kernel.next_at().is_some_and(|at| at <= Moment(millis * 1_000_000)) {
        if kernel.step() == Happened::Stopped(SCRIBE) {
            return Some(kernel.now().0 / 1_000_000);
        }
    }
    None
}

/// How many sectors of a page are there.
fn sectors(kernel: &Kernel<Scribe>, page: u64) -> usize {
    let content = kernel.disk(SCRIBE).files().get(&page);
    let value = u8::try_from(page).expect("few pages");
    let sectors = content.into_iter().flat_map(|content| content.chunks(512));
    sectors.filter(|sector| sector.iter().all(|&byte| byte == value)).count()
}

fn durable(kernel: &Kernel<Scribe>) -> &[u64] {
    &kernel.node(SCRIBE).expect("it is up").durable
}

#[test]
fn a_write_is_there_when_it_is_told_and_not_before() {
    let mut kernel = desk(1, false);
    run_until(&mut kernel, 13);
    assert_eq!((durable(&kernel), sectors(&kernel, 1)), (&[][..], 0));
    run_until(&mut kernel, 14);
    assert_eq!((durable(&kernel), sectors(&kernel, 1)), (&[1][..], 4));
    kernel.crash(SCRIBE);
    assert_eq!(sectors(&kernel, 1), 4);
}

#[test]
fn of_what_was_under_way_a_crash_leaves_all_nothing_or_any_sectors() {
    let mut left = BTreeSet::new();
    for seed in 0..200 {
        let mut kernel = desk(seed, false);
        run_until(&mut kernel, 13);
        kernel.crash(SCRIBE);
        left.insert(sectors(&kernel, 1));
    }
    assert_eq!(left, BTreeSet::from([0, 1, 2, 3, 4]));
}

#[test]
fn what_was_removed_may_be_back_until_a_later_write_is_durable() {
    let pages_after_crash = |at| {
        let pages = |seed| {
            let mut kernel = desk(seed, false);
            run_until(&mut kernel, at);
            kernel.crash(SCRIBE);
            (sectors(&kernel, 1), sectors(&kernel, 2))
        };
        (0..50).map(pages).collect::<BTreeSet<_>>()
    };
    // The second page is durable, and the first one was removed in that moment.
    assert_eq!(pages_after_crash(24), BTreeSet::from([(0, 4), (4, 4)]));
    // The third one is durable, too.
    assert_eq!(pages_after_crash(34), BTreeSet::from([(0, 0), (0, 4)]));
}

#[test]
fn a_slow_disk_takes_longer_until_it_is_slow_no_more() {
    let mut kernel = desk(1, false);
    kernel.hinder_disk(SCRIBE, Hindrance::Slow(5));
    run_until(&mut kernel, 29);
    assert_eq!(durable(&kernel), &[0_u64; 0]);
    kernel.unhinder_disk(SCRIBE);
    run_until(&mut kernel, 30);
    assert_eq!(durable(&kernel), &[1]);
    // What was under way is as slow as it was: the second until 50, the third until 54.
    run_until(&mut kernel, 54);
    assert_eq!(durable(&kernel), &[1, 2, 3]);
}

#[test]
fn a_failed_sync_stops_its_process_and_the_next_one_succeeds() {
    let mut kernel = desk(1, false);
    run_until(&mut kernel, 19);
    kernel.hinder_disk(SCRIBE, Hindrance::FailedSync);
    assert_eq!(run_until(&mut kernel, 100), Some(24));
    assert_eq!(durable(&kernel), &[1]);

    // Who goes on is told that all is well, and it is not.
    let lost = |seed| {
        let mut kernel = desk(seed, true);
        kernel.hinder_disk(SCRIBE, Hindrance::FailedSync);
        run_until(&mut kernel, 23);
        let left = sectors(&kernel, 1);
        run_until(&mut kernel, 24);
        let scribe = kernel.node(SCRIBE).expect("it is up");
        assert_eq!((&scribe.failed[..], &scribe.durable[..]), (&[1][..], &[2][..]));
        assert_eq!(sectors(&kernel, 2), 4);
        left
    };
    assert_eq!((0..200).map(lost).collect::<BTreeSet<_>>(), BTreeSet::from([0, 1, 2, 3, 4]));
}

#[test]
fn a_full_disk_fails_until_there_is_space() {
    let mut kernel = desk(1, true);
    kernel.hinder_disk(SCRIBE, Hindrance::Full);
    run_until(&mut kernel, 39);
    kernel.unhinder_disk(SCRIBE);
    run_until(&mut kernel, 60);
    let scribe = kernel.node(SCRIBE).expect("it is up");
    assert_eq!((&scribe.failed[..], &scribe.durable[..]), (&[1, 2, 3][..], &[4, 5][..]));
}

#[test]
fn who_is_paused_is_told_of_the_failure_when_it_goes_on() {
    let mut kernel = desk(1, false);
    run_until(&mut kernel, 11);
    kernel.pause(SCRIBE);
    kernel.hinder_disk(SCRIBE, Hindrance::FailedSync);
    run_until(&mut kernel, 50);
    kernel.unhinder_disk(SCRIBE);
    kernel.resume(SCRIBE);
    // Nothing happened after 20 ms that anybody noticed.
    assert_eq!(run_until(&mut kernel, 60), Some(20));
    assert_eq!(durable(&kernel), &[0_u64; 0]);
}
