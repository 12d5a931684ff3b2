//! The gate: which messages are handled at all, by kind, status and view, as one table.

use super::super::configuration::REPLICAS_MAX;
use super::super::durable::Lacking;
use super::super::mark::Mark;
use super::super::message::{CrashVector, Header, MessageKind, Peer};
use super::super::numbers::{Incarnation, OpNumber, ReplicaNumber, ViewNumber};
use super::super::output::Outbox;
use super::super::refused::Refused;
use super::super::service::Service;
use super::Replica;
use super::status::{Role, Status, StatusKind};
use core::cmp::Ordering;

/// What the gate says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// To be handled. Handlers rely on what the gate has checked.
    Handle,
    /// Its sender runs a view that this replica missed the start of.
    CatchUp,
    /// Not to be acted upon.
    Refuse(Refused),
}

/// Where a message comes from, by the epoch and the view of its sender against the replica's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    EarlierEpoch,
    EarlierView,
    SameView,
    LaterView,
    LaterEpoch,
}

impl Origin {
    fn between(theirs: ViewNumber, own: ViewNumber) -> Self {
        match (theirs.epoch().cmp(&own.epoch()), theirs.cmp(&own)) {
            (Ordering::Less, _) => Self::EarlierEpoch,
            (Ordering::Greater, _) => Self::LaterEpoch,
            (Ordering::Equal, Ordering::Less) => Self::EarlierView,
            (Ordering::Equal, Ordering::Equal) => Self::SameView,
            (Ordering::Equal, Ordering::Greater) => Self::LaterView,
        }
    }
}

/// The table: message kind × status × where the message comes from.
const fn decide(kind: MessageKind, status: StatusKind, from: Origin) -> Verdict {
    use MessageKind as M;
    use Origin::{EarlierEpoch, EarlierView, LaterEpoch, LaterView, SameView};
    use StatusKind as S;
    use Verdict::{CatchUp, Handle, Refuse};
    match (kind, status, from) {
        // §4.3: a recovering replica takes part in nothing but its recovery; else it would
        // vote from a memory that it does not have.
        (M::RecoveryResponse | M::Pages | M::NewEpoch, S::Recovering, _) => Handle,
        (_, S::Recovering, _) | (M::RecoveryResponse, _, _) => Refuse(Refused::WrongStatus),
        // §7.1.2: who is shut down takes no part, but may be called back, and says what it knows.
        (M::StartEpoch, S::ShutDown, _) => Handle,
        (M::NewState | M::Pages | M::NewEpoch | M::EpochStarted, S::ShutDown, _) => {
            Refuse(Refused::WrongStatus)
        }
        (M::Prepare | M::Commit | M::StartViewChange | M::StartView, S::ShutDown, LaterEpoch) => {
            CatchUp
        }
        (_, S::ShutDown, EarlierEpoch) => Refuse(Refused::EarlierEpoch),
        (_, S::ShutDown, _) => Refuse(Refused::WrongStatus),
        // §7.1: an epoch is entered by executing what began it, which has to be fetched.
        (M::StartEpoch | M::NewEpoch, _, LaterEpoch) => CatchUp,
        (M::StartEpoch, _, _) => Handle,
        (M::NewEpoch, _, _) => Refuse(Refused::Duplicate),
        (M::EpochStarted, S::Transitioning, _) => Handle,
        (M::EpochStarted, _, _) => Refuse(Refused::NotAsked),
        // §5.2; the view that is asked for stands in the message itself. §5.1: a checkpoint is of
        // no view.
        (M::GetState | M::GetPages | M::Pages, _, _) => Handle,
        (M::NewState, _, SameView | LaterView | LaterEpoch) => Handle,
        (M::NewState, _, EarlierView) => Refuse(Refused::EarlierView),
        (M::NewState, _, EarlierEpoch) => Refuse(Refused::EarlierView),
        // §4.3 step 2: only a normal replica answers, whatever view the asker has forgotten.
        (M::Recovery, S::Normal, _) => Handle,
        // Who was replaced may be the only one whom the asker knows, and waits for it perhaps.
        (M::Recovery, S::Transitioning, EarlierEpoch) => Refuse(Refused::EarlierEpoch),
        (M::Recovery, _, _) => Refuse(Refused::WrongStatus),
        // The rest is said by members in their epoch.
        (M::Register | M::Registered | M::Request | M::Reply | M::Refusal, _, _)
        | (M::Read | M::Answer, _, _) => Refuse(Refused::NotForReplicas),
        (_, _, EarlierEpoch) => Refuse(Refused::EarlierEpoch),
        (_, _, LaterEpoch) => CatchUp,
        (_, S::Transitioning, _) => Refuse(Refused::WrongStatus),
        // §4.1: only in the same view, and only while it runs.
        (M::Prepare | M::PrepareOk | M::Commit, S::Normal, SameView) => Handle,
        (M::Prepare | M::Commit, S::ViewChange, SameView) => CatchUp,
        (M::PrepareOk, S::ViewChange, SameView) => Refuse(Refused::WrongStatus),
        (M::Prepare | M::PrepareOk | M::Commit, _, LaterView) => CatchUp,
        (M::Prepare | M::PrepareOk | M::Commit, _, EarlierView) => Refuse(Refused::EarlierView),
        // §4.4: likewise, since what is predicted is for the primary of that view.
        (M::Predict | M::Prediction, S::Normal, SameView) => Handle,
        (M::Predict, S::ViewChange, SameView) => CatchUp,
        (M::Prediction, S::ViewChange, SameView) => Refuse(Refused::WrongStatus),
        (M::Predict | M::Prediction, _, LaterView) => CatchUp,
        (M::Predict | M::Prediction, _, EarlierView) => Refuse(Refused::EarlierView),
        // §4.2: whoever is behind is answered, whoever is ahead is joined.
        (M::StartViewChange | M::DoViewChange, _, _) => Handle,
        (M::StartView, _, LaterView) | (M::StartView, S::ViewChange, SameView) => Handle,
        // A second STARTVIEW of the running view would cut off what was prepared since.
        (M::StartView, S::Normal, SameView) => Refuse(Refused::Duplicate),
        (M::StartView, _, EarlierView) => Refuse(Refused::EarlierView),
    }
}

