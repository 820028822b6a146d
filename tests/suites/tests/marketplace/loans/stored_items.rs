//! Rows of loans and of their steps, of every schema version ever written: golden files that are never changed, only added
//! to.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use suites::loans::{
    AUDIT_RESULT, LOAN_RESULT, LOANS, Loans, OVERDUE, REPAY_PLAN, REPAY_RESULT, audit, loan_result, messages,
    of, overdue, paid_off, plan, repay_plan, repay_result,
};
use suites::orders::{HISTORY, ORDER};

/// One golden file for each version: for each table, rows by a name that says what they are.
const VERSIONS: [&str; 2] = [
    include_str!("../../../golden/marketplace/loans-v1.json"),
    include_str!("../../../golden/marketplace/loans-v2.json"),
];
/// A loan whose audit is passed.
const AUDITED: &str = "AUDITED";
/// One that was refused.
const REFUSED: &str = ORDER;
/// One that is disbursed, without a plan yet.
const PAID_OUT: &str = "PAID-OUT";
/// One that is being repaid: with attempts open and closed, an automatic debit, and fees.
const REPAYING: &str = "REPAYING";
/// One that was tried to be repaid more often than is kept, with a payment of which nobody knows when it was.
const TRIED: &str = "TRIED-OFTEN";
/// One that is paid off.
const PAID_OFF: &str = "PAID-OFF";

fn golden(version: &str, table: &str) -> BTreeMap<String, Value> {
    let golden: Value = serde_json::from_str(version).expect("JSON");
    serde_json::from_value(golden[table].clone()).expect("rows by name")
}

fn about(order: &str, mut message: Value) -> Value {
    message["order_id"] = json!(order);
    message
}

fn put(app: &Loans, order: &str) {
    let mut row = messages::stored();
    row["order"] = json!({"S": format!("840#{order}")});
    app.world.put_item(LOANS, &row);
}

fn open_attempts(app: &Loans, order: &str, attempts: &Value) {
    let key = format!("840#{order}");
    let mut row = app.world.items(LOANS).into_iter().find(|row| row["order"]["S"] == key.as_str()).unwrap();
    row["attempts"] = attempts.clone();
    app.world.put_item(LOANS, &row);
}

/// Lives that lead to every kind of row.
async fn lived_through() -> Loans {
    let app = Loans::confirmed().await;
    for order in [AUDITED, PAID_OUT, REPAYING, TRIED, PAID_OFF] {
        put(&app, order);
    }
    app.tell(AUDIT_RESULT, &about(AUDITED, audit("passed", Some(20)))).await;
    app.tell(AUDIT_RESULT, &about(REFUSED, audit("refused", None))).await;
    let paid_out = of("e-1", 0, &json!({"borrow_status": 30, "receive_amount": "11800.00"}));
    app.tell(LOAN_RESULT, &about(PAID_OUT, paid_out)).await;
    for order in [REPAYING, PAID_OFF] {
        app.tell(REPAY_PLAN, &about(order, repay_plan())).await;
    }
    open_attempts(
        &app,
        REPAYING,
        &json!({"M": {
            "1": {"M": {"closed": {"L": [{"S": "failed"}]}, "is_open": {"BOOL": true}, "last": {"S": "failed"}}},
            "2": {"M": {"closed": {"L": []}, "is_open": {"BOOL": true}}},
        }}),
    );
    let fees = [("paid", "0.00"), ("overdue", "12.34"), ("not_due", "0.00")];
    app.tell(OVERDUE, &about(REPAYING, overdue(&plan(fees)))).await;
    app.tell(REPAY_RESULT, &about(REPAYING, repay_result(1, 2, "paid", &plan(fees)))).await;
    let debit = of("e-4", 180, &json!({}));
    let mut failed = repay_result(3, 0, "failed", &Value::Null);
    failed["event_id"] = debit["event_id"].clone();
    failed["occurred_at"] = debit["occurred_at"].clone();
    app.tell(REPAY_RESULT, &about(REPAYING, failed)).await;
    app.tell(REPAY_RESULT, &about(PAID_OFF, repay_result(-1, 0, "paid", &paid_off()))).await;
    let mut untold = repay_plan();
    untold["plan"] = plan([("paid", "0.00"), ("not_due", "0.00"), ("not_due", "0.00")]);
    untold["plan"][0]["success_time"].take();
    app.tell(REPAY_PLAN, &about(TRIED, untold)).await;
    let closed = json!([{"S": "partly_paid"}, {"S": "failed"}, {"S": "failed"}, {"S": "failed"}, {"S": "failed"},
        {"S": "failed"}, {"S": "failed"}, {"S": "failed"}]);
    open_attempts(
        &app,
        TRIED,
        &json!({"M": {"2": {"M": {"closed": {"L": closed}, "is_open": {"BOOL": true}}}}}),
    );
    app.tell(REPAY_RESULT, &about(TRIED, repay_result(2, 9, "failed", &Value::Null))).await;
    app
}

