//! The gate: which messages are handled at all, by kind, status and view, as one table.

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

/// The table: message kind × status × the message's view against the replica's own.
const fn decide(kind: MessageKind, status: StatusKind, view: Ordering) -> Verdict {
    use MessageKind as M;
    use Ordering::{Equal, Greater, Less};
    use StatusKind as S;
    use Verdict::{CatchUp, Handle, Refuse};
    match (kind, status, view) {
        // §4.3: a recovering replica takes part in nothing but its recovery; else it would
        // vote from a memory that it does not have.
        (M::RecoveryResponse | M::Pages, S::Recovering, _) => Handle,
        (_, S::Recovering, _) | (M::RecoveryResponse, S::Normal | S::ViewChange, _) => {
            Refuse(Refused::WrongStatus)
        }
        // §4.1: only in the same view, and only while it runs.
        (M::Prepare | M::PrepareOk | M::Commit, S::Normal, Equal) => Handle,
        (M::Prepare | M::Commit, S::ViewChange, Equal) => CatchUp,
        (M::PrepareOk, S::ViewChange, Equal) => Refuse(Refused::WrongStatus),
        (M::Prepare | M::PrepareOk | M::Commit, S::Normal | S::ViewChange, Greater) => CatchUp,
        (M::Prepare | M::PrepareOk | M::Commit, S::Normal | S::ViewChange, Less) => {
            Refuse(Refused::EarlierView)
        }
        // §4.4: likewise, since what is predicted is for the primary of that view.
        (M::Predict | M::Prediction, S::Normal, Equal) => Handle,
        (M::Predict, S::ViewChange, Equal) => CatchUp,
        (M::Prediction, S::ViewChange, Equal) => Refuse(Refused::WrongStatus),
        (M::Predict | M::Prediction, S::Normal | S::ViewChange, Greater) => CatchUp,
        (M::Predict | M::Prediction, S::Normal | S::ViewChange, Less) => {
            Refuse(Refused::EarlierView)
        }
        // §4.2: whoever is behind is answered, whoever is ahead is joined.
        (M::StartViewChange | M::DoViewChange, S::Normal | S::ViewChange, _) => Handle,
        (M::StartView, S::Normal | S::ViewChange, Greater)
        | (M::StartView, S::ViewChange, Equal) => Handle,
        // A second STARTVIEW of the running view would cut off what was prepared since.
        (M::StartView, S::Normal, Equal) => Refuse(Refused::Duplicate),
        (M::StartView | M::NewState, S::Normal | S::ViewChange, Less) => {
            Refuse(Refused::EarlierView)
        }
        // §4.3 step 2: only a normal replica answers, whatever view the asker has forgotten.
        (M::Recovery, S::Normal, _) => Handle,
        (M::Recovery, S::ViewChange, _) => Refuse(Refused::WrongStatus),
        // §5.2; the view that is asked for stands in the message itself.
        (M::GetState, S::Normal | S::ViewChange, _) => Handle,
        (M::NewState, S::Normal | S::ViewChange, Equal | Greater) => Handle,
        // §5.1: a checkpoint is of no view.
        (M::GetPages | M::Pages, S::Normal | S::ViewChange, _) => Handle,
        (
            M::Register | M::Registered | M::Request | M::Reply | M::Refusal | M::Read | M::Answer,
            S::Normal | S::ViewChange,
            _,
        ) => Refuse(Refused::NotForReplicas),
    }
}

impl<S: Service> Replica<S> {
    /// Whether a message from a replica is to be handled. Learns on the way which life of its
    /// sender speaks.
    pub(super) fn admit(&mut self, header: &Header, peer: &Peer, out: &mut Outbox) -> Verdict {
        let configuration = self.settings.configuration;
        if !configuration.contains(header.from) || header.from == self.number {
            return Verdict::Refuse(Refused::UnknownSender);
        }
        if header.epoch != self.epoch {
            return Verdict::Refuse(Refused::WrongEpoch);
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
        let verdict = decide(peer.kind(), self.status(), header.view.cmp(&self.view));
        if verdict == Verdict::Refuse(Refused::Duplicate) {
            out.mark(Mark::DuplicateStartView);
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
                if change.collected[replica.index()].take().is_some() {
                    // Also a choice that rested on the vote is none any more.
                    out.mark(Mark::VoteWithdrawn);
                    self.drop_merge();
                }
            }
            Status::Normal(Role::Primary(primary)) => {
                primary.acknowledged[replica.index()] = OpNumber(0);
                primary.beats[replica.index()] = 0;
                primary.forget_predictions_of(replica);
            }
            Status::Normal(Role::Backup(_)) | Status::Recovering(_) => {}
        }
    }

