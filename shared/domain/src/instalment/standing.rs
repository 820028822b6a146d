use super::{Contract, ContractNumber, ContractState};

/// A screen of Ali-front (§2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// The personal account; for a closed contract, its closed view.
    MainScreen,
    /// Onboarding without a basket.
    WantedLimit,
}

impl Screen {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MainScreen => "main_screen",
            Self::WantedLimit => "wanted_limit",
        }
    }
}

/// What our own row says before anyone is asked (§5.1 steps 2 to 4, §13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// CLOSED already: MKK is not asked.
    Closed,
    /// Nothing at MKK to ask about: this screen.
    Show(Screen),
    /// A line that MKK knows by this number may have been closed there.
    AskLender(&'a ContractNumber),
}

/// Judges the client's current contract.
#[must_use]
pub fn standing(current: &Contract) -> Standing<'_> {
    match (&current.state, &current.number) {
        (ContractState::Closed, _) => Standing::Closed,
        (ContractState::Init | ContractState::Cancel | ContractState::Reject, _)
        | (ContractState::Onboarding(_), None) => Standing::Show(Screen::WantedLimit),
        (ContractState::Active, None) => Standing::Show(Screen::MainScreen),
        (ContractState::Active | ContractState::Onboarding(_), Some(number)) => Standing::AskLender(number),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::{Screen, Standing, standing};
    use crate::instalment::{Contract, ContractNumber, ContractState};

    #[test]
    fn a_screen_has_its_name_on_the_wire() {
        let names = [Screen::MainScreen, Screen::WantedLimit].map(Screen::as_str);
        assert_eq!(names, ["main_screen", "wanted_limit"]);
    }

    #[test]
    fn only_an_open_line_with_a_number_is_asked_about_at_the_lender() {
        let number = ContractNumber::new("77-1").unwrap();
        for (state, without, with) in [
            ("CLOSED", Standing::Closed, Standing::Closed),
            ("init", Standing::Show(Screen::WantedLimit), Standing::Show(Screen::WantedLimit)),
            ("cancel", Standing::Show(Screen::WantedLimit), Standing::Show(Screen::WantedLimit)),
            ("reject", Standing::Show(Screen::WantedLimit), Standing::Show(Screen::WantedLimit)),
            ("scoring", Standing::Show(Screen::WantedLimit), Standing::AskLender(&number)),
            ("active", Standing::Show(Screen::MainScreen), Standing::AskLender(&number)),
        ] {
            let state = ContractState::parse(state).unwrap();
            let numberless = Contract { sequence: 1, version: 1, number: None, state, occurred_at: None };
            let numbered = Contract { number: Some(number.clone()), ..numberless.clone() };
            assert_eq!(standing(&numberless), without);
            assert_eq!(standing(&numbered), with);
        }
    }
}
