//! Outcomes that are not known (§2, §12): what may have happened is never asked for again, and a question resolves it.

mod blocking;
mod late;
mod resolving;
mod running;

use serde_json::{Value, json};
use suites::gateway::Got;
use suites::lease::ant::Spoil;
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, bodies, body, done};

/// Something that has an effect at Ant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    /// What it is called here.
    name: &'static str,
    /// Ant's method.
    method: &'static str,
    /// Where the order stands before it.
    from: &'static str,
    /// Where it stands after it.
    to: &'static str,
}

const fn change(name: &'static str, method: &'static str, from: &'static str, to: &'static str) -> Change {
    Change { name, method, from, to }
}

/// Everything that has one. What creates a withhold sign may be asked for again.
const CHANGES: [Change; 11] = [
    change("sync", "antchain.ato.front.trade.sync", "NEW", "SYNCED"),
    change("sync again", "antchain.ato.front.trade.sync", "SYNCED", "SYNCED"),
    change("submit", "antchain.ato.front.sign.submit", "SYNCED", "CONTRACT_SIGNING"),
    change("create", "antchain.ato.withhold.sign.create", "CONTRACT_SIGNING", "WITHHOLD_SIGNING"),
    change("seal one of two", "antchain.ato.sign.flow.auth", "WITHHOLD_SIGNED", "SEALING"),
    change("seal the last", "antchain.ato.sign.flow.auth", "SEALING", "ACTIVE"),
    change("cancel", "antchain.ato.withhold.plan.cancel", "ACTIVE", "PLAN_CANCELLED"),
    change("close", "antchain.ato.trade.sync", "PLAN_CANCELLED", "CLOSED"),
    change("unbind", "antchain.ato.withhold.sign.unbind", "CLOSED", "UNBOUND"),
    change("agree", "antchain.ato.withhold.signasyncunsign.confirm", "CLOSED", "UNBOUND"),
    change("refuse", "antchain.ato.withhold.signasyncunsign.confirm", "ACTIVE", "ACTIVE"),
];

/// How an answer can fail to come, and what the caller is told then.
const TROUBLES: [(Spoil, i64, &str); 6] = [
    (Spoil::Timeout, 504, "ANT_UNKNOWN"),
    (Spoil::Reset, 504, "ANT_UNKNOWN"),
    (Spoil::Http(500), 504, "ANT_UNKNOWN"),
    (Spoil::Garbage, 504, "ANT_UNKNOWN"),
    (Spoil::BadSignature, 502, "ANT_REJECTED"),
    (Spoil::MissingSignature, 502, "ANT_REJECTED"),
];

impl Change {
    fn request(self) -> Request {
        let post = |path, body: Value| Request::post(ORDER, path).body(&body);
        match self.name {
            "sync" | "sync again" => Request::put(ORDER).body(&bodies::order()),
            "submit" => post("/contract", bodies::contract()),
            "create" => post("/withhold-sign", json!({})),
            "seal one of two" => post("/contract/seal", json!({"tag": bodies::MERCHANT_TAG})),
            "seal the last" => post("/contract/seal", json!({"tag": bodies::THIRD_TAG})),
            "cancel" => post("/withhold-plan/cancel", json!({"cancel_reason": "RENTING_OUT"})),
            "close" => post("/close", json!({"reason": "RENTING_OUT", "return_confirmed": true})),
            "unbind" => Request::delete(ORDER, "/withhold-sign"),
            "agree" => post("/unsign-confirm", json!({"operate": "AGREE"})),
            "refuse" => post(
                "/unsign-confirm",
                json!({"operate": "REFUSE", "refuse_reason_code": "USER_OWE_MONEY", "user_owe_money": 1}),
            ),
            other => panic!("no change {other}"),
        }
    }

    /// An order that it can be asked for, about which Ant has heard nothing yet that counts here.
    async fn prepared(self) -> Lease {
        let lease = Lease::new().await;
        match self.name {
            "seal one of two" => lease.withhold_signed_with(ORDER, &bodies::contract_of_two()).await,
            _ => lease.bring(ORDER, self.from).await,
        }
        if self.name == "agree" || self.name == "refuse" {
            lease.ant.user_applies_to_unsign(ORDER);
            done(&lease.get(ORDER, "").await);
        }
        lease.ant.change(ORDER, |order| order.effects.clear());
        if self.from == "NEW" {
            // Not even the order is there.
            lease.ant.forget(ORDER);
        }
        lease.ant.heard();
        lease
    }

    /// How often Ant did it.
    fn effects(self, lease: &Lease) -> u64 {
        lease.ant.effects(ORDER, self.method)
    }

    /// An order of which nobody knows whether it was done; and it was, or was not.
    async fn unknown(self, spoil: Spoil, happened: bool) -> (Lease, Got) {
        let lease = self.prepared().await;
        lease.ant.plan(self.method, None, spoil, happened, 1);
        let got = lease.send(&self.request()).await;
        assert_eq!(self.effects(&lease), u64::from(happened), "{self:?}");
        lease.ant.heard();
        (lease, got)
    }
}

/// The method whose outcome is unknown, as it is stored.
fn unknown_operation(lease: &Lease) -> Option<String> {
    let row = lease.row(ORDER)?;
    Some(row.get("unknown_operation")?["M"]["method"]["S"].as_str()?.to_owned())
}

/// Status and code of a refusal.
fn brief(got: &Got) -> (i64, String) {
    (got.status, body(got)["code"].as_str().unwrap_or_default().to_owned())
}
