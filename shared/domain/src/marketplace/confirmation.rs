//! A loan's confirmation and the user's account at the depository (items 11, 12, 13; §11, Card and confirmation): what
//! each meets, whoever comes first.

use jiff::{SignedDuration, Timestamp};

use super::{AmountOption, LoanTerms, Product, Step, TermsError, ThirdOrderStatus, check_options};

/// How long a user has on the depository's page before the job asks what came of it (item 13).
const PAGE_TIME: SignedDuration = SignedDuration::from_hours(1);

/// What the depository says of a user (§10, Depository).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// There is an account.
    Open,
    /// There is none.
    None,
}

/// How it stands with the account that an order waits for (`cl_depository_register_apply`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegisterState {
    /// The user has the page.
    Waiting,
    /// There is an account.
    Open,
    /// The depository said that it came to nothing.
    Failed,
    /// Nothing came of the page within its time.
    TimedOut,
}

/// What is known of the account that an order waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register {
    /// How it stands.
    pub state: RegisterState,
    /// When the page was handed out; anew after it had come to nothing.
    pub started_at: Timestamp,
}

impl ThirdOrderStatus {
    /// What a confirmation meets in an order that stands here (1.7): only an approval is confirmed, and a confirmed
    /// order stays so.
    #[must_use]
    pub fn confirmation_step(self) -> Step {
        Step::of(self == Self::Processed, self == Self::WaitingForConfirmation)
    }

    /// Whether a card may be bound for an order that stands here (§11).
    #[must_use]
    pub fn accepts_card(self) -> bool {
        match self {
            Self::WaitingForCredit
            | Self::CreditInProgress
            | Self::WaitingForConfirmation
            | Self::Processed => true,
            Self::InformationIncomplete
            | Self::ToBeParsed
            | Self::InProgress
            | Self::Refused
            | Self::LoanFailed
            | Self::WaitingForUseOfFunds => false,
        }
    }
}

impl RegisterState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Open, Self::Failed, Self::TimedOut];

    /// Its name in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
        }
    }

    /// Reads a name; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Register {
    /// What follows when a user without an account gets the page: while one waits, its hour goes on. An account that there
    /// is does not go away by it.
    #[must_use]
    pub fn page_given(known: Option<Self>, now: Timestamp) -> Self {
        let begun = Self { state: RegisterState::Waiting, started_at: now };
        match known {
            None => begun,
            Some(register) => match register.state {
                RegisterState::Waiting | RegisterState::Open => register,
                RegisterState::Failed | RegisterState::TimedOut => begun,
            },
        }
    }

    /// What follows when there is an account, however it became known.
    #[must_use]
    pub fn opened(known: Option<Self>, now: Timestamp) -> Self {
        let started_at = known.map_or(now, |register| register.started_at);
        Self { state: RegisterState::Open, started_at }
    }

    /// What follows when the depository says that it came to nothing. An account that there is does not go away by it,
    /// and a page that was handed out since is another.
    #[must_use]
    pub fn failed(self, occurred_at: Timestamp) -> Self {
        let is_about_this = self.state == RegisterState::Waiting && occurred_at >= self.started_at;
        if is_about_this { Self { state: RegisterState::Failed, ..self } } else { self }
    }

    /// What follows when there is no account after the page's time.
    #[must_use]
    pub fn timed_out(self) -> Self {
        match self.state {
            RegisterState::Waiting => Self { state: RegisterState::TimedOut, ..self },
            RegisterState::Open | RegisterState::Failed | RegisterState::TimedOut => self,
        }
    }

    /// When the job asks what came of the page; nothing that does not wait is asked for.
    #[must_use]
    pub fn due_at(self) -> Option<Timestamp> {
        match self.state {
            RegisterState::Waiting => Some(self.started_at.checked_add(PAGE_TIME).unwrap_or(Timestamp::MAX)),
            RegisterState::Open | RegisterState::Failed | RegisterState::TimedOut => None,
        }
    }

    /// Whether a confirmation of `at` stays as it is: it waits for what came of this very page (§11, Card and
    /// confirmation).
    #[must_use]
    pub fn keeps(self, at: Timestamp) -> bool {
        self.state == RegisterState::Waiting && at >= self.started_at
    }

    /// Whether there is an account.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.state == RegisterState::Open
    }
}

