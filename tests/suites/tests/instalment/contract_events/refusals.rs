//! Messages that can never succeed: in the dead-letter queue as they came, with the reason.

use serde_json::{Value, json};
use suites::contract::Judge;
use suites::instalment::{CONTRACTS, DEAD_LETTERS, EVENT_IDS, Instalment, NUMBERS, QUEUE};

use super::{event, row, rows, tell};

/// Has `body` refused by an app with one contract, and tells why.
async fn refused(body: impl ToString) -> String {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    let body = body.to_string();
    tell(&app, &body).await;
    assert_eq!(app.world.messages(QUEUE).len(), 0, "the message is handled: {body}");
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1")], "nothing is written: {body}");
    assert_eq!(app.world.items(EVENT_IDS).len() + app.world.items(NUMBERS).len(), 0, "{body}");
    let dead = app.world.messages(DEAD_LETTERS);
    assert_eq!(dead.len(), 1, "exactly one copy: {body}");
    assert_eq!(dead[0].body, body, "unchanged");
    dead[0].attribute("dead_letter_reason").expect("a reason").to_owned()
}

fn changed(change: impl FnOnce(&mut Value)) -> Value {
    let mut event = event("e-1", "c-2", Some("77-2"), "active", 1);
    change(&mut event);
    event
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_no_json_object_is_unreadable() {
    for body in ["garbage", "null", "[]", "\"x\"", "{", "{}{}", "\u{feff}{}"] {
        assert_eq!(refused(body).await, "unreadable", "{body}");
    }
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(200), "]".repeat(200));
    assert_eq!(refused(deep).await, "unreadable");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_missing_null_or_empty_makes_a_message_incomplete() {
    for member in ["event_id", "client_id", "state"] {
        for value in [json!(""), json!(null)] {
            assert_eq!(refused(changed(|event| event[member] = value)).await, "incomplete", "{member}");
        }
    }
    assert_eq!(refused(changed(|event| event["contract_number"] = json!(""))).await, "incomplete");
    for member in ["event_id", "client_id", "state", "type", "occurred_at", "contract_number"] {
        let without = changed(|event| {
            event.as_object_mut().unwrap().remove(member);
        });
        assert_eq!(refused(without).await, "incomplete", "{member}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_of_another_type_makes_a_message_unreadable() {
    for member in ["event_id", "client_id", "state", "type", "occurred_at", "contract_number"] {
        for value in [json!(1), json!(true), json!(["x"]), json!({})] {
            assert_eq!(refused(changed(|event| event[member] = value)).await, "unreadable", "{member}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_too_long_to_be_kept_is_refused() {
    let judge = Judge::of("contract-events");
    for (member, longest) in
        [("event_id", 1_024), ("client_id", 2_048), ("state", 262_144), ("contract_number", 128)]
    {
        let of_length = |length: usize| changed(|event| event[member] = json!("x".repeat(length)));
        assert_eq!(refused(of_length(longest + 1)).await, "too_long", "{member}");
        assert!(judge.problem(&of_length(longest + 1)).is_some(), "{member}");
        assert_eq!(judge.problem(&of_length(longest)), None, "{member}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_type_of_event_is_refused() {
    for kind in ["contract_deleted", "Contract_Upserted", ""] {
        assert_eq!(refused(changed(|event| event["type"] = json!(kind))).await, "unknown_type", "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_instant_that_is_not_rfc_3339_is_refused() {
    for instant in
        ["", "yesterday", "2026-01-02", "2026-01-02T03:04:05", "2026-02-30T00:00:00Z", "1767323045"]
    {
        let event = changed(|event| event["occurred_at"] = json!(instant));
        assert_eq!(refused(event).await, "bad_occurred_at", "{instant}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_without_a_number_is_refused_while_the_newest_row_has_one_and_is_open() {
    assert_eq!(refused(event("e-1", "c-1", None, "scoring", 1)).await, "number_required");
}

#[tokio::test(start_paused = true)]
async fn a_number_belongs_to_one_client_for_ever() {
    let app = Instalment::new();
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 1)).await;
    tell(&app, event("e-2", "c-2", Some("77-1"), "active", 2)).await;
    tell(&app, event("e-3", "c-2", None, "init", 3)).await;
    tell(&app, event("e-4", "c-2", Some("77-1"), "active", 4)).await;
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1")]);
    assert_eq!(rows(&app, "c-2"), [row("init", "-")]);
    let reasons: Vec<_> = app.world.messages(DEAD_LETTERS);
    let reasons: Vec<_> = reasons.iter().filter_map(|dead| dead.attribute("dead_letter_reason")).collect();
    assert_eq!(reasons, ["number_taken", "number_taken"]);
    assert_eq!(app.world.items(NUMBERS).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_message_keeps_its_attributes_and_names_itself_and_its_reason() {
    let app = Instalment::new();
    app.world.send(QUEUE, "garbage", &[("x-correlation-id", "trace-7"), ("origin", "onboarding")]);
    let id = app.world.messages(QUEUE)[0].id.clone();
    app.deliver().await;
    let dead = app.world.messages(DEAD_LETTERS);
    assert_eq!(dead[0].attribute("x-correlation-id"), Some("trace-7"));
    assert_eq!(dead[0].attribute("origin"), Some("onboarding"));
    assert_eq!(dead[0].attribute("source_message_id"), Some(id.as_str()));
    assert_eq!(dead[0].attribute("dead_letter_reason"), Some("unreadable"));
    let warnings = app.logged("WARN");
    assert_eq!(warnings.len(), 1);
    assert_eq!((&warnings[0]["reason"], &warnings[0]["message_id"]), (&"unreadable".into(), &id.into()));
    assert_eq!(warnings[0]["span"]["correlation_id"], "trace-7");
}

#[tokio::test(start_paused = true)]
async fn of_ten_attributes_eight_are_kept_beside_the_two_of_ours() {
    let app = Instalment::new();
    let names: Vec<String> = (0..10).map(|place| format!("a{place}")).collect();
    let attributes: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    app.world.send(QUEUE, "garbage", &attributes);
    app.deliver().await;
    let dead = app.world.messages(DEAD_LETTERS);
    let kept: Vec<_> = names.iter().filter(|name| dead[0].attribute(name).is_some()).collect();
    assert_eq!(kept, ["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"]);
    assert_eq!(dead[0].attribute("dead_letter_reason"), Some("unreadable"));
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_the_batch_is_not_held_up_by_a_refused_message() {
    let app = Instalment::new();
    app.world.send(QUEUE, &event("e-1", "c-1", None, "init", 1).to_string(), &[]);
    app.world.send(QUEUE, "garbage", &[]);
    app.world.send(QUEUE, &event("e-2", "c-1", Some("77-1"), "active", 2).to_string(), &[]);
    app.deliver().await;
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1")]);
    assert_eq!((app.world.messages(QUEUE).len(), app.world.messages(DEAD_LETTERS).len()), (0, 1));
    assert_eq!(app.world.items(CONTRACTS).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_log_line_of_a_refusal_quotes_the_message() {
    let app = Instalment::new();
    tell(&app, r#"{"client_id":"client-4471","event_id":"e-1","state":"Ivanov"}"#).await;
    tell(&app, "Ivanov client-4471").await;
    let log = app.output.text();
    assert!(!log.contains("Ivanov") && !log.contains("client-4471"));
}