/// Whether only members of an epoch say that in it.
const fn is_members_word(kind: MessageKind) -> bool {
    matches!(
        kind,
        MessageKind::Prepare
            | MessageKind::PrepareOk
            | MessageKind::Commit
            | MessageKind::StartViewChange
            | MessageKind::DoViewChange
            | MessageKind::StartView
            | MessageKind::Predict
            | MessageKind::Prediction
    )
}

impl<S: Service> Replica<S> {
    /// Whether a message from a replica is to be handled. Learns on the way which life of its
    /// sender speaks.
    pub(super) fn admit(&mut self, header: &Header, peer: &Peer, out: &mut Outbox) -> Verdict {
        let kind = peer.kind();
        let from = Origin::between(header.view, self.view);
        let is_in_epoch = !matches!(from, Origin::EarlierEpoch | Origin::LaterEpoch);
        let is_member = self.membership.configuration.contains(header.from);
        if header.from.0 >= REPLICAS_MAX
            || header.from == self.number
            || is_members_word(kind) && is_in_epoch && !is_member
        {
            return Verdict::Refuse(Refused::UnknownSender);
        }
        if self.is_far_future(header, peer) {
            return Verdict::Refuse(Refused::FarFuture);
        }
        if !is_possible(header, peer) {
            return Verdict::Refuse(Refused::Impossible);
        }
        if header.incarnation < self.crash_vector.0[header.from.index()] {
            out.mark(Mark::EarlierLife);
            return Verdict::Refuse(Refused::EarlierLife);
        }
        self.note_incarnation(header.from, header.incarnation, out);
        let verdict = decide(kind, self.status(), from);
        if verdict == Verdict::Refuse(Refused::Duplicate) && kind == MessageKind::StartView {
            out.mark(Mark::DuplicateStartView);
        }
        if verdict == Verdict::Refuse(Refused::EarlierEpoch) {
            self.tell_of_epoch(header.from, out);
        }
        verdict
    }

    /// Learns of a replica's new life: what it promised in an earlier one is forgotten there,
    /// and so it is here.
    ///
    /// Deviation (crash-vectors): §4.3 and §8.2 rely on the STARTVIEWCHANGE round instead, whose
    /// witnesses can crash and forget in their turn.
    pub(super) fn note_incarnation(
        &mut self,
        replica: ReplicaNumber,
        incarnation: Incarnation,
        out: &mut Outbox,
    ) {
        let known = &mut self.crash_vector.0[replica.index()];
        if incarnation <= *known || replica == self.number {
            return;
        }
        *known = incarnation;
        self.votes.remove(replica);
        match &mut self.status {
            Status::ViewChange(change) => {
                let vote = change.collected.get_mut(replica.index());
                if vote.is_some_and(|vote| vote.take().is_some()) {
                    // Also a choice that rested on the vote is none any more.
                    out.mark(Mark::VoteWithdrawn);
                    self.drop_merge();
                }
            }
            Status::Normal(Role::Primary(primary)) => {
                if let Some(acknowledged) = primary.acknowledged.get_mut(replica.index()) {
                    *acknowledged = OpNumber(0);
                    primary.executed[replica.index()] = OpNumber(0);
                    primary.beats[replica.index()] = 0;
                    primary.forget_predictions_of(replica);
                }
            }
            Status::Normal(Role::Backup(_))
            | Status::Recovering(_)
            | Status::Transitioning(_)
            | Status::ShutDown { .. } => {}
        }
    }

