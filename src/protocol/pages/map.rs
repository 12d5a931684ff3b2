//! A map that knows its pages: sealing it costs what has changed since it was sealed last.

use super::encoding::{Paged, Reader};
use super::tree::{FAN_OUT, Tree};
use bytes::Bytes;

/// A map whose state is a tree of pages, at any time.
///
/// The pages follow from what is in the map, not from how it got there: replicas with equal maps
/// have equal pages. An entry lies where the place of its key says; a part with few entries is
/// one page, a larger one is split into sixteen.
#[derive(Clone, Debug)]
pub struct PagedMap<K, V> {
    root: Node<K, V>,
}

#[derive(Clone, Debug)]
struct Node<K, V> {
    /// How many entries there are below.
    count: usize,
    content: Content<K, V>,
    /// As it was sealed, if it has not changed since.
    sealed: Option<Tree>,
}

#[derive(Clone, Debug)]
enum Content<K, V> {
    /// In the order of their places, then of their keys.
    Page(Vec<Entry<K, V>>),
    Branch(Box<[Node<K, V>; FAN_OUT]>),
}

#[derive(Clone, Debug)]
struct Entry<K, V> {
    place: u64,
    key: K,
    value: V,
}

impl<K, V> Default for PagedMap<K, V> {
    fn default() -> Self {
        Self { root: Node::default() }
    }
}

impl<K, V> Default for Node<K, V> {
    fn default() -> Self {
        Self { count: 0, content: Content::Page(Vec::new()), sealed: None }
    }
}

impl<K: Paged + Ord, V: Paged> PagedMap<K, V> {
    /// How many entries there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.root.count
    }

    /// Whether there is no entry.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a key holds.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        let place = key.place();
        let mut node = &self.root;
        let mut depth = 0;
        loop {
            match &node.content {
                Content::Branch(below) => node = &below[step(place, depth)],
                Content::Page(entries) => {
                    let at = find(entries, place, key).ok()?;
                    return Some(&entries[at].value);
                }
            }
            depth += 1;
        }
    }

    /// Lets a key hold a value; returns what it held.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let entry = Entry { place: key.place(), key, value };
        self.root.insert(entry, 0)
    }

    /// What a key holds, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = key.place();
        self.get(key)?;
        let mut node = &mut self.root;
        let mut depth = 0;
        loop {
            node.sealed = None;
            match &mut node.content {
                Content::Branch(below) => node = &mut below[step(place, depth)],
                Content::Page(entries) => {
                    let at = find(entries, place, key).ok()?;
                    return Some(&mut entries[at].value);
                }
            }
            depth += 1;
        }
    }

    /// Lets a key hold nothing; returns what it held.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.root.remove(key.place(), key, 0)
    }

    /// Every entry, in an order that follows from the keys.
    pub fn for_each(&self, mut each: impl FnMut(&K, &V)) {
        self.root.for_each(&mut each);
    }

    /// The map as it is now.
    pub fn seal(&mut self) -> Tree {
        self.root.seal()
    }

    /// The map that a tree is of; nothing where it is of none.
    #[must_use]
    pub fn unseal(tree: &Tree) -> Option<Self> {
        let root = Node::unseal(tree, 0)?;
        // Pages that say the same in another way are no map's.
        root.is_canonical(0, 0).then_some(Self { root })
    }
}

impl<K: Paged + Ord, V: Paged> Node<K, V> {
    fn insert(&mut self, entry: Entry<K, V>, depth: u32) -> Option<V> {
        self.sealed = None;
        let replaced = match &mut self.content {
            Content::Branch(below) => below[step(entry.place, depth)].insert(entry, depth + 1),
            Content::Page(entries) => match find(entries, entry.place, &entry.key) {
                Ok(at) => Some(std::mem::replace(&mut entries[at].value, entry.value)),
                Err(at) => {
                    entries.insert(at, entry);
                    None
                }
            },
        };
        if replaced.is_none() {
            self.count += 1;
            self.split_if_full(depth);
        }
        replaced
    }

    fn split_if_full(&mut self, depth: u32) {
        if let Content::Page(entries) = &mut self.content
            && is_split(entries.len(), depth)
        {
            let entries = std::mem::take(entries);
            self.content = Content::Branch(Box::default());
            if let Content::Branch(below) = &mut self.content {
                for entry in entries {
                    below[step(entry.place, depth)].insert(entry, depth + 1);
                }
            }
        }
    }

