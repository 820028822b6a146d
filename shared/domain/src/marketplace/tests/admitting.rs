//! Who may borrow (§3 1.1, §11 Admission).

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::at;
use crate::marketplace::{Admission, AdmissionRule, AdmissionRules, Customer, RejectReason};
use crate::properties::cases;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// 8 August 2018, noon in China.
fn now() -> Timestamp {
    at("2018-08-08T04:00:00Z")
}

fn rules() -> AdmissionRules {
    AdmissionRules { regions_blocked: BTreeSet::from(["新疆".to_owned()]), ..AdmissionRules::default() }
}

/// Somebody whom every rule refuses.
fn refused_by_all() -> Customer {
    Customer {
        is_customer: true,
        birthday: Some(date(2000, 1, 1)),
        blacklisted: true,
        region: Some("新疆".to_owned()),
        loan_in_progress: true,
        credit_refused_at: Some(now()),
        audit_refused_at: None,
    }
}

fn refused(customer: &Customer) -> Option<AdmissionRule> {
    Admission::of(customer, &rules(), now()).refused
}

#[test]
fn the_rules_are_asked_in_their_order_and_each_has_its_reason() {
    let mut customer = refused_by_all();
    let facts = |customer: &Customer| {
        let admission = Admission::of(customer, &rules(), now());
        (admission.refused, admission.reject_reason().code(), admission.is_stock, admission.is_black_list)
    };
    assert_eq!(facts(&customer), (Some(AdmissionRule::OldUser), 4, true, true), "facts stay facts");
    customer.is_customer = false;
    assert_eq!(facts(&customer), (Some(AdmissionRule::Age), 4, false, true));
    customer.birthday = Some(date(1990, 3, 7));
    assert_eq!(facts(&customer), (Some(AdmissionRule::Blacklist), 1, false, true));
    customer.blacklisted = false;
    assert_eq!(facts(&customer), (Some(AdmissionRule::Region), 4, false, false));
    customer.region = Some("北京".to_owned());
    assert_eq!(facts(&customer), (Some(AdmissionRule::LoanInProgress), 2, false, false));
    customer.loan_in_progress = false;
    assert_eq!(facts(&customer), (Some(AdmissionRule::RecentlyRefused), 3, false, false));
    customer.credit_refused_at = None;
    assert_eq!(facts(&customer), (None, 0, false, false));
}

#[test]
fn an_old_user_may_borrow_where_the_channel_takes_old_users() {
    let customer = Customer { is_customer: true, ..Customer::default() };
    let rules = AdmissionRules { new_users_only: false, ..rules() };
    let admission = Admission::of(&customer, &rules, now());
    assert_eq!((admission.is_admitted(), admission.is_stock), (true, true));
}

#[test]
fn who_is_20_to_55_may_borrow_both_included() {
    for (birthday, admitted) in [
        (date(1998, 8, 9), false),
        (date(1998, 8, 8), true),
        (date(1962, 8, 9), true),
        (date(1962, 8, 8), false),
        (date(2018, 8, 9), false),
    ] {
        let customer = Customer { birthday: Some(birthday), ..Customer::default() };
        assert_eq!(refused(&customer).is_none(), admitted, "{birthday}");
    }
    let before_midnight = at("2018-08-07T15:59:59Z");
    let customer = Customer { birthday: Some(date(1998, 8, 8)), ..Customer::default() };
    assert!(!Admission::of(&customer, &rules(), before_midnight).is_admitted(), "the day is China's");
}

