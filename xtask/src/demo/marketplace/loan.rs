//! The loan of an approved order: a card, an account, the confirmation, the plan, a debit that fails, one that is overdue, and
//! the end.

use anyhow::Result;
use serde_json::{Value, json};

use super::{GOOD, NEWCOMER, Stage, order};
use crate::ui;

const ORDER: (&str, &str) = ("840", GOOD);
const CARD: &str = "6225682123456789";
const OTHER_CARD: &str = "6222020200112233445";
/// What the platform was told of the order before there was a loan.
const BEFORE: [(&str, u16); 1] = [("audit", 6001)];

/// Plays the loan's story.
pub(super) fn play(stage: &mut Stage) -> Result<()> {
    ui::step("Marketplace: a card is bound, an account opened, the loan confirmed");
    a_card_is_bound(stage)?;
    the_loan_waits_for_an_account(stage)?;
    the_account_opens(stage)?;
    ui::step("Marketplace: the loan core reviews the loan and pays it out");
    the_loan_is_paid_out(stage)?;
    ui::step("Marketplace: a period is overdue, a debit fails, and all is repaid");
    a_period_is_overdue(stage)?;
    a_repayment_fails(stage)?;
    a_period_is_repaid(stage)?;
    everything_is_repaid(stage)?;
    the_platform_has_seen_it_all(stage)
}

fn a_card_is_bound(stage: &mut Stage) -> Result<()> {
    stage.step("The bank refuses the card: nothing is kept");
    stage.control("PUT", "/bank/faults", &json!([{"fault": "refused"}]))?;
    stage.rongshu("840", "bindCard", &card("CGB", CARD), Ok(&[("/status", json!(3003))]))?;
    stage
        .step("Tried again, it is bound. The user has no account at the depository, and goes on at its page");
    stage.rongshu("840", "bindCard", &card("CGB", CARD), Ok(&[("/status", json!(3004))]))
}

fn the_loan_waits_for_an_account(stage: &mut Stage) -> Result<()> {
    stage.step(
        "More than was approved is refused; what was approved waits for the account, with the first amount",
    );
    stage.rongshu("840", "confirmLoan", &confirmation(15100), Err(10002))?;
    let waits = [("/status", json!(4001)), ("/url", json!(page(stage)))];
    stage.rongshu("840", "confirmLoan", &confirmation(15000), Ok(&waits))?;
    stage.rongshu("840", "confirmLoan", &confirmation(12000), Ok(&waits))?;
    stage.third_order(ORDER, 12)
}

fn the_account_opens(stage: &mut Stage) -> Result<()> {
    stage.step(
        "The account opens. The depository tells us, and the loan is confirmed before the user comes back",
    );
    let user = format!("/xw/users/{}", NEWCOMER.uid);
    stage.control("PUT", &user, &json!({"state": "open"}))?;
    stage.control("POST", &format!("{user}/events"), &json!({"state": "open"}))?;
    stage.third_order_becomes(ORDER, 1)?;
    stage.core_was_told(GOOD, 2)?;
    stage
        .step("The other two ways find it done: the user confirms once more, and the job looks for accounts");
    let accepted = [("/status", json!(4001)), ("/url", Value::Null)];
    stage.rongshu("840", "confirmLoan", &confirmation(15000), Ok(&accepted))?;
    stage.job("depository-check")?;
    stage.core_was_told(GOOD, 2)?;
    stage.step("Another card becomes the loan's, and the core hears of it");
    stage.rongshu("840", "bindCard", &card("ICBC", OTHER_CARD), Ok(&[("/status", json!(3001))]))?;
    stage.core_was_told(GOOD, 3)
}

