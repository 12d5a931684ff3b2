//! Bytes → a replica's files through writes, checkpoints, crashes and damage → recovery, which
//! must lose nothing silently.

use arbitrary::{Result, Unstructured};
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use uuid::Uuid;
use vsr::protocol::checkpoint::Checkpoint;
use vsr::protocol::configuration::Membership;
use vsr::protocol::durable::{Kept, Write};
use vsr::protocol::log::{Entry, EntryKind};
use vsr::protocol::message::CrashVector;
use vsr::protocol::pages::{PagedMap, Tree};
use vsr::protocol::{
    ClientId, Configuration, OpNumber, ReplicaNumber, RequestNumber, Ticket, ViewNumber,
};
use vsr::storage::{Chunk, Command, File, Files, Identity, SECTOR, Store, Why, recover};

/// Recovers what the bytes stand for: once the bytes themselves, once what a store made of them.
///
/// # Panics
/// When recovery does, or when something is lost and nobody is told.
pub fn judge(data: &[u8]) {
    let files = [File::Superblock, File::Journal(0), File::Pages(0)];
    let size = data.len().div_ceil(files.len()).max(1);
    let parts = data.chunks(size).map(Bytes::copy_from_slice);
    let _ = recover(identity(), &files.into_iter().zip(parts).collect());
    // Where the bytes end, so does the story.
    let _ = tell(&mut Unstructured::new(data));
}

fn tell(u: &mut Unstructured<'_>) -> Result<()> {
    let mut host = Host::default();
    while !u.is_empty() {
        match u.int_in_range(0..=15_u8)? {
            0..=5 => host.write(u)?,
            6..=7 => host.keep(),
            8..=12 => host.finish(),
            13 => host.crash(u)?,
            _ => host.damage(u)?,
        }
    }
    Ok(())
}

/// What was told to the store, whole: the log from its first entry on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct State {
    view: ViewNumber,
    last_normal_view: ViewNumber,
    commit_number: OpNumber,
    log: Vec<Entry>,
}

struct Host {
    store: Store,
    disk: BTreeMap<File, Vec<u8>>,
    under_way: VecDeque<(u64, Vec<Chunk>)>,
    /// Files that were removed: a crash may bring them back.
    removed: BTreeMap<File, Vec<u8>>,
    /// By ticket; that of no ticket is what was found at the start.
    states: Vec<State>,
    /// Up to which ticket everything was promised.
    promised: usize,
    /// What the service was when the last checkpoint was taken.
    map: PagedMap<u64, u64>,
    taken: u64,
    checkpoints: VecDeque<Checkpoint>,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            store: Store::new(identity()),
            disk: BTreeMap::new(),
            under_way: VecDeque::new(),
            removed: BTreeMap::new(),
            states: vec![State::default()],
            promised: 0,
            map: PagedMap::default(),
            taken: 0,
            checkpoints: VecDeque::new(),
        }
    }
}

impl Host {
    fn state(&self) -> &State {
        self.states.last().expect("there is always one")
    }

    fn write(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let mut state = self.state().clone();
        let length = u64::try_from(state.log.len()).expect("it is small");
        // What is in a checkpoint is committed, and what is committed is never cut off.
        let floor = state.commit_number.0.max(self.taken);
        let after = u.int_in_range(floor..=length.max(floor))?;
        // Within a view a log only grows.
        let is_cut = after < length;
        let is_new_view = is_cut || u.ratio(1_u8, 4_u8)?;
        state.view = ViewNumber(state.view.0 + u64::from(is_new_view));
        if is_cut || u.arbitrary()? {
            state.last_normal_view = state.view;
        }
        let count = u.int_in_range(0..=3_u64)?;
        let entry = |number| -> Result<Entry> {
            let size = u.int_in_range(0..=700_usize)?;
            Ok(Entry {
                view: state.view,
                client: ClientId::from_number(u.int_in_range(0..=3)?),
                request_number: RequestNumber(number),
                kind: EntryKind::Operation,
                operation: vec![u.arbitrary()?; size].into(),
                prediction: vec![u.arbitrary()?; size % 3].into(),
            })
        };
        let entries: Vec<Entry> = (0..count).map(entry).collect::<Result<_>>()?;
        state.log.truncate(usize::try_from(after).expect("it is small"));
        state.log.extend(entries.iter().cloned());
        state.commit_number = OpNumber(u.int_in_range(floor..=after + count)?);
        let write = Write {
            view: state.view,
            last_normal_view: state.last_normal_view,
            commit_number: state.commit_number,
            rests_on: OpNumber(0),
            after: OpNumber(after),
            entries: entries.into(),
            lacking: None,
            crash_vector: CrashVector::default(),
            membership: Membership::first(Configuration::new(3).expect("a group")),
        };
        let ticket = Ticket(u64::try_from(self.states.len()).expect("it is small"));
        self.states.push(state);
        self.store.write(ticket, write);
        self.go_on();
        Ok(())
    }

