//! Each function that takes messages about loans may call exactly what it calls (design §9).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suites::loans::{
    AUDIT_RESULT, LOAN_RESULT, Loans, OVERDUE, REPAY_PLAN, REPAY_RESULT, audit, loan_result, overdue,
    paid_off, repay_plan, repay_result, start,
};
use suites::marketplace::channels::PREFIX;
use suites::orders::{DIGEST_SECRET, SEALING_SECRET};
use suites::roles::allowed;

/// What the queue's function calls: begun afresh, with the message, one for an order that there is not, and one that is
/// forbidden.
async fn called(app: &Loans, queue: &str, message: &Value) -> BTreeSet<String> {
    let alone = app.another().await;
    alone.world.forget_permissions();
    start(&alone.world, queue).await;
    alone.tell(queue, message).await;
    let mut unknown = message.clone();
    unknown["order_id"] = json!("1");
    alone.tell(queue, &unknown).await;
    let mut forbidden = message.clone();
    forbidden["event_id"] = json!("e-9");
    alone.change_loan(|row| {
        row["status"] = json!({"N": "41"});
        row.as_object_mut().unwrap().remove("plan");
        row.as_object_mut().unwrap().remove("core_messages");
    });
    alone.tell(queue, &forbidden).await;
    assert_eq!(alone.outcomes(), ["applied", "waits", "dead_lettered"], "{queue}");
    let named = |call: String| {
        let call = call.replace(PREFIX, "/tenor/rongshu").replace(DIGEST_SECRET, "/tenor/digest");
        call.replace(SEALING_SECRET, "/tenor/sealing")
    };
    alone.world.permissions().into_iter().map(named).collect()
}

#[tokio::test(start_paused = true)]
async fn what_refuses_may_do_what_it_does() {
    for (queue, message) in [(AUDIT_RESULT, audit("refused", None)), (LOAN_RESULT, loan_result(27))] {
        let app = Loans::confirmed().await;
        assert_eq!(called(&app, queue, &message).await, allowed("marketplace", queue), "{queue}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_brings_a_plan_may_do_what_it_does() {
    let app = Loans::confirmed().await;
    assert_eq!(called(&app, REPAY_PLAN, &repay_plan()).await, allowed("marketplace", REPAY_PLAN));
    for (queue, message) in
        [(OVERDUE, overdue(&paid_off())), (REPAY_RESULT, repay_result(1, 0, "paid", &paid_off()))]
    {
        let app = Loans::disbursed().await;
        assert_eq!(called(&app, queue, &message).await, allowed("marketplace", queue), "{queue}");
    }
}
