//! What can be wrong with a run: a code for each kind, and what it means.

use super::time::Moment;
use core::fmt;

/// The kind of a violation. Codes are stable: scripts and scenario files rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// Two replicas executed different operations at one op-number.
    Agreement,
    /// A committed operation was lost, or can be.
    Lost,
    /// A request was executed twice.
    Duplicate,
    /// An operation was executed that nobody had asked for.
    Invented,
    /// A client was answered something else than the execution returned.
    Reply,
    /// The clients' history is not linearizable.
    Linearizability,
    /// The order of the log is not an order that the clients could have seen.
    Order,
    /// A read beside the log is not what its replica said that it is.
    Stale,
    /// Two replicas led one view.
    Primary,
    /// Two logs differ within one view.
    Log,
    /// Replicas that executed the same are not in the same state.
    State,
    /// What was predicted for an operation is not what its primary predicted or merged.
    Prediction,
    /// A replica took back what it had promised.
    Promise,
    /// What is on a disk is not what its replica holds.
    Disk,
    /// A number went backwards that never may.
    Backwards,
    /// Requests were not answered, or replicas not brought together, after all was healed.
    Liveness,
    /// Messages begot messages without end.
    Storm,
    /// A replica stopped at an assertion of its own.
    Panic,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 18] = [
        Self::Agreement,
        Self::Lost,
        Self::Duplicate,
        Self::Invented,
        Self::Reply,
        Self::Linearizability,
        Self::Order,
        Self::Stale,
        Self::Primary,
        Self::Log,
        Self::State,
        Self::Prediction,
        Self::Promise,
        Self::Disk,
        Self::Backwards,
        Self::Liveness,
        Self::Storm,
        Self::Panic,
    ];

    /// The code as it is written.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Agreement => "VSR-AGREE",
            Self::Lost => "VSR-LOST",
            Self::Duplicate => "VSR-DUP",
            Self::Invented => "VSR-INVENT",
            Self::Reply => "VSR-REPLY",
            Self::Linearizability => "VSR-LIN",
            Self::Order => "VSR-ORDER",
            Self::Stale => "VSR-STALE",
            Self::Primary => "VSR-PRIMARY",
            Self::Log => "VSR-LOG",
            Self::State => "VSR-STATE",
            Self::Prediction => "VSR-PREDICT",
            Self::Promise => "VSR-PROMISE",
            Self::Disk => "VSR-DISK",
            Self::Backwards => "VSR-BACK",
            Self::Liveness => "VSR-LIVE",
            Self::Storm => "VSR-STORM",
            Self::Panic => "VSR-PANIC",
        }
    }

    /// What it means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Agreement => "replicas executed different operations at the same op-number",
            Self::Lost => "a committed operation was lost, or the next view change can lose it",
            Self::Duplicate => "a request was executed more than once",
            Self::Invented => "an operation was executed that no client had asked for",
            Self::Reply => "a client was answered something else than its request returned",
            Self::Linearizability => "no order of the operations explains what the clients saw",
            Self::Order => "the order of the log contradicts what the clients saw",
            Self::Stale => {
                "a read beside the log was older than its client had seen, or never true"
            }
            Self::Primary => "two replicas were primary of the same view",
            Self::Log => "two replicas hold different entries of the same view",
            Self::State => "replicas that executed the same operations differ in their state",
            Self::Prediction => "a log has another prediction than its primary made or merged",
            Self::Promise => "a replica took back what it had acknowledged or voted",
            Self::Disk => "a restart would find something else than the replica holds",
            Self::Backwards => "a view, op- or commit-number went back within a replica's life",
            Self::Liveness => "after everything was healed the group did not go on",
            Self::Storm => "messages beget messages far beyond what the work explains",
            Self::Panic => "a replica stopped at an assertion",
        }
    }

    /// The rule that was broken: where the paper has it, and what it says.
    #[must_use]
    pub const fn rule(self) -> (&'static str, &'static str) {
        match self {
            Self::Agreement => (
                "§4.1, §8.1",
                "every replica executes the same operation at each op-number, in their order",
            ),
            Self::Lost => (
                "§4.1 step 5, §4.2 step 3, §8.1",
                "an operation is committed once f + 1 replicas hold it; any f + 1 that start a \
                 view have one among them that knows of it, so it is in every later view",
            ),
            Self::Duplicate => (
                "§4.1 step 2",
                "the client table lets each request of a client be executed once, however often \
                 it is sent",
            ),
            Self::Invented => {
                ("§4.1 step 1", "what is executed is what a client asked, as it asked it")
            }
            Self::Reply => (
                "§4.1 steps 5 and 6",
                "a client takes the result of its own request, and of no other",
            ),
            Self::Linearizability | Self::Order => (
                "§2.1, §8.1",
                "operations take effect one at a time, each between its question and its answer",
            ),
            Self::Stale => (
                "§6.3",
                "a replica that answers a read has executed all that the client has seen, and says \
                 how far it is",
            ),
            Self::Primary => (
                "§4, §4.2",
                "a view has one primary, the replica whose turn it is by the configuration",
            ),
            Self::Log => {
                ("§4.1 step 3", "within a view only its primary says what stands where in the log")
            }
            Self::State => (
                "§2.1",
                "services are deterministic: the same operations in the same order lead to the \
                 same state",
            ),
            Self::Prediction => (
                "§4.4",
                "what an operation is executed with is predicted by the primary, or by f others \
                 and the primary, before it is prepared, and never again",
            ),
            Self::Promise => (
                "§4.1 step 4, §4.2 step 2, §4.3",
                "who said PREPAREOK holds the operation, and who voted for a view takes no part \
                 in an earlier one; whoever forgot it asks the others first",
            ),
            Self::Disk => (
                "–",
                "once all is written, a durable replica that restarts is where it was: in its \
                 view, with its log and its checkpoints",
            ),
            Self::Backwards => {
                ("§4, §4.2", "view-, op- and commit-numbers grow as long as a replica lives")
            }
            Self::Liveness => (
                "§8.2",
                "as long as no more than f replicas fail, and messages arrive again, the group \
                 goes on",
            ),
            Self::Storm => ("§4.2, §5.2", "a message is answered once, and its copies by nobody"),
            Self::Panic => ("–", "a replica stops at nothing that others say"),
        }
    }

    /// The code of that text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.text() == text)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Something that must not happen, and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What kind.
    pub code: Code,
    /// Who found it: the name of the invariant's file, or of what else judges a run.
    pub judge: &'static str,
    /// What exactly, in words.
    pub message: String,
    /// When it was noticed.
    pub at: Moment,
    /// In which event.
    pub event: u64,
    /// More about it, a line each: what clients saw, who waits for whom.
    pub details: Vec<String>,
}
