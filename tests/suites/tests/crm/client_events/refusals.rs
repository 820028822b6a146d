//! Messages that can never succeed, and calls that fail.

use std::time::Duration;

use serde_json::{Value, json};
use suites::crm::{BACK_IDS, CLIENT_EVENTS, CLIENTS, Crm, example_client, with, without};
use world::{Fault, On};

fn told() -> Vec<Value> {
    example_client("2023-07-01T00:00:00+03:00")
}

/// Has the bodies refused one after the other, and checks that each is in the dead letters as it was.
async fn refused(bodies: &[String], reason: &str) {
    let app = Crm::new();
    for body in bodies {
        app.world.send(CLIENT_EVENTS, body, &[("x-correlation-id", "c-1"), ("of the bank", "1")]);
        app.deliver(CLIENT_EVENTS).await;
    }
    let dead = app.world.messages("client-events-dead");
    assert_eq!(dead.iter().map(|letter| letter.body.clone()).collect::<Vec<_>>(), bodies, "{reason}");
    for letter in &dead {
        assert_eq!(letter.attribute("dead_letter_reason"), Some(reason), "{}", letter.body);
        assert_eq!(letter.attribute("of the bank"), Some("1"));
        assert!(letter.attribute("source_message_id").is_some());
    }
    assert!(app.world.items(CLIENTS).is_empty() && app.world.items(BACK_IDS).is_empty(), "{reason}");
    assert!(app.world.messages(CLIENT_EVENTS).is_empty(), "each is handled");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_json_object_is_a_dead_letter() {
    let garbage = ["garbage", "[]", "\"text\"", "{\"type\":", "null"].map(str::to_owned);
    refused(&garbage, "unreadable").await;
}

#[tokio::test(start_paused = true)]
async fn an_unknown_type_is_a_dead_letter() {
    let bodies = ["client", "MIGRATION_CLIENT"].map(|kind| with(told()[0].clone(), "type", kind).to_string());
    refused(&bodies, "unknown_type").await;
}

#[tokio::test(start_paused = true)]
async fn a_missing_or_empty_id_is_a_dead_letter_where_the_type_needs_it() {
    let mut bodies = vec!["{}".to_owned(), without(told()[0].clone(), "type").to_string()];
    for (place, member) in [
        (0, "organization_id"),
        (1, "organization_id"),
        (2, "mdm_id"),
        (3, "back_system_name"),
        (4, "organization_id"),
        (0, "event_id"),
        (2, "event_id"),
    ] {
        bodies.push(without(told()[place].clone(), member).to_string());
        for nothing in [Value::Null, json!(""), json!(" ")] {
            bodies.push(with(told()[place].clone(), member, nothing).to_string());
        }
    }
    refused(&bodies, "incomplete").await;
}

#[tokio::test(start_paused = true)]
async fn a_date_that_is_no_rfc_3339_instant_with_an_offset_is_a_dead_letter() {
    let mut bodies = Vec::new();
    for (place, member) in [(0, "occurred_at"), (1, "change_date"), (2, "occurred_at"), (4, "occurred_at")] {
        for date in [
            "2023-07-20",
            "2023-07-20T00:00:00",
            "2023-07-20 00:00:00+03:00",
            "20.07.2023",
            "2023-02-30T00:00:00Z",
            "2023-07-20T00:00:00+0300",
        ] {
            bodies.push(with(told()[place].clone(), member, date).to_string());
        }
    }
    refused(&bodies, "bad_date").await;
}

#[tokio::test(start_paused = true)]
async fn an_id_over_200_characters_is_a_dead_letter() {
    let long = "ж".repeat(201);
    let members = [(0, "organization_id"), (0, "mdm_id"), (2, "mdm_id"), (3, "back_system_id"), (4, "tin")];
    let bodies =
        members.map(|(place, member)| with(told()[place].clone(), member, long.as_str()).to_string());
    refused(&bodies, "too_long").await;
    let app = Crm::new();
    app.tell(&[with(told()[4].clone(), "okpo", "ж".repeat(200))]).await;
    assert_eq!(app.outcomes(), ["applied"]);
}

#[tokio::test(start_paused = true)]
async fn a_member_of_another_type_is_a_dead_letter() {
    let bodies = [json!(1), json!(true), json!([]), json!({})]
        .map(|value| with(told()[0].clone(), "organization_id", value).to_string());
    refused(&bodies, "unreadable").await;
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_refused_holds_up_no_other_of_its_batch() {
    let app = Crm::new();
    let mut messages = told();
    messages.insert(2, json!({"type": "nothing"}));
    app.tell(&messages).await;
    assert_eq!(app.outcomes(), ["applied", "applied", "dead_lettered", "applied", "applied", "applied"]);
    assert_eq!(app.dead(CLIENT_EVENTS), ["unknown_type"]);
}

#[tokio::test(start_paused = true)]
async fn a_database_that_fails_has_the_message_come_again() {
    for (operation, place) in [("GetItem", 0), ("PutItem", 0), ("PutItem", 2)] {
        let app = Crm::new();
        app.world.fail(On::call(operation), Fault::InternalError);
        app.tell(&told()[place..=place]).await;
        assert_eq!(app.outcomes(), ["retry"], "{operation}");
        app.world.pass(Duration::from_secs(10)).await;
        app.deliver(CLIENT_EVENTS).await;
        assert_eq!(app.outcomes(), ["retry", "applied"], "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_contended_write_is_tried_again_at_once() {
    let app = Crm::new();
    app.world.fail(On::call("PutItem").to(CLIENTS).times(4), Fault::Throttled);
    app.tell(&told()[..1]).await;
    assert_eq!(app.outcomes(), ["applied"]);
    app.world.fail(On::call("PutItem").to(CLIENTS).times(5), Fault::Throttled);
    app.tell(&told()[1..2]).await;
    assert_eq!(app.outcomes(), ["applied", "retry"]);
    let cause = app.logged("WARN")[0]["cause"].as_str().unwrap().to_owned();
    assert!(cause.contains("ProvisionedThroughputExceededException"), "{cause}");
}
