//! Who is in the group, how many may fail, and how many make a quorum (§2, §4); which epoch that
//! belongs to (§7).

use super::numbers::{EpochNumber, OpNumber, ReplicaNumber, ViewNumber};
use core::fmt;

/// The members of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Configuration {
    members: ReplicaSet,
    /// Those of them who vote and hold the log, and do not run the service (§6.1).
    witnesses: ReplicaSet,
}

/// The largest group: sets of replicas are masks of 16 bits.
pub const REPLICAS_MAX: u8 = 16;

/// Why a number of replicas is no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NoSuchGroup(pub u8);

impl fmt::Display for NoSuchGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a group has 1 to {REPLICAS_MAX} replicas, not {}", self.0)
    }
}

impl core::error::Error for NoSuchGroup {}

impl Configuration {
    /// A group of that many replicas: `r0` to `r(N-1)`.
    ///
    /// # Errors
    /// When there are none, or more than [`REPLICAS_MAX`].
    pub const fn new(replicas: u8) -> Result<Self, NoSuchGroup> {
        if replicas == 0 || replicas > REPLICAS_MAX {
            return Err(NoSuchGroup(replicas));
        }
        let members = ReplicaSet(u16::MAX >> (REPLICAS_MAX - replicas));
        Ok(Self { members, witnesses: ReplicaSet::EMPTY })
    }

    /// A group of these replicas; nothing where there are none.
    #[must_use]
    pub const fn of(members: ReplicaSet) -> Option<Self> {
        if members.is_empty() {
            return None;
        }
        Some(Self { members, witnesses: ReplicaSet::EMPTY })
    }

    /// The group of the same members, of whom these are witnesses (§6.1).
    ///
    /// Nothing where one of them is no member, or they are so many that those who may fail can be
    /// all who run the service: there must be one more of these than that.
    #[must_use]
    pub fn with_witnesses(self, witnesses: ReplicaSet) -> Option<Self> {
        let group = Self { witnesses, ..self };
        let are_members = witnesses.minus(self.members).is_empty();
        (are_members && group.active().count() > group.failures()).then_some(group)
    }

    /// How many replicas there are: the paper's K (§2.2).
    #[must_use]
    pub fn replicas(self) -> u8 {
        self.members.count()
    }

    /// How many may fail at once: the paper's f (§2.1).
    #[must_use]
    pub fn failures(self) -> u8 {
        (self.replicas() - 1) / 2
    }

    /// How many make a quorum: any two quorums share a replica.
    ///
    /// Deviation (even-groups): K - f as §2.2 says, and not the f + 1 of the rest of the paper,
    /// which is the same for odd groups and lets an even one split in two halves.
    #[must_use]
    pub fn quorum(self) -> u8 {
        self.replicas() - self.failures()
    }

    /// Who leads a view: round-robin by number among those who run the service, from the first of
    /// them in the first view of an epoch (§4, §6.1).
    ///
    /// # Panics
    /// Never: the remainder is smaller than the number of replicas.
    #[must_use]
    pub fn primary(self, view: ViewNumber) -> ReplicaNumber {
        let active = self.active();
        let place = u8::try_from(view.in_epoch() % u64::from(active.count()));
        let place = place.expect("a remainder of a u8");
        if active.0 & active.0.wrapping_add(1) == 0 {
            // The first ones, without a gap: asked for each message.
            return ReplicaNumber(place);
        }
        active.iter().nth(place.into()).expect("there are more of them")
    }

    /// Those who run the service, and lead views (§6.1): all but the witnesses.
    #[must_use]
    pub const fn active(self) -> ReplicaSet {
        self.members.minus(self.witnesses)
    }

    /// Those who vote and hold the log, and do not run the service (§6.1).
    #[must_use]
    pub const fn witnesses(self) -> ReplicaSet {
        self.witnesses
    }

    /// Whether a replica is one of those.
    #[must_use]
    pub const fn is_witness(self, replica: ReplicaNumber) -> bool {
        replica.0 < REPLICAS_MAX && self.witnesses.contains(replica)
    }

    /// As one number, for messages and disks: a bit for each member, and behind these one for each
    /// witness.
    #[must_use]
    pub fn bits(self) -> u32 {
        u32::from(self.members.0) | u32::from(self.witnesses.0) << REPLICAS_MAX
    }

