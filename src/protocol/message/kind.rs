//! Kinds of messages: what faults, filters and the gate go by.

use core::fmt;
use serde::{Deserialize, Serialize};

/// What kind of message: what faults, filters and the gate go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MessageKind {
    /// REQUEST.
    Request,
    /// REPLY.
    Reply,
    /// REFUSAL.
    Refusal,
    /// PREPARE.
    Prepare,
    /// PREPAREOK.
    PrepareOk,
    /// COMMIT.
    Commit,
    /// STARTVIEWCHANGE.
    StartViewChange,
    /// DOVIEWCHANGE.
    DoViewChange,
    /// STARTVIEW.
    StartView,
    /// RECOVERY.
    Recovery,
    /// RECOVERYRESPONSE.
    RecoveryResponse,
    /// GETSTATE.
    GetState,
    /// NEWSTATE.
    NewState,
    /// GETPAGES.
    GetPages,
    /// PAGES.
    Pages,
    /// REGISTER.
    Register,
    /// REGISTERED.
    Registered,
    /// READ.
    Read,
    /// ANSWER.
    Answer,
    /// STARTEPOCH.
    StartEpoch,
    /// EPOCHSTARTED.
    EpochStarted,
    /// NEWEPOCH.
    NewEpoch,
    /// PREDICT.
    Predict,
    /// PREDICTION.
    Prediction,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Request,
        Self::Reply,
        Self::Refusal,
        Self::Prepare,
        Self::PrepareOk,
        Self::Commit,
        Self::StartViewChange,
        Self::DoViewChange,
        Self::StartView,
        Self::Recovery,
        Self::RecoveryResponse,
        Self::GetState,
        Self::NewState,
        Self::GetPages,
        Self::Pages,
        Self::Register,
        Self::Registered,
        Self::Read,
        Self::Answer,
        Self::StartEpoch,
        Self::EpochStarted,
        Self::NewEpoch,
        Self::Predict,
        Self::Prediction,
    ];

    /// Its name in the paper.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Reply => "REPLY",
            Self::Refusal => "REFUSAL",
            Self::Prepare => "PREPARE",
            Self::PrepareOk => "PREPAREOK",
            Self::Commit => "COMMIT",
            Self::StartViewChange => "STARTVIEWCHANGE",
            Self::DoViewChange => "DOVIEWCHANGE",
            Self::StartView => "STARTVIEW",
            Self::Recovery => "RECOVERY",
            Self::RecoveryResponse => "RECOVERYRESPONSE",
            Self::GetState => "GETSTATE",
            Self::NewState => "NEWSTATE",
            Self::GetPages => "GETPAGES",
            Self::Pages => "PAGES",
            Self::Register => "REGISTER",
            Self::Registered => "REGISTERED",
            Self::Read => "READ",
            Self::Answer => "ANSWER",
            Self::StartEpoch => "STARTEPOCH",
            Self::EpochStarted => "EPOCHSTARTED",
            Self::NewEpoch => "NEWEPOCH",
            Self::Predict => "PREDICT",
            Self::Prediction => "PREDICTION",
        }
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
