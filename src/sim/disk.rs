//! A process's disk: what was written is there after a crash; what was being written may be there,
//! or not, or in part. What was removed and not synced may be there again.

use super::random::{Purpose, Stream};
use super::ratio::Ratio;
use super::time::{Moment, Span};
use std::collections::{BTreeMap, VecDeque};

/// How long writes take until they are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskSpeed {
    /// The shortest time.
    pub min: Span,
    /// The mean time.
    pub mean: Span,
    /// The longest time.
    pub max: Span,
}

impl Default for DiskSpeed {
    /// That of a disk without moving parts.
    fn default() -> Self {
        Self { min: Span::micros(50), mean: Span::micros(200), max: Span::millis(20) }
    }
}

/// What hinders a disk while its process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// Writes take so many times as long.
    Slow(u32),
    /// Writes fail: there is no space for them.
    Full,
    /// The next write fails, and the disk forgets that it was ever asked for.
    FailedSync,
}

impl Hindrance {
    /// How it is called in a scenario file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slow(_) => "slow",
            Self::Full => "full",
            Self::FailedSync => "failed-sync",
        }
    }
}

/// Files of bytes, and what is on its way there.
#[derive(Clone, Debug)]
pub struct Disk {
    files: BTreeMap<u64, Vec<u8>>,
    under_way: VecDeque<UnderWay>,
    /// What was removed, and is there again after a crash unless a write that began later is
    /// durable: with the number of the latest write before.
    removed: Vec<(u64, u64, Vec<u8>)>,
    /// The number of the latest write.
    number: u64,
    /// The number of the first write that failed, until its process is told.
    failed: Option<u64>,
    /// How many times longer it takes.
    times: u32,
    is_full: bool,
    fails_next: bool,
    speed: DiskSpeed,
    seed: u64,
    process: u16,
    /// Made when the first write comes: most processes never write.
    stream: Option<Box<Stream>>,
    /// When the latest write is durable: one waits for the other.
    last: Moment,
}

#[derive(Clone, Debug)]
struct UnderWay {
    number: u64,
    pieces: Vec<DiskPiece>,
}

/// A write that a process asks for.
#[derive(Clone, Debug)]
pub struct DiskWrite {
    /// By which its process is told that it is durable.
    pub number: u64,
    /// What is written, in any order, and then synced together.
    pub pieces: Vec<DiskPiece>,
}

/// Bytes and where they go.
#[derive(Clone, Debug)]
pub struct DiskPiece {
    /// In which file: there is one for each number.
    pub file: u64,
    /// From the file's beginning.
    pub offset: u64,
    /// What goes there.
    pub bytes: Vec<u8>,
}

impl Disk {
    /// An empty one, of the process with that number.
    #[must_use]
    pub fn new(seed: u64, process: u16) -> Self {
        Self {
            files: BTreeMap::new(),
            under_way: VecDeque::new(),
            removed: Vec::new(),
            number: 0,
            failed: None,
            times: 1,
            is_full: false,
            fails_next: false,
            speed: DiskSpeed::default(),
            seed,
            process,
            stream: None,
            last: Moment(0),
        }
    }

    /// What is durable, by the numbers of the files.
    #[must_use]
    pub const fn files(&self) -> &BTreeMap<u64, Vec<u8>> {
        &self.files
    }

    /// From now on these are on it.
    pub(super) fn set_files(&mut self, files: BTreeMap<u64, Vec<u8>>) {
        self.files = files;
        self.removed.clear();
    }

    /// A file is not needed any more.
    pub(super) fn remove(&mut self, file: u64) {
        let content = self.files.remove(&file);
        self.removed.extend(content.map(|content| (self.number, file, content)));
    }

    /// From now on that hinders it, too.
    pub(super) fn hinder(&mut self, hindrance: Hindrance) {
        match hindrance {
            Hindrance::Slow(times) => self.times = self.times.max(times),
            Hindrance::Full => self.is_full = true,
            Hindrance::FailedSync => self.fails_next = true,
        }
    }

