//! Notifications of Alipay's open platform: its signature, its answers, and that they only have us ask Ant.

use suites::gateway::Got;
use suites::lease::alipay::AlipayForm;
use suites::lease::{Lease, ORDER, put_ant_secret_without_alipay};

use super::{outcomes, stored};

const UNBOUND: &str = "external_agreement_no";

fn form(notify_id: &str) -> AlipayForm {
    AlipayForm::about(notify_id, UNBOUND, ORDER)
}

/// A context with an active order, Ant's calls forgotten.
async fn active() -> Lease {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.heard();
    lease
}

fn said(got: &Got) -> (i64, &str) {
    (got.status, got.body.as_str())
}

#[tokio::test(start_paused = true)]
async fn alipays_form_is_stored_once_answered_success_and_has_ant_asked() {
    for (sign_type, order_name) in
        [("RSA2", "out_trade_no"), ("RSA2", UNBOUND), ("RSA", "out_order_no"), ("RSA", UNBOUND)]
    {
        let lease = active().await;
        lease.ant.withhold_ends(ORDER);
        let form = AlipayForm::about("n-1", order_name, ORDER).signed(sign_type);
        assert_eq!(said(&lease.notify_with(form.event()).await), (200, "success"));
        assert_eq!(lease.row(ORDER).unwrap()["withhold_lost"]["BOOL"], true, "by what Ant says");
        lease.ant.heard();
        assert_eq!(said(&lease.notify_with(form.event()).await), (200, "success"));
        assert_eq!((stored(&lease), lease.ant.heard()), (vec!["alipay-n-1".to_owned()], vec![]));
    }
}

#[tokio::test(start_paused = true)]
async fn what_alipays_form_says_is_not_believed() {
    let lease = active().await;
    let form = form("n-1").with("status", "UNSIGN").with("total_amount", "0.01").signed("RSA2");
    assert_eq!(said(&lease.notify_with(form.event()).await), (200, "success"));
    assert_eq!(lease.row(ORDER).unwrap()["withhold_lost"]["BOOL"], false);
    assert_eq!(lease.state(ORDER), "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn a_form_that_alipay_did_not_sign_as_it_is_is_answered_failure_and_leaves_nothing() {
    let lease = active().await;
    let before = lease.world.state_without(&[]);
    let signed = form("n-1").signed("RSA2");
    let mut refused: Vec<AlipayForm> = signed
        .0
        .keys()
        .filter(|name| *name != "sign_type")
        .map(|name| {
            let value = signed.0[name].clone();
            signed.clone().with(name, &format!("{value}x"))
        })
        .collect();
    refused.push(signed.clone().with("sign_type", "RSA"));
    refused.push(signed.clone().with("more", "x"));
    refused.push(form("n-1").with("sign_type", "RSA2"));
    refused.push(signed.clone().with("sign", &form("n-2").signed("RSA2").0["sign"]));
    let count = refused.len();
    for form in refused {
        assert_eq!(said(&lease.notify_with(form.event()).await), (401, "failure"), "{form:?}");
    }
    assert_eq!(lease.world.state_without(&[]), before);
    assert_eq!(lease.counted("ant_bad_signature"), count as u64);
    assert_eq!(said(&lease.notify_with(signed.event()).await), (200, "success"));
}

#[tokio::test(start_paused = true)]
async fn a_form_for_another_application_or_about_nothing_is_answered_failure() {
    let lease = active().await;
    for form in [
        form("n-1").with("app_id", "2021000000000002"),
        form(""),
        form(&"n".repeat(101)),
        form("n-1").with("notify_type", ""),
        form("n-1").with(UNBOUND, ""),
    ] {
        let got = lease.notify_with(form.signed("RSA2").event()).await;
        assert_eq!(said(&got), (400, "failure"));
    }
    assert!(stored(&lease).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_form_about_nobodys_order_is_stored_and_answered_success() {
    let lease = active().await;
    let got = lease.notify_with(AlipayForm::about("n-1", UNBOUND, "LEASE-9999").signed("RSA2").event()).await;
    assert_eq!(said(&got), (200, "success"));
    assert_eq!(stored(&lease), ["alipay-n-1"]);
    assert_eq!(outcomes(&lease).last().map(String::as_str), Some("unknown_order"));
}

#[tokio::test(start_paused = true)]
async fn where_alipay_does_not_notify_us_nothing_is_believed() {
    let lease = active().await;
    put_ant_secret_without_alipay(&lease.world);
    let lease = lease.restarted().await;
    let got = lease.notify_with(form("n-1").signed("RSA2").event()).await;
    assert_eq!(said(&got), (401, "failure"));
    assert!(stored(&lease).is_empty());
}
