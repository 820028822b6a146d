//! What is lent, and what it costs (§3 1.2, §11 Loan calculation).

use proptest::prelude::*;

use super::yuan;
use crate::marketplace::{
    AmountLimit, AmountOption, CalculatedPeriod, OptionError, PeriodUnit, Product, Rate, TermsError, Yuan,
    check_options,
};
use crate::properties::cases;

fn option(min: &str, max: &str, step: &str, periods: &[u16]) -> AmountOption {
    AmountOption::new(yuan(min), yuan(max), yuan(step), periods.iter().copied()).unwrap()
}

#[test]
fn the_loan_of_the_specification_costs_what_it_says() {
    let calculation = Product::default().calculate(yuan("15000"), 12).unwrap();
    let payments: Vec<_> = calculation.periods.iter().map(|period| period.payment.to_wire()).collect();
    assert_eq!(payments[..11], ["1462.31"; 11]);
    assert_eq!(payments[11], "1462.28");
    assert_eq!(calculation.refund_amount, yuan("17547.69"));
    assert_eq!(calculation.actual_amount, yuan("15000"));
    let [first, .., last] = calculation.periods.as_slice() else { panic!("12 periods") };
    assert_eq!((first.period_no, first.interest, first.principal), (1, yuan("375.00"), yuan("1087.31")));
    assert_eq!((last.period_no, last.interest, last.principal), (12, yuan("35.67"), yuan("1426.61")));
}

#[test]
fn other_loans_are_calculated_by_the_same_rule() {
    for (amount, periods, rate, payment, last) in [
        ("5000", 12, "0.30", "487.44", "487.37"),
        ("12345", 24, "0.35", "722.41", "722.49"),
        ("12000", 12, "0", "1000.00", "1000.00"),
        ("100", 3, "0", "33.33", "33.34"),
        ("15000", 1, "0.30", "15375.00", "15375.00"),
        ("0.02", 1, "0.24", "0.02", "0.02"),
        ("0.25", 1, "0.24", "0.26", "0.26"),
    ] {
        let option = option(amount, amount, "0", &[periods]);
        let product = Product { option, rate: Rate::parse(rate).unwrap() };
        let calculation = product.calculate(yuan(amount), periods).unwrap();
        let payments: Vec<_> = calculation.periods.iter().map(|period| period.payment.to_wire()).collect();
        assert_eq!(payments.first().map(String::as_str), Some(payment), "{amount} {periods} {rate}");
        assert_eq!(payments.last().map(String::as_str), Some(last), "{amount} {periods} {rate}");
    }
}

#[test]
fn what_is_more_than_money_can_be_is_refused() {
    let largest = "99999999999999.99";
    let product = Product { option: option("1", largest, "0", &[360]), rate: Rate::STANDARD };
    assert_eq!(product.calculate(yuan(largest), 360), Err(TermsError::TooLarge));
}

#[test]
fn the_standard_product_takes_5000_to_15000_by_100_over_12_months_and_nothing_else() {
    let product = Product::default();
    let check =
        |amount: &str| product.check(yuan(amount), 12, Some(PeriodUnit::Month), Rate::parse("0.3").ok());
    for amount in ["5000", "5100", "14900.00", "15000"] {
        assert_eq!(check(amount), Ok(()), "{amount}");
    }
    for amount in ["4999.99", "15000.01", "0", "15100"] {
        assert_eq!(check(amount), Err(TermsError::Amount), "{amount}");
    }
    for amount in ["5050", "5000.01", "14999.99"] {
        assert_eq!(check(amount), Err(TermsError::Step), "{amount}");
    }
    let amount = yuan("5000");
    assert_eq!(product.check(amount, 12, None, None), Ok(()), "what is left open is the product's");
    for period in [0, 11, 13] {
        assert_eq!(product.check(amount, period, None, None), Err(TermsError::Period), "{period}");
    }
    for unit in [PeriodUnit::Day, PeriodUnit::Week] {
        assert_eq!(product.check(amount, 12, Some(unit), None), Err(TermsError::PeriodUnit));
    }
    assert_eq!(product.check(amount, 12, None, Rate::parse("0.24").ok()), Err(TermsError::Rate));
}

#[test]
fn limits_and_options_are_what_the_acceptance_example_shows() {
    let product = Product::default();
    let limit =
        AmountLimit { max_loan: yuan("15000"), min_loan: yuan("5000"), max_period: 12, min_period: 12 };
    assert_eq!((product.amount_limit(), AmountLimit::of(product.options())), (limit, Some(limit)));
    assert_eq!(product.options(), [option("5000", "15000", "100", &[12])]);
    let both = [option("5000", "15000", "100", &[12]), option("1000", "4000", "0", &[6, 3])];
    let limit =
        AmountLimit { max_loan: yuan("15000"), min_loan: yuan("1000"), max_period: 12, min_period: 3 };
    assert_eq!((AmountLimit::of(&both), AmountLimit::of(&[])), (Some(limit), None));
}