    /// Learns what another replica knows of everybody's lives.
    pub(super) fn note_crash_vector(&mut self, theirs: &CrashVector, out: &mut Outbox) {
        for replica in self.settings.configuration.members() {
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
            Peer::DoViewChange(m) => m.log.op_number.max(m.claimed()),
            Peer::StartView(m) => m.log.op_number,
            Peer::Recovery { after, .. } => *after,
            Peer::RecoveryResponse(m) => {
                m.log.as_ref().map_or(OpNumber(0), |log| log.op_number.max(log.after))
            }
            Peer::GetState(m) => m.after,
            Peer::NewState(m) => m.part.op_number,
            Peer::GetPages(m) => m.checkpoint.op_number,
            Peer::Pages(m) => m.checkpoint.op_number,
            Peer::StartViewChange { .. } | Peer::Predict(_) | Peer::Prediction(_) => OpNumber(0),
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
            | Peer::Predict(_)
            | Peer::Prediction(_) => header.view,
        };
        view.max(header.view) > ViewNumber(self.view.0.saturating_add(FAR))
            || op_number > self.op_number().plus(FAR)
            || header.incarnation.0 > u64::MAX - FAR
    }
}

/// Whether a message's numbers can all be true at once.
fn is_possible(header: &Header, peer: &Peer) -> bool {
    match peer {
        Peer::Prepare(m) => {
            let count = u64::try_from(m.entries.len()).unwrap_or(u64::MAX);
            count > 0 && count <= m.op_number.0 && m.commit_number <= m.op_number
        }
        Peer::Commit(m) => m.commit_number <= m.op_number,
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
        Peer::RecoveryResponse(m) => m.log.as_ref().is_none_or(|log| log.is_possible()),
        Peer::NewState(m) => m.part.is_possible(),
        // A sender wants the view that it is in, or the next.
        Peer::StartViewChange { wanted } => *wanted == header.view || *wanted == header.view.next(),
        Peer::Predict(m) => !m.requests.is_empty(),
        Peer::Prediction(m) => !m.predictions.is_empty(),
        Peer::PrepareOk { .. }
        | Peer::Recovery { .. }
        | Peer::GetState(_)
        | Peer::GetPages(_)
        | Peer::Pages(_) => true,
    }
}

/// No group gets so many views or operations further while one of its messages is under way.
pub(super) const FAR: u64 = 1 << 40;

#[cfg(test)]
mod tests {
    use super::{MessageKind, Ordering, StatusKind, Verdict, decide};

    /// The whole table as text, one row a kind, so that a change of it is read by a person.
    #[test]
    fn the_table_is_what_the_paper_and_its_mends_say() {
        let mut table = String::new();
        for &kind in MessageKind::ALL {
            let mut row = format!("{:<17}", kind.name());
            for status in [StatusKind::Normal, StatusKind::ViewChange, StatusKind::Recovering] {
                row.push('|');
                for view in [Ordering::Less, Ordering::Equal, Ordering::Greater] {
                    row.push_str(match decide(kind, status, view) {
                        Verdict::Handle => " handle  ",
                        Verdict::CatchUp => " catch up",
                        Verdict::Refuse(_) => " -       ",
                    });
                }
            }
            table.push_str(row.trim_end());
            table.push('\n');
        }
        assert_eq!(table, TABLE);
    }

    /// Columns: normal, view-change, recovering; in each an earlier, the same, a later view.
    const TABLE: &str = "\
REQUEST          | -        -        -       | -        -        -       | -        -        -
REPLY            | -        -        -       | -        -        -       | -        -        -
REFUSAL          | -        -        -       | -        -        -       | -        -        -
PREPARE          | -        handle   catch up| -        catch up catch up| -        -        -
PREPAREOK        | -        handle   catch up| -        -        catch up| -        -        -
COMMIT           | -        handle   catch up| -        catch up catch up| -        -        -
STARTVIEWCHANGE  | handle   handle   handle  | handle   handle   handle  | -        -        -
DOVIEWCHANGE     | handle   handle   handle  | handle   handle   handle  | -        -        -
STARTVIEW        | -        -        handle  | -        handle   handle  | -        -        -
RECOVERY         | handle   handle   handle  | -        -        -       | -        -        -
RECOVERYRESPONSE | -        -        -       | -        -        -       | handle   handle   handle
GETSTATE         | handle   handle   handle  | handle   handle   handle  | -        -        -
NEWSTATE         | -        handle   handle  | -        handle   handle  | -        -        -
GETPAGES         | handle   handle   handle  | handle   handle   handle  | -        -        -
PAGES            | handle   handle   handle  | handle   handle   handle  | handle   handle   handle
REGISTER         | -        -        -       | -        -        -       | -        -        -
REGISTERED       | -        -        -       | -        -        -       | -        -        -
READ             | -        -        -       | -        -        -       | -        -        -
ANSWER           | -        -        -       | -        -        -       | -        -        -
PREDICT          | -        handle   catch up| -        catch up catch up| -        -        -
PREDICTION       | -        handle   catch up| -        -        catch up| -        -        -
";
}
