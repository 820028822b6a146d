//! Every operation in every state (§4, §12): what goes to Ant, what is answered from the store, what is refused.

use serde_json::json;
use suites::gateway::Got;
use suites::lease::request::Request;
use suites::lease::{Lease, bodies, body};

/// The states, with the columns of [`OPERATIONS`].
const STATES: [&str; 11] = [
    "NEW",
    "SYNCED",
    "CONTRACT_SIGNING",
    "WITHHOLD_SIGNING",
    "WITHHOLD_SIGNED",
    "SEALING",
    "ACTIVE",
    "PLAN_CANCELLED",
    "FULFILLED",
    "CLOSED",
    "UNBOUND",
];

/// What becomes of an operation in each of [`STATES`]: `+` it is carried out at Ant, `=` it is answered from the store,
/// `C` 409, `P` 422. The plan was cancelled for `RENTING_OUT`; what is closed was fulfilled.
const OPERATIONS: [(&str, [char; 11]); 14] = [
    ("sync", ['+', '+', 'C', 'C', 'C', 'C', 'C', 'C', 'C', 'C', 'C']),
    ("submit", ['C', '+', 'C', 'C', 'C', 'C', 'C', 'C', 'C', 'C', 'C']),
    ("create", ['C', 'C', '+', '+', 'C', 'C', 'C', 'C', 'C', 'C', 'C']),
    ("seal the party", ['P', 'P', 'P', 'P', '+', '+', '=', '=', '=', '=', '=']),
    ("seal another", ['P', 'P', 'P', 'P', '!', '!', 'P', 'P', 'P', 'P', 'P']),
    ("cancel for return", ['C', 'C', 'C', 'C', 'C', 'C', '+', '=', 'C', 'C', 'C']),
    ("cancel for resale", ['C', 'C', 'C', 'C', 'C', 'C', '+', 'C', 'C', 'C', 'C']),
    ("close fulfilled", ['C', 'C', 'C', 'C', 'C', 'C', 'P', 'C', '+', '=', '=']),
    ("close with evidence", ['C', 'C', 'C', 'C', 'C', 'C', '+', 'C', '+', '=', '=']),
    ("close returned", ['C', 'C', 'C', 'C', 'C', 'C', 'P', '+', 'P', 'C', 'C']),
    ("close unconfirmed", ['C', 'C', 'C', 'C', 'C', 'C', 'P', 'P', 'P', 'C', 'C']),
    ("close resold", ['C', 'C', 'C', 'C', 'C', 'C', 'P', 'C', 'P', 'C', 'C']),
    ("unbind", ['P', 'P', 'P', 'P', 'P', 'P', 'P', 'P', 'P', '+', '=']),
    ("confirm", ['C', 'C', 'C', 'C', 'P', 'P', 'P', 'P', 'P', 'P', 'C']),
];

fn request(operation: &str, order: &str, state: &str) -> Request {
    let post = |path, body| Request::post(order, path).body(&body);
    match operation {
        "sync" => Request::put(order).body(&bodies::order()),
        "submit" => post("/contract", bodies::contract()),
        "create" => post("/withhold-sign", json!({})),
        "seal the party" if state == "SEALING" => post("/contract/seal", json!({"tag": bodies::THIRD_TAG})),
        "seal the party" => post("/contract/seal", json!({})),
        "seal another" => post("/contract/seal", json!({"tag": "nobody"})),
        "cancel for return" => post("/withhold-plan/cancel", json!({"cancel_reason": "RENTING_OUT"})),
        "cancel for resale" => post("/withhold-plan/cancel", json!({"cancel_reason": "RENTING_AND_RESALE"})),
        "close fulfilled" => post("/close", json!({"reason": "FULFILLED"})),
        "close with evidence" => post("/close", json!({"reason": "FULFILLED", "evidence_id": "e-1"})),
        "close returned" => post("/close", json!({"reason": "RENTING_OUT", "return_confirmed": true})),
        "close unconfirmed" => post("/close", json!({"reason": "RENTING_OUT"})),
        "close resold" => post("/close", json!({"reason": "RENTING_AND_RESALE", "return_confirmed": true})),
        "unbind" => Request::delete(order, "/withhold-sign"),
        "confirm" => post("/unsign-confirm", json!({"operate": "AGREE"})),
        other => panic!("no operation {other}"),
    }
}

