/// Where a withhold agreement stands at Ant (§4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WithholdStatus {
    /// Not signed; also before any create (§9).
    Unsigned,
    /// Signed.
    Signed,
    /// Ended.
    Terminated,
    /// Somebody wants to end it.
    ApplyTerminate,
    /// It was not signed in time.
    TimeoutClose,
    /// A status that the specification does not know; it changes nothing.
    Unknown(String),
}

/// Where the signing of a contract stands at Ant (§4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowStatus {
    /// Not begun.
    Draft,
    /// Under way.
    Signing,
    /// Signed and sealed by all.
    Finish,
    /// Withdrawn.
    Undo,
    /// Ended.
    Terminate,
    /// Not signed in time.
    Expire,
    /// Rejected.
    Rejected,
    /// Cancelled.
    Cancelled,
    /// A status that the specification does not know; it changes nothing.
    Unknown(String),
}

/// Where a term of the rent stands at Ant (§4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermStatus {
    /// Paid in full; terminal.
    ReturnFull,
    /// Not paid yet.
    NotReturn,
    /// Cancelled; terminal.
    Cancel,
    /// A status that the specification does not know; it changes nothing.
    Unknown(String),
}

/// A term of the rent as trade.get shows it (§12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Which, from 1.
    pub index: u32,
    /// Where it stands.
    pub status: TermStatus,
    /// Its rent.
    pub rental_fen: u64,
}

impl WithholdStatus {
    /// Reads a status; compared exactly.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text {
            "UNSIGNED" => Self::Unsigned,
            "SIGNED" => Self::Signed,
            "TERMINATED" => Self::Terminated,
            "APPLY_TERMINATE" => Self::ApplyTerminate,
            "TIMEOUT_CLOSE" => Self::TimeoutClose,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// Ant's text for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Unsigned => "UNSIGNED",
            Self::Signed => "SIGNED",
            Self::Terminated => "TERMINATED",
            Self::ApplyTerminate => "APPLY_TERMINATE",
            Self::TimeoutClose => "TIMEOUT_CLOSE",
            Self::Unknown(text) => text,
        }
    }
}

impl FlowStatus {
    /// Reads a status; compared exactly.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text {
            "DRAFT" => Self::Draft,
            "SIGNING" => Self::Signing,
            "FINISH" => Self::Finish,
            "UNDO" => Self::Undo,
            "TERMINATE" => Self::Terminate,
            "EXPIRE" => Self::Expire,
            "REJECTED" => Self::Rejected,
            "CANCELLED" => Self::Cancelled,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// Ant's text for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Draft => "DRAFT",
            Self::Signing => "SIGNING",
            Self::Finish => "FINISH",
            Self::Undo => "UNDO",
            Self::Terminate => "TERMINATE",
            Self::Expire => "EXPIRE",
            Self::Rejected => "REJECTED",
            Self::Cancelled => "CANCELLED",
            Self::Unknown(text) => text,
        }
    }

    /// Whether no contract will come of it any more (§12, Transitions).
    #[must_use]
    pub fn ended_without_contract(&self) -> bool {
        match self {
            Self::Undo | Self::Terminate | Self::Expire | Self::Rejected | Self::Cancelled => true,
            Self::Draft | Self::Signing | Self::Finish | Self::Unknown(_) => false,
        }
    }
}

impl TermStatus {
    /// Reads a status; compared exactly.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text {
            "RETURN_FULL" => Self::ReturnFull,
            "NOT_RETURN" => Self::NotReturn,
            "CANCEL" => Self::Cancel,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// Ant's text for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::ReturnFull => "RETURN_FULL",
            Self::NotReturn => "NOT_RETURN",
            Self::Cancel => "CANCEL",
            Self::Unknown(text) => text,
        }
    }

    /// Whether nothing can become of the term any more (§4, R3).
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        match self {
            Self::ReturnFull | Self::Cancel => true,
            Self::NotReturn | Self::Unknown(_) => false,
        }
    }
}
