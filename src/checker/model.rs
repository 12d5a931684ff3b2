//! What an object does when operations happen one after the other.

use super::shape::{Plain, Shape};
use core::fmt::Debug;
use core::hash::Hash;

/// A sequential object, written independently of the service that is judged by it.
pub trait Model {
    /// What the object is between operations.
    type State: Clone + Eq + Hash + Debug;
    /// What can be asked.
    type Input: Clone + Eq + Hash + Debug;
    /// What is answered.
    type Output: Clone + PartialEq + Debug;
    /// Parts of the object that do not know of each other: each is judged alone.
    type Key: Clone + Ord + Hash;

    /// The part that an operation is about.
    fn key(&self, input: &Self::Input) -> Self::Key;

    /// A part at the beginning.
    fn initial(&self) -> Self::State;

    /// What becomes of a part, and what is answered.
    fn step(&self, state: &Self::State, input: &Self::Input) -> (Self::State, Self::Output);

    /// Whether a client that was given that answer can have seen this: it may have been told less
    /// than all.
    fn fits(&self, answer: &Self::Output, seen: &Self::Output) -> bool {
        answer == seen
    }

    /// Whether the operation changes nothing, in whatever state it gives that answer, or any
    /// where none is known. A deletion of nothing is no such operation: it changes nothing
    /// here, but would elsewhere with the same answer.
    fn is_read(&self, input: &Self::Input, output: Option<&Self::Output>) -> bool;

    /// The operation as a person would write it, with its answer where there is one.
    fn describe(&self, input: &Self::Input, output: Option<&Self::Output>) -> String;

    /// What kind of object a part is, where it is one that can be judged without a search.
    fn shape(&self) -> Shape {
        Shape::Any
    }

    /// The operation in the terms of [`Model::shape`]; with what was seen, where anything was.
    fn plain<'a>(&self, input: &'a Self::Input, output: Option<&'a Self::Output>) -> Plain<'a> {
        let _ = (input, output);
        Plain::Other
    }

    /// What a state is in the terms of [`Model::shape`], where that is a list of values. A search
    /// then tries first what leads to the lists that were seen.
    fn held<'a>(&self, state: &'a Self::State) -> Option<&'a [u64]> {
        let _ = state;
        None
    }

    /// About how many bytes a state has on the heap, for those who bound the memory of a search.
    fn heap_bytes(&self, state: &Self::State) -> usize {
        let _ = state;
        0
    }
}
