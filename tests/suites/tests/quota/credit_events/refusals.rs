//! Messages that can never succeed: in the dead-letter queue as they came, with the reason.

use serde_json::{Value, json};
use suites::contract::Judge;
use suites::quota::{ACCOUNTS, APPLY_NUMBERS, DEAD_LETTERS, GRANTS, QUEUE, Quota, granted, with};

use super::changed;

const GRANT_MEMBERS: [&str; 11] = [
    "event_id",
    "type",
    "apply_no",
    "pin",
    "business_type",
    "business_id",
    "business_name",
    "change_limit",
    "effective_time",
    "source_type",
    "occurred_at",
];
const ACCOUNT_MEMBERS: [&str; 6] = ["event_id", "type", "pin", "state", "account_type", "occurred_at"];
const NO_INSTANTS: [&str; 10] = [
    "",
    "yesterday",
    "2019-06-20",
    "2019-06-20T10:00:00",
    "2019-02-30T10:00:00+08:00",
    "2019-06-20 10:00:00Z",
    "2019-06-20T10:00+08:00",
    "2019-06-20T10:00:00+0800",
    "1560996000",
    "0000-01-01T00:00:00+08:00",
];

/// Has `body` refused, and tells why.
async fn refused(body: impl ToString) -> String {
    let app = Quota::new().await;
    let body = body.to_string();
    app.world.send(QUEUE, &body, &[]);
    app.deliver().await;
    assert_eq!(app.world.messages(QUEUE).len(), 0, "the message is handled: {body}");
    for table in [ACCOUNTS, GRANTS, APPLY_NUMBERS] {
        assert_eq!(app.world.items(table).len(), 0, "nothing is written: {body}");
    }
    let dead = app.world.messages(DEAD_LETTERS);
    assert_eq!(dead.len(), 1, "exactly one copy: {body}");
    assert_eq!(dead[0].body, body, "unchanged");
    dead[0].attribute("dead_letter_reason").expect("a reason").to_owned()
}

fn grant(member: &str, value: impl Into<Value>) -> Value {
    with(granted("p-1", "2104", "1", "500.0000"), member, value)
}

fn change(member: &str, value: impl Into<Value>) -> Value {
    with(changed("e-1", "2019-06-21T12:00:00+08:00"), member, value)
}

