//! The other fields of a front order (§5, §12).

use serde_json::{Value, json};
use suites::lease::bodies::{order, with};
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, done};

use super::{long, refused_for};

async fn is_refused(lease: &Lease, order: &Value, field: &str) {
    refused_for(lease, &Request::put(ORDER).body(order), field).await;
}

async fn are_taken(values: &[Value], change: impl Fn(&Value) -> Value) {
    let lease = Lease::new().await;
    for (number, value) in values.iter().enumerate() {
        done(&lease.put(&format!("LEASE-000{number}"), &change(value)).await);
    }
}

#[tokio::test(start_paused = true)]
async fn five_members_must_be_there() {
    let lease = Lease::new().await;
    for name in ["merchantId", "orderCreateTime", "rentTerm", "totalRentMoney", "repayStrategyList"] {
        is_refused(&lease, &with(order(), name, Value::Null), name).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_member_is_refused_the_id_of_the_path_too() {
    let lease = Lease::new().await;
    for name in ["orderId", "order_id", "MerchantId", "merchant_id", "rentterm"] {
        is_refused(&lease, &with(order(), name, "x"), name).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_merchant_id_is_a_text_of_1_to_64_characters() {
    let lease = Lease::new().await;
    for bad in [json!(""), json!(long(65)), json!(2088), json!(true), json!(["x"])] {
        is_refused(&lease, &with(order(), "merchantId", bad), "merchantId").await;
    }
    are_taken(&[json!("1"), json!(long(64))], |good| with(order(), "merchantId", good.clone())).await;
}

#[tokio::test(start_paused = true)]
async fn the_time_of_an_order_has_milliseconds_and_exists() {
    let lease = Lease::new().await;
    for bad in [
        "2025-01-03 17:59:00",
        "2025-01-03T17:59:00.000",
        "2025-01-03 17:59:00.0000",
        "2025-01-03 24:00:00.000",
        "2025-01-03 17:60:00.000",
        "2025-01-03 17:59:60.000",
        "2025-02-29 17:59:00.000",
        "2025-01-03 17:59:00,000",
        "0000-01-03 17:59:00.000",
        " 2025-01-03 17:59:00.00",
        "",
    ] {
        is_refused(&lease, &with(order(), "orderCreateTime", bad), "orderCreateTime").await;
    }
    is_refused(&lease, &with(order(), "orderCreateTime", 20_250_103), "orderCreateTime").await;
    let good = [json!("2025-01-03 00:00:00.000"), json!("2028-02-29 23:59:59.999")];
    are_taken(&good, |good| with(order(), "orderCreateTime", good.clone())).await;
}

#[tokio::test(start_paused = true)]
async fn the_rent_s_unit_is_a_month() {
    let lease = Lease::new().await;
    for bad in [json!("DAY"), json!("month"), json!(""), json!(1)] {
        is_refused(&lease, &with(order(), "rentUnit", bad), "rentUnit").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_is_an_object_of_texts_that_can_be_encrypted() {
    let lease = Lease::new().await;
    for bad in
        [json!("x"), json!([]), json!({"userName": 1}), json!({"userName": {}}), json!({"userAge": true})]
    {
        is_refused(&lease, &with(order(), "orderUserInfo", bad), "orderUserInfo").await;
    }
    let too_long = json!({"userName": "x".repeat(246)});
    is_refused(&lease, &with(order(), "orderUserInfo", too_long), "too long").await;
    let good = [json!({}), json!({"userName": "x".repeat(245)}), json!({"userName": long(81), "x": "y"})];
    are_taken(&good, |good| with(order(), "orderUserInfo", good.clone())).await;
}

#[tokio::test(start_paused = true)]
async fn products_have_three_members_of_their_own() {
    let lease = Lease::new().await;
    for (bad, field) in [
        (json!({}), "orderProductInfoList"),
        (json!(["P-1"]), "orderProductInfoList"),
        (json!([{"productId": 1}]), "productId"),
        (json!([{"productId": ""}]), "productId"),
        (json!([{"productName": long(257)}]), "productName"),
        (json!([{"productNumber": "1"}]), "productNumber"),
        (json!([{"productColour": "black"}]), "productColour"),
    ] {
        is_refused(&lease, &with(order(), "orderProductInfoList", bad), field).await;
    }
    let good = [json!([]), json!([{}]), json!([{"productName": long(256)}, {"productId": "P-2"}])];
    are_taken(&good, |good| with(order(), "orderProductInfoList", good.clone())).await;
}
