use super::{Contract, ContractNumber, ContractState};

/// What a wish to renew meets (§6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal<'a> {
    /// The current contract is over: a new application may be opened (CRED.FR-137).
    Open,
    /// The current row is the application that an earlier wish opened.
    Repeat,
    /// The current contract is not over, but MKK may have closed its line.
    AskLender(&'a ContractNumber),
    /// The current contract is not over.
    NotTerminal,
}

/// Judges a renewal by the client's current row and the one before it.
#[must_use]
pub fn renewal<'a>(current: &'a Contract, predecessor: Option<&Contract>) -> Renewal<'a> {
    match (&current.state, &current.number) {
        (ContractState::Cancel | ContractState::Reject | ContractState::Closed, _) => Renewal::Open,
        (ContractState::Init, _) if predecessor.is_some_and(|row| row.state.is_terminal()) => Renewal::Repeat,
        (ContractState::Active | ContractState::Onboarding(_), Some(number)) => Renewal::AskLender(number),
        (ContractState::Init, _) | (ContractState::Active | ContractState::Onboarding(_), None) => {
            Renewal::NotTerminal
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::{Renewal, renewal};
    use crate::instalment::{Contract, ContractNumber, ContractState};

    fn row(sequence: u64, state: &str, number: Option<&str>) -> Contract {
        let state = ContractState::parse(state).unwrap();
        let number = number.map(|number| ContractNumber::new(number).unwrap());
        Contract { sequence, version: 1, number, state, occurred_at: None }
    }

    #[test]
    fn each_terminal_state_may_be_renewed_with_or_without_a_number() {
        for state in ["cancel", "reject", "CLOSED"] {
            assert_eq!(renewal(&row(1, state, None), None), Renewal::Open);
            assert_eq!(renewal(&row(1, state, Some("77-1")), None), Renewal::Open);
        }
    }

    #[test]
    fn a_new_application_after_a_terminal_row_is_a_repeat_and_a_first_one_is_not() {
        let init = row(2, "init", None);
        for state in ["cancel", "reject", "CLOSED"] {
            assert_eq!(renewal(&init, Some(&row(1, state, None))), Renewal::Repeat);
        }
        assert_eq!(renewal(&init, Some(&row(1, "active", Some("77-1")))), Renewal::NotTerminal);
        assert_eq!(renewal(&init, None), Renewal::NotTerminal);
    }

    #[test]
    fn an_open_contract_is_asked_about_only_when_it_has_a_number() {
        let number = ContractNumber::new("77-1").unwrap();
        for state in ["active", "signing"] {
            assert_eq!(renewal(&row(1, state, None), None), Renewal::NotTerminal);
            assert_eq!(renewal(&row(1, state, Some("77-1")), None), Renewal::AskLender(&number));
        }
    }
}