    /// From that number; nothing where it is none of a group.
    #[must_use]
    pub fn of_bits(bits: u32) -> Option<Self> {
        let set = |bits: u32| u16::try_from(bits & u32::from(u16::MAX)).ok().map(ReplicaSet);
        Self::of(set(bits)?)?.with_witnesses(set(bits >> REPLICAS_MAX)?)
    }

    /// Whether a replica of that number is in the group.
    #[must_use]
    pub const fn contains(self, replica: ReplicaNumber) -> bool {
        replica.0 < REPLICAS_MAX && self.members.contains(replica)
    }

    /// All members in the order of their numbers.
    pub fn members(self) -> impl Iterator<Item = ReplicaNumber> {
        self.members.iter()
    }

    /// All members.
    #[must_use]
    pub const fn set(self) -> ReplicaSet {
        self.members
    }

    /// The member that comes after a replica, round and round.
    ///
    /// # Panics
    /// Never: a group has members.
    #[must_use]
    pub fn after(self, replica: ReplicaNumber) -> ReplicaNumber {
        let next = self.members().find(|member| *member > replica);
        next.or_else(|| self.members().next()).expect("a group has members")
    }
}

/// As `r0 r1 (r2)`, with the witnesses in brackets.
impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.active())?;
        if self.witnesses.is_empty() { Ok(()) } else { write!(f, " ({})", self.witnesses) }
    }
}

/// Which configuration is in force, since when, and which one was before (§7, figure 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Membership {
    /// How many reconfigurations there were.
    pub epoch: EpochNumber,
    /// The operation that began the epoch; 0 in the first one.
    pub since: OpNumber,
    /// The view in which that operation got its number: whoever holds the operation with both
    /// numbers in its log holds all that came before it, too.
    pub numbered_in: ViewNumber,
    /// The members.
    pub configuration: Configuration,
    /// The members of the epoch before; the same ones in the first one.
    pub former: Configuration,
}

impl Membership {
    /// Of a new group.
    #[must_use]
    pub const fn first(configuration: Configuration) -> Self {
        let (epoch, since, numbered_in) = (EpochNumber(0), OpNumber(0), ViewNumber(0));
        Self { epoch, since, numbered_in, configuration, former: configuration }
    }

    /// Of the epoch that an operation begins, which got its number in that view.
    #[must_use]
    pub const fn next(
        self,
        (since, numbered_in): (OpNumber, ViewNumber),
        configuration: Configuration,
    ) -> Self {
        let (epoch, former) = (self.epoch.next(), self.configuration);
        Self { epoch, since, numbered_in, configuration, former }
    }

    /// The groups as two numbers, for messages and disks.
    #[must_use]
    pub fn bits(self) -> (u32, u32) {
        (self.configuration.bits(), self.former.bits())
    }

    /// From its parts; nothing where one of the groups is none.
    #[must_use]
    pub fn of(
        epoch: EpochNumber,
        (since, numbered_in): (OpNumber, ViewNumber),
        (group, former): (u32, u32),
    ) -> Option<Self> {
        let (configuration, former) =
            (Configuration::of_bits(group)?, Configuration::of_bits(former)?);
        Some(Self { epoch, since, numbered_in, configuration, former })
    }
}

/// A set of replicas, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReplicaSet(pub u16);

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

    /// The set without one replica.
    #[must_use]
    pub const fn without(mut self, replica: ReplicaNumber) -> Self {
        self.remove(replica);
        self
    }

    /// What is in this set or in another.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this set and in another.
    #[must_use]
    pub const fn in_both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this set and not in another.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the replica is in the set.
    #[must_use]
    pub const fn contains(self, replica: ReplicaNumber) -> bool {
        self.0 & (1 << replica.0) != 0
    }

    /// Whether nobody is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many replicas are in the set.
    ///
    /// # Panics
    /// Never: there are at most 16.
    #[must_use]
    pub fn count(self) -> u8 {
        u8::try_from(self.0.count_ones()).expect("at most 16 bits")
    }

    /// Those in the set, in the order of their numbers.
    ///
    /// # Panics
    /// Never: a bit's place is below 16.
    pub fn iter(self) -> impl Iterator<Item = ReplicaNumber> {
        let mut left = self.0;
        core::iter::from_fn(move || {
            let number = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (number < 16).then(|| ReplicaNumber(u8::try_from(number).expect("below 16")))
        })
    }
}

