//! Who is in the group, how many may fail, and how many make a quorum (§2, §4).

use super::numbers::{ReplicaNumber, ViewNumber};
use core::fmt;

/// The members of a group: replicas `r0` to `r(N-1)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Configuration {
    replicas: u8,
}

/// The largest group: sets of replicas are masks of 16 bits.
pub const REPLICAS_MAX: u8 = 16;

/// Why a number of replicas is no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchGroup(pub u8);

impl fmt::Display for NoSuchGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a group has 1 to {REPLICAS_MAX} replicas, not {}", self.0)
    }
}

impl core::error::Error for NoSuchGroup {}

impl Configuration {
    /// A group of that many replicas.
    ///
    /// # Errors
    /// When there are none, or more than [`REPLICAS_MAX`].
    pub const fn new(replicas: u8) -> Result<Self, NoSuchGroup> {
        if replicas == 0 || replicas > REPLICAS_MAX {
            return Err(NoSuchGroup(replicas));
        }
        Ok(Self { replicas })
    }

    /// How many replicas there are: the paper's K (§2.2).
    #[must_use]
    pub const fn replicas(self) -> u8 {
        self.replicas
    }

    /// How many may fail at once: the paper's f (§2.1).
    #[must_use]
    pub const fn failures(self) -> u8 {
        (self.replicas - 1) / 2
    }

    /// How many make a quorum: any two quorums share a replica.
    ///
    /// Deviation (even-groups): K - f as §2.2 says, and not the f + 1 of the rest of the paper,
    /// which is the same for odd groups and lets an even one split in two halves.
    #[must_use]
    pub const fn quorum(self) -> u8 {
        self.replicas - self.failures()
    }

    /// Who leads a view: round-robin by number (§4).
    ///
    /// # Panics
    /// Never: the remainder is smaller than the number of replicas.
    #[must_use]
    pub fn primary(self, view: ViewNumber) -> ReplicaNumber {
        let number = view.0 % u64::from(self.replicas);
        ReplicaNumber(u8::try_from(number).expect("a remainder of a u8"))
    }

    /// Whether a replica of that number is in the group.
    #[must_use]
    pub const fn contains(self, replica: ReplicaNumber) -> bool {
        replica.0 < self.replicas
    }

    /// All members in the order of their numbers.
    pub fn members(self) -> impl Iterator<Item = ReplicaNumber> {
        (0..self.replicas).map(ReplicaNumber)
    }
}

/// A set of replicas, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplicaSet(u16);

impl ReplicaSet {
    /// The set without members.
    pub const EMPTY: Self = Self(0);

    /// Adds a replica; adding it again changes nothing, so that duplicates never count twice.
    pub const fn insert(&mut self, replica: ReplicaNumber) {
        self.0 |= 1 << replica.0;
    }

    /// Takes a replica out.
    pub const fn remove(&mut self, replica: ReplicaNumber) {
        self.0 &= !(1 << replica.0);
    }

    /// Whether the replica is in the set.
    #[must_use]
    pub const fn contains(self, replica: ReplicaNumber) -> bool {
        self.0 & (1 << replica.0) != 0
    }

    /// How many replicas are in the set.
    ///
    /// # Panics
    /// Never: there are at most 16.
    #[must_use]
    pub fn count(self) -> u8 {
        u8::try_from(self.0.count_ones()).expect("at most 16 bits")
    }
}

#[cfg(test)]
mod tests {
    use super::{Configuration, NoSuchGroup, ReplicaNumber, ReplicaSet, ViewNumber};

    #[test]
    fn two_quorums_always_share_a_replica_and_outlive_the_failures() {
        for replicas in 1..=16 {
            let group = Configuration::new(replicas).expect("1 to 16 replicas are a group");
            assert!(2 * group.quorum() > replicas);
            assert!(group.quorum() + group.failures() <= replicas);
        }
    }

    #[test]
    fn no_replicas_and_too_many_are_no_group() {
        assert_eq!(Configuration::new(0), Err(NoSuchGroup(0)));
        assert_eq!(Configuration::new(17), Err(NoSuchGroup(17)));
    }

    #[test]
    fn the_primary_goes_round() {
        let group = Configuration::new(3).expect("3 replicas are a group");
        assert_eq!(group.primary(ViewNumber(5)), ReplicaNumber(2));
    }

    #[test]
    fn a_duplicate_counts_once() {
        let mut set = ReplicaSet::EMPTY;
        set.insert(ReplicaNumber(15));
        set.insert(ReplicaNumber(15));
        assert_eq!(set.count(), 1);
        set.remove(ReplicaNumber(15));
        assert_eq!(set, ReplicaSet::EMPTY);
    }
}