#[test]
fn a_confirmation_fits_one_of_the_options_whole() {
    let options = [option("5000", "15000", "100", &[12]), option("1000", "4000", "0", &[3, 6])];
    assert_eq!(check_options(&options, yuan("5100"), 12), Ok(()));
    assert_eq!(check_options(&options, yuan("1000.01"), 6), Ok(()), "a step of nothing is any amount");
    assert_eq!(check_options(&options, yuan("5100"), 6), Err(TermsError::Period));
    assert_eq!(check_options(&options, yuan("4500"), 12), Err(TermsError::Amount));
    assert_eq!(check_options(&[], yuan("5100"), 12), Err(TermsError::Amount));
}

#[test]
fn steps_are_counted_from_the_smallest_amount() {
    let option = option("5030", "15000", "100", &[12]);
    let bounds = [option.min(), option.max(), option.step()];
    assert_eq!(bounds, [yuan("5030"), yuan("15000"), yuan("100")]);
    for (amount, checked) in [("5030", Ok(())), ("5130", Ok(())), ("5100", Err(TermsError::Step))] {
        assert_eq!(option.check(yuan(amount), 12), checked, "{amount}");
    }
}

#[test]
fn an_option_has_an_amount_and_periods() {
    let of = |min: &str, max: &str, periods: Vec<u16>| {
        AmountOption::new(yuan(min), yuan(max), Yuan::ZERO, periods)
    };
    assert_eq!(of("1", "2", vec![12, 3, 12]).unwrap().periods(), [3, 12]);
    assert_eq!(of("2", "1", vec![12]), Err(OptionError::Range));
    assert_eq!(of("0", "1", vec![12]), Err(OptionError::Range));
    for periods in [vec![], vec![0], vec![12, 361]] {
        assert_eq!(of("1", "1", periods), Err(OptionError::Periods));
    }
}

#[test]
fn a_rate_is_compared_by_its_value() {
    assert_eq!(Rate::parse("0.3"), Rate::parse("0.300000"));
    assert_eq!((Rate::parse("0.30"), Rate::parse("1").is_ok()), (Ok(Rate::STANDARD), true));
    for text in ["", "30%", "1.000001", "0.3000000", "-0.3", "3e-1", ".3", "99999999999"] {
        assert!(Rate::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_period_unit_is_a_day_a_month_or_a_week() {
    assert_eq!(PeriodUnit::ALL.iter().map(|unit| unit.code()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((PeriodUnit::of(0), PeriodUnit::of(4)), (None, None));
}

/// A product that lends this amount and no other.
fn lending(amount: Yuan, period: u16, millionths: u32) -> Product {
    let rate = Rate::parse(&format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)).unwrap();
    Product { option: AmountOption::new(amount, amount, Yuan::ZERO, [period]).unwrap(), rate }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_plan_pays_back_the_loan_and_its_interest_and_nothing_else(
        cents in 1_u64..1_000_000_000_000,
        period in 1_u16..=360,
        millionths in 0_u32..=1_000_000,
    ) {
        let amount = Yuan::of_cents(cents).unwrap();
        let calculation = lending(amount, period, millionths).calculate(amount, period).unwrap();
        let sum = |of: fn(&CalculatedPeriod) -> Yuan| Yuan::sum(calculation.periods.iter().map(of));
        prop_assert_eq!(sum(|period| period.principal), Some(amount));
        prop_assert_eq!(sum(|period| period.payment), Some(calculation.refund_amount));
        prop_assert!(calculation.periods.iter().map(|period| period.period_no).eq(1..=period));
        let mut balance = cents;
        for period in &calculation.periods {
            prop_assert_eq!(period.principal.plus(period.interest), Some(period.payment));
            let exact = u128::from(balance) * u128::from(millionths);
            prop_assert!((u128::from(period.interest.cents()) * 12_000_000).abs_diff(exact) <= 6_000_000);
            balance -= period.principal.cents();
        }
        let equal = &calculation.periods[..calculation.periods.len() - 1];
        let falls = equal.windows(2).all(|pair| pair[1].payment <= pair[0].payment);
        prop_assert!(falls, "all equal, until a very small loan is paid back");
    }

    #[test]
    fn the_last_payment_differs_by_no_more_than_rounding_and_its_interest(
        cents in 1_u64..1_000_000_000_000,
        period in 2_u16..=36,
        millionths in 0_u32..=360_000,
    ) {
        let amount = Yuan::of_cents(cents).unwrap();
        let calculation = lending(amount, period, millionths).calculate(amount, period).unwrap();
        let payment = |index: usize| calculation.periods[index].payment.cents();
        // A cent a period, at 3 % over 36 periods.
        prop_assert!(payment(0).abs_diff(payment(usize::from(period) - 1)) <= 64);
    }
}
