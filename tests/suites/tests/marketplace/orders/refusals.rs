//! Pushes that are not taken: 10002 with the field, 2003, 10001 (§3.1, §11 Push).

use serde_json::{Value, json};
use suites::marketplace::channels::PLAIN;
use suites::orders::bodies::{PERSONAL, push, with};
use suites::orders::{BUCKET, DATA, ORDER, Orders, TABLES};
use world::{Fault, On};

/// Nothing of it is left anywhere.
fn left_nothing(app: &Orders) {
    assert_eq!(TABLES.map(|table| app.world.items(table).len()), [0; 8]);
    assert!(app.world.objects(BUCKET).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_required_is_named_where_it_is_missing() {
    let app = Orders::new().await;
    for place in [
        "uid",
        "orderId",
        "registerPhone",
        "loanAmount",
        "period",
        "idInfo.name",
        "idInfo.cid",
        "basicInfo",
        "idInfo",
        "contact",
        "operator",
    ] {
        let answer = app.push(&with(push(), place, Value::Null)).await;
        assert_eq!(answer.code, 10_002, "{place}");
        assert!(answer.message.starts_with(&format!("{place}: missing")), "{place}: {}", answer.message);
        assert_eq!(answer.response, "");
    }
    left_nothing(&app);
}

#[tokio::test(start_paused = true)]
async fn what_is_malformed_is_named_without_its_own_text() {
    let app = Orders::new().await;
    for (place, value) in [
        ("uid", json!("1 2")),
        ("uid", json!("x".repeat(65))),
        ("orderId", json!("12/05")),
        ("orderId", json!(-1)),
        ("registerPhone", json!("1380013801")),
        ("registerPhone", json!("13800138016 ")),
        ("loanAmount", json!("15000.001")),
        ("loanAmount", json!("0")),
        ("loanAmount", json!("-15000")),
        ("loanAmount", json!("一万五")),
        ("period", json!(0)),
        ("period", json!(12.5)),
        ("periodUnit", json!(4)),
        ("idInfo.name", json!("  ")),
        ("idInfo.cid", json!("1101011990030712")),
        ("idInfo.cid", json!("11010119901307123X")),
        ("idInfo.cid", json!("A1010119900307123X")),
        ("basicInfo", json!([])),
        ("contact", json!("x")),
    ] {
        let answer = app.push(&with(push(), place, value.clone())).await;
        assert_eq!(answer.code, 10_002, "{place} {value}");
        assert!(answer.message.starts_with(place), "{place}: {}", answer.message);
        let own = value.as_str().unwrap_or("nothing of the kind");
        assert!(own.trim().len() < 2 || !answer.message.contains(own), "{}", answer.message);
        assert!(PERSONAL.iter().all(|text| !answer.message.contains(text)), "{}", answer.message);
    }
    left_nothing(&app);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_object_of_json_is_refused() {
    let app = Orders::new().await;
    for text in ["{", "[]", "null", "\"x\"", "{\"orderId\":1}{}", &format!("{{\"a\":{}}}", "[".repeat(200))] {
        let answer = app.push_text(PLAIN, text).await;
        assert_eq!(answer.code, 10_002, "{text}");
        assert!(answer.message.starts_with("request: "), "{}", answer.message);
    }
    left_nothing(&app);
}

#[tokio::test(start_paused = true)]
async fn a_product_that_is_switched_off_takes_on_nothing_new_and_knows_what_it_took() {
    let on = Orders::new().await;
    on.push(&push()).await;
    let app = on.configured(&json!({"product": {"switched_on": false}})).await;
    let refused = r#"{"status":2003,"remark":"product switched off"}"#;
    assert_eq!(app.push(&with(push(), "orderId", json!("120523"))).await.response, refused);
    assert_eq!(app.push(&with(push(), "loanAmount", json!(14_000))).await.response, refused);
    assert_eq!(app.push(&push()).await.status(), 2001, "a repeat of what was taken");
    assert_eq!((app.row("120523"), app.row(ORDER)), (None, on.row(ORDER)));
    assert_eq!(app.world.objects(BUCKET).len(), 1);
    assert_eq!(app.push(&with(push(), "orderId", Value::Null)).await.code, 10_002);
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_switched_off_is_busy_and_nothing_is_changed() {
    let app = Orders::new().await.configured(&json!({"disabled": true})).await;
    let answer = app.push(&push()).await;
    assert_eq!((answer.code, answer.message.as_str()), (10_001, "busy"));
    left_nothing(&app);
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_ours_is_10001_and_half_of_a_push_is_never_there() {
    for (on, fault) in [
        (On::call("GetItem"), Fault::InternalError),
        (On::call("PutObject"), Fault::InternalError),
        (On::call("PutObject"), Fault::Throttled),
        (On::call("TransactWriteItems"), Fault::InternalError),
        (On::call("TransactWriteItems"), Fault::Invalid),
    ] {
        let app = Orders::new().await;
        app.world.fail(on, fault);
        let answer = app.push(&push()).await;
        assert_eq!((answer.code, answer.message.as_str()), (10_001, "internal error"), "{fault:?}");
        assert_eq!(TABLES.map(|table| app.world.items(table).len()), [0; 8], "{fault:?}");
        assert_eq!(app.counted("internal_error"), 1);
        assert_eq!(app.push(&push()).await.status(), 2001);
        assert_eq!(app.world.items(DATA).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_may_have_words_of_its_own_for_what_a_push_comes_to() {
    let words = json!({"push_accepted": "已接收", "already_processing": "处理中"});
    let app = Orders::new().await.configured(&json!({"messages": words})).await;
    assert_eq!(app.push(&push()).await.response, r#"{"status":2001,"remark":"已接收"}"#);
    app.change(ORDER, |row| row["status"] = json!({"N": "10"}));
    let late = app.push(&with(push(), "loanAmount", json!(14_000))).await;
    assert_eq!(late.response, r#"{"status":2002,"remark":"处理中"}"#);
}