#[test]
fn a_refusal_bars_for_its_days_to_the_second() {
    let rules = AdmissionRules { credit_days: 30, audit_days: 7, ..rules() };
    let is_barred = |credit: Option<SignedDuration>, audit: Option<SignedDuration>| {
        let ago = |span: Option<SignedDuration>| span.map(|span| now() - span);
        let customer =
            Customer { credit_refused_at: ago(credit), audit_refused_at: ago(audit), ..Customer::default() };
        Admission::of(&customer, &rules, now()).refused == Some(AdmissionRule::RecentlyRefused)
    };
    let second = SignedDuration::from_secs(1);
    assert!(is_barred(Some(30 * DAY - second), None));
    assert!(!is_barred(Some(30 * DAY), None));
    assert!(is_barred(None, Some(7 * DAY - second)));
    assert!(!is_barred(Some(31 * DAY), Some(7 * DAY)));
    assert!(is_barred(Some(31 * DAY), Some(second)), "each has its own days");
    assert!(is_barred(Some(-DAY), None), "in the future");
}

#[test]
fn a_region_is_blocked_by_its_whole_name() {
    let of_region = |region: &str| Customer { region: Some(region.to_owned()), ..Customer::default() };
    assert_eq!(refused(&of_region("新疆")), Some(AdmissionRule::Region));
    assert_eq!(refused(&of_region("新疆省")), None);
}

#[test]
fn an_unknown_person_is_a_new_user() {
    let admission = Admission::of_matches(&[], &[], &rules(), now());
    assert_eq!(admission, Admission { is_stock: false, is_black_list: false, refused: None });
    assert_eq!(admission.reject_reason(), RejectReason::None);
}

#[test]
fn the_id_number_decides_then_the_phone_and_of_several_the_first_who_is_refused() {
    let [good, blacklisted, borrowing] = [
        Customer { birthday: Some(date(1990, 3, 7)), ..Customer::default() },
        Customer { blacklisted: true, ..Customer::default() },
        Customer { loan_in_progress: true, ..Customer::default() },
    ];
    let judged = |by_id_number: &[Customer], by_phone: &[Customer]| {
        Admission::of_matches(by_id_number, by_phone, &rules(), now()).reject_reason()
    };
    let one = std::slice::from_ref::<Customer>;
    assert_eq!(judged(one(&good), one(&blacklisted)), RejectReason::None);
    assert_eq!(judged(&[], one(&blacklisted)), RejectReason::Blacklist);
    let several = [good.clone(), borrowing.clone(), blacklisted.clone()];
    assert_eq!(judged(&[], &several), RejectReason::LoanInProgress);
    assert_eq!(judged(&several, &[]), RejectReason::LoanInProgress);
    assert_eq!(judged(&[good.clone(), good], one(&blacklisted)), RejectReason::None);
}

fn birthdays() -> impl Strategy<Value = Option<Date>> {
    prop::option::of(
        (1950_i16..2010, 1_i8..13, 1_i8..29).prop_map(|(year, month, day)| date(year, month, day)),
    )
}

fn customers() -> impl Strategy<Value = Customer> {
    let refused_at =
        || prop::option::of((0_i64..60).prop_map(|days| now() - SignedDuration::from_hours(24 * days)));
    let region = prop::option::of(prop::sample::select(vec!["新疆".to_owned(), "北京".to_owned()]));
    let facts =
        (any::<bool>(), birthdays(), any::<bool>(), region, any::<bool>(), refused_at(), refused_at());
    facts.prop_map(|(is_customer, birthday, blacklisted, region, loan_in_progress, credit, audit)| Customer {
        is_customer,
        birthday,
        blacklisted,
        region,
        loan_in_progress,
        credit_refused_at: credit,
        audit_refused_at: audit,
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whoever_is_refused_alone_is_refused_among_others(customers in prop::collection::vec(customers(), 1..4)) {
        let alone: Vec<_> = customers.iter().map(|customer| Admission::of(customer, &rules(), now())).collect();
        let together = Admission::of_matches(&customers, &[], &rules(), now());
        prop_assert!(alone.contains(&together), "somebody's facts, and of one person");
        prop_assert_eq!(together.is_admitted(), alone.iter().all(Admission::is_admitted));
        prop_assert_eq!(together.is_admitted(), together.reject_reason() == RejectReason::None);
    }
}