/// The methods with an effect, of those that Ant heard.
fn effective(heard: Vec<String>) -> Vec<String> {
    let asks = ["antchain.ato.trade.get", "antchain.ato.withhold.sign.query", "antchain.ato.sign.flow.get"];
    heard.into_iter().filter(|method| !asks.contains(&method.as_str())).collect()
}

/// What became of an operation, in the table's letters.
fn became(got: &Got, sent: &[String]) -> char {
    match (got.status, body(got)["code"].as_str().unwrap_or_default(), sent.len()) {
        (200, "OK", 1) => '+',
        (200, "OK", 0) => '=',
        (409, "STATE_CONFLICT", 0) => 'C',
        (422, "PRECONDITION_FAILED", 0) => 'P',
        // Ant itself declines: it knows no such party.
        (502, "ANT_REJECTED", 1) => '!',
        other => panic!("{other:?}: {}", got.body),
    }
}

async fn check(column: usize) {
    let (lease, state) = (Lease::new().await, STATES[column]);
    for (number, (operation, expected)) in OPERATIONS.iter().enumerate() {
        let order = format!("LEASE-{number:04}");
        lease.bring(&order, state).await;
        lease.ant.heard();
        let before = lease.row(&order);
        let got = lease.send(&request(operation, &order, state)).await;
        let became = became(&got, &effective(lease.ant.heard()));
        assert_eq!(became, expected[column], "{operation} in {state}: {}", got.body);
        if became != '+' && became != '!' {
            assert_eq!(lease.row(&order), before, "{operation} in {state} changed the order");
        }
        if became == '!' {
            assert_eq!(lease.state(&order), state);
        }
    }
}

/// One test for each state: each brings many orders there.
macro_rules! states {
    ($($name:ident $column:literal)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            check($column).await;
        }
    )*};
}

states! {
    every_operation_while_new 0
    every_operation_while_synced 1
    every_operation_while_the_contract_is_signed 2
    every_operation_while_the_withhold_agreement_is_signed 3
    every_operation_once_the_withhold_agreement_is_signed 4
    every_operation_while_parties_seal 5
    every_operation_while_active 6
    every_operation_once_the_plan_is_cancelled 7
    every_operation_once_fulfilled 8
    every_operation_once_closed 9
    every_operation_once_unbound 10
}

#[tokio::test(start_paused = true)]
async fn questions_are_allowed_in_every_state_and_leave_it_where_nothing_happened() {
    let lease = Lease::new().await;
    for state in STATES {
        let order = format!("LEASE-{state}");
        lease.bring(&order, state).await;
        for path in ["", "/withhold-sign"] {
            let got = lease.get(&order, path).await;
            // Ant does not know what was never synced.
            let expected = if state == "NEW" { 502 } else { 200 };
            assert_eq!(got.status, expected, "{path} in {state}: {}", got.body);
            assert_eq!(lease.state(&order), state);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_carried_out_leads_to_the_next_state() {
    for (operation, from, to) in [
        ("sync", "NEW", "SYNCED"),
        ("sync", "SYNCED", "SYNCED"),
        ("submit", "SYNCED", "CONTRACT_SIGNING"),
        ("create", "CONTRACT_SIGNING", "WITHHOLD_SIGNING"),
        ("create", "WITHHOLD_SIGNING", "WITHHOLD_SIGNING"),
        ("seal the party", "WITHHOLD_SIGNED", "ACTIVE"),
        ("seal the party", "SEALING", "ACTIVE"),
        ("cancel for return", "ACTIVE", "PLAN_CANCELLED"),
        ("cancel for resale", "ACTIVE", "PLAN_CANCELLED"),
        ("close with evidence", "ACTIVE", "CLOSED"),
        ("close fulfilled", "FULFILLED", "CLOSED"),
        ("close returned", "PLAN_CANCELLED", "CLOSED"),
        ("unbind", "CLOSED", "UNBOUND"),
    ] {
        let lease = Lease::new().await;
        let order = "LEASE-0001";
        lease.bring(order, from).await;
        let got = lease.send(&request(operation, order, from)).await;
        assert_eq!(body(&got)["data"]["state"], to, "{operation}: {}", got.body);
        assert_eq!(lease.state(order), to, "{operation}");
        let last = lease.history(order).pop().expect("a transition");
        let moved = from != to;
        assert_eq!(last == format!("{from}>{to}"), moved, "{operation}: {last}");
    }
}
