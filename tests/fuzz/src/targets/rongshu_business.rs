//! The business JSON of the platform's calls, as each operation reads it: what is wrong with it is the platform's fault, and
//! what it is told of that does not quote it.

use std::sync::{Arc, LazyLock};

use domain::marketplace::ChannelId;
use marketplace::audit_result_query::AuditResultQuery;
use marketplace::bind_card::BindCard;
use marketplace::channel::{Channel, ChannelConfig};
use marketplace::confirm_loan::ConfirmLoan;
use marketplace::contract_list::ContractList;
use marketplace::endpoint::{Failure, Operation};
use marketplace::loan_calculation::LoanCalculation;
use marketplace::loan_result_query::LoanResultQuery;
use marketplace::repay::Repay;
use marketplace::repay_plan_query::RepayPlanQuery;
use marketplace::repay_result_query::RepayResultQuery;
use marketplace::repay_trial::RepayTrial;
use marketplace::user_check::UserCheck;
use platform::secrets::FromSecret;
use suites::marketplace::channels::{PLAIN, parameter};

use crate::decimal::normal;
use crate::input::{chosen_text, is_object, seed, written};
use crate::{Target, seeds};

pub(super) const TARGET: Target = Target { name: "rongshu-business", hold, seeds };

/// Reads a business JSON, and holds what comes of it.
pub(super) type Reads = fn(&str);

pub(super) const OPERATIONS: [(&str, Reads); 11] = [
    ("loan-calculation", calculation),
    ("user-check", read::<UserCheck>),
    ("contract-list", read::<ContractList>),
    ("audit-result-query", read::<AuditResultQuery>),
    ("bind-card", read::<BindCard>),
    ("confirm-loan", read::<ConfirmLoan>),
    ("loan-result-query", read::<LoanResultQuery>),
    ("repay-trial", read::<RepayTrial>),
    ("repay", read::<Repay>),
    ("repay-result-query", read::<RepayResultQuery>),
    ("repay-plan-query", read::<RepayPlanQuery>),
];
/// Digits of a person or a card come in rows as long as this; nothing that is told has so many.
const TELLING_DIGITS: usize = 11;

static CHANNEL: LazyLock<Channel> = LazyLock::new(|| {
    let config = ChannelConfig::from_secret(&parameter(PLAIN).to_string()).expect("a channel");
    Channel { id: ChannelId::of_text(PLAIN).expect("an id"), config: Arc::new(config) }
});

fn hold(data: &[u8]) {
    if let Some(((_, reads), text)) = chosen_text(&OPERATIONS, data) {
        reads(text);
    }
}

fn taken<O: Operation>(text: &str) -> Option<O::Input> {
    match O::read(&CHANNEL, text.to_owned()) {
        Ok(input) => {
            assert!(is_object(text), "{text}");
            Some(input)
        }
        Err(Failure::Parameter(problem)) => {
            let mut rows = problem.split(|letter: char| !letter.is_ascii_digit());
            assert!(rows.all(|row| row.len() < TELLING_DIGITS), "{problem}");
            assert!(problem.len() < 200, "{problem}");
            None
        }
        Err(failure @ Failure::Internal(_)) => panic!("{failure}"),
    }
}

fn read<O: Operation>(text: &str) {
    let _ = taken::<O>(text);
}

/// A plan pays back what was borrowed, to the cent.
fn calculation(text: &str) {
    let Some(calculation) = taken::<LoanCalculation>(text) else { return };
    let amount = written(text.as_bytes(), "loanAmount").expect("an amount");
    assert_eq!(normal(&calculation.actual_amount.to_wire()), normal(&amount), "{text}");
    let sum = |of: fn(&domain::marketplace::CalculatedPeriod) -> u64| {
        calculation.periods.iter().map(of).sum::<u64>()
    };
    assert_eq!(sum(|period| period.principal.cents()), calculation.actual_amount.cents());
    assert_eq!(sum(|period| period.payment.cents()), calculation.refund_amount.cents());
    for period in &calculation.periods {
        assert_eq!(period.principal.plus(period.interest), Some(period.payment));
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let of = |(place, (operation, _)): (u8, &(&str, Reads))| seed(place, seeds::business(operation));
    (0..).zip(&OPERATIONS).map(of).collect()
}
