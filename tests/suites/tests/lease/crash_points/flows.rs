//! sign-flow, stopped before and after each of its effects.

use serde_json::json;
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, bodies, done};

use super::{check, close_was_lost, with_links};
use crate::operations::Operation;

/// Checks a flow of two parties from `setup` on, until it waits for this in that state.
async fn check_flow(setup: impl AsyncFn(&Lease), (state, waiting_for): (&str, Option<&str>)) -> Vec<String> {
    let request = Request::post(ORDER, "/sign-flow").body(&bodies::contract_of_two()).key("k-1");
    let run = async |lease: &Lease| {
        let data = done(&lease.send(&request).await);
        assert_eq!(
            (&data["state"], data.get("waiting_for")),
            (&json!(state), Some(&json!(waiting_for))),
            "{data}"
        );
        for (method, times) in lease.ant.order(ORDER).effects {
            let expected = if method == Operation::Seal.method() { 2 } else { 1 };
            assert!(times == expected || method == Operation::Withhold.method(), "{method}: {times}");
        }
        with_links(lease);
    };
    check(setup, run).await
}

pub(super) async fn a_flow_until_it_waits_for_the_user() {
    let setup = async |lease: &Lease| lease.registered(ORDER).await;
    let effects = check_flow(setup, ("WITHHOLD_SIGNING", Some("withhold_signature"))).await;
    assert_eq!(effects.len(), 3 * 3 + 1 + 1, "three steps, a question, and the answer: {effects:#?}");
}

pub(super) async fn a_flow_from_where_the_user_has_signed() {
    let setup = async |lease: &Lease| {
        lease.withhold_signing_with(ORDER, &bodies::contract_of_two()).await;
        lease.ant.user_signs_withhold(ORDER);
    };
    let effects = check_flow(setup, ("ACTIVE", None)).await;
    assert_eq!(effects.len(), 2 + 2 * 4 + 1, "a question, two seals, and the answer: {effects:#?}");
}

pub(super) async fn a_flow_that_finds_out_what_happened() {
    let run = async |lease: &Lease| {
        lease.send(&Request::post(ORDER, "/sign-flow").body(&json!({}))).await;
        assert_eq!(lease.state(ORDER), Operation::Close.after());
    };
    check(close_was_lost, run).await;
}
