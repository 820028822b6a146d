//! A whole loan, from the confirmation to where it is paid off; and that the other tests begin with what a confirmation
//! leaves.

use serde_json::{Value, json};
use suites::confirmations::{Confirmations, bind, confirm};
use suites::loans::{
    AUDIT_RESULT, LOAN_RESULT, LOAN_TABLES, LOANS, Loans, OVERDUE, REPAY_PLAN, REPAY_RESULT, audit, furnish,
    messages, of, overdue, paid_off, plan, repay_plan, repay_result,
};
use suites::orders::{CUSTOMERS, HISTORY, ORDER, Platform, UID};
use world::World;

/// The order was confirmed with a card, and the core goes on.
async fn confirmed() -> Loans {
    let app = Confirmations::approved().await;
    app.partners.opens(UID);
    assert_eq!(app.bind(&bind()).await.status(), 3001);
    assert_eq!(app.confirm(&confirm()).await.status(), 4001);
    let world = World::starting_at(app.world.time().now());
    furnish(&world);
    for table in LOAN_TABLES.into_iter().chain([CUSTOMERS]) {
        for row in app.world.items(table) {
            world.put_item(table, &row);
        }
    }
    let platform = Platform::in_world(&world);
    Loans::over(world, platform).await
}

fn members(row: &Value) -> Vec<String> {
    row.as_object().unwrap().keys().cloned().collect()
}

#[tokio::test(start_paused = true)]
async fn the_tests_begin_with_what_a_confirmation_leaves() {
    let app = confirmed().await;
    let (row, seed) = (app.loan().unwrap(), messages::stored());
    assert_eq!(members(&row), members(&seed));
    assert_eq!(members(&row["card"]["M"]), members(&seed["card"]["M"]));
    for same in ["order", "borrow_no", "uid", "status", "loan_amount", "period_unit", "schema_version"] {
        assert_eq!(row[same], seed[same], "{same}");
    }
    assert_eq!(
        row["version"],
        app.row(ORDER).unwrap()["version"],
        "callbacks' places go on from the order's"
    );
}

#[tokio::test(start_paused = true)]
async fn a_loan_lives_from_its_confirmation_to_its_end() {
    let app = confirmed().await;
    let first = app.loan().unwrap()["version"]["N"].as_str().unwrap().parse::<usize>().unwrap();
    app.tell(AUDIT_RESULT, &audit("passed", Some(20))).await;
    app.tell(LOAN_RESULT, &of("e-1", 10, &json!({"borrow_status": 31}))).await;
    app.tell(REPAY_PLAN, &of("e-1", 20, &repay_plan_members())).await;
    app.tell(LOAN_RESULT, &of("e-2", 30, &json!({"borrow_status": 30}))).await;
    app.open_attempt(1);
    app.tell(REPAY_RESULT, &repay_result(1, 1, "failed", &Value::Null)).await;
    let fees = plan([("overdue", "12.34"), ("not_due", "0.00"), ("not_due", "0.00")]);
    app.tell(OVERDUE, &at(overdue(&fees), "e-1", 150)).await;
    let first_paid = plan([("paid", "0.00"), ("not_due", "0.00"), ("not_due", "0.00")]);
    app.tell(REPAY_RESULT, &at(repay_result(1, 0, "paid", &first_paid), "e-4", 200)).await;
    app.open_attempt(-1);
    app.tell(REPAY_RESULT, &at(repay_result(-1, 1, "paid", &paid_off()), "e-5", 300)).await;
    app.tell(LOAN_RESULT, &of("e-3", 310, &json!({"borrow_status": 41}))).await;
    assert_eq!(
        app.called_back(),
        ["loan 7001", "repay 8003", "plan 9001", "repay 8001", "plan 9001", "repay 8001", "plan 9001"]
    );
    let places = app.places();
    assert!(places.is_sorted() && places.len() == 8, "the approval's, and these: {places:?}");
    assert_eq!(
        (app.events(), app.loan_status()),
        (vec!["loan_disbursed".into(), "loan_paid_off".into()], 41)
    );
    let versions: Vec<_> =
        app.world.items(HISTORY).iter().map(|row| row["version"]["N"].to_string()).collect();
    assert_eq!(app.loan_history().len(), 8);
    assert!(versions.contains(&format!("\"{}\"", first + 8)), "one for each change: {versions:?}");
    assert_eq!((app.audit(ORDER).await.status(), app.world.items(LOANS).len()), (6001, 1));
}

fn repay_plan_members() -> Value {
    let mut members = repay_plan();
    for own in ["event_id", "occurred_at", "order_id"] {
        members.as_object_mut().unwrap().remove(own);
    }
    members
}

fn at(mut message: Value, event_id: &str, seconds: i64) -> Value {
    let of = of(event_id, seconds, &json!({}));
    message["event_id"] = of["event_id"].clone();
    message["occurred_at"] = of["occurred_at"].clone();
    message
}
