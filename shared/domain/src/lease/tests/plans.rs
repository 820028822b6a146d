use proptest::prelude::*;

use crate::lease::{FieldError, Plan, PlanTerm, check_order_create_time};
use crate::properties::cases;

fn term(index: u64, rental_fen: u64, pay_day: &str) -> PlanTerm {
    PlanTerm { index, rental_fen, pay_day: pay_day.to_owned() }
}

/// The example of §11.
fn three() -> Vec<PlanTerm> {
    vec![term(1, 1_167, "2025-02-01"), term(2, 1_167, "2025-03-01"), term(3, 1_166, "2025-04-01")]
}

fn field(plan: Result<Plan, FieldError>) -> &'static str {
    plan.unwrap_err().field
}

#[test]
fn the_example_is_a_plan_in_any_order_and_a_sum_of_3501_is_not() {
    let plan = Plan::of(3, 3_500, &three()).unwrap();
    assert_eq!((plan.total_fen(), plan.terms()), (3_500, &three()[..]));
    let mut shuffled = three();
    shuffled.reverse();
    assert_eq!(Plan::of(3, 3_500, &shuffled), Ok(plan));
    assert_eq!(field(Plan::of(3, 3_501, &three())), "totalRentMoney");
    assert_eq!(field(Plan::of(3, 3_499, &three())), "totalRentMoney");
}

#[test]
fn a_plan_has_1_to_120_terms_as_many_as_it_says() {
    let terms = |count: u64| (1..=count).map(|index| term(index, 1, "2025-02-01")).collect::<Vec<_>>();
    assert!(Plan::of(1, 1, &terms(1)).is_ok() && Plan::of(120, 120, &terms(120)).is_ok());
    for count in [0, 121] {
        assert_eq!(field(Plan::of(count, count, &terms(count))), "rentTerm");
    }
    assert_eq!(field(Plan::of(u64::MAX, 3, &terms(3))), "rentTerm");
    assert_eq!(field(Plan::of(4, 3, &terms(3))), "repayStrategyList");
    assert_eq!(field(Plan::of(2, 3, &terms(3))), "repayStrategyList");
    assert_eq!(field(Plan::of(1, 0, &terms(1))), "totalRentMoney");
}

#[test]
fn the_indices_are_1_to_the_number_of_terms_each_once() {
    for indices in [[0, 1, 2], [2, 3, 4], [1, 1, 2], [1, 2, 2], [1, 2, u64::MAX]] {
        let terms = indices.map(|index| term(index, 1, "2025-02-01"));
        assert_eq!(field(Plan::of(3, 3, &terms)), "repayStrategyList", "{indices:?}");
    }
}

#[test]
fn a_rent_is_at_least_1_and_a_sum_that_overflows_is_no_sum() {
    let plan = |rents: [u64; 2], total| {
        let [first, second] = rents;
        Plan::of(2, total, &[term(1, first, "2025-02-01"), term(2, second, "2025-02-01")])
    };
    assert_eq!(field(plan([0, 2], 2)), "repayStrategyList");
    assert_eq!(field(plan([u64::MAX, 2], 1)), "totalRentMoney", "which would wrap to 1");
    assert!(plan([u64::MAX - 1, 1], u64::MAX).is_ok());
}

#[test]
fn days_are_real_and_do_not_go_back_in_the_order_of_the_index() {
    let plan = |first: &str, second: &str| Plan::of(2, 2, &[term(2, 1, second), term(1, 1, first)]);
    for (first, second) in
        [("2025-02-01", "2025-02-01"), ("2024-02-29", "2024-03-01"), ("2025-12-31", "2026-01-01")]
    {
        assert!(plan(first, second).is_ok(), "{first} {second}");
    }
    assert_eq!(field(plan("2025-02-02", "2025-02-01")), "repayStrategyList");
    for day in [
        "",
        "2025-02-29",
        "2025-13-01",
        "2025-00-01",
        "2025-01-00",
        "0000-01-01",
        "2025-1-01",
        "2025/01/01",
        "20250101",
        "2025-01-01 ",
        "+025-01-01",
        "２025-01-01",
        "-001-01-01",
        "2025-01-01T00:00:00",
    ] {
        assert_eq!(field(plan(day, "9999-12-31")), "repayStrategyList", "{day}");
    }
}

#[test]
fn an_order_was_created_at_an_instant_that_exists_to_the_millisecond() {
    for text in ["2025-01-03 10:00:00.000", "2024-02-29 23:59:59.999", "2025-01-03 00:00:00.001"] {
        assert_eq!(check_order_create_time(text), Ok(()), "{text}");
    }
    for text in [
        "",
        "2025-01-03",
        "2025-01-03 10:00:00",
        "2025-01-03T10:00:00.000",
        "2025-01-03 24:00:00.000",
        "2025-01-03 10:60:00.000",
        "2025-01-03 10:00:60.000",
        "2025-02-29 10:00:00.000",
        "2025-01-03  10:00:00.000",
        "2025-01-03 10:00:00.0000",
        "2025-01-03 10:00:00,000",
        "2025-01-03 10:00:00.00a",
        "2025-01-03 1:00:00.0000",
        " 2025-01-03 10:00:00.000",
    ] {
        assert_eq!(check_order_create_time(text).unwrap_err().field, "orderCreateTime", "{text}");
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_plan_holds_its_terms_in_order_and_they_add_up(
        rents in prop::collection::vec(1_u64..1_000_000_000, 1..=120),
        shift in 0_usize..120,
        off_by in prop_oneof![Just(-1_i64), Just(0), Just(1)],
    ) {
        let mut terms: Vec<_> =
            (1..).zip(&rents).map(|(index, rent)| term(index, *rent, "2025-02-01")).collect();
        let middle = shift % terms.len();
        terms.rotate_left(middle);
        let sum: u64 = rents.iter().sum();
        let count = u64::try_from(rents.len()).unwrap();
        match Plan::of(count, sum.saturating_add_signed(off_by), &terms) {
            Ok(plan) => {
                prop_assert_eq!(off_by, 0);
                prop_assert_eq!(plan.terms().iter().map(|term| term.rental_fen).sum::<u64>(), plan.total_fen());
                prop_assert!(plan.terms().iter().map(|term| term.index).eq(1..=count));
            }
            Err(error) => {
                prop_assert!(off_by != 0, "{error}");
                prop_assert_eq!(error.field, "totalRentMoney");
            }
        }
    }

    #[test]
    fn no_text_makes_the_dates_panic(text in ".{0,30}", digits in "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}") {
        prop_assert!(check_order_create_time(&text).is_err() || text.len() == 23);
        let real = format!("{}T{}", &digits[..10], &digits[11..]).parse::<jiff::civil::DateTime>();
        let leap_second = &digits[17..19] == "60";
        let year_zero = digits.starts_with("0000");
        let expected = real.is_ok() && !leap_second && !year_zero;
        prop_assert_eq!(check_order_create_time(&digits).is_ok(), expected);
    }
}
