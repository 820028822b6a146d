//! The core tells of many orders and loans at once.

use serde_json::Value;
use suites::loans::{
    AUDIT_RESULT, LOAN_RESULT, LOAN_TABLES, Loans, OVERDUE, REPAY_PLAN, REPAY_RESULT, audit, loan_result,
    overdue, plan, repay_plan, repay_result,
};
use suites::orders::credit::decision;
use suites::orders::{CREDIT_RESULT, ORDER};

use crate::alike::burst;
use crate::burst::Taken;

const PAID: [(&str, &str); 3] = [("paid", "0.00"), ("not_due", "0.00"), ("not_due", "0.00")];
const FEES: [(&str, &str); 3] = [("not_due", "0.00"), ("overdue", "5.00"), ("not_due", "0.00")];

/// The core tells of many orders and loans what it tells of one, in this queue.
async fn burst_of_loans(app: &Loans, queue: &str, message: &Value) -> Taken {
    let start = async || Loans::over(app.world.clone(), app.platform.clone()).await;
    let take = async |app: &Loans| match queue {
        CREDIT_RESULT => app.take_results().await,
        _ => app.take(queue).await,
    };
    burst(&app.world, &LOAN_TABLES, (queue, message), start, take).await
}

pub(crate) async fn every_credit_decision_counts_once() -> Taken {
    let app = Loans::new().await;
    app.in_review().await;
    let told = decision(ORDER, "approved");
    burst_of_loans(&app, CREDIT_RESULT, &told).await
}

pub(crate) async fn every_audit_counts_once() -> Taken {
    let app = Loans::confirmed().await;
    let told = audit("refused", None);
    burst_of_loans(&app, AUDIT_RESULT, &told).await
}

pub(crate) async fn every_disbursement_counts_once() -> Taken {
    let app = Loans::confirmed().await;
    let told = loan_result(27);
    burst_of_loans(&app, LOAN_RESULT, &told).await
}

pub(crate) async fn every_plan_counts_once() -> Taken {
    let app = Loans::confirmed().await;
    burst_of_loans(&app, REPAY_PLAN, &repay_plan()).await
}

pub(crate) async fn every_overdue_fee_counts_once() -> Taken {
    let app = Loans::disbursed().await;
    let told = overdue(&plan(FEES));
    burst_of_loans(&app, OVERDUE, &told).await
}

pub(crate) async fn every_repayment_counts_once() -> Taken {
    let app = Loans::disbursed().await;
    app.open_attempt(1);
    let told = repay_result(1, 1, "paid", &plan(PAID));
    burst_of_loans(&app, REPAY_RESULT, &told).await
}
