//! Whether somebody may borrow (§11, Admission): the same judgement in userCheck, when an order is parsed, before the
//! credit application, and at the confirmation.

use domain::marketplace::{Admission, AdmissionRule, AdmissionRules, Customer};
use futures_util::future::try_join;
use jiff::Timestamp;
use jiff::civil::Date;
use platform::Scope;
use platform::dynamodb::DynamoDbError;

use crate::channel::Words;
use crate::store::{CustomerStore, Known};

/// What somebody is found by: keyed digests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lookup<'a> {
    /// Of the id number, or of the mask; it decides.
    pub first: Option<&'a str>,
    /// Of the phone's number, if the first is unknown.
    pub phone: Option<&'a str>,
    /// When they were born, where an order's id number tells.
    pub birthday: Option<Date>,
}

/// Judges somebody as of `now`, the clock's or a schedule's, by what is known: one query for each digest, at the same
/// time.
///
/// # Errors
/// DynamoDB failed, or a row cannot be read.
pub async fn judge(
    store: &CustomerStore,
    scope: &Scope,
    rules: &AdmissionRules,
    lookup: Lookup<'_>,
    now: Timestamp,
) -> Result<Admission, DynamoDbError> {
    let known = async |digest: Option<&str>| match digest {
        Some(digest) => store.known(scope, digest).await,
        None => Ok(Known::default()),
    };
    let (first, phone) = try_join(known(lookup.first), known(lookup.phone)).await?;
    Ok(judge_known(&first, phone, lookup.birthday, rules, now))
}

/// Whoever is no customer is judged by what we know of them ourselves: an order's birthday, and our own refusals. It
/// comes behind whom the phone finds, so that of those who are not refused a customer's facts are told.
fn judge_known(
    first: &Known,
    phone: Known,
    birthday: Option<Date>,
    rules: &AdmissionRules,
    now: Timestamp,
) -> Admission {
    let mut by_phone = phone.customers;
    if first.customers.is_empty() {
        if by_phone.is_empty() {
            by_phone.push(phone.refusal.of(Customer::default()));
        }
        by_phone.push(first.refusal.of(Customer { birthday, ..Customer::default() }));
    }
    Admission::of_matches(&first.customers, &by_phone, rules, now)
}

/// A rule's name in the history.
#[must_use]
pub fn word(rule: AdmissionRule) -> &'static str {
    match rule {
        AdmissionRule::OldUser => "old_user",
        AdmissionRule::Age => "age",
        AdmissionRule::Blacklist => "blacklist",
        AdmissionRule::Region => "region",
        AdmissionRule::LoanInProgress => "loan_in_progress",
        AdmissionRule::RecentlyRefused => "recently_refused",
    }
}

/// What the platform and its user read of a rule that refuses.
#[must_use]
pub fn words(rule: AdmissionRule) -> Words {
    match rule {
        AdmissionRule::OldUser => Words::OldUser,
        AdmissionRule::Age => Words::Age,
        AdmissionRule::Blacklist => Words::Blacklist,
        AdmissionRule::Region => Words::Region,
        AdmissionRule::LoanInProgress => Words::LoanInProgress,
        AdmissionRule::RecentlyRefused => Words::RecentlyRefused,
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use domain::marketplace::{AdmissionRule, AdmissionRules, Customer};
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::judge_known;
    use crate::store::{Known, Refusal};

    fn now() -> Timestamp {
        "2018-08-08T00:00:00Z".parse().unwrap()
    }

    fn refused() -> Refusal {
        Refusal { credit_at: Some(now()), audit_at: None }
    }

    fn nobody() -> Known {
        Known::default()
    }

    fn refused_by(first: &Known, phone: Known) -> Option<AdmissionRule> {
        let birthday = Some(date(1990, 3, 7));
        judge_known(first, phone, birthday, &AdmissionRules::default(), now()).refused
    }

    fn blacklisted() -> Known {
        Known { customers: vec![Customer { blacklisted: true, ..Customer::default() }], ..nobody() }
    }

    #[test]
    fn the_first_digest_decides_and_the_phone_s_counts_if_it_is_unknown() {
        let good = Known { customers: vec![Customer::default()], ..nobody() };
        assert_eq!(refused_by(&good, blacklisted()), None);
        assert_eq!(refused_by(&nobody(), blacklisted()), Some(AdmissionRule::Blacklist));
        assert_eq!(refused_by(&nobody(), nobody()), None);
    }

    #[test]
    fn our_own_refusal_counts_though_its_person_is_no_customer() {
        let own = Known { refusal: refused(), ..nobody() };
        for (first, phone) in [(own.clone(), nobody()), (nobody(), own.clone())] {
            assert_eq!(refused_by(&first, phone), Some(AdmissionRule::RecentlyRefused));
        }
        let old_customer = Customer { is_customer: true, ..Customer::default() };
        let rules = AdmissionRules { new_users_only: false, ..AdmissionRules::default() };
        let phone = Known { customers: vec![old_customer], ..nobody() };
        let admission = judge_known(&nobody(), phone, None, &rules, now());
        assert!(admission.is_stock && admission.is_admitted(), "of an admitted user the facts are told");
    }

    #[test]
    fn an_order_s_birthday_counts_where_no_other_is_known() {
        let rules = AdmissionRules::default();
        let admission = |first: Known| judge_known(&first, nobody(), Some(date(2010, 1, 1)), &rules, now());
        assert_eq!(admission(nobody()).refused, Some(AdmissionRule::Age));
        let adult = Customer { birthday: Some(date(1980, 1, 1)), ..Customer::default() };
        assert_eq!(admission(Known { customers: vec![adult], ..nobody() }).refused, None);
    }
}