    fn remove(&mut self, place: u64, key: &K, depth: u32) -> Option<V> {
        let removed = match &mut self.content {
            Content::Branch(below) => below[step(place, depth)].remove(place, key, depth + 1)?,
            Content::Page(entries) => {
                let at = find(entries, place, key).ok()?;
                entries.remove(at).value
            }
        };
        self.sealed = None;
        self.count -= 1;
        if let Content::Branch(below) = &mut self.content
            && !is_split(self.count, depth)
        {
            let mut entries = Vec::with_capacity(self.count);
            for node in below.iter_mut() {
                node.drain_into(&mut entries);
            }
            self.content = Content::Page(entries);
        }
        Some(removed)
    }

    fn drain_into(&mut self, entries: &mut Vec<Entry<K, V>>) {
        match &mut self.content {
            Content::Page(own) => entries.append(own),
            Content::Branch(below) => {
                for node in below.iter_mut() {
                    node.drain_into(entries);
                }
            }
        }
    }

    fn for_each(&self, each: &mut impl FnMut(&K, &V)) {
        match &self.content {
            Content::Page(entries) => {
                for entry in entries {
                    each(&entry.key, &entry.value);
                }
            }
            Content::Branch(below) => {
                for node in below.iter() {
                    node.for_each(each);
                }
            }
        }
    }

    fn seal(&mut self) -> Tree {
        if let Some(sealed) = &self.sealed {
            return sealed.clone();
        }
        let tree = match &mut self.content {
            Content::Page(entries) => {
                let mut page = Vec::new();
                for entry in entries {
                    entry.key.put(&mut page);
                    entry.value.put(&mut page);
                }
                Tree::page(Bytes::from(page))
            }
            Content::Branch(below) => {
                Tree::branch(below.iter_mut().map(Self::seal).collect::<Box<[Tree]>>())
            }
        };
        self.sealed = Some(tree.clone());
        tree
    }

    fn unseal(tree: &Tree, depth: u32) -> Option<Self> {
        let (count, content) = match tree.as_page() {
            Some(page) => {
                let mut reader = Reader::new(page.clone());
                let mut entries = Vec::new();
                while !reader.is_empty() {
                    let (key, value) = (K::take(&mut reader)?, V::take(&mut reader)?);
                    entries.push(Entry { place: key.place(), key, value });
                }
                (entries.len(), Content::Page(entries))
            }
            None if depth < LEVELS => {
                let below = tree.below().iter().map(|tree| Self::unseal(tree, depth + 1));
                let below: Box<[Self]> = below.collect::<Option<_>>()?;
                let count = below.iter().map(|node| node.count).sum();
                (count, Content::Branch(below.try_into().ok()?))
            }
            None => return None,
        };
        Some(Self { count, content, sealed: Some(tree.clone()) })
    }

    /// Whether it is what the same entries, put in one by one, make.
    fn is_canonical(&self, begin: u64, depth: u32) -> bool {
        match &self.content {
            Content::Page(entries) => {
                let is_here = |entry: &Entry<K, V>| {
                    let free = 64 - 4 * depth;
                    depth == 0 || entry.place >> free == begin
                };
                let is_sorted = entries
                    .windows(2)
                    .all(|two| (two[0].place, &two[0].key) < (two[1].place, &two[1].key));
                !is_split(entries.len(), depth) && is_sorted && entries.iter().all(is_here)
            }
            Content::Branch(below) => {
                is_split(self.count, depth)
                    && (0..).zip(below.iter()).all(|(step, node): (u64, _)| {
                        node.is_canonical(begin << 4 | step, depth + 1)
                    })
            }
        }
    }
}

/// Whether so many entries are too many for one page. Where all steps are taken they never are.
const fn is_split(count: usize, depth: u32) -> bool {
    count > PAGE_MAX && depth < LEVELS
}

/// Which way to go at a depth: four bits of the place, the highest first.
fn step(place: u64, depth: u32) -> usize {
    usize::try_from(place >> (60 - 4 * depth) & 15).expect("four bits")
}

fn find<K: Ord, V>(entries: &[Entry<K, V>], place: u64, key: &K) -> Result<usize, usize> {
    entries.binary_search_by(|entry| (entry.place, &entry.key).cmp(&(place, key)))
}

