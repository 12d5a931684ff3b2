//! The encoding of typed operations and replies: postcard, which is small and stable.

use crate::protocol::service::Codec;
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Encodes with `postcard`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Postcard;

impl Codec for Postcard {
    fn encode<T: Serialize>(value: &T) -> Bytes {
        // A vector that grows allocates again and again, and most of what is encoded is small.
        let mut room = [0; SMALL];
        if let Ok(encoded) = postcard::to_slice(value, &mut room) {
            return Bytes::copy_from_slice(encoded);
        }
        let bytes = postcard::to_stdvec(value).expect("plain data can be encoded");
        Bytes::from(bytes)
    }

    fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
        postcard::from_bytes(bytes).ok()
    }
}

/// Up to so many bytes are encoded without a vector that grows.
const SMALL: usize = 64;