/// What a row is called in a golden file.
fn name(row: &Value) -> String {
    let order = row["order"]["S"].as_str().unwrap().to_owned();
    if row.get("loan_to").is_some() {
        format!("{order} {}", row["version"]["N"].as_str().unwrap())
    } else {
        order
    }
}

/// Without what is drawn.
fn comparable(mut row: Value) -> Value {
    row["request_stamp"] = json!({"S": "drawn"});
    row
}

fn written(app: &Loans, table: &str) -> BTreeMap<String, Value> {
    let rows = app.world.items(table).into_iter();
    let of_loans = rows.filter(|row| table == LOANS || row.get("loan_to").is_some());
    of_loans.map(|row| (name(&row), comparable(row))).collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_written_now_is_the_newest_golden_version() {
    let app = lived_through().await;
    for table in [LOANS, HISTORY] {
        let expected = golden(VERSIONS[VERSIONS.len() - 1], table).into_iter();
        let expected: BTreeMap<_, _> = expected.map(|(name, row)| (name, comparable(row))).collect();
        let written = written(&app, table);
        assert_eq!(written, expected, "{table}: {}", json!(written));
    }
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_goes_on() {
    for version in VERSIONS {
        let app = Loans::confirmed().await;
        for table in [LOANS, HISTORY] {
            for row in golden(version, table).values() {
                app.world.put_item(table, row);
            }
        }
        let next = |order: &str, mut message: Value| {
            let later = of("e-9", 600, &json!({}));
            message["event_id"] = later["event_id"].clone();
            message["occurred_at"] = later["occurred_at"].clone();
            about(order, message)
        };
        let fees = [("paid", "0.00"), ("overdue", "20.00"), ("not_due", "0.00")];
        for (queue, message, outcome) in [
            (LOAN_RESULT, next(AUDITED, loan_result(31)), "applied"),
            (AUDIT_RESULT, next(REFUSED, audit("passed", Some(20))), "dead_lettered"),
            (AUDIT_RESULT, about(REFUSED, audit("refused", None)), "repeated"),
            (REPAY_PLAN, next(PAID_OUT, repay_plan()), "applied"),
            (OVERDUE, next(REPAYING, overdue(&plan(fees))), "applied"),
            (REPAY_RESULT, next(REPAYING, repay_result(2, 1, "failed", &Value::Null)), "applied"),
            (REPAY_RESULT, about(REPAYING, repay_result(1, 2, "paid", &plan(fees))), "late"),
            (OVERDUE, next(PAID_OFF, overdue(&paid_off())), "unchanged"),
        ] {
            app.tell(queue, &message).await;
            assert_eq!(app.outcome(), outcome, "{queue} {message}");
        }
        if golden(version, LOANS).contains_key(&format!("840#{TRIED}")) {
            for (attempt_no, outcome) in [(9, "unchanged"), (1, "dead_lettered"), (10, "dead_lettered")] {
                let mut message = next(TRIED, repay_result(2, attempt_no, "failed", &Value::Null));
                message["event_id"] = json!(format!("e-{attempt_no}-again"));
                app.tell(REPAY_RESULT, &message).await;
                assert_eq!(app.outcome(), outcome, "{attempt_no}");
            }
        }
        assert_eq!(app.events(), ["loan_disbursed"], "who is paid off is so already");
    }
}