    /// Learns what another replica knows of everybody's lives.
    pub(super) fn note_crash_vector(&mut self, theirs: &CrashVector, out: &mut Outbox) {
        for replica in (0..REPLICAS_MAX).map(ReplicaNumber) {
            self.note_incarnation(replica, theirs.0[replica.index()], out);
        }
    }

    /// Whether a number is beyond what this group can have reached: such a message is noise, and
    /// believing it would leave no numbers to count on with.
    fn is_far_future(&self, header: &Header, peer: &Peer) -> bool {
        let op_number = match peer {
            Peer::Prepare(m) => m.op_number,
            Peer::PrepareOk { op_number, .. } => *op_number,
            Peer::Commit(m) => m.op_number,
            Peer::DoViewChange(m) => m.claimed(),
            Peer::StartView(m) => m.log.op_number,
            Peer::Recovery { after, .. } => *after,
            Peer::RecoveryResponse(m) => {
                m.log.as_ref().map_or(OpNumber(0), |log| log.op_number.max(log.after))
            }
            Peer::GetState(m) => m.after,
            Peer::NewState(m) => m.part.op_number,
            Peer::GetPages(m) => m.checkpoint.op_number,
            Peer::Pages(m) => m.checkpoint.op_number,
            Peer::StartEpoch(m) | Peer::NewEpoch(m) => m.since,
            Peer::StartViewChange { .. }
            | Peer::EpochStarted(_)
            | Peer::Predict(_)
            | Peer::Prediction(_) => OpNumber(0),
        };
        let view = match peer {
            Peer::StartViewChange { wanted } => *wanted,
            Peer::GetState(m) => m.wanted,
            Peer::Prepare(_)
            | Peer::PrepareOk { .. }
            | Peer::Commit(_)
            | Peer::DoViewChange(_)
            | Peer::StartView(_)
            | Peer::Recovery { .. }
            | Peer::RecoveryResponse(_)
            | Peer::NewState(_)
            | Peer::GetPages(_)
            | Peer::Pages(_)
            | Peer::StartEpoch(_)
            | Peer::EpochStarted(_)
            | Peer::NewEpoch(_)
            | Peer::Predict(_)
            | Peer::Prediction(_) => header.view,
        };
        let latest = view.max(header.view);
        let is_far_view = view.in_epoch().max(header.view.in_epoch()) > self.view.in_epoch() + FAR;
        is_far_view
            || latest.epoch().0 > self.epoch().0 + FAR_EPOCH
            || op_number > self.op_number().plus(FAR)
            || header.incarnation.0 > u64::MAX - FAR
    }
}

/// Whether a message's numbers can all be true at once.
fn is_possible(header: &Header, peer: &Peer) -> bool {
    match peer {
        Peer::Prepare(m) => {
            let count = u64::try_from(m.entries.len()).unwrap_or(u64::MAX);
            count > 0
                && count <= m.op_number.0
                && m.commit_number <= m.op_number
                && m.spent <= m.commit_number
        }
        Peer::PrepareOk { op_number, executed, .. } => executed <= op_number,
        Peer::Commit(m) => m.commit_number <= m.op_number && m.spent <= m.commit_number,
        Peer::DoViewChange(m) => {
            let is_left = |lacking: &Lacking| {
                let mut before = m.log.op_number;
                let is_in_order = lacking
                    .scattered
                    .iter()
                    .all(|(op_number, _)| std::mem::replace(&mut before, *op_number) < *op_number);
                is_in_order && lacking.last >= before && lacking.last > m.log.op_number
            };
            m.log.is_possible()
                && m.log.last() == m.log.op_number
                && m.lacking.as_ref().is_none_or(is_left)
        }
        Peer::StartView(m) => m.log.is_possible() && m.log.last() == m.log.op_number,
        Peer::NewState(m) => m.part.is_possible(),
        // A sender wants the view that it is in, or the next.
        Peer::StartViewChange { wanted } => *wanted == header.view || *wanted == header.view.next(),
        Peer::RecoveryResponse(m) => {
            m.membership.epoch == header.view.epoch()
                && m.log.as_ref().is_none_or(|log| log.is_possible())
        }
        Peer::StartEpoch(m) | Peer::NewEpoch(m) => m.epoch == header.view.epoch(),
        Peer::Predict(m) => !m.requests.is_empty(),
        Peer::Prediction(m) => !m.predictions.is_empty(),
        Peer::Recovery { .. }
        | Peer::EpochStarted(_)
        | Peer::GetState(_)
        | Peer::GetPages(_)
        | Peer::Pages(_) => true,
    }
}

