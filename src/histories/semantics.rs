//! What the events of a file mean: others tell less, or drop what did not happen.

use super::Format;
use super::recording::Recording;

/// Who recorded a history, and so what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Semantics {
    /// This project. What failed has not happened, and is left out; a swap that was not done is ok,
    /// and was told `{"current": value}`. Nothing is held at first.
    Ours,
    /// Jepsen's Knossos. What failed is left out, failed swaps too, and a read of nil may have read
    /// anything. A register holds 0 at first.
    Knossos,
    /// porcupine's tests of etcd, on a register that holds nothing at first: a swap that failed has
    /// found another value, and a read of nil has found nothing.
    PorcupineEtcd,
    /// porcupine's tests of a store of texts: get, put and append.
    PorcupineKv,
}

impl Semantics {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ours, Self::Knossos, Self::PorcupineEtcd, Self::PorcupineKv];

    /// How they are called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Knossos => "knossos",
            Self::PorcupineEtcd => "porcupine-etcd",
            Self::PorcupineKv => "porcupine-kv",
        }
    }

    /// Those of that name.
    ///
    /// # Errors
    /// With all names.
    pub fn parse(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|semantics| semantics.name() == name);
        found.ok_or_else(|| format!("one of {}", Self::ALL.map(Self::name).join(", ")))
    }

    /// Those that a history probably has, where nobody says.
    #[must_use]
    pub fn of(recording: &Recording) -> Self {
        let has_texts = !recording.is_empty() && !recording.traits.has_more_than_texts;
        match recording.format() {
            Format::Lines => Self::Ours,
            Format::Log => Self::PorcupineEtcd,
            Format::Edn if has_texts => Self::PorcupineKv,
            Format::Edn => Self::Knossos,
        }
    }
}
