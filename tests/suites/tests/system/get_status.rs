//! `POST /get_status` (instalment §5, §10).

use std::thread;

use local::{KeyNumber, Response};
use serde_json::{Value, json};

use crate::world::{Client, assert_answer, get_status, platform};

fn open(client: &Client) -> Value {
    json!({
        "screen": "main_screen",
        "contract_closed": false,
        "state": "active",
        "contract_number": client.contract_number,
    })
}

fn stale(client: &Client) -> Value {
    let mut answer = open(client);
    answer["stale"] = json!(true);
    answer
}

fn closed(client: &Client) -> Value {
    json!({
        "screen": "main_screen",
        "contract_closed": true,
        "state": "CLOSED",
        "contract_number": client.contract_number,
        "closed_screen_button": true,
    })
}

#[track_caller]
fn assert_denied(answer: &Response) {
    assert_answer(answer, 403, &json!({"error": "access_denied"}));
}

#[test]
fn a_line_closed_at_the_lender_is_closed_here_once_and_for_all() {
    let client = Client::with_active_contract("closed");
    client.lender_answers(&client.line("CLOSED", "50000"));
    assert_answer(&client.get_status(), 200, &closed(&client));
    assert_answer(&client.get_status(), 200, &closed(&client));
    assert_eq!(client.calls_to_lender(), 1);
    let rows = client.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["state"]["S"], "CLOSED");
    client.lender_answers(&client.line("ACTIVE", "50000"));
    assert_answer(&client.get_status(), 200, &closed(&client));
}

#[test]
fn a_line_that_is_open_or_in_an_unknown_state_at_the_lender_stays_open() {
    let client = Client::with_active_contract("open");
    for status in ["ACTIVE", "PAUSED"] {
        client.lender_answers(&client.line(status, "50000.00"));
        assert_answer(&client.get_status(), 200, &open(&client));
    }
}

#[test]
fn a_line_whose_limit_and_balance_differ_is_closed_and_the_difference_logged() {
    let client = Client::with_active_contract("mismatch");
    client.lender_answers(&client.line("CLOSED", "49999.99"));
    assert_answer(&client.get_status(), 200, &closed(&client));
    let group = &platform().outputs.log_groups["instalment"];
    let lines = platform().engine.log_lines(group, &client.contract_number).unwrap();
    let warnings: Vec<_> = lines.iter().filter(|line| line.contains("WARN")).collect();
    assert_eq!(warnings.len(), 1, "{lines:?}");
}

#[test]
fn whatever_the_lender_fails_with_the_answer_is_what_we_know() {
    let client = Client::with_active_contract("faults");
    for fault in ["http_500", "garbage", "not_found", "timeout"] {
        client.lender_answers(&json!({"fault": fault}));
        assert_answer(&client.get_status(), 200, &stale(&client));
    }
    let mut foreign = client.line("CLOSED", "50000.00");
    foreign["contract_number"] = json!("99-9");
    client.lender_answers(&foreign);
    assert_answer(&client.get_status(), 200, &stale(&client));
    assert_eq!(client.rows()[0]["state"]["S"], "active");
}

#[test]
fn visits_at_the_same_time_all_see_the_line_closed() {
    let client = Client::with_active_contract("parallel");
    client.lender_answers(&client.line("CLOSED", "50000.00"));
    let visits: Vec<_> = (0..5)
        .map(|_visit| {
            let client = client.clone();
            thread::spawn(move || client.get_status())
        })
        .collect();
    for visit in visits {
        assert_answer(&visit.join().unwrap(), 200, &closed(&client));
    }
    assert_eq!(client.rows().len(), 1);
}

#[test]
fn a_client_without_a_contract_is_refused() {
    assert_denied(&Client::unknown("nobody").get_status());
}

#[test]
fn both_session_keys_are_good_and_no_other_token_is() {
    let client = Client::with_active_contract("sessions");
    client.lender_answers(&client.line("ACTIVE", "50000.00"));
    let second = client.token_with(KeyNumber::Two, "ali-front", 60);
    assert_answer(&get_status(Some(&second)), 200, &open(&client));

    let good = client.token();
    let unsigned = good.rsplit_once('.').unwrap().0;
    let claims = json!({"aud": "ali-front", "sub": client.id, "exp": 4_102_444_800_u64});
    let sign = |header: Value| platform().sessions.sign(KeyNumber::One, &header, &claims);
    for token in [
        client.token_with(KeyNumber::One, "bt", 3600),
        client.token_with(KeyNumber::One, "ali-front", -3600),
        format!("{unsigned}."),
        sign(json!({"alg": "none", "kid": "local-1"})),
        sign(json!({"alg": "EdDSA", "kid": "local-2"})),
        sign(json!({"alg": "EdDSA", "kid": "local-3"})),
        "not a token".to_owned(),
    ] {
        assert_denied(&get_status(Some(&token)));
    }
    assert_denied(&get_status(None));
}

#[test]
fn a_request_that_is_not_this_endpoints_is_bad() {
    let token = Client::unknown("bad-request").token();
    let too_long = format!(r#"{{"method":"get_status","params":{{"x":"{}"}}}}"#, "x".repeat(1_048_576));
    for body in [
        r#"{"method":"drop"}"#,
        r#"{"method":"renew_contract","params":{}}"#,
        r#"{"method":"get_status","params":[]}"#,
        r#"{"method":"get_status""#,
        "",
        &too_long,
    ] {
        let answer = platform().post("/get_status", Some(&token), body.as_bytes()).unwrap();
        assert_answer(&answer, 400, &json!({"error": "bad_request"}));
    }
}

#[test]
fn an_answer_is_never_kept_in_a_cache() {
    let answer = Client::unknown("cache").get_status();
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
}