/// Entries in a page, at most.
const PAGE_MAX: usize = 8;

/// Steps that a place has.
const LEVELS: u32 = 16;

#[cfg(test)]
mod tests {
    use super::{PagedMap, Tree};
    use bytes::Bytes;
    use std::collections::BTreeMap;

    fn map_of(keys: impl IntoIterator<Item = u64>) -> PagedMap<u64, u64> {
        let mut map = PagedMap::default();
        for key in keys {
            assert_eq!(map.insert(key, key * 3), None);
        }
        map
    }

    fn pages(tree: &Tree) -> usize {
        let mut count = 0;
        tree.pages(|_, _| count += 1);
        count
    }

    /// Numbers without any order, the same in every run.
    fn chance(mut state: u64) -> impl FnMut(u64) -> u64 {
        move |below| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        }
    }

    #[test]
    fn it_holds_what_any_map_holds_and_its_pages_follow_from_that_alone() {
        let mut random = chance(7);
        let mut map = PagedMap::<u64, u64>::default();
        let mut model = BTreeMap::new();
        for round in 0..6_000 {
            let (key, value) = (random(400), random(1_000));
            if random(5) < 3 - round / 3_000 {
                assert_eq!(map.insert(key, value), model.insert(key, value));
            } else {
                assert_eq!(map.remove(&key), model.remove(&key));
                let changed = random(400);
                assert_eq!(map.get_mut(&changed), model.get_mut(&changed));
                map.get_mut(&changed).into_iter().for_each(|value| *value += 1);
                model.get_mut(&changed).into_iter().for_each(|value| *value += 1);
            }
            assert_eq!(map.len(), model.len());
            assert_eq!(map.get(&key), model.get(&key));
            if round % 50 == 0 {
                let mut fresh = PagedMap::default();
                for (&key, &value) in model.iter().rev() {
                    fresh.insert(key, value);
                }
                let tree = map.seal();
                assert_eq!(tree, fresh.seal());
                let back = PagedMap::<u64, u64>::unseal(&tree).expect("a map's tree");
                let mut entries = BTreeMap::new();
                back.for_each(|&key, &value| assert_eq!(entries.insert(key, value), None));
                assert_eq!(entries, model);
            }
        }
    }

    #[test]
    fn what_did_not_change_is_shared_with_what_was_sealed_before() {
        let mut map = map_of(0..10_000);
        let before = map.seal();
        map.insert(77, 0);
        map.insert(78, 0);
        let after = map.seal();
        let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
        before.pages(|path, page| assert_eq!(old.insert(path, page.as_ptr()), None));
        after.pages(|path, page| assert_eq!(new.insert(path, page.as_ptr()), None));
        let changed = new.iter().filter(|(path, page)| old.get(*path) != Some(*page)).count();
        assert!((1..=2).contains(&changed), "{changed} of {} pages", pages(&after));
        assert_eq!(before.at(super::super::Path::ROOT), Some(&before), "the old one stays");
        map.insert(77, 77 * 3);
        map.insert(78, 78 * 3);
        assert_eq!(map.seal(), before, "equal again");
    }

    #[test]
    fn pages_that_are_no_map_are_refused() {
        let mut map = map_of(0..100);
        let good = map.seal();
        assert!(PagedMap::<u64, u64>::unseal(&good).is_some());
        let mut below = good.below().to_vec();
        below.swap(2, 3);
        assert!(PagedMap::<u64, u64>::unseal(&Tree::branch(below)).is_none(), "out of place");
        let below = good.below()[..15].to_vec();
        assert!(PagedMap::<u64, u64>::unseal(&Tree::branch(below)).is_none(), "not sixteen");
        let cut = Tree::page(Bytes::from_static(b"not sixteen bytes"));
        assert!(PagedMap::<u64, u64>::unseal(&cut).is_none(), "half an entry");
        let few = map_of(0..2).seal();
        let mut split: Vec<Tree> = vec![Tree::page(Bytes::new()); 16];
        split[0] = few;
        assert!(PagedMap::<u64, u64>::unseal(&Tree::branch(split)).is_none(), "split too soon");
        let mut deep = Tree::page(Bytes::new());
        for _ in 0..40 {
            deep = Tree::branch(vec![deep; 16]);
        }
        assert!(PagedMap::<u64, u64>::unseal(&deep).is_none(), "too deep");
    }
}
