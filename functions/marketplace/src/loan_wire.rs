//! What the platform is told of a loan, its plan and its repayments: asked for (1.9, 1.13) or called back (1.2, 1.3, 1.4).
//! Callback 1.4 says what 1.13 answers (§11, Wire).

use domain::marketplace::{
    BankCodes, CallbackKind, Loan, LoanAnswer, LoanCallback, LoanResultStatus, Plan, PlanPeriod, PlanStatus,
    Repaid,
};
use jiff::Timestamp;
use platform::callbacks::NewCallback;
use serde::{Serialize, Serializer};

use crate::store::StoredLoan;
use crate::wire::{Amount, as_text};

/// How a period is paid: debited when it is due, or when the user asks for it (§11, Wire).
const AUTOMATIC_OR_ASKED_FOR: u8 = 4;

/// An instant on the wire: milliseconds since 1970 (§1, Data conventions).
#[derive(Clone, Copy, Debug)]
struct Millis(Timestamp);

/// An element of `repayPlan` (§3).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WirePeriod {
    period_no: u16,
    pay_type: u8,
    amount: Amount,
    repay_amount: Amount,
    already_repay_amount: Amount,
    overdue_fee: Amount,
    status: u16,
    due_time: Millis,
    can_repay_time: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    success_time: Option<Millis>,
}

/// `repayPlan`: always a text (§11, Wire).
#[derive(Clone, Debug)]
struct WirePeriods(Vec<WirePeriod>);

/// Where a loan stands (1.9, 1.2). What is not known yet is absent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireLoan {
    status: u16,
    remark: &'static str,
    #[serde(flatten)]
    disbursed: Option<WireDisbursed>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireDisbursed {
    #[serde(skip_serializing_if = "Option::is_none")]
    contract_id: Option<String>,
    loan_amount: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    receive_amount: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repay_amount: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repay_plan: Option<WirePeriods>,
}

/// The plan with the card that is debited (1.13, 1.4).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WirePlan {
    status: u16,
    #[serde(flatten)]
    card: Option<WireCard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receive_amount: Option<Amount>,
    total_repay_amount: Amount,
    repay_plan: WirePeriods,
}

#[derive(Clone, Debug, Serialize)]
struct WireCard {
    #[serde(rename = "bankName")]
    name: &'static str,
    #[serde(rename = "bankCard")]
    last4: String,
    #[serde(rename = "bankCode")]
    code: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireRepaid {
    period: i32,
    status: u16,
    already_repay_amount: Amount,
    will_repay_amount: Amount,
    remark: &'static str,
    repay_time: Millis,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireCallback<'a, T> {
    order_id: &'a str,
    #[serde(flatten)]
    told: T,
}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_millisecond().serialize(serializer)
    }
}

impl Serialize for WirePeriods {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        as_text(&self.0, serializer)
    }
}

impl From<&PlanPeriod> for WirePeriod {
    fn from(period: &PlanPeriod) -> Self {
        Self {
            period_no: period.period_no,
            pay_type: AUTOMATIC_OR_ASKED_FOR,
            amount: Amount(period.repay_amount),
            repay_amount: Amount(period.repay_amount),
            already_repay_amount: Amount(period.already_repay_amount),
            overdue_fee: Amount(period.overdue_fee),
            status: period.status.code(),
            due_time: Millis(period.due_time),
            can_repay_time: Millis(period.can_repay_time),
            success_time: period.success_time.map(Millis),
        }
    }
}

impl From<&Plan> for WirePeriods {
    fn from(plan: &Plan) -> Self {
        Self(plan.periods().iter().map(WirePeriod::from).collect())
    }
}

impl WireLoan {
    /// The answer; of a loan that is disbursed, with what is known of it.
    #[must_use]
    pub fn of(answer: LoanAnswer, loan: Option<&Loan>) -> Self {
        let is_disbursed = answer.status == LoanResultStatus::Disbursed;
        let disbursed = loan.filter(|_| is_disbursed).map(|loan| WireDisbursed {
            contract_id: loan.contract_id.clone(),
            loan_amount: Amount(loan.terms.loan_amount),
            receive_amount: loan.receive_amount.map(Amount),
            repay_amount: loan.repay_amount.map(Amount),
            repay_plan: loan.plan().map(WirePeriods::from),
        });
        Self { status: answer.status.code(), remark: answer.remark, disbursed }
    }
}

impl WirePlan {
    /// The plan of a loan, its bank by the channel's code; `None` while there is no plan.
    #[must_use]
    pub fn of(codes: &BankCodes, loan: &Loan) -> Option<Self> {
        let plan = loan.plan()?;
        let card = loan.card.as_ref().map(|card| WireCard {
            name: card.bank.name(),
            last4: card.last4.clone(),
            code: codes.to_wire(card.bank).to_owned(),
        });
        Some(Self {
            status: PlanStatus::Available.code(),
            card,
            receive_amount: loan.receive_amount.map(Amount),
            total_repay_amount: Amount(plan.totals().repay_amount),
            repay_plan: plan.into(),
        })
    }
}

impl From<Repaid> for WireRepaid {
    fn from(repaid: Repaid) -> Self {
        Self {
            period: repaid.period.number(),
            status: repaid.status.code(),
            already_repay_amount: Amount(repaid.already_repay_amount),
            will_repay_amount: Amount(repaid.will_repay_amount),
            remark: repaid.status.remark(),
            repay_time: Millis(repaid.repay_time),
        }
    }
}

/// A callback about a loan, as it is after what causes it; `None` for a plan that there is not.
#[must_use]
pub fn loan_callback(codes: &BankCodes, loan: &StoredLoan, told: LoanCallback) -> Option<NewCallback> {
    let of_loan = |status: LoanResultStatus| {
        callback(CallbackKind::Loan, loan, WireLoan::of(status.answer(), Some(&loan.loan)))
    };
    match told {
        LoanCallback::Refused => Some(of_loan(LoanResultStatus::Refused)),
        LoanCallback::Disbursed => Some(of_loan(LoanResultStatus::Disbursed)),
        LoanCallback::Repaid(repaid) => Some(callback(CallbackKind::Repay, loan, WireRepaid::from(repaid))),
        LoanCallback::Plan => {
            WirePlan::of(codes, &loan.loan).map(|plan| callback(CallbackKind::Plan, loan, plan))
        }
    }
}

fn callback(kind: CallbackKind, loan: &StoredLoan, told: impl Serialize) -> NewCallback {
    let body = WireCallback { order_id: loan.key.number.as_str(), told };
    // A struct with string keys always serialises.
    NewCallback { kind: kind.as_str(), body: serde_json::to_string(&body).unwrap_or_default() }
}