impl FromIterator<ReplicaNumber> for ReplicaSet {
    fn from_iter<I: IntoIterator<Item = ReplicaNumber>>(replicas: I) -> Self {
        let mut set = Self::EMPTY;
        replicas.into_iter().for_each(|replica| set.insert(replica));
        set
    }
}

/// As `r0 r2 r3`.
impl fmt::Display for ReplicaSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, replica) in self.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{replica}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Configuration, EpochNumber, Membership, NoSuchGroup, OpNumber, ReplicaNumber, ReplicaSet,
        ViewNumber,
    };

    fn group_of(numbers: &[u8]) -> Configuration {
        let members = numbers.iter().copied().map(ReplicaNumber).collect();
        Configuration::of(members).expect("it has members")
    }

    #[test]
    fn two_quorums_always_share_a_replica_and_outlive_the_failures() {
        for replicas in 1..=16 {
            let group = Configuration::new(replicas).expect("1 to 16 replicas are a group");
            assert_eq!((group.replicas(), group.members().count()), (replicas, replicas.into()));
            assert!(2 * group.quorum() > replicas);
            assert!(group.quorum() + group.failures() <= replicas);
        }
    }

    #[test]
    fn no_replicas_and_too_many_are_no_group() {
        assert_eq!(Configuration::new(0), Err(NoSuchGroup(0)));
        assert_eq!(Configuration::new(17), Err(NoSuchGroup(17)));
        assert_eq!(Configuration::of(ReplicaSet::EMPTY), None);
    }

    #[test]
    fn the_primary_goes_round_from_the_first_member_of_an_epoch() {
        let group = group_of(&[1, 4, 15]);
        let leaders = [0, 1, 2, 3].map(|view| group.primary(ViewNumber(view)).0);
        assert_eq!(leaders, [1, 4, 15, 1]);
        let view = ViewNumber::first_of(EpochNumber(2)).next();
        assert_eq!((group.primary(view).0, view.to_string().as_str()), (4, "e2v1"));
        assert_eq!([15, 1, 2].map(|r| group.after(ReplicaNumber(r)).0), [1, 4, 4]);
    }

    #[test]
    fn an_epoch_knows_who_was_before() {
        let first = Membership::first(group_of(&[0, 1, 2]));
        let began = (OpNumber(7), ViewNumber(2));
        let second = first.next(began, group_of(&[1, 2, 3]));
        assert_eq!((second.epoch, second.since), (EpochNumber(1), OpNumber(7)));
        assert_eq!(second.former, first.configuration);
        assert_eq!(Membership::of(second.epoch, began, second.bits()), Some(second));
        assert_eq!(Membership::of(second.epoch, began, (0, 7)), None);
    }

    #[test]
    fn witnesses_vote_and_never_lead() {
        let witnesses = |numbers: &[u8]| numbers.iter().copied().map(ReplicaNumber).collect();
        let group = group_of(&[0, 1, 2, 4, 5]).with_witnesses(witnesses(&[1, 4]));
        let group = group.expect("three of five run the service");
        assert_eq!((group.quorum(), group.failures()), (3, 2));
        let leaders = [0, 1, 2, 3].map(|view| group.primary(ViewNumber(view)).0);
        assert_eq!(leaders, [0, 2, 5, 0]);
        assert!(group.is_witness(ReplicaNumber(4)) && !group.is_witness(ReplicaNumber(5)));
        assert_eq!(group.to_string(), "r0 r2 r5 (r1 r4)");
        assert_eq!(Configuration::of_bits(group.bits()), Some(group));
    }

    #[test]
    fn those_who_may_fail_never_are_all_who_run_the_service() {
        for replicas in 1..=16 {
            let group = Configuration::new(replicas).expect("1 to 16 replicas are a group");
            let with = |count: u8| group.with_witnesses((0..count).map(ReplicaNumber).collect());
            let most = replicas - group.failures() - 1;
            assert!(with(most).is_some_and(|group| group.active().count() > group.failures()));
            assert_eq!(with(most + 1), None);
        }
        assert_eq!(group_of(&[0, 1, 2]).with_witnesses(ReplicaSet(1 << 3)), None);
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