fn the_loan_is_paid_out(stage: &mut Stage) -> Result<()> {
    stage.step("The audit is passed, a first disbursement fails: the platform hears nothing, and is told «in progress»");
    tell(stage, "audit-result", &json!({"result": "passed", "borrow_status": 20}))?;
    stage.loan_becomes(ORDER, 20)?;
    tell(stage, "loan-result", &json!({"borrow_status": 31}))?;
    stage.loan_becomes(ORDER, 31)?;
    stage.rongshu("840", "queryLoanResult", &order(GOOD), Ok(&[("/status", json!(7002))]))?;
    stage.step("Paid out. The success is told with the plan, not before");
    tell(stage, "loan-result", &json!({"borrow_status": 30, "receive_amount": "15000.00"}))?;
    stage.loan_becomes(ORDER, 30)?;
    stage.platform_was_told(ORDER, &BEFORE)?;
    let told = json!({
        "contract_id": "HT-120522", "loan_amount": "15000.00", "receive_amount": "15000.00",
        "repay_amount": "17547.69", "plan": plan(0, None),
    });
    tell(stage, "repay-plan", &told)?;
    stage.platform_was_told(ORDER, &[BEFORE[0], ("loan", 7001)])?;
    let disbursed = [("/status", json!(7001)), ("/contractId", json!("HT-120522"))];
    stage.rongshu("840", "queryLoanResult", &order(GOOD), Ok(&disbursed))?;
    stage.step("The audit query says what it said");
    stage.rongshu("840", "queryAuditResult", &order(GOOD), Ok(&[("/status", json!(6001))]))
}

fn a_period_is_overdue(stage: &mut Stage) -> Result<()> {
    stage.step("The first period is overdue: the platform gets the plan with its fee");
    tell(stage, "overdue", &json!({"plan": plan(0, Some("12.50"))}))?;
    stage.platform_was_told(ORDER, &[BEFORE[0], ("loan", 7001), ("plan", 9001)])?;
    let with_fee = [("/repayAmount", json!(1474.81)), ("/overdueFee", json!(12.5))];
    stage.rongshu("840", "repayTrial", &of_period(1), Ok(&with_fee))
}

fn a_repayment_fails(stage: &mut Stage) -> Result<()> {
    stage.step("The user repays: once more is the same attempt, and all at once has to wait. The core hears of it once");
    let accepted = [("/status", json!(5001))];
    stage.rongshu("840", "repay", &of_period(1), Ok(&accepted))?;
    stage.rongshu("840", "repay", &of_period(1), Ok(&accepted))?;
    stage.rongshu("840", "repay", &of_period(-1), Ok(&[("/status", json!(5003))]))?;
    stage.core_was_told(GOOD, 4)?;
    stage.step("The debit fails: only the result is told");
    let failed = result(1, 1, "failed", ["0.00", "1474.81"], &plan(0, Some("12.50")));
    tell(stage, "repay-result", &failed)?;
    stage.platform_was_told(ORDER, &told(&[("repay", 8003)]))?;
    stage.rongshu("840", "queryRepayResult", &of_period(1), Ok(&[("/status", json!(8003))]))
}

fn a_period_is_repaid(stage: &mut Stage) -> Result<()> {
    stage.step("The next attempt is debited: first the result, then the plan");
    stage.rongshu("840", "repay", &of_period(1), Ok(&[("/status", json!(5001))]))?;
    stage.core_was_told(GOOD, 5)?;
    tell(stage, "repay-result", &result(1, 2, "paid", ["1474.81", "0.00"], &plan(1, None)))?;
    stage.platform_was_told(ORDER, &told(&[("repay", 8003), ("repay", 8001), ("plan", 9001)]))?;
    stage.rongshu("840", "queryRepayResult", &of_period(1), Ok(&[("/status", json!(8001))]))?;
    let nothing = [("/repayAmount", json!(0.0))];
    stage.rongshu("840", "repayTrial", &of_period(1), Ok(&nothing))
}

fn everything_is_repaid(stage: &mut Stage) -> Result<()> {
    stage.step("The user repays the rest at once; the loan is paid off");
    stage.rongshu("840", "repayTrial", &of_period(-1), Ok(&[("/repayAmount", json!(16085.38))]))?;
    stage.rongshu("840", "repay", &of_period(-1), Ok(&[("/status", json!(5001))]))?;
    stage.core_was_told(GOOD, 6)?;
    tell(stage, "repay-result", &result(-1, 1, "paid", ["17560.19", "0.00"], &plan(12, None)))?;
    stage.platform_was_told(ORDER, &all())?;
    stage.rongshu("840", "getRepayPlan", &order(GOOD), Ok(&[("/status", json!(9001))]))?;
    stage.rongshu("840", "repay", &of_period(12), Ok(&[("/status", json!(5003))]))
}