    /// Takes a checkpoint of what is committed, and keeps two.
    fn keep(&mut self) {
        let committed = self.state().commit_number;
        if committed.0 <= self.taken {
            return;
        }
        for number in self.taken..committed.0 {
            self.map.insert(number, number);
        }
        self.taken = committed.0;
        let state = Tree::branch([self.map.seal(), Tree::page(Bytes::new())]);
        self.checkpoints.push_back(Checkpoint { op_number: committed, state });
        if self.checkpoints.len() > 2 {
            self.checkpoints.pop_front();
        }
        let start = self.checkpoints.front().map_or(OpNumber(0), |oldest| oldest.op_number);
        self.store.keep(self.checkpoints.iter().cloned().collect(), start);
        self.go_on();
    }

    fn go_on(&mut self) {
        let mut commands = Vec::new();
        self.store.go_on(&mut commands);
        self.carry_out(commands);
    }

    fn carry_out(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Write { number, chunks } => self.under_way.push_back((number, chunks)),
                Command::Remove(file) => {
                    let content = self.disk.remove(&file);
                    self.removed.extend(content.map(|content| (file, content)));
                }
            }
        }
    }

    fn finish(&mut self) {
        let Some((number, chunks)) = self.under_way.pop_front() else {
            return;
        };
        for chunk in chunks {
            self.put(chunk.file, chunk.offset, &chunk.bytes);
        }
        let mut commands = Vec::new();
        if let Some(ticket) = self.store.finish(number, &mut commands) {
            self.promised = usize::try_from(ticket.0).expect("it is small");
        }
        self.carry_out(commands);
        self.go_on();
    }

    fn put(&mut self, file: File, offset: u64, bytes: &[u8]) {
        let content = self.disk.entry(file).or_default();
        let start = usize::try_from(offset).expect("it is small");
        let end = start + bytes.len();
        content.resize(content.len().max(end), 0);
        content[start..end].copy_from_slice(bytes);
    }

    /// Of what was under way some is there; what was promised must be.
    fn crash(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        for (_, chunks) in std::mem::take(&mut self.under_way) {
            for chunk in chunks {
                let is_torn = u.arbitrary()?;
                let is_there: bool = u.arbitrary()?;
                let mut offset = chunk.offset;
                for sector in chunk.bytes.chunks(SECTOR) {
                    if if is_torn { u.arbitrary()? } else { is_there } {
                        self.put(chunk.file, offset, sector);
                    }
                    offset += u64::try_from(sector.len()).expect("it is small");
                }
            }
        }
        for (file, content) in std::mem::take(&mut self.removed) {
            if u.arbitrary()? {
                self.disk.entry(file).or_insert(content);
            }
        }
        let found = recover(identity(), &self.files()).expect("only what was under way is lost");
        let kept = found.kept.unwrap_or_default();
        assert_eq!(kept.lacking, None, "nothing is damaged");
        let mut state = self.judge(&kept);
        state.commit_number = state.commit_number.max(kept.commit_number);
        self.taken = kept.checkpoints.last().map_or(0, |newest| newest.op_number.0);
        // What a checkpoint stands for is not known any more.
        let unknown = Entry {
            view: ViewNumber(0),
            client: ClientId::from_number(0),
            request_number: RequestNumber(0),
            kind: EntryKind::Operation,
            operation: Bytes::new(),
            prediction: Bytes::new(),
        };
        let reached = usize::try_from(self.taken).expect("it is small");
        state.log.resize(state.log.len().max(reached), unknown);
        self.map = PagedMap::default();
        (0..self.taken).for_each(|number| {
            self.map.insert(number, number);
        });
        self.checkpoints = kept.checkpoints.into();
        self.store = found.store;
        // Tickets are counted anew.
        self.states = vec![state];
        self.promised = 0;
        self.go_on();
        Ok(())
    }

    /// Some bytes are others. That is told, or nothing that was promised is lost.
    fn damage(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let mut files = self.disk.clone();
        let names: Vec<File> = files.keys().copied().collect();
        if names.is_empty() || !self.store.is_durable(Ticket(0)) {
            return Ok(());
        }
        let content = files.entry(*u.choose(&names)?).or_default();
        if content.is_empty() {
            return Ok(());
        }
        let place = u.choose_index(content.len())?;
        let end = content.len().min(place + u.int_in_range(1..=2_000)?);
        match u.int_in_range(0..=3_u8)? {
            0 => content[place] ^= 1 << u.int_in_range(0..=7_u8)?,
            1 => content[place..end].fill(0),
            2 => content[place..end].fill(u.arbitrary()?),
            _ => content.truncate(place),
        }
        let files = files.into_iter().map(|(file, content)| (file, content.into())).collect();
        match recover(identity(), &files) {
            Ok(found) => {
                let kept = found.kept.unwrap_or_default();
                assert!(kept.lacking.is_none() || !found.damage.is_empty(), "it is told");
                self.judge(&kept);
            }
            Err(told) => assert!(!matches!(told.why, Why::Foreign(_)), "{told}"),
        }
        Ok(())
    }

    /// What was found is what was once told, and not from before what was promised. What is
    /// missing is known to be.
    fn judge(&self, kept: &Kept) -> State {
        let start = usize::try_from(kept.start.0).expect("it is small");
        let is_it = |state: &&State| {
            let log = state.log.get(start..).unwrap_or_default();
            let is_whole = match &kept.lacking {
                None => log == kept.log,
                Some(lacking) => {
                    let is_left = |(op_number, entry): &(OpNumber, Entry)| {
                        let at = usize::try_from(op_number.0 - 1).expect("it is small");
                        state.log.get(at) == Some(entry)
                    };
                    log.starts_with(&kept.log)
                        && u64::try_from(state.log.len()) == Ok(lacking.last.0)
                        && lacking.scattered.iter().all(is_left)
                }
            };
            state.view == kept.view && state.last_normal_view == kept.last_normal_view && is_whole
        };
        let states = &self.states[self.promised..];
        let reaches = |state: &&State| state.log.len() >= start;
        // A checkpoint may stand for more than what is left of the log.
        let found = states.iter().filter(reaches).find(is_it).or_else(|| states.iter().find(is_it));
        let brief = |state: &State| (state.view, state.last_normal_view, state.log.len());
        let state = found.unwrap_or_else(|| {
            panic!(
                "{} {} {} and {} entries, lacking {:?}, is none of {:?}",
                kept.view,
                kept.last_normal_view,
                kept.start,
                kept.log.len(),
                kept.lacking.as_ref().map(|lacking| (lacking.last, lacking.scattered.len())),
                states.iter().map(brief).collect::<Vec<_>>()
            )
        });
        for checkpoint in &kept.checkpoints {
            let [map, _] = checkpoint.state.below() else { panic!("it has two parts") };
            let map = PagedMap::<u64, u64>::unseal(map).expect("it is a map's");
            assert_eq!(u64::try_from(map.len()), Ok(checkpoint.op_number.0));
            assert!(checkpoint.op_number >= kept.start);
        }
        state.clone()
    }

    fn files(&self) -> Files {
        let files = self.disk.iter();
        files.map(|(&file, content)| (file, Bytes::copy_from_slice(content))).collect()
    }
}

fn identity() -> Identity {
    Identity { group: Uuid::from_u128(7), replica: ReplicaNumber(1) }
}
