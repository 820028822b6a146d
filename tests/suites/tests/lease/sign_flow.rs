//! The whole sequence before a lease begins (seed 1, 1.1; §4, §12): as far as it goes without the user, and on from
//! where it stopped.

mod crashes;
mod failures;
mod given;
mod keys;
mod time;
mod waits;

use serde_json::{Value, json};
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, bodies, done};

const SYNC: &str = "antchain.ato.front.trade.sync";
const SUBMIT: &str = "antchain.ato.front.sign.submit";
const CREATE: &str = "antchain.ato.withhold.sign.create";
const QUERY: &str = "antchain.ato.withhold.sign.query";
const AUTH: &str = "antchain.ato.sign.flow.auth";
const FLOW: &str = "antchain.ato.sign.flow.get";

/// What a flow of a contract that one party seals calls, if the user has signed already.
const ALL: [&str; 6] = [SYNC, SUBMIT, CREATE, QUERY, AUTH, FLOW];

/// The flow with a contract that one party seals.
fn flow() -> Request {
    flow_with(&bodies::contract())
}

fn flow_with(body: &Value) -> Request {
    Request::post(ORDER, "/sign-flow").body(body)
}

/// Takes the flow on with what was given before.
async fn go_on(lease: &Lease) -> Value {
    done(&lease.send(&flow_with(&json!({}))).await)
}

/// An order in NEW, and a user who signs whatever is created at once.
async fn hasty() -> Lease {
    let lease = Lease::new().await;
    lease.registered(ORDER).await;
    lease.ant.user_signs_at_once(ORDER);
    lease.ant.heard();
    lease
}

/// What a flow that has come to its end answers.
fn finished() -> Value {
    json!({"order_id": ORDER, "state": "ACTIVE", "waiting_for": null, "sign_info": null, "sign_str": null})
}
