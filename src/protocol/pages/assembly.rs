//! Another replica's tree, put together from pieces: only what is not known already is fetched, and
//! nothing is taken that is not what it should be.

use super::digest::Digest;
use super::tree::{FAN_OUT, Path, Piece, Tree};
use core::fmt;
use std::collections::BTreeMap;

/// A tree of which the digest is known, and some of the nodes.
#[derive(Clone, Debug, Hash)]
pub struct Assembly {
    digest: Digest,
    /// A tree that may have nodes in common with it.
    own: Option<Tree>,
    found: BTreeMap<Path, Found>,
    missing: BTreeMap<Path, Digest>,
    /// Found for another tree, before this one was wanted.
    spare: BTreeMap<Path, Found>,
}

#[derive(Clone, Debug, Hash)]
enum Found {
    /// All from here on.
    Whole(Tree),
    /// What must be below.
    Branch(std::sync::Arc<[Digest]>),
}

/// A piece that is not the one which belongs there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongPiece;

impl fmt::Display for WrongPiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the piece is not the one that belongs there")
    }
}

impl core::error::Error for WrongPiece {}

impl Assembly {
    /// Begins to look for the tree with that digest. Its own tree is where what did not change is
    /// taken from.
    #[must_use]
    pub fn new(digest: Digest, own: Option<Tree>) -> Self {
        let mut assembly = Self {
            digest,
            own,
            found: BTreeMap::new(),
            missing: BTreeMap::new(),
            spare: BTreeMap::new(),
        };
        assembly.want(Path::ROOT, digest);
        assembly
    }

    /// Goes over to another tree; what was found for this one is found for that one, where they
    /// are the same.
    #[must_use]
    pub fn go_over_to(self, digest: Digest) -> Self {
        let mut spare = self.spare;
        spare.extend(self.found);
        let mut assembly =
            Self { digest, own: self.own, found: BTreeMap::new(), missing: BTreeMap::new(), spare };
        assembly.want(Path::ROOT, digest);
        assembly
    }

    /// What has to be asked for. Paths further down come up as pieces arrive.
    pub fn missing(&self) -> impl Iterator<Item = Path> + '_ {
        self.missing.keys().copied()
    }

    /// Whether nothing is missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// Adds a piece; tells whether it was missing.
    ///
    /// # Errors
    /// When it is not the piece that belongs there. Then nothing has changed.
    pub fn add(&mut self, path: Path, piece: &Piece) -> Result<bool, WrongPiece> {
        let Some(&digest) = self.missing.get(&path) else {
            return Ok(false);
        };
        let is_too_deep = matches!(piece, Piece::Branch(_)) && path.down(0).is_none();
        if piece.digest() != digest || is_too_deep {
            return Err(WrongPiece);
        }
        self.missing.remove(&path);
        match piece {
            Piece::Page(page) => {
                self.found.insert(path, Found::Whole(Tree::page(page.clone())));
            }
            Piece::Branch(below) => self.open(path, below.clone()),
        }
        Ok(true)
    }

    /// The tree, where nothing is missing.
    #[must_use]
    pub fn finish(&self) -> Option<Tree> {
        self.is_complete().then(|| self.build(Path::ROOT)).flatten()
    }

    /// The digest of the tree that is looked for.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Looks for a node among what is known.
    fn want(&mut self, path: Path, digest: Digest) {
        let own = self.own.as_ref().and_then(|own| own.at(path));
        if let Some(tree) = own.filter(|tree| tree.digest() == digest) {
            self.found.insert(path, Found::Whole(tree.clone()));
            return;
        }
        match self.spare.get(&path) {
            Some(Found::Whole(tree)) if tree.digest() == digest => {
                self.found.insert(path, Found::Whole(tree.clone()));
            }
            Some(Found::Branch(below)) if Piece::Branch(below.clone()).digest() == digest => {
                let below = below.clone();
                self.open(path, below);
            }
            Some(_) | None => {
                self.missing.insert(path, digest);
            }
        }
    }

    fn open(&mut self, path: Path, below: std::sync::Arc<[Digest]>) {
        for (step, &digest) in below.iter().enumerate().take(FAN_OUT) {
            if let Some(path) = path.down(step) {
                self.want(path, digest);
            }
        }
        self.found.insert(path, Found::Branch(below));
    }

    fn build(&self, path: Path) -> Option<Tree> {
        match self.found.get(&path)? {
            Found::Whole(tree) => Some(tree.clone()),
            Found::Branch(below) => {
                let below = (0..below.len()).map(|step| self.build(path.down(step)?));
                Some(Tree::branch(below.collect::<Option<Box<[Tree]>>>()?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::map::PagedMap;
    use super::{Assembly, Path, Piece, Tree, WrongPiece};
    use bytes::Bytes;

    fn tree_of(keys: u64, changed: impl IntoIterator<Item = u64>) -> Tree {
        let mut map = PagedMap::default();
        for key in 0..keys {
            map.insert(key, 0_u64);
        }
        for key in changed {
            map.insert(key, 1);
        }
        map.seal()
    }

    /// Fetches as much as it may; returns how many pieces came.
    fn fetch(assembly: &mut Assembly, from: &Tree, most: usize) -> usize {
        let mut count = 0;
        while count < most {
            let Some(path) = assembly.missing().next() else { break };
            let piece = from.at(path).expect("it has what it is asked for").piece();
            assert_eq!(assembly.add(path, &piece), Ok(true));
            assert_eq!(assembly.add(path, &piece), Ok(false), "once is enough");
            count += 1;
        }
        count
    }

    #[test]
    fn only_what_differs_is_fetched() {
        let (own, wanted) = (tree_of(5_000, []), tree_of(5_000, [17, 4_000]));
        let mut all = Assembly::new(wanted.digest(), None);
        let whole = fetch(&mut all, &wanted, usize::MAX);
        assert_eq!(all.finish(), Some(wanted.clone()));
        let mut some = Assembly::new(wanted.digest(), Some(own));
        let part = fetch(&mut some, &wanted, usize::MAX);
        assert_eq!(some.finish(), Some(wanted));
        assert!(part <= 10 && whole > 500, "{part} of {whole} pieces");
    }

    #[test]
    fn what_came_for_one_tree_serves_for_the_next() {
        let (first, second) = (tree_of(5_000, []), tree_of(5_000, [17, 4_000]));
        let mut assembly = Assembly::new(first.digest(), None);
        let before = fetch(&mut assembly, &first, 600);
        let mut assembly = assembly.go_over_to(second.digest());
        let after = fetch(&mut assembly, &second, usize::MAX);
        assert_eq!(assembly.finish(), Some(second.clone()));
        let mut all = Assembly::new(second.digest(), None);
        let whole = fetch(&mut all, &second, usize::MAX);
        assert!(before + after <= whole + 10, "{before} and {after} of {whole} pieces");
    }

    #[test]
    fn a_piece_that_belongs_elsewhere_is_not_taken() {
        let (wanted, other) = (tree_of(500, []), tree_of(500, [3]));
        let mut assembly = Assembly::new(wanted.digest(), None);
        assert_eq!(assembly.add(Path::ROOT, &other.piece()), Err(WrongPiece));
        let noise = Piece::Page(Bytes::from_static(b"noise"));
        assert_eq!(assembly.add(Path::ROOT, &noise), Err(WrongPiece));
        let wide = Piece::Branch(vec![wanted.digest(); 17].into());
        assert_eq!(assembly.add(Path::ROOT, &wide), Err(WrongPiece));
        assert_eq!(assembly.missing().count(), 1);
        assert_eq!(assembly.finish(), None);
    }
}
