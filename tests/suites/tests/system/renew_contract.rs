//! `POST /renew_contract` (instalment §6, §10).

use std::thread;

use serde_json::{Value, json};

use crate::world::{Client, assert_answer};

fn renewed() -> Value {
    json!({"screen": "wanted_limit", "state": "init", "contract_closed": false})
}

/// The states of the client's rows, oldest first.
fn states(client: &Client) -> Vec<String> {
    let state = |row: &Value| row["state"]["S"].as_str().unwrap_or_default().to_owned();
    client.rows().iter().map(state).collect()
}

#[test]
fn a_contract_that_mkk_has_closed_is_closed_and_renewed_once_however_often_it_is_asked_for() {
    let client = Client::with_active_contract("renewed");
    client.lender_answers(&client.line("CLOSED", "50000"));
    let answers: Vec<_> = thread::scope(|scope| {
        let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| client.renew())).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    for answer in &answers {
        assert_answer(answer, 200, &renewed());
    }
    assert_answer(&client.renew(), 200, &renewed());
    assert_eq!(states(&client), ["CLOSED", "init"]);
    let shown = json!({"screen": "wanted_limit", "contract_closed": false, "state": "init"});
    assert_answer(&client.get_status(), 200, &shown);
}

#[test]
fn a_contract_that_is_open_at_mkk_or_that_mkk_says_nothing_of_is_not_renewed() {
    let client = Client::with_active_contract("not-renewed");
    for answer in [client.line("ACTIVE", "50000"), json!({"fault": "http_500"})] {
        client.lender_answers(&answer);
        assert_answer(&client.renew(), 403, &json!({"error": "contract_not_terminal"}));
    }
    assert_eq!(states(&client), ["active"]);
}

#[test]
fn a_client_without_a_contract_is_denied() {
    let client = Client::unknown("nothing-to-renew");
    assert_answer(&client.renew(), 403, &json!({"error": "access_denied"}));
}