/// No group gets so many views or operations further while one of its messages is under way.
pub(super) const FAR: u64 = 1 << 40;

/// Nor so many epochs.
const FAR_EPOCH: u64 = 1 << 10;

#[cfg(test)]
mod tests {
    use super::super::super::checkpoint::CheckpointId;
    use super::super::super::log::{Entries, Entry, EntryKind};
    use super::super::super::message::{Commit, DoViewChange, LogPart, Prepare, StartView};
    use super::super::super::pages::Digest;
    use super::{
        CrashVector, Header, Incarnation, Lacking, MessageKind, OpNumber, Origin, Peer,
        ReplicaNumber, StatusKind, Verdict, ViewNumber, decide, is_possible,
    };
    use crate::protocol::{ClientId, RequestNumber};
    use bytes::Bytes;

    /// The whole table as text, one row a kind, so that a change of it is read by a person.
    #[test]
    fn the_table_is_what_the_paper_and_its_mends_say() {
        let mut table = String::new();
        for &kind in MessageKind::ALL {
            let mut row = format!("{:<17}", kind.name());
            for status in StatusKind::ALL {
                row.push_str("| ");
                for from in [
                    Origin::EarlierEpoch,
                    Origin::EarlierView,
                    Origin::SameView,
                    Origin::LaterView,
                    Origin::LaterEpoch,
                ] {
                    row.push_str(match decide(kind, status, from) {
                        Verdict::Handle => "H",
                        Verdict::CatchUp => "C",
                        Verdict::Refuse(_) => "-",
                    });
                }
                row.push(' ');
            }
            table.push_str(row.trim_end());
            table.push('\n');
        }
        assert_eq!(table, TABLE);
    }

    fn entries(count: usize) -> Entries {
        let entry = Entry {
            view: ViewNumber(0),
            client: ClientId::from_number(1),
            request_number: RequestNumber(1),
            kind: EntryKind::Operation,
            operation: Bytes::new(),
            prediction: Bytes::new(),
        };
        (0..count).map(|_| entry.clone()).collect()
    }

    /// So many entries behind a number, of a log that ends there, of which so much is committed.
    fn part(after: u64, count: usize, op: u64, commit: u64) -> LogPart {
        LogPart {
            after: OpNumber(after),
            entries: entries(count),
            op_number: OpNumber(op),
            commit_number: OpNumber(commit),
            compacted: None,
        }
    }

    fn takes(peer: &Peer) -> bool {
        let header =
            Header { view: ViewNumber(3), from: ReplicaNumber(1), incarnation: Incarnation(0) };
        is_possible(&header, peer)
    }

    #[test]
    fn numbers_that_cannot_all_be_true_are_seen() {
        let prepare = |op, commit, spent, count| {
            takes(&Peer::Prepare(Prepare {
                op_number: OpNumber(op),
                commit_number: OpNumber(commit),
                beat: 1,
                spent: OpNumber(spent),
                entries: entries(count),
            }))
        };
        assert!(prepare(2, 1, 1, 2) && prepare(2, 2, 0, 1) && prepare(1, 0, 0, 1));
        assert!(!prepare(2, 1, 1, 0), "nothing in it");
        assert!(!prepare(2, 1, 1, 3), "it begins before the log");
        assert!(!prepare(2, 3, 1, 1), "more is committed than is there");
        assert!(!prepare(2, 1, 2, 1), "more is executed than is committed");
        let ok = |op, executed| {
            let (op_number, executed) = (OpNumber(op), OpNumber(executed));
            takes(&Peer::PrepareOk { op_number, beat: 1, executed })
        };
        assert!(ok(2, 2) && ok(2, 0) && !ok(2, 3));
        let commit = |commit, op, spent| {
            let (commit_number, op_number) = (OpNumber(commit), OpNumber(op));
            takes(&Peer::Commit(Commit {
                commit_number,
                op_number,
                beat: 1,
                spent: OpNumber(spent),
            }))
        };
        assert!(commit(2, 2, 2) && commit(0, 2, 0));
        assert!(!commit(3, 2, 2) && !commit(1, 2, 2));
        let wants = |wanted| takes(&Peer::StartViewChange { wanted: ViewNumber(wanted) });
        assert!(wants(3) && wants(4) && !wants(2) && !wants(5));
    }

