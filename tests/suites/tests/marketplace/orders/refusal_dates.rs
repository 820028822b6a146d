//! Our own refusals (§11, Admission): who was refused credit is refused for the re-apply days, whatever they are asked by.

use std::time::Duration;

use serde_json::{Value, json};
use suites::marketplace::Marketplace;
use suites::marketplace::channels::PLAIN;
use suites::orders::bodies::{PERSONAL, push, with};
use suites::orders::credit::{but, decision};
use suites::orders::{ORDER, Orders, UID};

const DAY: u64 = 24 * 60 * 60;

async fn refused() -> Orders {
    let app = Orders::new().await;
    app.in_review().await;
    app.told(&decision(ORDER, "refused")).await;
    assert_eq!(app.status(ORDER), Some(4));
    app
}

/// Why somebody may not borrow, who is asked about in this way; 0 is that they may.
async fn reason(app: &Orders, inquiry: &Value) -> u64 {
    let asked = Marketplace::over(app.world.clone()).await;
    asked.call(PLAIN, "userCheck", inquiry).await.said()["rejectReason"].as_u64().unwrap()
}

/// The same person, in every way that the platform asks.
fn inquiries() -> [Value; 4] {
    let md5 = |text: &str| format!("{:x}", md5::compute(text));
    [
        json!({"name": "张三", "md5": md5("11010119900307123X")}),
        json!({"name": "张三", "md5": md5("11010119900307123x"), "mobileMd5": md5("13900139009")}),
        json!({"name": "张三", "md5": md5("11010119850307123X"), "mobileMd5": md5("13800138016")}),
        json!({"name": "张三", "phone": "1380013", "cid": "1101011990030"}),
    ]
}

#[tokio::test(start_paused = true)]
async fn the_next_check_of_the_same_user_is_refused_in_whatever_way_it_asks() {
    let app = refused().await;
    for inquiry in inquiries() {
        assert_eq!(reason(&app, &inquiry).await, 3, "{inquiry}");
    }
    let other = json!({"name": "李四", "md5": format!("{:x}", md5::compute("110101199003071239"))});
    assert_eq!(reason(&app, &other).await, 0);
    let rows = format!("{:?}", app.refusals());
    assert!(PERSONAL.iter().all(|text| !rows.contains(text)));
}

#[tokio::test(start_paused = true)]
async fn who_was_approved_may_be_asked_for_again() {
    let app = Orders::new().await;
    app.in_review().await;
    app.told(&decision(ORDER, "approved")).await;
    assert_eq!(reason(&app, &inquiries()[0]).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_bars_for_the_channel_s_days_from_when_it_was_decided() {
    let app = Orders::new().await;
    app.in_review().await;
    // The message is two days late.
    app.told(&but(decision(ORDER, "expired"), &json!({"occurred_at": "2018-08-06T06:37:39.153Z"}))).await;
    app.world.pass(Duration::from_secs(28 * DAY - 1)).await;
    assert_eq!(reason(&app, &inquiries()[0]).await, 3);
    app.world.pass(Duration::from_secs(1)).await;
    assert_eq!(reason(&app, &inquiries()[0]).await, 0);
}

#[tokio::test(start_paused = true)]
async fn the_next_order_of_the_same_user_ends_when_it_is_parsed() {
    let app = refused().await;
    app.push(&with(push(), "orderId", json!("120523"))).await;
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    assert_eq!(app.status("120523"), Some(4));
    assert_eq!(app.history("120523")[3], "3>4 push-order-parse: may not borrow: recently_refused");
    assert_eq!(app.callbacks("120523").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_waits_already_ends_before_its_application() {
    let app = Orders::new().await;
    app.in_review().await;
    app.push(&with(push(), "orderId", json!("120523"))).await;
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    assert_eq!(app.status("120523"), Some(10));
    app.told(&decision(ORDER, "refused")).await;
    app.apply().await.unwrap();
    assert_eq!((app.status("120523"), app.commands().len()), (Some(4), 1));
    assert_eq!(app.history("120523")[4], "10>4 credit-application: may not borrow: recently_refused");
}

#[tokio::test(start_paused = true)]
async fn of_two_refusals_the_later_counts_whichever_comes_first() {
    for dates in
        [["2018-08-08T06:00:00Z", "2018-08-01T00:00:00Z"], ["2018-08-01T00:00:00Z", "2018-08-08T06:00:00Z"]]
    {
        let app = Orders::new().await;
        app.platform.has_all(UID);
        let orders = ["1", "2"];
        for order in orders {
            app.push(&with(push(), "orderId", json!(order))).await;
        }
        app.pull().await.unwrap();
        app.parse().await.unwrap();
        app.apply().await.unwrap();
        for (order, at) in orders.into_iter().zip(dates) {
            app.told(&but(decision(order, "refused"), &json!({"occurred_at": at}))).await;
            assert_eq!((app.status(order), app.callbacks(order).len()), (Some(4), 1));
        }
        let rows = app.refusals();
        let shown: Vec<_> = rows.iter().map(|row| row["credit_refused_at"]["S"].as_str().unwrap()).collect();
        assert_eq!(shown, ["2018-08-08T06:00:00.000000000Z"; 4], "{dates:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_later_refusal_under_one_digest_alone_stands_and_the_others_are_written() {
    let app = refused().await;
    let later = json!({"S": "2018-08-08T06:37:30.000000000Z"});
    let mut shared = app.refusals().remove(0);
    shared["credit_refused_at"] = later.clone();
    shared["request_stamp"] = json!({"S": "another's"});
    let fresh = Orders::new().await;
    fresh.in_review().await;
    fresh.world.put_item(suites::orders::CUSTOMERS, &shared);
    fresh.told(&decision(ORDER, "refused")).await;
    assert_eq!((fresh.status(ORDER), fresh.refusals().len()), (Some(4), 4));
    let with_later = fresh.refusals().into_iter().filter(|row| row["credit_refused_at"] == later).count();
    assert_eq!(with_later, 1);
}

#[tokio::test(start_paused = true)]
async fn an_audit_s_refusal_beside_it_stays() {
    let app = refused().await;
    let mut row = app.refusals().remove(0);
    row["audit_refused_at"] = json!({"S": "2018-08-01T00:00:00.000000000Z"});
    row["credit_refused_at"] = json!({"S": "2018-08-01T00:00:00.000000000Z"});
    let fresh = Orders::new().await;
    fresh.in_review().await;
    fresh.world.put_item(suites::orders::CUSTOMERS, &row);
    fresh.told(&decision(ORDER, "refused")).await;
    let after = fresh.refusals().into_iter().find(|after| after["digest"] == row["digest"]).unwrap();
    assert_eq!(after["audit_refused_at"], row["audit_refused_at"]);
    assert_eq!(after["credit_refused_at"]["S"], "2018-08-08T06:37:00.000000000Z");
}

#[tokio::test(start_paused = true)]
async fn a_person_whose_seal_cannot_be_opened_is_remembered_by_what_the_order_has() {
    let app = Orders::new().await;
    app.in_review().await;
    app.change(ORDER, |row| row["person_key_id"] = json!({"S": "gone"}));
    app.told(&decision(ORDER, "refused")).await;
    assert_eq!((app.status(ORDER), app.callbacks(ORDER).len(), app.refusals().len()), (Some(4), 1, 2));
    assert_eq!(app.logged("ERROR").len(), 1);
    assert_eq!(reason(&app, &inquiries()[0]).await, 3);
}
