//! Instalment: UC-129, closing a line because the lender closed it, and UC-148, renewing it, with their
//! extensions.

use anyhow::Result;
use serde_json::{Value, json};

use super::stage::{Caller, Stage};
use crate::ui;

const ROUTE: &str = "/get_status";
const RENEW: &str = "/renew_contract";
const QUEUE: &str = "contract-events";

/// Plays the story.
pub(super) fn play(stage: &mut Stage) -> Result<()> {
    ui::step("Instalment: a line is closed at the lender (UC-129)");
    contracts_arrive(stage)?;
    line_stays_open(stage)?;
    line_is_closed(stage)?;
    line_is_closed_despite_a_difference(stage)?;
    lender_does_not_answer(stage)?;
    strangers_are_refused(stage)?;
    ui::step("Instalment: a closed line is renewed (UC-148)");
    closed_screen_is_opened(stage)?;
    contract_is_renewed(stage)?;
    open_contract_is_not_renewed(stage)?;
    unseen_closing_is_made_good(stage)?;
    ui::step("Instalment: what cannot be read is set aside");
    unreadable_event_is_set_aside(stage)
}

fn contracts_arrive(stage: &mut Stage) -> Result<()> {
    stage.step("Onboarding tells us about two active contracts");
    stage.send(QUEUE, &contract_event("e-1", "c-1", "77-1"))?;
    stage.send(QUEUE, &contract_event("e-2", "c-2", "77-2"))?;
    stage.contract_state("c-1", "active")?;
    stage.contract_state("c-2", "active")
}

fn line_stays_open(stage: &mut Stage) -> Result<()> {
    stage.step("5a: the line is open at MKK, so it is open here");
    stage.lender_answers("77-1", &line("77-1", "ACTIVE", "50000.00"))?;
    get_status(stage, "c-1", &open("77-1"))?;
    stage.step("A status that nobody knows does not close the line");
    stage.lender_answers("77-1", &line("77-1", "PAUSED", "50000.00"))?;
    get_status(stage, "c-1", &open("77-1"))
}

fn line_is_closed(stage: &mut Stage) -> Result<()> {
    stage.step("Steps 1 to 12: MKK has closed the line, and so do we");
    stage.lender_answers("77-1", &line("77-1", "CLOSED", "50000"))?;
    get_status(stage, "c-1", &closed("77-1"))?;
    stage.contract_state("c-1", "CLOSED")?;
    stage.step("6a: the second visit sees the same, and MKK is not asked again");
    get_status(stage, "c-1", &closed("77-1"))?;
    stage.lender_was_asked("77-1", 3)?;
    stage.step("It stays closed, whatever MKK or a late event says");
    stage.lender_answers("77-1", &line("77-1", "ACTIVE", "50000.00"))?;
    stage.send(QUEUE, &contract_event("e-3", "c-1", "77-1"))?;
    stage.event_is_taken("c-1", "e-3")?;
    get_status(stage, "c-1", &closed("77-1"))?;
    stage.contract_state("c-1", "CLOSED")
}

fn lender_does_not_answer(stage: &mut Stage) -> Result<()> {
    stage.step("MKK does not answer in time: we answer from what we know, and say so");
    stage.send(QUEUE, &contract_event("e-4", "c-3", "77-3"))?;
    stage.contract_state("c-3", "active")?;
    stage.lender_answers("77-3", &json!({"fault": "timeout"}))?;
    get_status(stage, "c-3", &stale("77-3"))?;
    stage.step("MKK answers about another contract: the same");
    stage.lender_answers("77-3", &line("99-9", "CLOSED", "50000.00"))?;
    get_status(stage, "c-3", &stale("77-3"))?;
    stage.contract_state("c-3", "active")
}

fn line_is_closed_despite_a_difference(stage: &mut Stage) -> Result<()> {
    stage.step("7a: limit and balance differ; it is logged, and the line closed all the same");
    stage.lender_answers("77-2", &line("77-2", "CLOSED", "49999.99"))?;
    get_status(stage, "c-2", &closed("77-2"))?;
    stage.contract_state("c-2", "CLOSED")
}

