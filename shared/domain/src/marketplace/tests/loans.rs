//! Loan orders: codes, transitions, what a query is answered (§2.2, §11 `cl_borrow`).

use proptest::prelude::*;

use crate::marketplace::{LoanAnswer, LoanCodes, LoanStatus, Step, ThirdOrderStatus};
use crate::properties::cases;

const LISTED: [u16; 10] = [0, 10, 13, 20, 26, 27, 30, 31, 40, 41];
const ANY: [u16; 12] = [0, 10, 13, 20, 26, 27, 30, 31, 40, 41, 25, 99];

/// §11, `cl_borrow`, in codes: a small model beside the machine.
fn in_table(from: u16, to: u16) -> bool {
    let may = match from {
        0 | 10 | 13 | 20 | 31 => true,
        26 | 27 | 41 => false,
        30 => to == 40 || to == 41,
        40 => to == 41,
        _ => LISTED.contains(&to),
    };
    may && from != to
}

fn status(code: u16) -> LoanStatus {
    LoanCodes::default().status(code)
}

fn code_of(answer: Option<LoanAnswer>) -> Option<u16> {
    answer.map(|answer| answer.status.code())
}

fn without_loan(order: u16) -> Option<u16> {
    code_of(LoanAnswer::without_loan(ThirdOrderStatus::of(order).unwrap()))
}

#[test]
fn a_code_is_read_back_and_an_unlisted_one_is_kept() {
    for code in 0..=100 {
        assert_eq!(LoanCodes::default().code(status(code)), code);
        let is_listed = !matches!(status(code), LoanStatus::Unlisted(_));
        assert_eq!(is_listed, LISTED.contains(&code), "{code}");
    }
}

#[test]
fn the_code_of_an_automatic_refusal_is_configuration_and_no_code_that_has_a_meaning() {
    let codes = LoanCodes::new(25).unwrap();
    assert_eq!(codes.status(25), LoanStatus::RefusedAutomatically);
    assert_eq!(codes.code(LoanStatus::RefusedAutomatically), 25);
    assert_eq!(codes.status(26), LoanStatus::Unlisted(26));
    assert_eq!(LoanCodes::new(26), Some(LoanCodes::default()));
    for code in LISTED {
        assert_eq!(LoanCodes::new(code).is_some(), code == 26, "{code}");
    }
}

#[test]
fn a_loan_order_moves_as_the_table_says_and_in_no_other_way() {
    for from in ANY {
        for to in ANY {
            assert_eq!(status(from).may_become(status(to)), in_table(from, to), "{from} {to}");
            let step = match (from == to, in_table(from, to)) {
                (true, _) => Step::Stay,
                (false, true) => Step::Go,
                (false, false) => Step::Forbidden,
            };
            assert_eq!(status(from).step_to(status(to)), step, "{from} {to}");
        }
    }
}

#[test]
fn a_plan_comes_before_or_with_the_disbursement() {
    for code in ANY {
        assert_eq!(status(code).accepts_plan(), [0, 10, 13, 20, 31, 30].contains(&code), "{code}");
    }
}

#[test]
fn a_query_about_a_loan_order_is_answered_by_its_code() {
    for code in ANY {
        let expected = match code {
            0 | 10 | 13 | 20 | 31 => Some(7002),
            26 | 27 => Some(7003),
            30 | 40 | 41 => Some(7001),
            _ => None,
        };
        assert_eq!(code_of(LoanAnswer::of_loan(status(code))), expected, "{code}");
    }
    let refused = LoanAnswer::of_loan(LoanStatus::RefusedInReview);
    assert_eq!(refused.map(|answer| answer.remark), Some("拒单处理"));
}

#[test]
fn a_query_before_there_is_a_loan_order_is_answered_by_the_third_order() {
    for code in [0, 2, 3, 10, 11, 12, 13] {
        assert_eq!(without_loan(code), Some(7002), "{code}");
    }
    assert_eq!((without_loan(4), without_loan(5)), (Some(7003), Some(7003)));
    assert_eq!(without_loan(1), None, "processed without a loan order");
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_is_final_stays_and_what_is_disbursed_is_never_refused(codes in prop::collection::vec(0_u16..60, 1..40)) {
        let mut at = LoanStatus::InReview0;
        for next in codes.into_iter().map(status) {
            let before = at;
            if at.step_to(next) == Step::Go {
                at = next;
            }
            let answered = |loan| code_of(LoanAnswer::of_loan(loan));
            prop_assert!(answered(before) != Some(7003) || at == before);
            prop_assert!(answered(before) != Some(7001) || answered(at) == Some(7001));
        }
    }
}