/// Checks what is confirmed against what was approved (§11, Card and confirmation).
///
/// # Errors
/// No option takes it.
pub fn check_terms(options: &[AmountOption], terms: LoanTerms) -> Result<(), TermsError> {
    if terms.period_unit != Product::PERIOD_UNIT {
        return Err(TermsError::PeriodUnit);
    }
    check_options(options, terms.loan_amount, terms.period)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Register, RegisterState, check_terms};
    use crate::marketplace::{AmountOption, LoanTerms, PeriodUnit, Step, TermsError, ThirdOrderStatus, Yuan};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(hours: i64) -> Timestamp {
        NOW + SignedDuration::from_hours(hours)
    }

    fn terms(loan_amount: u64, period: u16, period_unit: PeriodUnit) -> LoanTerms {
        LoanTerms { loan_amount: Yuan::of_cents(loan_amount * 100).unwrap(), period, period_unit }
    }

    fn register(state: RegisterState) -> Register {
        Register { state, started_at: NOW }
    }

    #[test]
    fn only_an_approval_is_confirmed_and_a_confirmed_order_stays_so() {
        for status in ThirdOrderStatus::ALL {
            let expected = match status.code() {
                1 => Step::Stay,
                12 => Step::Go,
                _ => Step::Forbidden,
            };
            assert_eq!(status.confirmation_step(), expected, "{status:?}");
            assert_eq!(status.accepts_card(), [1, 10, 11, 12].contains(&status.code()), "{status:?}");
        }
    }

    #[test]
    fn a_page_is_given_once_and_anew_after_it_came_to_nothing() {
        let begun = Register::page_given(None, NOW);
        assert_eq!((begun.state, begun.due_at()), (RegisterState::Waiting, Some(after(1))));
        assert_eq!(Register::page_given(Some(begun), after(2)), begun);
        for over in [begun.timed_out(), begun.failed(NOW)] {
            assert_eq!(over.due_at(), None);
            let again = Register::page_given(Some(over), after(2));
            assert_eq!((again.state, again.due_at()), (RegisterState::Waiting, Some(after(3))));
        }
    }

    #[test]
    fn an_account_opens_out_of_every_state_and_no_other_state_takes_it_away() {
        for state in RegisterState::ALL {
            let open = Register::opened(Some(register(state)), after(2));
            assert_eq!(open, register(RegisterState::Open));
            assert_eq!((open.failed(after(3)), open.timed_out(), open.due_at()), (open, open, None));
            assert_eq!(Register::page_given(Some(open), after(3)), open);
        }
        assert!(Register::opened(None, NOW).is_open());
        let are_open = RegisterState::ALL.map(|state| register(state).is_open());
        assert_eq!(are_open, RegisterState::ALL.map(|state| state == RegisterState::Open));
    }

    #[test]
    fn a_failure_is_about_the_page_that_was_handed_out_before_it() {
        let waiting = Register { state: RegisterState::Waiting, started_at: after(2) };
        assert_eq!(waiting.failed(after(1)), waiting, "it was about an earlier one");
        assert_eq!(waiting.failed(after(2)).state, RegisterState::Failed);
        let timed_out = register(RegisterState::TimedOut);
        assert_eq!(timed_out.failed(after(2)), timed_out);
    }

    #[test]
    fn the_first_confirmation_of_a_page_stays_while_it_waits_and_no_longer() {
        for state in RegisterState::ALL {
            let register = Register { state, started_at: after(1) };
            let is_waiting = state == RegisterState::Waiting;
            assert_eq!([0, 1, 2].map(|hours| register.keeps(after(hours))), [false, is_waiting, is_waiting]);
        }
    }

    #[test]
    fn terms_are_those_of_an_option_and_in_months() {
        let yuan = |yuan: u64| Yuan::of_cents(yuan * 100).unwrap();
        let options = [AmountOption::new(yuan(5000), yuan(15000), yuan(100), [12]).unwrap()];
        let check = |amount, period, unit| check_terms(&options, terms(amount, period, unit));
        assert_eq!(check(15_000, 12, PeriodUnit::Month), Ok(()));
        assert_eq!(check(15_100, 12, PeriodUnit::Month), Err(TermsError::Amount));
        assert_eq!(check(5_050, 12, PeriodUnit::Month), Err(TermsError::Step));
        assert_eq!(check(5_000, 6, PeriodUnit::Month), Err(TermsError::Period));
        assert_eq!(check(5_000, 12, PeriodUnit::Day), Err(TermsError::PeriodUnit));
        assert_eq!(check_terms(&[], terms(5_000, 12, PeriodUnit::Month)), Err(TermsError::Amount));
    }

    #[test]
    fn a_state_has_a_name() {
        let states = RegisterState::ALL;
        assert_eq!(states.map(RegisterState::as_str), ["waiting", "open", "failed", "timed_out"]);
        assert_eq!(states.map(|state| RegisterState::parse(state.as_str())), states.map(Some));
        assert_eq!(RegisterState::parse("Open"), None);
    }
}
