use jiff::Timestamp;

use super::ContractNumber;
use crate::ids::IdError;

/// The longest opaque state that is kept, in bytes: a row of DynamoDB holds 400 KB in all.
const STATE_BYTES: usize = 256 * 1_024;

/// The state of a contract (§4), spelled and stored as the seed spells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContractState {
    /// A new application, made by a renewal or by onboarding's first step.
    Init,
    /// A step of onboarding (CRED-1735), outside this system: kept as it was sent.
    Onboarding(String),
    /// An open credit line.
    Active,
    /// The application was cancelled. Terminal.
    Cancel,
    /// The application was rejected. Terminal.
    Reject,
    /// The line was closed at the client's request to MKK. Terminal, and never left.
    Closed,
}

impl ContractState {
    /// Reads a state as events and rows carry it: the five known names without regard to case, any other
    /// text as a step of onboarding.
    ///
    /// # Errors
    /// It is empty or over 256 KiB.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let known = [Self::Init, Self::Active, Self::Cancel, Self::Reject, Self::Closed];
        if let Some(state) = known.into_iter().find(|state| state.as_str().eq_ignore_ascii_case(text)) {
            return Ok(state);
        }
        match text.len() {
            0 => Err(IdError::Empty),
            length if length > STATE_BYTES => Err(IdError::TooLong),
            _ => Ok(Self::Onboarding(text.to_owned())),
        }
    }

    /// The stored spelling: `init`, `active`, `cancel`, `reject`, `CLOSED`, or onboarding's own text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Init => "init",
            Self::Onboarding(text) => text,
            Self::Active => "active",
            Self::Cancel => "cancel",
            Self::Reject => "reject",
            Self::Closed => "CLOSED",
        }
    }

    /// Whether the client may be offered a new application (CRED.FR-137).
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        match self {
            Self::Cancel | Self::Reject | Self::Closed => true,
            Self::Init | Self::Onboarding(_) | Self::Active => false,
        }
    }
}

/// One row of `contracts`. A client has several, one after the other; the newest is the current one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// The row's place among the client's rows, from 1; the newest has the highest.
    pub sequence: u64,
    /// Counts the row's writes, from 1: a write that expects another version does not take effect.
    pub version: u64,
    /// MKK's number of the line, once it has one.
    pub number: Option<ContractNumber>,
    /// Where it stands.
    pub state: ContractState,
    /// When the event occurred that the row shows; a row made by a renewal has none.
    pub occurred_at: Option<Timestamp>,
}

impl Contract {
    /// Whether an event may still give this row its number: onboarding is under way (§13).
    #[must_use]
    pub fn awaits_number(&self) -> bool {
        !self.state.is_terminal() && self.number.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::ContractState;

    #[test]
    fn the_five_known_states_are_recognised_without_regard_to_case_and_spelled_as_the_seed_does() {
        for (sent, stored, terminal) in [
            ("INIT", "init", false),
            ("Active", "active", false),
            ("CANCEL", "cancel", true),
            ("reJect", "reject", true),
            ("closed", "CLOSED", true),
        ] {
            let state = ContractState::parse(sent);
            assert_eq!(state.as_ref().map(ContractState::as_str), Ok(stored));
            assert_eq!(state.map(|state| state.is_terminal()), Ok(terminal));
        }
    }

    #[test]
    fn any_other_text_is_a_step_of_onboarding_kept_as_sent() {
        for text in ["Scoring", " active", "закрыт", "cancelled"] {
            assert_eq!(ContractState::parse(text), Ok(ContractState::Onboarding(text.to_owned())));
        }
        assert!(ContractState::parse("").is_err());
        assert!(ContractState::parse(&"x".repeat(262_144)).is_ok());
        assert!(ContractState::parse(&"x".repeat(262_145)).is_err());
    }
}
