//! The queue `contract-events` (instalment §11, §13).

use serde_json::{Value, json};

use crate::world::{CONTRACT_EVENTS, Client, assert_answer, dead_letter, put_in_queue, tell};

#[test]
fn a_contract_that_onboarding_tells_of_is_the_clients_newest() {
    let client = Client::unknown("told");
    let mut event = client.event("e-1", "INIT");
    event["contract_number"] = Value::Null;
    tell(&event);
    client.await_state("init");
    tell(&client.event("e-2", "active"));
    client.await_state("active");
    let rows = client.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["contract_number"]["S"], client.contract_number.as_str());
}

#[test]
fn an_event_that_was_taken_or_is_late_changes_nothing() {
    let client = Client::with_active_contract("late");
    tell(&client.event("onboarded", "reject"));
    let mut late = client.event("late", "cancel");
    late["occurred_at"] = json!("2026-01-02T03:04:04.999Z");
    tell(&late);
    client.await_event("late");
    let mut later = client.event("later", "underwriting");
    later["occurred_at"] = json!("2026-01-02T06:04:06+03:00");
    tell(&later);
    client.await_state("underwriting");
}

#[test]
fn a_closed_contract_is_never_reopened() {
    let client = Client::with_active_contract("reopened");
    client.lender_answers(&client.line("CLOSED", "50000.00"));
    assert_eq!(client.get_status().status, 200);
    let mut event = client.event("reopens", "active");
    event["occurred_at"] = json!("2027-01-01T00:00:00Z");
    tell(&event);
    client.await_event("reopens");
    assert_eq!(client.rows()[0]["state"]["S"], "CLOSED");
}

#[test]
fn a_message_that_can_never_succeed_is_set_aside_as_it_came_and_holds_nothing_up() {
    let client = Client::unknown("unreadable");
    let broken = format!(r#"{{"client_id":"{}" "#, client.id);
    let mut incomplete = client.event("incomplete", "active");
    incomplete.as_object_mut().unwrap().remove("contract_number");
    put_in_queue(CONTRACT_EVENTS, &broken);
    tell(&incomplete);
    tell(&client.event("good", "active"));
    client.await_state("active");

    for (body, reason) in [(broken, "unreadable"), (incomplete.to_string(), "incomplete")] {
        let letter = dead_letter(CONTRACT_EVENTS, &body);
        assert_eq!(letter.body, body);
        assert_eq!(letter.attribute("dead_letter_reason"), reason);
        assert!(!letter.attribute("source_message_id").is_empty());
    }
}

#[test]
fn a_number_stays_its_first_clients_for_ever() {
    let owner = Client::with_active_contract("owner");
    let mut thief = Client::unknown("thief");
    thief.contract_number.clone_from(&owner.contract_number);
    tell(&thief.event("steals", "active"));
    assert_eq!(dead_letter(CONTRACT_EVENTS, &thief.id).attribute("dead_letter_reason"), "number_taken");
    assert_eq!(thief.rows(), Vec::<Value>::new());
    assert_answer(&thief.get_status(), 403, &json!({"error": "access_denied"}));
}
