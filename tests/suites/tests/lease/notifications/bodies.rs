//! How a notification may be written, and what is none.

use serde_json::{Value, json};
use suites::lease::ant::{FIRST_KEY, Notification};
use suites::lease::request::notification_event;
use suites::lease::{HISTORY, Lease, NOTIFICATIONS, ORDER};

use super::{FORM, JSON, code, stored, taken, unsigned};

const FIELDS: [(&str, &str); 4] = [
    ("msg_id", "m 1/*~é"),
    ("msg_publish_type", "ORDER_STATUS_CHANGE"),
    ("order_id", ORDER),
    ("msg_content", r#"{"名":"值 & more=less+1%"}"#),
];

fn signed<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Notification {
    Notification::signed(FIRST_KEY.1, fields)
}

#[tokio::test(start_paused = true)]
async fn a_form_or_json_in_base64_or_not_is_taken_and_stored() {
    let notification = signed(FIELDS);
    let form = notification.form();
    // What browsers' forms make of it is the same message.
    let plus = form.replace("%20", "+").replace("%7E", "~");
    let lower = form.replace("%2F", "%2f");
    for (content_type, body) in [
        (FORM, &form),
        ("application/x-www-form-urlencoded; charset=UTF-8", &form),
        ("Application/X-WWW-Form-Urlencoded", &form),
        (FORM, &plus),
        (FORM, &lower),
        (JSON, &notification.json()),
        ("application/json;charset=utf-8", &notification.json()),
    ] {
        for base64 in [true, false] {
            let lease = Lease::new().await;
            lease.active(ORDER).await;
            let got = lease.notify_with(notification_event(content_type, body, base64)).await;
            taken(&got);
            assert_eq!(got.header("content-type"), Some("application/json"));
            assert_eq!(stored(&lease), ["m 1/*~é"], "{content_type} {body}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_says_what_came_and_nothing_of_what_it_said() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    taken(&lease.notify_with(signed(FIELDS).form_event()).await);
    let [row]: [Value; 1] = lease.world.items(NOTIFICATIONS).try_into().unwrap();
    let text = |name: &str| row[name]["S"].as_str().unwrap();
    assert_eq!((text("msg_publish_type"), text("order_id")), ("ORDER_STATUS_CHANGE", ORDER));
    assert_eq!(text("content_digest").len(), 64);
    let day = 24 * 60 * 60;
    let thirty_days = lease.world.time().now().as_second() + 30 * day;
    assert_eq!(row["expires_at"]["N"], thirty_days.to_string());
    let everything = lease.world.state_without(&[]).to_string() + &lease.output.text();
    assert!(!everything.contains('值'));
}

#[tokio::test(start_paused = true)]
async fn further_fields_count_for_the_signature_and_are_ignored() {
    let more = [("msg_create_time", "2025-01-03 18:00:00"), ("msg_status", "SUCCESS"), ("empty", "")];
    let lease = Lease::new().await;
    taken(&lease.notify_with(signed(FIELDS.into_iter().chain(more)).form_event()).await);
    let mut without = signed(FIELDS.into_iter().chain(more));
    without.0.remove("msg_status");
    unsigned(&lease.notify_with(without.json_event()).await);
}

#[tokio::test(start_paused = true)]
async fn numbers_and_flags_in_json_are_their_texts_and_null_is_nothing() {
    let lease = Lease::new().await;
    let notification = signed([
        ("msg_id", "17"),
        ("msg_publish_type", "X"),
        ("order_id", ORDER),
        ("msg_status", "true"),
        ("msg_retry_time", "2"),
    ]);
    let body = json!({
        "msg_id": 17, "msg_publish_type": "X", "order_id": ORDER, "msg_status": true, "msg_retry_time": 2,
        "msg_callback_url": null, "sign": notification.0["sign"],
    });
    taken(&lease.notify_with(notification_event(JSON, &body.to_string(), false)).await);
    assert_eq!(stored(&lease), ["17"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_notification_is_refused_and_leaves_nothing() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.heard();
    let notification = signed(FIELDS);
    let (form, json) = (notification.form(), notification.json());
    let without = |name: &str| signed(FIELDS.into_iter().filter(|(other, _)| *other != name)).form();
    let with = |name: &'static str, value: &'static str| {
        let other = FIELDS.into_iter().filter(|(other, _)| *other != name);
        signed(other.chain([(name, value)])).form()
    };
    let long = signed(FIELDS.into_iter().skip(1).chain([("msg_id", "i".repeat(129).as_str())])).form();
    let large = signed(FIELDS.into_iter().chain([("more", "x".repeat(1_048_576).as_str())])).form();
    let sign = &notification.0["sign"];
    for (content_type, body) in [
        ("text/plain", form.clone()),
        ("", form.clone()),
        ("multipart/form-data", form.clone()),
        (JSON, form.clone()),
        (JSON, "[]".to_owned()),
        (JSON, "\"x\"".to_owned()),
        (JSON, String::new()),
        (JSON, json.replace("\"m 1", "{\"m 1")),
        (JSON, json!({"msg_id": ["m"], "sign": sign}).to_string()),
        (JSON, json!({"msg_id": {"m": 1}, "sign": sign}).to_string()),
        (FORM, format!("{form}&msg_id=other")),
        (FORM, form.replace("%C3%A9", "%C3")),
        (FORM, without("msg_id")),
        (FORM, without("msg_publish_type")),
        (FORM, without("order_id")),
        (FORM, with("msg_id", "")),
        (FORM, with("order_id", "")),
        (FORM, long),
        (FORM, large),
    ] {
        let got = lease.notify_with(notification_event(content_type, &body, true)).await;
        assert_eq!(code(&got), (400, "INVALID_ARGUMENT".into()), "{content_type} {body:.80}");
    }
    let mut broken = notification_event(FORM, &form, true);
    broken["body"] = "%%%".into();
    assert_eq!(code(&lease.notify_with(broken).await), (400, "INVALID_ARGUMENT".into()));
    assert!(stored(&lease).is_empty());
    assert_eq!(lease.ant.heard(), [""; 0]);
    assert!(lease.logged("ERROR").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_message_without_a_signature_is_refused_as_one_whose_signature_is_bad() {
    let lease = Lease::new().await;
    let mut notification = signed(FIELDS);
    notification.0.remove("sign");
    for event in [notification.form_event(), notification.json_event()] {
        unsigned(&lease.notify_with(event).await);
    }
    for sign in ["", "x", "=", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
        notification.0.insert("sign".to_owned(), sign.to_owned());
        unsigned(&lease.notify_with(notification.form_event()).await);
    }
    for body in ["", "{}"] {
        let content_type = if body.is_empty() { FORM } else { JSON };
        unsigned(&lease.notify_with(notification_event(content_type, body, false)).await);
    }
    assert!(stored(&lease).is_empty());
}

#[tokio::test(start_paused = true)]
async fn content_is_optional_and_may_be_of_any_length() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    let without = signed([("msg_id", "m-1"), ("msg_publish_type", "X"), ("order_id", ORDER)]);
    taken(&lease.notify_with(without.form_event()).await);
    let long = "é".repeat(100_000);
    let fields = [("msg_id", "m-2"), ("msg_publish_type", "X"), ("order_id", ORDER), ("msg_content", &long)];
    taken(&lease.notify_with(signed(fields).json_event()).await);
    assert_eq!(stored(&lease), ["m-1", "m-2"]);
    assert_eq!(lease.world.items(HISTORY).len(), lease.history(ORDER).len(), "it is no transition");
}
