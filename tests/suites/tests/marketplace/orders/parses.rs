//! push-order-parse (item 6; §2.1, §11 Admission): where an order goes, and what the platform is told.

use std::time::Duration;

use serde_json::{Value, json};
use suites::marketplace::channels::{AES, PLAIN};
use suites::orders::bodies::{push, with};
use suites::orders::{BUCKET, CALLBACKS, CUSTOMERS, ORDER, ORDERS, Orders, UID, sealed};
use world::{Fault, Object, On};

const REFUSED: &str = r#"{"orderId":"120522","status":6004,"remark":"资质不符"}"#;

async fn with_data() -> Orders {
    let app = Orders::new().await;
    app.with_all_data().await;
    app
}

/// A push that has all its data, and what becomes of it.
async fn parsed(push: &Value) -> Orders {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    app.push(push).await;
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    app
}

fn refused(app: &Orders, status: u64, reason: &str) {
    assert_eq!(app.status(ORDER), Some(status), "{reason}");
    assert_eq!(app.history(ORDER)[3], format!("3>{status} push-order-parse: {reason}"));
    assert_eq!(app.callbacks(ORDER), [("audit".to_owned(), REFUSED.to_owned())]);
    assert_eq!(app.woken(), [r#"{"order":"840#120522"}"#], "once, after the commit");
    assert_eq!(app.row(ORDER).unwrap().get("work_shard"), None, "no job has anything to do");
}

#[tokio::test(start_paused = true)]
async fn an_order_of_somebody_new_with_all_its_data_waits_for_credit() {
    let app = with_data().await;
    app.parse().await.unwrap();
    let steps = ["2>3 push-order-parse: to be parsed", "3>10 push-order-parse: may borrow"];
    assert_eq!((app.status(ORDER), &app.history(ORDER)[2..]), (Some(10), &steps.map(str::to_owned)[..]));
    assert!(app.world.items(CALLBACKS).is_empty() && app.woken().is_empty());
    let row = app.row(ORDER).unwrap();
    assert!(row["work_shard"]["S"].as_str().unwrap().starts_with("apply#"), "for the credit application");
    assert_eq!(app.audit(ORDER).await.status(), 6003);
    let after = app.row(ORDER);
    app.parse().await.unwrap();
    assert_eq!(app.row(ORDER), after);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_borrow_is_refused_and_the_platform_is_told() {
    for (facts, rule) in [
        (json!({"is_customer": {"BOOL": true}}), "old_user"),
        (json!({"birthday": {"S": "2000-01-01"}}), "age"),
        (json!({"blacklisted": {"BOOL": true}}), "blacklist"),
        (json!({"loan_in_progress": {"BOOL": true}}), "loan_in_progress"),
        (json!({"refused_at": {"S": "2018-07-20T00:00:00.000000000Z"}}), "recently_refused"),
    ] {
        for digest in ["id_number_digest", "phone_digest"] {
            let app = with_data().await;
            app.knows(digest, &facts);
            app.parse().await.unwrap();
            refused(&app, 4, &format!("may not borrow: {rule}"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_is_blocked_by_configuration() {
    let app = with_data().await.configured(&json!({"admission": {"regions_blocked": ["西藏"]}})).await;
    app.knows("id_number_digest", &json!({"region": {"S": "西藏"}}));
    app.parse().await.unwrap();
    refused(&app, 4, "may not borrow: region");
}

#[tokio::test(start_paused = true)]
async fn our_own_refusal_counts_though_nobody_is_known() {
    let app = with_data().await;
    let refusal = json!({
        "digest": app.row(ORDER).unwrap()["id_number_digest"], "customer": {"S": "refusal"},
        "credit_refused_at": {"S": "2018-07-20T00:00:00.000000000Z"}, "schema_version": {"N": "1"},
    });
    app.world.put_item(CUSTOMERS, &refusal);
    app.parse().await.unwrap();
    refused(&app, 4, "may not borrow: recently_refused");
}

#[tokio::test(start_paused = true)]
async fn the_id_number_decides_and_the_phone_only_where_it_is_unknown() {
    let app = with_data().await;
    app.knows("id_number_digest", &json!({}));
    app.knows("phone_digest", &json!({"blacklisted": {"BOOL": true}}));
    app.parse().await.unwrap();
    assert_eq!(app.status(ORDER), Some(10));
}

#[tokio::test(start_paused = true)]
async fn the_age_of_somebody_new_is_that_of_the_id_number() {
    for (birthday, status) in [("19980809", 4), ("19980808", 10), ("19620809", 10), ("19620807", 4)] {
        let cid = format!("110101{birthday}123X");
        let app = parsed(&with(push(), "idInfo.cid", json!(cid))).await;
        assert_eq!(app.status(ORDER), Some(status), "{birthday}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_judges_as_of_its_time_where_that_is_later_than_the_clock() {
    for (time, status) in
        [("2018-08-09T00:00:00Z", 10), ("2018-08-08T06:39:00Z", 4), ("2018-01-01T00:00:00Z", 4)]
    {
        let app = Orders::new().await;
        app.platform.has_all(UID);
        app.push(&with(push(), "idInfo.cid", json!("11010119980809123X"))).await;
        app.pull().await.unwrap();
        app.parse_for(&json!({"time": time, "id": "run-1"})).await.unwrap();
        assert_eq!(app.status(ORDER), Some(status), "twenty years old on the 9th: {time}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_items_are_missing_has_failed() {
    let without = with(with(push(), "idInfo.frontFile", Value::Null), "idCardOcr.frontPhotoUrl", Value::Null);
    refused(&parsed(&without).await, 5, "missing: id_front");
    let app = Orders::new().await;
    app.push(&push()).await;
    app.world.pass(Duration::from_hours(24)).await;
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    refused(&app, 5, "missing: operator_basic, operator_report, credit_card, device");
    assert_eq!(app.audit(ORDER).await.response, r#"{"status":6004,"remark":"资质不符"}"#);
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_push_cannot_be_read_has_failed() {
    for content in ["", "{", "[]", "{}", "{\"orderId\":\"120522\"}", "\u{fffd}"] {
        let app = with_data().await;
        replace_push(&app, content.as_bytes());
        app.parse().await.unwrap();
        refused(&app, 5, "the push cannot be read");
    }
    let app = with_data().await;
    replace_push(&app, b"\xff\xfe");
    app.parse().await.unwrap();
    refused(&app, 5, "the push cannot be read");
}

#[tokio::test(start_paused = true)]
async fn a_push_that_was_sealed_for_another_key_or_never_cannot_be_read() {
    for content in
        [sealed("840/120523/push/00", push().to_string().as_bytes()).content, push().to_string().into()]
    {
        let app = with_data().await;
        let object =
            app.world.objects(BUCKET).into_iter().find(|object| object.key.contains("/push/")).unwrap();
        app.world.put_object(BUCKET, Object { content, ..object });
        app.parse().await.unwrap();
        refused(&app, 5, "the push cannot be read");
    }
}

fn replace_push(app: &Orders, content: &[u8]) {
    let mut objects = app.world.objects(BUCKET).into_iter();
    let object = objects.find(|object| object.key.contains("/push/")).unwrap();
    app.world.put_object(BUCKET, sealed(&object.key, content));
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_push_is_gone_has_failed() {
    let app = with_data().await;
    app.change(ORDER, |row| row["data_keys"]["M"]["push"] = json!({"S": "840/120522/push/gone"}));
    app.world.forbid_listing(BUCKET);
    app.parse().await.unwrap();
    assert_eq!((app.status(ORDER), app.counted("push_order_parse_failed")), (Some(3), 1), "nobody knows");
    let app = with_data().await;
    app.change(ORDER, |row| row["data_keys"]["M"]["push"] = json!({"S": "840/120522/push/gone"}));
    app.parse().await.unwrap();
    refused(&app, 5, "the push cannot be read");
    let app = with_data().await;
    app.change(ORDER, |row| {
        row["data_keys"]["M"].as_object_mut().unwrap().remove("push");
    });
    app.parse().await.unwrap();
    refused(&app, 5, "the push cannot be read");
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_ours_is_no_refusal() {
    for (on, fault) in [
        (On::call("GetObject"), Fault::InternalError),
        (On::call("GetObject"), Fault::Throttled),
        (On::call("Query").to(CUSTOMERS), Fault::InternalError),
        (On::call("TransactWriteItems").after(1), Fault::InternalError),
        (On::call("TransactWriteItems").after(1), Fault::TransactionConflict),
    ] {
        let app = with_data().await;
        app.world.fail(on, fault);
        app.parse().await.unwrap();
        assert_eq!((app.status(ORDER), app.callbacks(ORDER).len()), (Some(3), 0), "{fault:?}");
        app.world.pass(Duration::from_mins(5)).await;
        app.parse().await.unwrap();
        assert_eq!(app.status(ORDER), Some(10), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_callback_has_the_place_of_the_orders_version_and_its_head_is_due() {
    let app = with_data().await;
    app.knows("id_number_digest", &json!({"blacklisted": {"BOOL": true}}));
    app.parse().await.unwrap();
    let [callback, head] = &app.world.items(CALLBACKS)[..] else { panic!("a callback and its head") };
    let version = app.row(ORDER).unwrap()["version"]["N"].as_str().unwrap().to_owned();
    assert_eq!(callback["seq"]["S"], format!("{version:0>20}-000"));
    assert_eq!((&callback["order"]["S"], &callback["state"]["S"]), (&json!("840#120522"), &json!("pending")));
    assert_eq!((&head["seq"]["S"], &head["last_seq"]), (&json!("head"), &callback["seq"]));
    assert_eq!(head["due_at"]["S"], callback["created_at"]["S"]);
}

#[tokio::test(start_paused = true)]
async fn orders_of_all_channels_are_parsed_by_their_channels_rules() {
    let app = Orders::new().await.configured(&json!({"admission": {"youngest_years": 40}})).await;
    app.platform.has_all(UID);
    for channel in [PLAIN, AES] {
        app.push_in(channel, &push()).await;
    }
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    let statuses: Vec<_> = app.world.items(ORDERS).iter().map(|row| row["status"]["N"].clone()).collect();
    assert_eq!(statuses, ["4", "10"]);
}

#[tokio::test(start_paused = true)]
async fn many_orders_are_parsed_and_a_run_stops_in_time() {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    for number in 1..=40 {
        app.push(&with(push(), "orderId", json!(number))).await;
    }
    app.pull().await.unwrap();
    app.parse_within(Duration::from_secs(23)).await.unwrap();
    let at = |status: &str| app.world.items(ORDERS).iter().filter(|row| row["status"]["N"] == status).count();
    assert_eq!(at("2"), 40);
    app.parse().await.unwrap();
    assert_eq!((at("2"), at("10")), (0, 40));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_no_longer_to_be_parsed_is_left_alone() {
    let app = with_data().await;
    let (world, key) = (app.world.clone(), app.row(ORDER).unwrap());
    app.world.before(On::call("GetItem"), async move || {
        let moved = with(key, "status", json!({"N": "4"}));
        world.put_item(ORDERS, &moved);
    });
    app.parse().await.unwrap();
    assert_eq!((app.status(ORDER), app.history(ORDER).len()), (Some(4), 2));
}
