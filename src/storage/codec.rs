//! Numbers and bytes as they stand on the disk: little-endian, without any padding.

use bytes::Bytes;

/// Puts numbers and bytes one behind the other.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(super) fn u16(&mut self, value: u16) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn u128(&mut self, value: u128) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// Bytes with their length before them.
    pub(super) fn bytes(&mut self, value: &[u8]) {
        self.u32(u32::try_from(value.len()).expect("an operation is bounded"));
        self.0.extend_from_slice(value);
    }

    /// Zeros up to the next multiple of `size`.
    pub(super) fn pad_to(&mut self, size: usize) {
        self.0.resize(self.0.len().next_multiple_of(size), 0);
    }
}

/// Takes them off again. Nothing is taken where not enough is left.
#[derive(Clone, Debug)]
pub(super) struct Reader(pub(super) Bytes);

impl Reader {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let taken = self.0.get(..N)?.try_into().ok()?;
        self.0 = self.0.slice(N..);
        Some(taken)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    pub(super) fn u128(&mut self) -> Option<u128> {
        self.take().map(u128::from_le_bytes)
    }

    /// Bytes with their length before them: a part of what is read, not a copy.
    pub(super) fn bytes(&mut self) -> Option<Bytes> {
        let mut rest = self.clone();
        let length = usize::try_from(rest.u32()?).ok()?;
        if length > rest.0.len() {
            return None;
        }
        let taken = rest.0.split_to(length);
        *self = rest;
        Some(taken)
    }
}
