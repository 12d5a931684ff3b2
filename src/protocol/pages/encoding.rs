//! Keys and values as they stand in pages: little-endian, and the same bytes for the same value.

use super::digest::{self, Digest};
use crate::protocol::numbers::{ClientId, OpNumber, RequestNumber};
use bytes::Bytes;
use uuid::Uuid;

/// What can stand in a page. Equal values must have equal bytes, and others other bytes.
pub trait Paged: Sized {
    /// Puts its bytes at the end of a page.
    fn put(&self, page: &mut Vec<u8>);

    /// Takes it off the front of what is left of a page; nothing where there is no such value.
    fn take(page: &mut Reader) -> Option<Self>;

    /// Where a map puts it: any number that follows from its value, and is spread well.
    fn place(&self) -> u64 {
        let mut bytes = Vec::with_capacity(16);
        self.put(&mut bytes);
        Digest::of(KEY, &bytes).high()
    }
}

/// A key as a key, and not as a page.
const KEY: u64 = 4;

/// What is left to be read of a page.
#[derive(Clone, Debug)]
pub struct Reader(Bytes);

impl Reader {
    /// Reads a page from its first byte on.
    #[must_use]
    pub const fn new(page: Bytes) -> Self {
        Self(page)
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next bytes; nothing where fewer are left.
    pub fn bytes(&mut self, count: usize) -> Option<Bytes> {
        (count <= self.0.len()).then(|| self.0.split_to(count))
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.as_ref().try_into().ok()
    }
}

impl Paged for u16 {
    fn put(&self, page: &mut Vec<u8>) {
        page.extend_from_slice(&self.to_le_bytes());
    }

    fn take(page: &mut Reader) -> Option<Self> {
        page.array().map(Self::from_le_bytes)
    }

    fn place(&self) -> u64 {
        digest::spread((*self).into())
    }
}

impl Paged for u64 {
    fn put(&self, page: &mut Vec<u8>) {
        page.extend_from_slice(&self.to_le_bytes());
    }

    fn take(page: &mut Reader) -> Option<Self> {
        page.array().map(Self::from_le_bytes)
    }

    fn place(&self) -> u64 {
        digest::spread((*self).into())
    }
}

impl Paged for u128 {
    fn put(&self, page: &mut Vec<u8>) {
        page.extend_from_slice(&self.to_le_bytes());
    }

    fn take(page: &mut Reader) -> Option<Self> {
        page.array().map(Self::from_le_bytes)
    }

    fn place(&self) -> u64 {
        digest::spread(*self)
    }
}

impl Paged for Bytes {
    fn put(&self, page: &mut Vec<u8>) {
        u64::try_from(self.len()).expect("a length fits in 64 bits").put(page);
        page.extend_from_slice(self);
    }

    fn take(page: &mut Reader) -> Option<Self> {
        let count = u64::take(page)?;
        page.bytes(usize::try_from(count).ok()?)
    }
}

impl<T: Paged> Paged for Vec<T> {
    fn put(&self, page: &mut Vec<u8>) {
        u64::try_from(self.len()).expect("a length fits in 64 bits").put(page);
        for value in self {
            value.put(page);
        }
    }

    fn take(page: &mut Reader) -> Option<Self> {
        let count = u64::take(page)?;
        // No room is made for what may be a damaged number.
        (0..count).map(|_| T::take(page)).collect()
    }
}

impl<A: Paged, B: Paged> Paged for (A, B) {
    fn put(&self, page: &mut Vec<u8>) {
        self.0.put(page);
        self.1.put(page);
    }

    fn take(page: &mut Reader) -> Option<Self> {
        Some((A::take(page)?, B::take(page)?))
    }
}

impl Paged for ClientId {
    fn put(&self, page: &mut Vec<u8>) {
        self.0.as_u128().put(page);
    }

    fn take(page: &mut Reader) -> Option<Self> {
        u128::take(page).map(|id| Self(Uuid::from_u128(id)))
    }

    fn place(&self) -> u64 {
        self.0.as_u128().place()
    }
}

impl Paged for RequestNumber {
    fn put(&self, page: &mut Vec<u8>) {
        self.0.put(page);
    }

    fn take(page: &mut Reader) -> Option<Self> {
        u64::take(page).map(Self)
    }
}

impl Paged for OpNumber {
    fn put(&self, page: &mut Vec<u8>) {
        self.0.put(page);
    }

    fn take(page: &mut Reader) -> Option<Self> {
        u64::take(page).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Paged, Reader};
    use bytes::Bytes;

    #[test]
    fn what_was_put_is_taken_and_a_page_that_is_cut_is_noticed() {
        let value = (vec![(1_u16, 2_u64), (3, 4)], Bytes::from_static(b"bytes"));
        let mut page = Vec::new();
        value.put(&mut page);
        let page = Bytes::from(page);
        let mut whole = Reader::new(page.clone());
        assert_eq!(Paged::take(&mut whole), Some(value));
        assert!(whole.is_empty());
        for end in 0..page.len() {
            let taken: Option<(Vec<(u16, u64)>, Bytes)> =
                Paged::take(&mut Reader::new(page.slice(..end)));
            assert_eq!(taken, None, "cut at {end}");
        }
    }

    #[test]
    fn a_length_beyond_all_reason_is_not_believed() {
        let mut page = Vec::new();
        u64::MAX.put(&mut page);
        assert_eq!(Bytes::take(&mut Reader::new(page.clone().into())), None);
        assert_eq!(Vec::<u64>::take(&mut Reader::new(page.into())), None);
    }
}
