//! Each function over orders may call exactly what it calls (design §9).

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use suites::marketplace::channels::{PLAIN, PREFIX};
use suites::orders::bodies::{push, with};
use suites::orders::credit::{but, decision};
use suites::orders::{DIGEST_SECRET, ORDER, Orders, SEALING_SECRET, UID, start};
use suites::roles::allowed;

/// What `run` calls in the process of a function that has just begun.
async fn called(app: &Orders, function: &str, run: impl AsyncFn(&Orders)) -> BTreeSet<String> {
    let alone = app.another().await;
    alone.world.forget_permissions();
    start(&alone.world, function).await;
    run(&alone).await;
    let named = |call: String| {
        let call = call.replace(PREFIX, "/tenor/rongshu").replace(DIGEST_SECRET, "/tenor/digest");
        call.replace(SEALING_SECRET, "/tenor/sealing")
    };
    alone.world.permissions().into_iter().map(named).collect()
}

#[tokio::test(start_paused = true)]
async fn push_order_may_do_what_it_does() {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    let run = async |app: &Orders| {
        assert_eq!(app.push(&push()).await.status(), 2001);
        assert_eq!(app.push(&with(push(), "period", json!(6))).await.status(), 2001);
    };
    let new = called(&app, "push-order", run).await;
    app.pull_partly().await;
    let run = async |app: &Orders| {
        assert_eq!(app.push(&with(push(), "uid", json!("99000001"))).await.status(), 2001);
    };
    let over = called(&app, "push-order", run).await;
    assert_eq!(&new | &over, allowed("marketplace", "push-order"));
}

#[tokio::test(start_paused = true)]
async fn the_questions_may_do_what_they_do() {
    let app = Orders::new().await;
    app.push(&push()).await;
    for (function, op) in [("audit-result-query", "queryAuditResult"), ("contract-list", "getContracts")] {
        let run = async |app: &Orders| {
            assert_eq!(app.send(op, PLAIN, &json!({"orderId": ORDER}).to_string()).await.code, 0);
        };
        assert_eq!(called(&app, function, run).await, allowed("marketplace", function), "{function}");
    }
}

#[tokio::test(start_paused = true)]
async fn operator_pull_may_do_what_it_does() {
    let app = Orders::new().await;
    app.push(&push()).await;
    let run = async |app: &Orders| {
        app.pull().await.unwrap();
        app.platform.has_all(UID);
        app.world.pass(Duration::from_mins(1)).await;
        app.pull().await.unwrap();
        assert_eq!(app.status(ORDER), Some(2));
    };
    assert_eq!(called(&app, "operator-pull", run).await, allowed("marketplace", "operator-pull"));
}

#[tokio::test(start_paused = true)]
async fn push_order_parse_may_do_what_it_does() {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    for (order, cid) in
        [(ORDER, "11010119900307123X"), ("120523", "11010120100307123X"), ("120524", "11010119900307123X")]
    {
        app.push(&with(with(push(), "orderId", json!(order)), "idInfo.cid", json!(cid))).await;
    }
    app.pull().await.unwrap();
    app.change("120524", |row| row["data_keys"]["M"]["push"] = json!({"S": "840/120524/push/gone"}));
    let run = async |app: &Orders| {
        app.parse().await.unwrap();
        let statuses = [ORDER, "120523", "120524"].map(|order| app.status(order));
        assert_eq!(statuses, [Some(10), Some(4), Some(5)]);
    };
    assert_eq!(called(&app, "push-order-parse", run).await, allowed("marketplace", "push-order-parse"));
}

#[tokio::test(start_paused = true)]
async fn credit_application_may_do_what_it_does() {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    for (order, cid) in [(ORDER, "11010119900307123X"), ("120523", "110101199003071239")] {
        app.push(&with(with(push(), "orderId", json!(order)), "idInfo.cid", json!(cid))).await;
    }
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    app.knows("id_number_digest", &json!({"blacklisted": {"BOOL": true}}));
    let run = async |app: &Orders| {
        app.apply().await.unwrap();
        assert_eq!((app.status(ORDER), app.status("120523")), (Some(4), Some(11)));
    };
    assert_eq!(called(&app, "credit-application", run).await, allowed("marketplace", "credit-application"));
}

#[tokio::test(start_paused = true)]
async fn credit_result_may_do_what_it_does() {
    let app = Orders::new().await;
    app.in_review().await;
    let run = async |app: &Orders| {
        app.told(&decision("1", "approved")).await;
        app.told(&decision(ORDER, "refused")).await;
        app.told(&but(decision(ORDER, "approved"), &json!({"event_id": "e-2"}))).await;
        assert_eq!((app.status(ORDER), app.dead_reasons()), (Some(4), vec!["forbidden".to_owned()]));
        assert_eq!(app.outcomes(), ["waits", "applied", "dead_lettered"]);
    };
    assert_eq!(called(&app, "credit-result", run).await, allowed("marketplace", "credit-result"));
}