    #[test]
    fn a_part_of_a_log_lies_within_it() {
        let start = |log: LogPart| takes(&Peer::StartView(Box::new(StartView { log })));
        assert!(start(part(2, 3, 5, 4)) && start(part(5, 0, 5, 5)));
        assert!(!start(part(2, 2, 5, 4)), "the end of it is missing");
        assert!(!start(part(2, 4, 5, 4)), "it goes on behind the end");
        assert!(!start(part(2, 3, 5, 6)), "more is committed than is there");
        assert!(part(7, 0, 5, 3).is_possible(), "who asked is further on");
        assert!(!part(4, 2, 5, 3).is_possible());
        let compacted = |after, count, checkpoint| {
            let (op_number, digest) = (OpNumber(checkpoint), Digest(7));
            let compacted = Some(CheckpointId { op_number, digest });
            LogPart { compacted, ..part(after, count, 9, 8) }.is_possible()
        };
        assert!(compacted(3, 0, 4) && compacted(3, 0, 8));
        assert!(!compacted(3, 1, 4), "entries of what is said to be let go");
        assert!(!compacted(4, 0, 4) && !compacted(5, 0, 4), "it stands for nothing that was asked");
        assert!(!compacted(3, 0, 9), "a checkpoint of what is not committed");
    }

    #[test]
    fn what_a_disk_has_left_of_a_log_is_in_its_order_and_behind_the_rest() {
        let vote = |places: &[u64], last| {
            let entry = entries(1)[0].clone();
            let scattered = places.iter().map(|&op| (OpNumber(op), entry.clone())).collect();
            let committed = OpNumber(1);
            let lacking = Some(Lacking { last: OpNumber(last), committed, scattered });
            takes(&Peer::DoViewChange(Box::new(DoViewChange {
                last_normal_view: ViewNumber(1),
                log: part(1, 1, 2, 1),
                lacking,
                crash_vector: CrashVector([Incarnation(0); 16]),
            })))
        };
        assert!(vote(&[4, 6], 6) && vote(&[4, 6], 7) && vote(&[], 3));
        assert!(!vote(&[], 2), "nothing is lacking");
        assert!(!vote(&[4, 6], 5), "more is left than there was");
        assert!(!vote(&[6, 4], 7) && !vote(&[4, 4], 7), "out of order");
        assert!(!vote(&[2, 4], 7) && !vote(&[1], 7), "not behind the rest");
    }

    /// Columns: normal, view-change, recovering, transitioning, shut down; in each an earlier
    /// epoch, an earlier, the same, a later view, a later epoch. `H` handle, `C` catch up, `-`
    /// refuse.
    const TABLE: &str = "\
REQUEST          | ----- | ----- | ----- | ----- | -----
REPLY            | ----- | ----- | ----- | ----- | -----
REFUSAL          | ----- | ----- | ----- | ----- | -----
PREPARE          | --HCC | --CCC | ----- | ----C | ----C
PREPAREOK        | --HCC | ---CC | ----- | ----C | -----
COMMIT           | --HCC | --CCC | ----- | ----C | ----C
STARTVIEWCHANGE  | -HHHC | -HHHC | ----- | ----C | ----C
DOVIEWCHANGE     | -HHHC | -HHHC | ----- | ----C | -----
STARTVIEW        | ---HC | --HHC | ----- | ----C | ----C
RECOVERY         | HHHHH | ----- | ----- | ----- | -----
RECOVERYRESPONSE | ----- | ----- | HHHHH | ----- | -----
GETSTATE         | HHHHH | HHHHH | ----- | HHHHH | -----
NEWSTATE         | --HHH | --HHH | ----- | --HHH | -----
GETPAGES         | HHHHH | HHHHH | ----- | HHHHH | -----
PAGES            | HHHHH | HHHHH | HHHHH | HHHHH | -----
REGISTER         | ----- | ----- | ----- | ----- | -----
REGISTERED       | ----- | ----- | ----- | ----- | -----
READ             | ----- | ----- | ----- | ----- | -----
ANSWER           | ----- | ----- | ----- | ----- | -----
STARTEPOCH       | HHHHC | HHHHC | ----- | HHHHC | HHHHH
EPOCHSTARTED     | ----- | ----- | ----- | HHHHH | -----
NEWEPOCH         | ----C | ----C | HHHHH | ----C | -----
PREDICT          | --HCC | --CCC | ----- | ----C | -----
PREDICTION       | --HCC | ---CC | ----- | ----C | -----
";
}