fn the_platform_has_seen_it_all(stage: &mut Stage) -> Result<()> {
    stage.step("What the marketplace has of it: every callback signed, in order, each once");
    stage.show_callbacks(GOOD)?;
    stage.platform_was_told(ORDER, &all())
}

/// What the platform was told until the first period was overdue, and then this.
fn told(more: &[(&'static str, u16)]) -> Vec<(&'static str, u16)> {
    [&[BEFORE[0], ("loan", 7001), ("plan", 9001)], more].concat()
}

fn all() -> Vec<(&'static str, u16)> {
    told(&[("repay", 8003), ("repay", 8001), ("plan", 9001), ("repay", 8001), ("plan", 9001)])
}

fn tell(stage: &Stage, queue: &str, message: &Value) -> Result<()> {
    stage.control("POST", &format!("/core/{GOOD}/{queue}"), message)
}

fn card(bank: &str, number: &str) -> Value {
    json!({
        "orderId": GOOD, "uid": NEWCOMER.uid, "name": NEWCOMER.name, "cid": NEWCOMER.cid, "phone": NEWCOMER.phone,
        "registerPhone": NEWCOMER.phone, "bankCode": bank, "bankCardNum": number, "cardType": 0,
        "successUrl": "https://m.rongshu.cn/done",
    })
}

fn confirmation(amount: u32) -> Value {
    json!({
        "orderId": GOOD, "loanAmount": amount, "loanPeriod": 12, "periodUnit": 2, "platform": "rongshu",
        "successUrl": "https://m.rongshu.cn/done", "failedUrl": "https://m.rongshu.cn/failed",
    })
}

/// The page on which the user opens an account.
fn page(stage: &Stage) -> String {
    let sandbox = stage.sandbox_url();
    format!("{sandbox}/xw/open?uid={}&back=https%3A%2F%2Fm%2Erongshu%2Ecn%2Fdone", NEWCOMER.uid)
}

fn of_period(period: i32) -> Value {
    json!({"orderId": GOOD, "period": period})
}

/// What came of a debit: what is paid by now, and what is left.
fn result(period: i32, attempt_no: u32, status: &str, [paid, left]: [&str; 2], plan: &Value) -> Value {
    json!({
        "period": period, "attempt_no": attempt_no, "status": status, "already_repay_amount": paid,
        "will_repay_amount": left, "repay_time": "2026-03-05T08:00:00Z", "plan": plan,
    })
}

/// The plan after so many periods were paid, or with the first of them overdue at this fee.
fn plan(paid: u32, fee: Option<&str>) -> Value {
    (1..=12).map(|period| of_plan(period, paid, fee.filter(|_| period == 1))).collect()
}

fn of_plan(period: u32, paid: u32, fee: Option<&str>) -> Value {
    let amount = if period == 12 { "1462.28" } else { "1462.31" };
    let is_paid = period <= paid;
    // The first was paid with its fee.
    let fee = fee.or((is_paid && period == 1).then_some("12.50")).unwrap_or("0.00");
    let already = if period == 1 { "1474.81" } else { amount };
    let status = match (is_paid, fee) {
        (true, _) => "paid",
        (false, "0.00") => "not_due",
        (false, _) => "overdue",
    };
    let (year, month) = (2026 + (period + 1) / 12, (period + 1) % 12 + 1);
    json!({
        "period_no": period, "due_time": format!("{year}-{month:02}-02T15:59:59Z"),
        "can_repay_time": format!("{year}-{month:02}-01T16:00:00Z"), "principal": "1250.00",
        "repay_amount": amount, "already_repay_amount": if is_paid { already } else { "0.00" },
        "overdue_fee": fee, "status": status,
        "success_time": if is_paid { json!("2026-03-05T08:00:00Z") } else { Value::Null },
    })
}