fn strangers_are_refused(stage: &mut Stage) -> Result<()> {
    let body = json!({"method": "get_status", "params": {}});
    let denied = (403, &json!({"error": "access_denied"}));
    stage.step("Without a good session, or without a contract: access denied");
    for caller in
        [Caller::Nobody, Caller::Expired("c-1"), Caller::Foreign("c-1"), Caller::Client("somebody-else")]
    {
        stage.post(ROUTE, caller, &body, denied)?;
    }
    stage.step("A method that is not this endpoint's: bad request");
    let body = json!({"method": "drop", "params": {}});
    stage.post(ROUTE, Caller::Client("c-1"), &body, (400, &json!({"error": "bad_request"})))
}

fn closed_screen_is_opened(stage: &mut Stage) -> Result<()> {
    stage.step("The client opens the page of the closed line (UI-059)");
    stage.page("/webview", "Оформить")?;
    get_status(stage, "c-1", &closed("77-1"))
}

fn contract_is_renewed(stage: &mut Stage) -> Result<()> {
    stage.step("13a and UC-148: «Оформить» makes a new application; get_status alone never did");
    stage.contract_states("c-1", &["CLOSED"])?;
    renew(stage, "c-1", (200, &renewed()))?;
    stage.contract_states("c-1", &["CLOSED", "init"])?;
    stage.step("A double click, a retry, another device: the same answer, no second application");
    renew(stage, "c-1", (200, &renewed()))?;
    stage.contract_states("c-1", &["CLOSED", "init"])?;
    stage.step("From now on the client sees onboarding, and MKK is not asked about the old line");
    get_status(stage, "c-1", &json!({"screen": "wanted_limit", "contract_closed": false, "state": "init"}))?;
    stage.lender_was_asked("77-1", 3)
}

fn open_contract_is_not_renewed(stage: &mut Stage) -> Result<()> {
    stage.step("A line that is open at MKK, or that MKK says nothing of, is not renewed");
    let refused = json!({"error": "contract_not_terminal"});
    stage.lender_answers("77-3", &line("77-3", "ACTIVE", "50000.00"))?;
    renew(stage, "c-3", (403, &refused))?;
    stage.lender_answers("77-3", &json!({"fault": "http_500"}))?;
    renew(stage, "c-3", (403, &refused))?;
    stage.contract_states("c-3", &["active"])
}

fn unseen_closing_is_made_good(stage: &mut Stage) -> Result<()> {
    stage.step("A line closed at MKK that the client never looked at is closed first, then renewed");
    stage.lender_answers("77-3", &line("77-3", "CLOSED", "50000"))?;
    renew(stage, "c-3", (200, &renewed()))?;
    stage.contract_states("c-3", &["CLOSED", "init"])
}

fn unreadable_event_is_set_aside(stage: &mut Stage) -> Result<()> {
    stage.step("An event that cannot be read goes to the dead-letter queue, as it came");
    let body = r#"{"event_id":"e-5","client_id":"#;
    stage.send(QUEUE, body)?;
    stage.dead_letter(QUEUE, body, "unreadable")
}

fn get_status(stage: &Stage, client: &str, expected: &Value) -> Result<()> {
    let body = json!({"method": "get_status", "params": {}});
    stage.post(ROUTE, Caller::Client(client), &body, (200, expected))
}

fn renew(stage: &Stage, client: &str, expected: (u16, &Value)) -> Result<()> {
    let body = json!({"method": "renew_contract", "params": {}});
    stage.post(RENEW, Caller::Client(client), &body, expected)
}

fn renewed() -> Value {
    json!({"screen": "wanted_limit", "state": "init", "contract_closed": false})
}

fn contract_event(event_id: &str, client_id: &str, contract_number: &str) -> String {
    json!({
        "event_id": event_id,
        "type": "contract_upserted",
        "client_id": client_id,
        "contract_number": contract_number,
        "state": "active",
        "occurred_at": "2026-01-02T03:04:05Z",
    })
    .to_string()
}

fn line(contract_number: &str, status: &str, balance: &str) -> Value {
    json!({
        "contract_number": contract_number,
        "status": status,
        "line_limit": "50000.00",
        "line_balance": balance,
    })
}

fn open(contract_number: &str) -> Value {
    json!({
        "screen": "main_screen",
        "contract_closed": false,
        "state": "active",
        "contract_number": contract_number,
    })
}

fn stale(contract_number: &str) -> Value {
    let mut answer = open(contract_number);
    answer["stale"] = Value::Bool(true);
    answer
}

fn closed(contract_number: &str) -> Value {
    json!({
        "screen": "main_screen",
        "contract_closed": true,
        "state": "CLOSED",
        "contract_number": contract_number,
        "closed_screen_button": true,
    })
}