    /// Nothing hinders it any more.
    pub(super) const fn unhinder(&mut self) {
        self.times = 1;
        self.is_full = false;
        self.fails_next = false;
    }

    /// From now on chance is another one.
    pub(super) fn reseed(&mut self, seed: u64) {
        self.seed = seed;
        self.stream = None;
    }

    /// How long writes take from now on.
    pub(super) const fn set_speed(&mut self, speed: DiskSpeed) {
        self.speed = speed;
    }

    fn stream(&mut self) -> &mut Stream {
        let (seed, process) = (self.seed, u64::from(self.process));
        self.stream.get_or_insert_with(|| Box::new(Stream::new(seed, Purpose::Disk, process)))
    }

    /// Takes a write; tells when it is durable.
    pub(super) fn write(&mut self, now: Moment, write: DiskWrite) -> Moment {
        let DiskSpeed { min, mean, max } = self.speed;
        let mut takes = self.stream().exponential(min.0, mean.0, max.0);
        if self.times > 1 {
            takes = takes.saturating_mul(u64::from(self.times)).clamp(takes, SLOWEST.0.max(takes));
        }
        self.last = now.max(self.last).after(Span(takes));
        let DiskWrite { number, pieces } = write;
        self.number = number;
        self.under_way.push_back(UnderWay { number, pieces });
        self.last
    }

    /// The write of that number, and all before it, are durable; or they have failed.
    pub(super) fn finish(&mut self, number: u64) {
        let has_failed = self.is_full || self.fails_next;
        while self.under_way.front().is_some_and(|write| write.number <= number) {
            let Some(write) = self.under_way.pop_front() else { continue };
            if has_failed {
                // What is told of a failure is that it failed, and not what is there now.
                self.fails_next = false;
                self.failed.get_or_insert(write.number);
                write.pieces.iter().for_each(|piece| self.put_perhaps(piece));
                continue;
            }
            for piece in &write.pieces {
                self.put(piece.file, piece.offset, &piece.bytes);
            }
            self.removed.retain(|(before, ..)| *before >= write.number);
        }
    }

    /// Whether that write has failed, if nobody has asked before.
    pub(super) fn take_failed(&mut self, number: u64) -> bool {
        self.failed.take_if(|failed| *failed == number).is_some()
    }

    /// The process is gone: of what was under way, in whatever order, some is there.
    pub(super) fn crash(&mut self, now: Moment) {
        for piece in std::mem::take(&mut self.under_way).into_iter().flat_map(|w| w.pieces) {
            self.put_perhaps(&piece);
        }
        for (_, file, content) in std::mem::take(&mut self.removed) {
            if self.stream().hits(Ratio::percent(50)) {
                self.files.entry(file).or_insert(content);
            }
        }
        self.failed = None;
        self.last = now;
    }

    /// It is there, or not, or some of its sectors are.
    fn put_perhaps(&mut self, piece: &DiskPiece) {
        match self.stream().between(0, 2) {
            0 => {}
            1 => self.put(piece.file, piece.offset, &piece.bytes),
            _ => self.tear(piece),
        }
    }

    /// Some sectors of it are there.
    fn tear(&mut self, piece: &DiskPiece) {
        let mut offset = piece.offset;
        for sector in piece.bytes.chunks(SECTOR) {
            if self.stream().hits(Ratio::percent(50)) {
                self.put(piece.file, offset, sector);
            }
            offset += u64::try_from(sector.len()).unwrap_or(0);
        }
    }

    fn put(&mut self, file: u64, offset: u64, bytes: &[u8]) {
        let content = self.files.entry(file).or_default();
        let offset = usize::try_from(offset).expect("a simulated disk is small");
        let end = offset + bytes.len();
        if content.len() < end {
            content.resize(end, 0);
        }
        content[offset..end].copy_from_slice(bytes);
    }
}

/// How long a write takes at most on a disk that is slow.
const SLOWEST: Span = Span::millis(2_000);

/// What a disk writes all of or nothing of.
const SECTOR: usize = 512;
