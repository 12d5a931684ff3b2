//! Marks: the rare places that a run of the protocol can reach, by name.
//!
//! A mark says that a run has been somewhere worth being; a campaign that never reached one has
//! not tested it.

/// Declares the marks and the list of them all.
macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident => $text:literal,)*) => {
        /// A rare place in the protocol.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Mark {
            $($(#[$doc])* $name,)*
        }

        impl Mark {
            /// Every mark.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// How it is called in scenarios and reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            #[expect(clippy::as_conversions, reason = "the only way from a variant to its number")]
            const fn bit(self) -> u128 {
                1 << self as u32
            }
        }
    };
}

marks! {
    /// A request got its reply from the client table.
    ReplyFromTable => "reply from the client table",
    /// A PREPARE carried more than one request.
    Batch => "a batch of several requests",
    /// A request waited for others to be prepared with it, since enough was under way.
    BatchAwaited => "request waits for a batch",
    /// The pipeline was full when a request came.
    PipelineFull => "pipeline full",
    /// A request was refused because too many waited.
    Busy => "request refused: busy",
    /// A client was forgotten, since the table was full.
    ClientEvicted => "client forgotten: client table full",
    /// A request was refused because its client may have been forgotten.
    EvictedAsks => "request refused: client forgotten",
    /// A client registered.
    ClientRegistered => "client registered",
    /// A backup was sent a PREPARE that it had, and acknowledged it again.
    DuplicatePrepare => "duplicate PREPARE acknowledged again",
    /// A backup was sent a PREPARE beyond its log.
    Gap => "PREPARE beyond a gap",
    /// A primary sent its PREPAREs again.
    PrepareResent => "PREPARE sent again",
    /// A primary lost touch with its quorum and stopped acting.
    Abdicated => "primary abdicates",
    /// A primary that had abdicated found its quorum again.
    Resumed => "primary resumes",
    /// A view change ended at its new primary.
    ViewStarted => "view change completed",
    /// A primary of a durable group started again, and left its view to others.
    PrimaryRestarted => "restarted primary leaves its view",
    /// The DOVIEWCHANGEs that started a view came from different last normal views.
    MixedLastNormalViews => "DOVIEWCHANGE quorum with several last normal views",
    /// A new primary took another replica's log.
    ForeignLog => "new primary took another replica's log",
    /// A new primary had to fetch what the chosen log's suffix did not reach down to.
    MergeFetch => "new primary fetched a missing stretch",
    /// A view started with operations that were not known to be committed.
    SuffixKept => "view change kept an uncommitted operation",
    /// A replica dropped operations that the new view does not hold.
    SuffixDropped => "view change dropped an uncommitted suffix",
    /// A STARTVIEW for the replica's own running view was ignored.
    DuplicateStartView => "duplicate STARTVIEW ignored",
    /// A primary sent STARTVIEW again to a replica that had missed it.
    StartViewResent => "STARTVIEW sent again",
    /// A STARTVIEW did not reach down to the replica's log.
    StartViewBeyond => "STARTVIEW beyond a gap",
    /// A view change was given up for the next view.
    ViewChangeStalled => "view change given up for the next",
    /// Missing operations of the replica's own view were fetched.
    TransferSameView => "NEWSTATE extended the log",
    /// The log of a later view was fetched and installed.
    TransferLaterView => "NEWSTATE moved to a later view",
    /// A transfer took more than one NEWSTATE.
    TransferInParts => "NEWSTATE in several parts",
    /// A replica recovered.
    Recovered => "recovery completed",
    /// A recovering replica's best view moved on while it was collecting.
    RecoveredAcrossViews => "recovery across a view change",
    /// A recovery took more than one part of the log.
    RecoveryInParts => "recovery in several parts",
    /// A backup heard that its own primary had crashed and was recovering.
    PrimaryRecovering => "backup saw its primary recovering",
    /// A message from an earlier life of its sender was dropped.
    EarlierLife => "message of an earlier life dropped",
    /// A DOVIEWCHANGE already collected was withdrawn, its sender having crashed since.
    VoteWithdrawn => "DOVIEWCHANGE of an earlier life withdrawn",
    /// An answer to an earlier recovery was dropped.
    WrongNonce => "RECOVERYRESPONSE with an old nonce dropped",
    /// A replica went to a view that others were already in.
    Joined => "joined a view change under way",
    /// The log behind a checkpoint was let go.
    LogCompacted => "log compacted",
    /// A replica was asked for operations that it had let go.
    Compacted => "asked for compacted operations",
    /// A replica went on from a checkpoint of another.
    CheckpointInstalled => "fetched checkpoint installed",
    /// Pages of a checkpoint were asked of several replicas at once.
    PagesFromSeveral => "pages from several replicas",
    /// A replica was asked for pages of a checkpoint that it does not have.
    PagesLacking => "pages of an unknown checkpoint",
    /// What came of one checkpoint was used for the next.
    FetchResumed => "fetch of a checkpoint went over to the next",
    /// A replica restarted with a disk that has lost some of what it held.
    RestartedLacking => "restarted with a damaged disk",
    /// It has got it back from the others.
    Repaired => "damage repaired",
    /// A new primary left out an operation that a disk had lost, since no quorum had held it.
    NeverHeld => "lost operation left out, since no quorum held it",
    /// A new primary waited for more votes, since nobody had what might be committed.
    NobodyKnows => "view change waits for who may know",
    /// A primary answered a read after a quorum had answered it.
    QuorumRead => "read confirmed by a quorum",
    /// A primary answered a read under its lease.
    LeaseRead => "read under a lease",
    /// A read had to wait for what a new view began with.
    ReadWaits => "read waits for what the view began with",
    /// A replica answered a read of a client that had seen nothing later.
    StaleRead => "stale read",
    /// A replica was not as far as the client that asked it.
    StaleReadBehind => "stale read refused: not so far yet",
    /// A replica did not vote for another view, since it had promised not to.
    PromiseKept => "DOVIEWCHANGE waits for a promise to end",
    /// A replica went from one epoch to the next.
    EpochBegun => "epoch begun",
    /// A replica that was no member became one.
    JoinedGroup => "new member takes part",
    /// A replica that follows was told operations that are committed.
    Lesson => "replica on standby learned",
    /// A new member that may have been one in a forgotten life recovers first.
    JoinsByRecovery => "new member recovers first",
    /// A replica spoke in an epoch that was over, and was told.
    EpochTold => "told of a later epoch",
    /// A replica was told of the next epoch, whose beginning its own log held.
    EpochByOwnLog => "own log leads into the next epoch",
    /// A client spoke in an epoch that was over, and was told.
    ClientToldOfEpoch => "client told of a later epoch",
    /// A primary told a new member that had said nothing that its epoch has begun.
    EpochResent => "STARTEPOCH sent again",
    /// A replica that was replaced is to be a member again.
    Recalled => "replaced replica recalled",
    /// A replaced replica ended, since the new group has what it needs.
    ShutDown => "replaced replica shut down",
    /// A recovering replica learned that it is no member any more.
    RemovedWhileAway => "recovering replica learned that it was removed",
    /// A recovering replica was told of an epoch that it did not know.
    RecoveryLearnsEpoch => "recovering replica learned of a later epoch",
    /// A recovering replica may have been in an epoch of which those who answer do not know yet.
    RecoveryAwaitsEpoch => "recovering replica waits for the next epoch",
    /// A reconfiguration was not taken, and the administrator told why.
    ReconfigurationRefused => "reconfiguration refused",
    /// A request waited, since a reconfiguration must be the last of its epoch.
    Closed => "request waits for the next epoch",
    /// A view change found a reconfiguration at the end of the log, not committed.
    ReconfigurationKept => "view change kept a reconfiguration",
    /// A primary asked its backups for predictions.
    PredictAsked => "predictions asked for",
    /// One round of predictions served several requests.
    PredictBatch => "one round of predictions for several requests",
    /// A primary asked for predictions again.
    PredictResent => "PREDICT sent again",
    /// A round of predictions came to nothing, since its primary led no more.
    PredictDropped => "round of predictions dropped",
    /// A prediction came that was not asked for any more.
    PredictLate => "late PREDICTION dropped",
    /// A primary gave a request its op-number by merged predictions.
    PredictMerged => "predictions merged",
    /// A new primary sent on what another one had predicted.
    PredictionKept => "view change kept a prediction",
    /// A witness let go of what all have executed who run the service.
    WitnessLetGo => "witness let its log go",
    /// A view began with the log of a witness.
    WitnessLog => "new primary took a witness's log",
    /// An old heartbeat did not keep a primary alive.
    StaleHeartbeat => "stale heartbeat ignored",
}

/// A set of marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u128);

impl Marks {
    /// Adds a mark.
    pub const fn insert(&mut self, mark: Mark) {
        self.0 |= mark.bit();
    }

    /// Adds all of another set.
    pub const fn union(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether the mark is in the set.
    #[must_use]
    pub const fn contains(self, mark: Mark) -> bool {
        self.0 & mark.bit() != 0
    }

    /// The marks in the set, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Mark> {
        Mark::ALL.iter().copied().filter(move |&mark| self.contains(mark))
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, Marks};

    #[test]
    fn every_mark_has_a_bit_of_its_own() {
        let mut all = Marks::default();
        for &mark in Mark::ALL {
            assert!(!all.contains(mark), "{mark:?} shares its bit");
            all.insert(mark);
        }
        assert_eq!(all.iter().count(), Mark::ALL.len());
    }
}
