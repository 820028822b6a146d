//! overdue (item 20; §7.12): the plan with its fees.

use serde_json::{Value, json};
use suites::loans::{Loans, OVERDUE, REPAY_PLAN, of, overdue, paid_off, plan, repay_plan};

const FEES: [(&str, &str); 3] = [("paid", "0.00"), ("overdue", "12.34"), ("not_due", "0.00")];

/// `repayPlan` of a callback, read.
fn periods(told: &Value) -> Value {
    serde_json::from_str(told["repayPlan"].as_str().unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_plan_is_told_with_each_period_s_own_fee() {
    let app = Loans::disbursed().await;
    app.tell(OVERDUE, &overdue(&plan(FEES))).await;
    assert_eq!(app.called_back(), ["loan 7001", "plan 9001"]);
    let told = periods(&app.loan_callbacks()[1].1);
    let shown = |name: &str| [0, 1, 2].map(|at| told[at][name].to_string());
    assert_eq!(shown("overdueFee"), ["0.0", "12.34", "0.0"], "the third does not have the second's");
    assert_eq!(shown("status"), ["2", "3", "1"]);
    assert_eq!(app.loan_history()[1], "30>30 overdue: overdue fees");
    assert_eq!(app.loan_messages()[..1], ["overdue#e-2 overdue: applied"]);
    assert_eq!((app.loan_status(), app.woken().len()), (30, 3));
}

#[tokio::test(start_paused = true)]
async fn the_bank_has_the_channel_s_code_and_of_the_card_the_last_digits_alone_are_told() {
    let app = Loans::disbursed().await;
    app.tell(OVERDUE, &overdue(&plan(FEES))).await;
    let told = &app.loan_callbacks()[1].1;
    assert_eq!((&told["bankCode"], &told["bankCard"]), (&json!("CGB"), &json!("5678")));
}

#[tokio::test(start_paused = true)]
async fn fees_change_again_and_go_away_again() {
    let app = Loans::disbursed().await;
    app.tell(OVERDUE, &overdue(&plan(FEES))).await;
    let later = plan([("paid", "0.00"), ("overdue", "20.00"), ("overdue", "1.00")]);
    app.tell(OVERDUE, &of("e-3", 120, &json!({"plan": later}))).await;
    let after = plan([("paid", "0.00"), ("not_due", "0.00"), ("not_due", "0.00")]);
    app.tell(OVERDUE, &of("e-4", 180, &json!({"plan": after}))).await;
    let told: Vec<_> = app.loan_callbacks()[1..].iter().map(|(_, told)| periods(told)).collect();
    let fees: Vec<_> =
        told.iter().map(|plan| [0, 1, 2].map(|at| plan[at]["overdueFee"].to_string())).collect();
    assert_eq!(fees, [["0.0", "12.34", "0.0"], ["0.0", "20.0", "1.0"], ["0.0", "0.0", "0.0"]]);
}

#[tokio::test(start_paused = true)]
async fn what_is_paid_stays_paid() {
    let app = Loans::disbursed().await;
    app.tell(OVERDUE, &overdue(&plan([("paid", "0.00"), ("overdue", "20.00"), ("not_due", "0.00")]))).await;
    let before = app.shown();
    let unpaid = plan([("overdue", "1.00"), ("overdue", "20.00"), ("not_due", "0.00")]);
    app.tell(OVERDUE, &of("e-4", 180, &json!({"plan": unpaid}))).await;
    assert_eq!((app.dead_of(OVERDUE), app.shown()), (vec!["bad_plan".to_owned()], before));
}

#[tokio::test(start_paused = true)]
async fn the_same_fees_change_nothing() {
    let app = Loans::disbursed().await;
    app.tell(OVERDUE, &overdue(&plan(FEES))).await;
    let after = app.shown();
    app.tell(OVERDUE, &of("e-3", 120, &json!({"plan": plan(FEES)}))).await;
    assert_eq!((app.shown(), app.outcome().as_str()), (after, "unchanged"));
}

#[tokio::test(start_paused = true)]
async fn fees_before_there_is_a_plan_are_forbidden() {
    for status in [0, 10, 26, 27, 30, 31, 99] {
        let app = Loans::at(status).await;
        let before = app.shown();
        app.tell(OVERDUE, &overdue(&plan(FEES))).await;
        assert_eq!((app.dead_of(OVERDUE), app.shown()), (vec!["forbidden".to_owned()], before), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_with_other_periods_is_not_this_loan_s() {
    let mut other = plan(FEES);
    other[2]["period_no"] = json!(4);
    let mut longer = plan(FEES);
    let mut fourth = longer[2].clone();
    fourth["period_no"] = json!(4);
    longer.as_array_mut().unwrap().push(fourth);
    let shorter = Value::Array(plan(FEES).as_array().unwrap()[..2].to_vec());
    for wrong in [other, longer, shorter] {
        let app = Loans::disbursed().await;
        let before = app.shown();
        app.tell(OVERDUE, &overdue(&wrong)).await;
        assert_eq!((app.dead_of(OVERDUE), app.shown()), (vec!["bad_plan".to_owned()], before));
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_is_older_than_the_loan_s_is_late_whoever_told_that_one() {
    let app = Loans::disbursed().await;
    let after = app.shown();
    app.tell(OVERDUE, &of("e-9", -1, &json!({"plan": plan(FEES)}))).await;
    assert_eq!((app.shown(), app.outcome().as_str()), (after, "late"));
    app.tell(OVERDUE, &overdue(&plan(FEES))).await;
    let after = app.shown();
    let mut first = repay_plan();
    first["event_id"] = json!("e-10");
    app.tell(REPAY_PLAN, &first).await;
    assert_eq!((app.shown(), app.outcome().as_str()), (after, "late"), "and not another plan");
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_which_everything_is_paid_ends_the_loan_whoever_tells_it() {
    let app = Loans::disbursed().await;
    app.tell(OVERDUE, &overdue(&paid_off())).await;
    assert_eq!(app.events(), ["loan_disbursed", "loan_paid_off"]);
}
