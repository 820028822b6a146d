//! The queue `customer-events` (§10): the newest event about somebody is shown under all digests, whatever order events come
//! in and however often, and nothing that identifies anybody is stored.

mod crash_points;
mod dead_letters;
mod races;

use serde_json::{Value, json};
use suites::marketplace::channels::PLAIN;
use suites::marketplace::{CUSTOMERS, Marketplace};

use crate::people::{MD5_LOWER, MD5_UPPER, NAME, PHONE_MD5, customer, md5};

const OTHER_PHONE: &str = "13900139000";

/// `rejectReason` of whoever a digest means.
async fn reason(app: &Marketplace, business: &Value) -> u64 {
    app.call(PLAIN, "userCheck", business).await.said()["rejectReason"].as_u64().unwrap()
}

/// The rows, without the stamp.
fn rows(app: &Marketplace) -> Vec<Value> {
    let mut rows = app.world.items(CUSTOMERS);
    for row in &mut rows {
        row.as_object_mut().unwrap().remove("request_stamp");
    }
    rows
}

#[tokio::test(start_paused = true)]
async fn an_event_is_shown_under_the_id_number_in_both_cases_the_phone_and_the_mask() {
    let app = Marketplace::new().await;
    app.tell(&[customer(&json!({}))]).await;
    assert_eq!(app.outcomes(), ["applied"]);
    let rows = rows(&app);
    assert_eq!(rows.len(), 4);
    let customer = &rows[0]["customer"];
    let bases: Vec<_> = rows.iter().filter(|row| row["digest"] == *customer).collect();
    assert_eq!((bases.len(), bases[0]["digests"]["SS"].as_array().map(Vec::len)), (1, Some(3)));
    assert!(rows.iter().all(|row| row["customer"] == *customer && row["version"]["N"] == "1"));
    assert!(rows.iter().all(|row| row["digest"]["S"].as_str().unwrap().len() == 64));
    assert_eq!(rows.iter().filter(|row| row.get("digests").is_some()).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_id_number_without_x_has_three_rows() {
    let app = Marketplace::new().await;
    app.tell(&[customer(&json!({"cid": "110101199003074514", "region": null}))]).await;
    assert_eq!(rows(&app).len(), 3);
    assert!(rows(&app).iter().all(|row| row.get("region").is_none() && row.get("refused_at").is_none()));
}

#[tokio::test(start_paused = true)]
async fn a_repeat_and_an_older_event_change_nothing() {
    let app = Marketplace::new().await;
    let newest = customer(&json!({"event_id": "e-2", "occurred_at": "2018-08-02T00:00:00Z"}));
    app.tell(std::slice::from_ref(&newest)).await;
    let before = app.world.items(CUSTOMERS);
    let older = customer(&json!({"blacklisted": true, "occurred_at": "2018-08-01T23:59:59.999Z"}));
    let of_the_instant = customer(&json!({"blacklisted": true, "occurred_at": "2018-08-02T08:00:00+08:00"}));
    app.tell(&[newest, older, of_the_instant]).await;
    assert_eq!(app.world.items(CUSTOMERS), before);
    assert_eq!(app.outcomes(), ["applied", "not_newer", "not_newer", "not_newer"]);
    let later =
        customer(&json!({"event_id": "e-3", "blacklisted": true, "occurred_at": "2018-08-02T00:00:00Z"}));
    app.tell(&[later]).await;
    assert_eq!(reason(&app, &json!({"md5": MD5_UPPER})).await, 1, "of one instant the greater id is newer");
}

#[tokio::test(start_paused = true)]
async fn whatever_order_events_come_in_the_same_is_shown() {
    let event = |number: u32| {
        customer(&json!({
            "event_id": format!("e-{number}"), "occurred_at": format!("2018-08-0{number}T00:00:00Z"),
            "phone": if number == 2 { OTHER_PHONE } else { "13800138016" },
            "region": format!("region {number}"),
        }))
    };
    let shown = async |order: [u32; 3]| {
        let app = Marketplace::new().await;
        app.tell(&order.map(event)).await;
        let mut rows = rows(&app);
        for row in &mut rows {
            row["version"] = Value::Null;
        }
        rows
    };
    let expected = shown([1, 2, 3]).await;
    for order in [[1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
        assert_eq!(shown(order).await, expected, "{order:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_has_another_phone_or_name_is_no_longer_found_by_the_old_one() {
    let app = Marketplace::new().await;
    app.tell(&[
        customer(&json!({"blacklisted": true})),
        customer(&json!({"event_id": "e-2", "blacklisted": true, "phone": OTHER_PHONE, "occurred_at": "2018-08-02T00:00:00Z"})),
    ])
    .await;
    assert_eq!(rows(&app).len(), 4);
    assert_eq!(reason(&app, &json!({"mobileMd5": PHONE_MD5})).await, 0);
    for found in [json!({"mobileMd5": md5(OTHER_PHONE)}), json!({"md5": MD5_LOWER})] {
        assert_eq!(reason(&app, &found).await, 1, "{found}");
    }
    let mask = |name: &str, phone: &str| json!({"name": name, "phone": phone, "cid": "1101011990030"});
    assert_eq!(reason(&app, &mask(NAME, "1380013")).await, 0);
    assert_eq!(reason(&app, &mask(NAME, "1390013")).await, 1);
    let renamed = json!({
        "event_id": "e-3", "name": "张三丰", "phone": OTHER_PHONE, "blacklisted": true,
        "occurred_at": "2018-08-03T00:00:00Z",
    });
    app.tell(&[customer(&renamed)]).await;
    assert_eq!(reason(&app, &mask(NAME, "1390013")).await, 0);
    assert_eq!(reason(&app, &mask("张三丰", "1390013")).await, 1);
    assert_eq!(rows(&app).len(), 4);
}

#[tokio::test(start_paused = true)]
async fn two_who_share_a_phone_keep_their_own_rows() {
    let app = Marketplace::new().await;
    let other = json!({"event_id": "o-1", "cid": "110101199003074514", "name": "李四", "blacklisted": true});
    app.tell(&[customer(&json!({})), customer(&other)]).await;
    assert_eq!(rows(&app).len(), 4 + 3);
    let moved = json!({
        "event_id": "o-2", "cid": "110101199003074514", "name": "李四", "blacklisted": true, "phone": OTHER_PHONE,
        "occurred_at": "2018-08-02T00:00:00Z",
    });
    app.tell(&[customer(&moved)]).await;
    assert_eq!(reason(&app, &json!({"mobileMd5": PHONE_MD5})).await, 0, "the first still has it");
    assert_eq!(reason(&app, &json!({"mobileMd5": md5(OTHER_PHONE)})).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_birthday_that_is_not_told_is_the_id_numbers() {
    let app = Marketplace::new().await;
    for birthday in [json!(null), json!(""), json!("1990-03-07")] {
        let app = Marketplace::over(app.world.clone()).await;
        app.tell(&[customer(&json!({"birthday": birthday}))]).await;
        assert!(rows(&app).iter().all(|row| row["birthday"]["S"] == "1990-03-07"), "{birthday}");
    }
}
