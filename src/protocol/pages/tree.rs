//! A state that does not change any more: pages, and digests of them up to one of the whole.

use super::digest::Digest;
use bytes::Bytes;
use core::fmt;
use core::hash::{Hash, Hasher};
use std::sync::Arc;

/// A tree of pages. Copying it copies nothing.
///
/// Two trees are equal if their pages are, byte for byte, and in the same places.
#[derive(Clone)]
pub struct Tree(Arc<Node>);

struct Node {
    digest: Digest,
    /// Bytes of all pages below.
    size: u64,
    body: Body,
}

enum Body {
    Page(Bytes),
    Branch(Box<[Tree]>),
}

/// One node of a tree as it travels: a page, or what the nodes below it are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// A page.
    Page(Bytes),
    /// The digests of the nodes below.
    Branch(Arc<[Digest]>),
}

impl Piece {
    /// The digest of the node that this is.
    #[must_use]
    pub fn digest(&self) -> Digest {
        match self {
            Self::Page(page) => Digest::of(PAGE, page),
            Self::Branch(below) if below.len() > FAN_OUT => Digest::of(NOTHING, &[]),
            Self::Branch(below) => digest_of_branch(below.iter().copied()),
        }
    }

    /// Bytes on the way, about.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Page(page) => page.len(),
            Self::Branch(below) => below.len() * 16,
        }
    }
}

impl Tree {
    /// A tree of one page.
    #[must_use]
    pub fn page(page: Bytes) -> Self {
        let size = u64::try_from(page.len()).expect("a length fits in 64 bits");
        Self(Arc::new(Node { digest: Digest::of(PAGE, &page), size, body: Body::Page(page) }))
    }

    /// A tree of trees, of which there may be sixteen.
    ///
    /// # Panics
    /// When there are more.
    #[must_use]
    pub fn branch(below: impl Into<Box<[Self]>>) -> Self {
        let below = below.into();
        assert!(below.len() <= FAN_OUT, "a step of a path has four bits");
        let digest = digest_of_branch(below.iter().map(Self::digest));
        let size = below.iter().map(Self::size).sum();
        Self(Arc::new(Node { digest, size, body: Body::Branch(below) }))
    }

    /// The digest of all of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.0.digest
    }

    /// Bytes of its pages.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// Its page, where it has only one.
    #[must_use]
    pub fn as_page(&self) -> Option<&Bytes> {
        match &self.0.body {
            Body::Page(page) => Some(page),
            Body::Branch(_) => None,
        }
    }

    /// The trees below, where there are some.
    #[must_use]
    pub fn below(&self) -> &[Self] {
        match &self.0.body {
            Body::Page(_) => &[],
            Body::Branch(below) => below,
        }
    }

    /// The node at a path.
    #[must_use]
    pub fn at(&self, path: Path) -> Option<&Self> {
        let mut node = self;
        for step in path.steps() {
            node = node.below().get(step)?;
        }
        Some(node)
    }

    /// The node as it travels.
    #[must_use]
    pub fn piece(&self) -> Piece {
        match &self.0.body {
            Body::Page(page) => Piece::Page(page.clone()),
            Body::Branch(below) => Piece::Branch(below.iter().map(Self::digest).collect()),
        }
    }

    /// Every page, with where it is.
    pub fn pages(&self, mut each: impl FnMut(Path, &Bytes)) {
        self.visit(Path::ROOT, &mut each);
    }

    fn visit(&self, path: Path, each: &mut impl FnMut(Path, &Bytes)) {
        match &self.0.body {
            Body::Page(page) => each(path, page),
            Body::Branch(below) => {
                for (step, tree) in below.iter().enumerate() {
                    if let Some(path) = path.down(step) {
                        tree.visit(path, each);
                    }
                }
            }
        }
    }
}

/// By its digest, as equality is.
impl Hash for Tree {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest().hash(state);
    }
}

impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        self.digest() == other.digest()
    }
}

impl Eq for Tree {}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tree({}, {} bytes)", self.digest(), self.size())
    }
}

/// Where a node is: which way to go at each branch, from the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    depth: u8,
    /// Four bits a step, the first lowest.
    steps: u128,
}

impl Path {
    /// Of the root.
    pub const ROOT: Self = Self { depth: 0, steps: 0 };

    /// Of a node below; nothing where that is too deep.
    #[must_use]
    pub fn down(self, step: usize) -> Option<Self> {
        let step = u128::try_from(step).ok().filter(|&step| step < 16)?;
        (self.depth < DEPTH_MAX)
            .then(|| Self { depth: self.depth + 1, steps: self.steps | step << (4 * self.depth) })
    }

    /// Which way to go at each branch.
    pub fn steps(self) -> impl Iterator<Item = usize> {
        let step = move |at: u8| usize::try_from(self.steps >> (4 * at) & 15).expect("four bits");
        (0..self.depth.min(DEPTH_MAX)).map(step)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("/")?;
        self.steps().try_for_each(|step| write!(f, "{step:x}"))
    }
}

fn digest_of_branch(below: impl Iterator<Item = Digest>) -> Digest {
    let mut bytes = [0; 16 * FAN_OUT];
    let mut length = 0;
    for digest in below {
        bytes[length..length + 16].copy_from_slice(&digest.0.to_le_bytes());
        length += 16;
    }
    Digest::of(BRANCH, &bytes[..length])
}

/// A page and a branch of the same bytes are not the same.
const PAGE: u64 = 1;
const BRANCH: u64 = 2;
/// No node has this.
const NOTHING: u64 = 3;

/// Nodes below a branch, at most.
pub(super) const FAN_OUT: usize = 16;

/// Branches above a page, at most.
const DEPTH_MAX: u8 = 32;

#[cfg(test)]
mod tests {
    use super::{Path, Piece, Tree};
    use bytes::Bytes;

    #[test]
    fn a_node_is_found_by_its_path_and_travels_as_what_it_is() {
        let pages = [&b"a"[..], b"b", b"c"].map(|page| Tree::page(Bytes::from_static(page)));
        let tree = Tree::branch([Tree::branch(pages.clone()), pages[0].clone()]);
        assert_eq!(tree.size(), 4);
        let path = Path::ROOT.down(0).and_then(|path| path.down(2)).expect("not deep");
        assert_eq!(path.to_string(), "/02");
        assert_eq!(tree.at(path).map(Tree::piece), Some(Piece::Page(Bytes::from_static(b"c"))));
        assert_eq!(tree.at(path.down(0).expect("not deep")), None);
        for node in [&tree, &tree.below()[0], &tree.below()[1]] {
            assert_eq!(node.piece().digest(), node.digest());
        }
        let mut seen = String::new();
        tree.pages(|path, page| seen.push_str(&format!("{path}={page:?} ")));
        assert_eq!(seen, "/00=b\"a\" /01=b\"b\" /02=b\"c\" /1=b\"a\" ");
    }

    #[test]
    fn a_path_ends_somewhere() {
        let mut path = Path::ROOT;
        let mut depth = 0;
        while let Some(down) = path.down(15) {
            path = down;
            depth += 1;
        }
        assert_eq!((depth, path.steps().filter(|&step| step == 15).count()), (32, 32));
        assert_eq!(Path::ROOT.down(16), None);
    }
}