fn without(mut message: Value, member: &str) -> Value {
    message.as_object_mut().unwrap().remove(member);
    message
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_no_json_object_is_unreadable() {
    for body in ["garbage", "null", "[]", "[{}]", "\"x\"", "1", "{", "{}{}", "\u{feff}{}"] {
        assert_eq!(refused(body).await, "unreadable", "{body}");
    }
    let list = json!([granted("p-1", "2104", "1", "1"), granted("p-1", "2104", "2", "1")]);
    assert_eq!(refused(list).await, "unreadable", "a batch is many messages, not one list");
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(200), "]".repeat(200));
    assert_eq!(refused(deep).await, "unreadable");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_missing_or_null_makes_a_message_incomplete() {
    for member in GRANT_MEMBERS {
        assert_eq!(refused(without(grant("pin", "p-1"), member)).await, "incomplete", "{member}");
        assert_eq!(refused(grant(member, Value::Null)).await, "incomplete", "{member}");
    }
    for member in ACCOUNT_MEMBERS {
        assert_eq!(refused(without(change("pin", "p-1"), member)).await, "incomplete", "{member}");
        assert_eq!(refused(change(member, Value::Null)).await, "incomplete", "{member}");
    }
    assert_eq!(
        refused(without(grant("pin", "p-1"), "invalid_time")).await,
        "incomplete",
        "null must be said"
    );
    assert_eq!(refused("{}").await, "incomplete");
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_empty_makes_a_message_incomplete() {
    for member in ["event_id", "apply_no", "pin", "business_type", "business_id"] {
        assert_eq!(refused(grant(member, "")).await, "incomplete", "{member}");
    }
    for member in ["event_id", "pin"] {
        assert_eq!(refused(change(member, "")).await, "incomplete", "{member}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_of_another_type_makes_a_message_unreadable() {
    for value in [json!(1), json!(true), json!(["x"]), json!({})] {
        for member in GRANT_MEMBERS.into_iter().chain(["invalid_time"]) {
            assert_eq!(refused(grant(member, value.clone())).await, "unreadable", "{member}");
        }
        for member in ACCOUNT_MEMBERS.into_iter().chain(["temp_total"]) {
            assert_eq!(refused(change(member, value.clone())).await, "unreadable", "{member}");
        }
    }
    assert_eq!(refused(grant("change_limit", json!(500.5))).await, "unreadable", "no float comes near money");
    assert_eq!(
        refused(grant("business_id", json!(201_905_210_953_u64))).await,
        "unreadable",
        "digits are lost"
    );
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_too_long_to_be_kept_is_refused() {
    for (member, longest) in [
        ("event_id", 1_024),
        ("apply_no", 2_048),
        ("pin", 2_048),
        ("business_id", 1_019),
        ("business_name", 1_024),
    ] {
        let long = |length: usize| grant(member, "x".repeat(length));
        assert_eq!(refused(long(longest + 1)).await, "too_long", "{member}");
        let app = Quota::new().await;
        app.take(&[long(longest)]).await;
        assert_eq!(app.outcomes(), ["booked"], "{member}");
    }
    assert_eq!(refused(change("event_id", "x".repeat(1_025))).await, "too_long");
}

#[tokio::test(start_paused = true)]
async fn the_schema_allows_what_can_be_kept_and_not_a_letter_more() {
    let judge = Judge::of("credit-events");
    for (member, beside) in [
        ("event_id", None),
        ("apply_no", None),
        ("pin", None),
        ("business_name", None),
        ("business_type", Some("business_id")),
        ("business_id", Some("business_type")),
    ] {
        let of_length = |length: usize| {
            let message = grant(member, "x".repeat(length));
            beside.map_or_else(|| message.clone(), |other| with(message.clone(), other, "7"))
        };
        let is_allowed = |length: &usize| judge.problem(&of_length(*length)).is_none();
        let longest = (1..3_000).take_while(is_allowed).last().unwrap();
        assert_eq!(refused(of_length(longest + 1)).await, "too_long", "{member}");
        let app = Quota::new().await;
        app.take(&[of_length(longest)]).await;
        assert_eq!(app.outcomes(), ["booked"], "{member} of {longest}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_amount_that_is_no_decimal_of_four_places_at_most_is_refused() {
    for amount in [
        "-1",
        "-0.0001",
        "0.00001",
        "1.23456",
        "500.00000",
        "1e3",
        "",
        " 1",
        "+1",
        ".5",
        "1.",
        "1,000",
        "0x10",
        "NaN",
        "五百",
        "1_000",
        "1000000000000000000000000",
    ] {
        assert_eq!(refused(grant("change_limit", amount)).await, "bad_amount", "{amount}");
        assert_eq!(refused(change("temp_total", amount)).await, "bad_amount", "{amount}");
    }
    let endless = "9".repeat(200);
    assert_eq!(refused(grant("change_limit", endless.clone())).await, "bad_amount");
    assert_eq!(refused(change("temp_total", endless)).await, "bad_amount");
}

#[tokio::test(start_paused = true)]
async fn a_grant_of_nothing_or_of_more_than_14_digits_before_the_point_is_refused() {
    for amount in ["0", "0.0000", "-0", "100000000000000", "100000000000000.0000"] {
        assert_eq!(refused(grant("change_limit", amount)).await, "bad_amount", "{amount}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_without_an_offset_and_a_day_that_is_none_are_refused() {
    for time in NO_INSTANTS {
        for member in ["effective_time", "invalid_time", "occurred_at"] {
            assert_eq!(refused(grant(member, time)).await, "bad_time", "{member} {time}");
        }
        assert_eq!(refused(change("occurred_at", time)).await, "bad_time", "{time}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_none_of_a_closed_set_is_refused_under_its_own_reason() {
    for (message, reason) in [
        (grant("type", "temp_credit_revoked"), "unknown_type"),
        (grant("type", "Temp_Credit_Granted"), "unknown_type"),
        (change("type", ""), "unknown_type"),
        (change("state", "opened"), "unknown_state"),
        (change("state", ""), "unknown_state"),
        (change("account_type", "kdb"), "unknown_account_type"),
        (change("account_type", ""), "unknown_account_type"),
        (grant("source_type", "MANUAL"), "unknown_source_type"),
        (grant("source_type", ""), "unknown_source_type"),
        (grant("business_type", "2104#1"), "bad_business_type"),
        (grant("business_type", "#"), "bad_business_type"),
    ] {
        assert_eq!(refused(&message).await, reason, "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_with_members_that_nobody_knows_is_taken() {
    let app = Quota::new().await;
    app.take(&[grant("remark", "x"), change("remark", json!({"x": [1]})), grant("business_name", "")]).await;
    assert_eq!(app.outcomes(), ["booked", "changed", "contradicted"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_message_can_be_put_right_and_sent_again() {
    let app = Quota::new().await;
    app.take(&[grant("change_limit", "0"), grant("change_limit", "500")]).await;
    assert_eq!(app.outcomes(), ["dead_lettered", "booked"]);
    assert_eq!(app.total("p-1").as_deref(), Some("500"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_message_keeps_its_attributes_and_names_itself_and_its_reason() {
    let app = Quota::new().await;
    app.world.send(QUEUE, "garbage", &[("x-correlation-id", "trace-7"), ("origin", "list-5.5")]);
    let id = app.world.messages(QUEUE)[0].id.clone();
    app.deliver().await;
    let dead = &app.world.messages(DEAD_LETTERS)[0];
    assert_eq!(dead.attribute("x-correlation-id"), Some("trace-7"));
    assert_eq!(dead.attribute("origin"), Some("list-5.5"));
    assert_eq!(dead.attribute("source_message_id"), Some(id.as_str()));
    assert_eq!(dead.attribute("dead_letter_reason"), Some("unreadable"));
    assert_eq!(app.logged("WARN").len(), 1);
}
