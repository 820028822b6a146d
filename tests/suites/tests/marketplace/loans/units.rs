//! What each message about a loan costs in request units (docs/contexts/marketplace.md), exactly: a transaction counts each
//! row double for each KB of it, and an index once for each row that enters it.

use serde_json::{Value, json};
use suites::costs::assert_priced;
use suites::loans::{
    AUDIT_RESULT, LOAN_RESULT, LOANS, Loans, OVERDUE, QUEUES, REPAY_PLAN, REPAY_RESULT, audit, loan_result,
    overdue, paid_off, plan, repay_plan, repay_result,
};
use suites::orders::ORDERS;
use world::{Spent, Units};

const FEES: [(&str, &str); 3] = [("not_due", "0.00"), ("overdue", "5.00"), ("not_due", "0.00")];

/// Reads and writes, in whole units.
fn cost(spent: &Spent) -> (Units, Units) {
    (spent.reads(), spent.writes())
}

fn whole(reads: u64, writes: u64) -> (Units, Units) {
    (Units::whole(reads), Units::whole(writes))
}

async fn spent(app: &Loans, queue: &str, message: &Value) -> Spent {
    app.world.measure(app.tell(queue, message)).await.1
}

#[tokio::test(start_paused = true)]
async fn what_tells_nobody_is_a_read_and_three_rows() {
    for (queue, message) in [(AUDIT_RESULT, audit("passed", Some(20))), (LOAN_RESULT, loan_result(31))] {
        let app = Loans::confirmed().await;
        // Loan, history and message.
        let spent = spent(&app, queue, &message).await;
        match queue {
            AUDIT_RESULT => assert_priced("audit-result", "an audit that is passed", &spent),
            _ => assert_priced("loan-result", "a code that nobody is told", &spent),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_reads_the_order_beside_the_loan_and_is_one_transaction() {
    for (queue, message) in [(AUDIT_RESULT, audit("refused", None)), (LOAN_RESULT, loan_result(27))] {
        let app = Loans::confirmed().await;
        let spent = spent(&app, queue, &message).await;
        assert_eq!((spent.on(LOANS).reads(), spent.on(ORDERS).reads()), (Units::whole(1), Units::whole(1)));
        // Loan, history and message; the callback, which enters its index, and the head, which is due already; a refusal
        // under each digest.
        assert_eq!(cost(&spent), whole(2, 3 * 2 + (2 + 1) + 2 + 4 * 2), "{queue}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_is_a_read_and_one_transaction_and_the_outbox_row_s_end() {
    let app = Loans::confirmed().await;
    let spent = spent(&app, REPAY_PLAN, &repay_plan()).await;
    assert_eq!(spent.reads(), Units::whole(1));
    assert_eq!(spent.on(LOANS).writes(), Units::whole(2), "three periods: not yet 1 KB");
    // Loan, history, message and outbox row; the callback with its index; the head, which is due already; the outbox row's
    // end.
    assert_eq!(cost(&spent), whole(1, 4 * 2 + (2 + 1) + 2 + 1));
    assert_priced("repay-plan", "a plan of three periods", &spent);
}

#[tokio::test(start_paused = true)]
async fn later_plans_are_a_read_and_one_transaction() {
    let app = Loans::disbursed().await;
    let fees = spent(&app, OVERDUE, &overdue(&plan(FEES))).await;
    // Loan, history and message; the plan's callback, which is over 1 KB with the card, with its index; the head.
    assert_eq!(cost(&fees), whole(1, 3 * 2 + (2 * 2 + 1) + 2));
    assert_priced("overdue", "fees of three periods", &fees);
    app.open_attempt(-1);
    let paid = spent(&app, REPAY_RESULT, &repay_result(-1, 1, "paid", &paid_off())).await;
    // Beside these the result's callback and the event's outbox row with its end; the loan with its attempts is over 1 KB.
    assert_eq!(cost(&paid), whole(1, 2 * 2 + 2 * 2 + (2 + 1) + (2 * 2 + 1) + 2 + 2 + 1));
    assert_priced("repay-result", "the last repayment", &paid);
}

#[tokio::test(start_paused = true)]
async fn a_year_s_plan_is_still_one_read() {
    let app = Loans::confirmed().await;
    let mut message = repay_plan();
    let period = message["plan"][0].clone();
    let periods = (1..=12).map(|no| {
        let mut period = period.clone();
        period["period_no"] = json!(no);
        period
    });
    message["plan"] = periods.collect();
    app.tell(REPAY_PLAN, &message).await;
    let mut fees = message.clone();
    fees["event_id"] = json!("e-2");
    fees["plan"][11]["overdue_fee"] = json!("1.00");
    let spent = spent(&app, OVERDUE, &fees).await;
    assert_eq!(spent.on(LOANS).reads(), Units::whole(1), "under 4 KB");
    assert_eq!(spent.on(LOANS).writes(), Units::whole(2 * 3));
}

#[tokio::test(start_paused = true)]
async fn what_changes_nothing_is_a_read_and_at_most_a_row() {
    for queue in QUEUES {
        let (app, message) = match queue {
            AUDIT_RESULT => (Loans::confirmed().await, audit("passed", Some(20))),
            LOAN_RESULT => (Loans::confirmed().await, loan_result(31)),
            REPAY_PLAN => (Loans::confirmed().await, repay_plan()),
            OVERDUE => (Loans::disbursed().await, overdue(&plan(FEES))),
            _ => (Loans::disbursed().await, repay_result(1, 0, "failed", &Value::Null)),
        };
        app.tell(queue, &message).await;
        assert_eq!(cost(&spent(&app, queue, &message).await), whole(1, 0), "{queue}: a repeat");
        let but = |members: Value| {
            let mut other = message.clone();
            members.as_object().unwrap().iter().for_each(|(name, value)| other[name] = value.clone());
            other
        };
        let late = but(json!({"event_id": "e-8", "occurred_at": "2018-01-01T00:00:00Z"}));
        assert_eq!(cost(&spent(&app, queue, &late).await), whole(1, 1), "{queue}: late");
        let unknown = but(json!({"order_id": "1"}));
        assert_eq!(cost(&spent(&app, queue, &unknown).await), whole(2, 0), "{queue}: no order");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_too_early_reads_the_loan_the_order_and_whether_it_is_known() {
    for queue in QUEUES {
        let app = Loans::new().await;
        app.approve().await;
        let message = match queue {
            AUDIT_RESULT => audit("refused", None),
            LOAN_RESULT => loan_result(31),
            REPAY_PLAN => repay_plan(),
            OVERDUE => overdue(&plan(FEES)),
            _ => repay_result(1, 0, "failed", &Value::Null),
        };
        assert_eq!(cost(&spent(&app, queue, &message).await), whole(3, 0), "{queue}");
    }
}
