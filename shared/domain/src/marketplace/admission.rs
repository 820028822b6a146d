use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::codes::coded;
use super::person::{age_at, shanghai_day};

coded! {
    /// `rejectReason` (§3, 1.1).
    RejectReason {
        /// The user may borrow.
        None = 0,
        /// On the blacklist.
        Blacklist = 1,
        /// Another loan is in progress.
        LoanInProgress = 2,
        /// Refused not long ago.
        RecentlyRefused = 3,
        /// Something else.
        Other = 4,
    }
}

/// Which rule refused a user; in the order in which they are asked (§11, Admission).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdmissionRule {
    /// Only new users may borrow.
    OldUser,
    /// Too young or too old.
    Age,
    /// On the blacklist.
    Blacklist,
    /// From a region that is blocked.
    Region,
    /// Another loan is in progress.
    LoanInProgress,
    /// Refused not long ago.
    RecentlyRefused,
}

/// What is known of a person. Of an unknown one: nothing, or the birthday of an order's id number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    /// Whether they are a customer already.
    pub is_customer: bool,
    /// When they were born.
    pub birthday: Option<Date>,
    /// Whether they are on the blacklist.
    pub blacklisted: bool,
    /// Where they live.
    pub region: Option<String>,
    /// Whether a loan is in progress.
    pub loan_in_progress: bool,
    /// When credit was refused last.
    pub credit_refused_at: Option<Timestamp>,
    /// When the audit of a loan refused last.
    pub audit_refused_at: Option<Timestamp>,
}

/// The rules of a channel (`admission.*`, `reborrow.*`, §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdmissionRules {
    /// Whether only new users may borrow.
    pub new_users_only: bool,
    /// The youngest who may, in full years.
    pub youngest_years: i16,
    /// The oldest who may.
    pub oldest_years: i16,
    /// The regions that are blocked, compared exactly.
    pub regions_blocked: BTreeSet<String>,
    /// How long a refusal of credit bars, in days of 24 hours.
    pub credit_days: u16,
    /// How long a refusal by the audit bars.
    pub audit_days: u16,
}

/// Whether a person may borrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// Whether they are a customer already, whatever rule refused.
    pub is_stock: bool,
    /// Whether they are on the blacklist, whatever rule refused.
    pub is_black_list: bool,
    /// The first rule that refuses.
    pub refused: Option<AdmissionRule>,
}

impl AdmissionRule {
    /// Every rule, in the order in which they are asked.
    pub const ALL: [Self; 6] = [
        Self::OldUser,
        Self::Age,
        Self::Blacklist,
        Self::Region,
        Self::LoanInProgress,
        Self::RecentlyRefused,
    ];

    /// What the platform is told.
    #[must_use]
    pub fn reject_reason(self) -> RejectReason {
        match self {
            Self::OldUser | Self::Age | Self::Region => RejectReason::Other,
            Self::Blacklist => RejectReason::Blacklist,
            Self::LoanInProgress => RejectReason::LoanInProgress,
            Self::RecentlyRefused => RejectReason::RecentlyRefused,
        }
    }

    fn refuses(self, customer: &Customer, rules: &AdmissionRules, now: Timestamp) -> bool {
        match self {
            Self::OldUser => rules.new_users_only && customer.is_customer,
            Self::Age => customer.birthday.is_some_and(|birthday| !rules.admits_age(birthday, now)),
            Self::Blacklist => customer.blacklisted,
            Self::Region => {
                customer.region.as_ref().is_some_and(|region| rules.regions_blocked.contains(region))
            }
            Self::LoanInProgress => customer.loan_in_progress,
            Self::RecentlyRefused => {
                is_within(customer.credit_refused_at, rules.credit_days, now)
                    || is_within(customer.audit_refused_at, rules.audit_days, now)
            }
        }
    }
}

/// New users of 20 to 55, no region blocked, 30 days after either refusal (§5, §11).
impl Default for AdmissionRules {
    fn default() -> Self {
        Self {
            new_users_only: true,
            youngest_years: 20,
            oldest_years: 55,
            regions_blocked: BTreeSet::new(),
            credit_days: 30,
            audit_days: 30,
        }
    }
}

impl AdmissionRules {
    fn admits_age(&self, birthday: Date, now: Timestamp) -> bool {
        (self.youngest_years..=self.oldest_years).contains(&age_at(birthday, shanghai_day(now)))
    }
}

impl Admission {
    /// Judges a person (§11, Admission).
    #[must_use]
    pub fn of(customer: &Customer, rules: &AdmissionRules, now: Timestamp) -> Self {
        Self {
            is_stock: customer.is_customer,
            is_black_list: customer.blacklisted,
            refused: AdmissionRule::ALL.into_iter().find(|rule| rule.refuses(customer, rules, now)),
        }
    }

    /// Judges whoever an inquiry may mean: those whom the id number's digest finds, else those whom the phone's does. Of
    /// several, the first who is refused counts; of none, it is a new user (§11, Admission).
    #[must_use]
    pub fn of_matches(
        by_id_number: &[Customer],
        by_phone: &[Customer],
        rules: &AdmissionRules,
        now: Timestamp,
    ) -> Self {
        let matches = if by_id_number.is_empty() { by_phone } else { by_id_number };
        let admissions = || matches.iter().map(|customer| Self::of(customer, rules, now));
        let refused = admissions().find(|admission| !admission.is_admitted());
        refused.or_else(|| admissions().next()).unwrap_or_default()
    }

    /// Whether they may: `isCanLoan`.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        self.refused.is_none()
    }

    /// `rejectReason`.
    #[must_use]
    pub fn reject_reason(&self) -> RejectReason {
        self.refused.map_or(RejectReason::None, AdmissionRule::reject_reason)
    }
}

/// Whether less than so many days have gone by; a refusal in the future has not gone by at all.
fn is_within(refused_at: Option<Timestamp>, days: u16, now: Timestamp) -> bool {
    let bar = SignedDuration::from_hours(24 * i64::from(days));
    refused_at.is_some_and(|at| now.duration_since(at) < bar)
}
