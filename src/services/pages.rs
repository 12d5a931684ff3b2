//! Values that fit in a page, as checkpoints of services that have no more.

use crate::protocol::pages::{Paged, Reader, Tree};

/// A tree of one page that holds one value.
pub(super) fn page_of(value: &impl Paged) -> Tree {
    let mut page = Vec::new();
    value.put(&mut page);
    Tree::page(page.into())
}

/// The value of a page that holds nothing else.
pub(super) fn value_of<T: Paged>(tree: &Tree) -> Option<T> {
    let mut page = Reader::new(tree.as_page()?.clone());
    let value = T::take(&mut page)?;
    page.is_empty().then_some(value)
}
