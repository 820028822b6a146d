//! The links that the user signs by (§3, §5), as sign-flow tells them: those of the contract that there is, also when
//! the answer that brought them was lost.

use serde_json::{Value, json};
use suites::lease::ant::Spoil;
use suites::lease::{DOCUMENTS, Lease, ORDER, bodies, done, refused};

use crate::operations::Operation;

const FLOW_GET: &str = "antchain.ato.sign.flow.get";

async fn flow(lease: &Lease, body: &Value) -> Value {
    done(&lease.post(ORDER, "/sign-flow", body).await)
}

/// The `sign_no` that links are of.
fn contract_of(links: &Value) -> String {
    let links: Value = serde_json::from_str(links.as_str().expect("links")).expect("JSON");
    let url = links[0]["url"].as_str().expect("an address");
    url.rsplit('/').next().expect("its end").to_owned()
}

fn sign_no(lease: &Lease) -> String {
    lease.row(ORDER).expect("an order")["sign_no"]["S"].as_str().expect("a contract").to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_flow_tells_the_links_that_its_steps_brought() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    for body in [bodies::contract(), json!({})] {
        let data = flow(&lease, &body).await;
        assert_eq!(contract_of(&data["sign_info"]), sign_no(&lease));
        assert!(data["sign_str"].as_str().unwrap().starts_with("alipay_sdk="));
    }
    assert!(!lease.ant.heard().contains(&FLOW_GET.to_owned()), "they are kept");
}

#[tokio::test(start_paused = true)]
async fn links_that_were_lost_with_an_answer_are_asked_for() {
    let lease = Operation::Contract.prepared().await;
    lease.ant.fail_after_effect(Operation::Contract.method(), Spoil::Timeout);
    let got = lease.post(ORDER, "/sign-flow", &bodies::contract()).await;
    assert_eq!(refused(&got), (504, "ANT_UNKNOWN".into()));
    let data = flow(&lease, &json!({})).await;
    assert_eq!(
        (&data["state"], &data["waiting_for"]),
        (&json!("WITHHOLD_SIGNING"), &json!("withhold_signature"))
    );
    assert_eq!(contract_of(&data["sign_info"]), sign_no(&lease));
    assert_eq!(Operation::Contract.effects(&lease), 1);
}

#[tokio::test(start_paused = true)]
async fn the_links_of_a_contract_that_ended_are_not_told_for_the_next_one() {
    let lease = Operation::Contract.prepared().await;
    let first = flow(&lease, &bodies::contract()).await;
    lease.ant.flow_becomes(ORDER, "REJECTED");
    done(&lease.get(ORDER, "").await);
    lease.ant.fail_after_effect(Operation::Contract.method(), Spoil::Timeout);
    let got = lease.post(ORDER, "/sign-flow", &bodies::contract()).await;
    assert_eq!(refused(&got), (504, "ANT_UNKNOWN".into()));
    let next = flow(&lease, &json!({})).await;
    assert_ne!(next["sign_info"], first["sign_info"]);
    assert_eq!(contract_of(&next["sign_info"]), sign_no(&lease));
}

#[tokio::test(start_paused = true)]
async fn links_that_ant_does_not_tell_are_none() {
    let lease = Operation::Contract.prepared().await;
    lease.ant.fail_after_effect(Operation::Contract.method(), Spoil::Timeout);
    lease.post(ORDER, "/sign-flow", &bodies::contract()).await;
    lease.ant.fail_times(FLOW_GET, Spoil::ResultCode("SYSTEM_BUSY"), usize::MAX);
    let data = flow(&lease, &json!({})).await;
    assert_eq!(
        (data.get("sign_info"), &data["waiting_for"]),
        (Some(&json!(null)), &json!("withhold_signature"))
    );
    lease.ant.recover();
    assert_eq!(contract_of(&flow(&lease, &json!({})).await["sign_info"]), sign_no(&lease));
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_of_them_is_sealed() {
    let lease = Operation::Contract.prepared().await;
    flow(&lease, &bodies::contract()).await;
    let kinds: Vec<Value> = lease.world.items(DOCUMENTS).iter().map(|row| row["kind"]["S"].clone()).collect();
    assert_eq!(kinds, ["contract", "order", "sign_info", "sign_str"]);
    let documents = json!(lease.world.items(DOCUMENTS)).to_string();
    assert!(!documents.contains("https://sign.ant.test") && !documents.contains(&sign_no(&lease)));
}
