//! The population: a few orders, what callers ask about them, and who they are.

use serde_json::{Value, json};
use suites::lease::request::Request;
use suites::lease::{CALLER, OPERATOR, bodies};

/// All orders that there may be.
pub(super) const ORDERS: [&str; 3] = ["LEASE-0001", "LEASE-0002", "LEASE-0003"];
/// Why a plan is cancelled, or an order closed.
pub(super) const REASONS: [&str; 3] = ["RENTING_OUT", "RENTING_AND_RESALE", "FULFILLED"];
/// Whose seals may be asked for; the last one is nobody's.
pub(super) const TAGS: [Option<&str>; 4] =
    [None, Some(bodies::MERCHANT_TAG), Some(bodies::THIRD_TAG), Some("stranger")];

/// What may be asked about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// It is registered and synced, with one of two contents.
    Put {
        /// Whether it is the other content.
        is_other: bool,
    },
    /// Its contract is submitted.
    Contract {
        /// Whether two parties are to seal it.
        of_two: bool,
    },
    /// The withhold agreement is created.
    Withhold,
    /// A party is sealed.
    Seal(Option<&'static str>),
    /// All steps are taken that can be taken.
    Flow,
    /// The plan is cancelled.
    Cancel(&'static str),
    /// The order is closed.
    Close {
        /// Why.
        reason: &'static str,
        /// Whether the goods came back.
        is_confirmed: bool,
        /// Whether there is evidence that all is paid.
        has_evidence: bool,
    },
    /// The withhold agreement is ended.
    Unbind {
        /// Whether the caller asks for the override.
        overrides: bool,
    },
    /// The user's wish to end it is answered.
    Confirm {
        /// Whether it ends.
        agrees: bool,
        /// Whether the caller asks for the override.
        overrides: bool,
    },
    /// How does it stand?
    Order,
    /// How does its withhold agreement stand?
    Agreement,
}

/// Who asks, and under which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Which generation of systems: `new` or `old`.
    pub source: &'static str,
    /// Whether the caller may override.
    pub is_operator: bool,
    /// The Idempotency-Key's number.
    pub key: Option<u32>,
}

impl Caller {
    /// A caller without a key, who may not override.
    pub(super) const PLAIN: Self = Self { source: "new", is_operator: false, key: None };

    pub(super) fn arn(self) -> &'static str {
        if self.is_operator { OPERATOR } else { CALLER }
    }
}

impl Ask {
    /// Whether nothing is to be changed at Ant.
    #[must_use]
    pub fn is_question(self) -> bool {
        matches!(self, Self::Order | Self::Agreement)
    }

    /// Whether an override is asked for by somebody who may not.
    #[must_use]
    pub fn is_forbidden_to(self, caller: Caller) -> bool {
        self.overrides() && !caller.is_operator
    }

    /// Whether the override is asked for.
    #[must_use]
    pub fn overrides(self) -> bool {
        matches!(self, Self::Unbind { overrides: true } | Self::Confirm { overrides: true, .. })
    }

    /// The event of the request.
    pub(super) fn event(self, order: &str, caller: Caller) -> Value {
        let said = |body: Value| bodies::with(body, "source", caller.source);
        let post = |path: &str, body: Value| Request::post(order, path).body(&said(body));
        let of_query = format!("source={}", caller.source);
        let request = match self {
            Self::Put { is_other } => Request::put(order).body(&said(front_order(is_other))),
            Self::Contract { of_two: true } => post("/contract", bodies::contract_of_two()),
            Self::Contract { of_two: false } => post("/contract", bodies::contract()),
            Self::Withhold => post("/withhold-sign", json!({})),
            Self::Seal(tag) => post("/contract/seal", json!({"tag": tag})),
            Self::Flow => post("/sign-flow", bodies::contract()),
            Self::Cancel(reason) => post("/withhold-plan/cancel", json!({"cancel_reason": reason})),
            Self::Close { reason, is_confirmed, has_evidence } => {
                let evidence = has_evidence.then_some("evidence-1");
                let close =
                    json!({"reason": reason, "return_confirmed": is_confirmed, "evidence_id": evidence});
                post("/close", close)
            }
            Self::Unbind { overrides } => {
                let query = format!("{of_query}&override={overrides}");
                Request::delete(order, "/withhold-sign").query(&query)
            }
            Self::Confirm { agrees, overrides } => post("/unsign-confirm", answer(agrees, overrides)),
            Self::Order => Request::get(order, "").query(&of_query),
            Self::Agreement => Request::get(order, "/withhold-sign").query(&of_query),
        };
        let request = request.by(caller.arn());
        match caller.key {
            Some(key) => request.key(&format!("k-{key}")).event(),
            None => request.event(),
        }
    }
}

fn front_order(is_other: bool) -> Value {
    let order = bodies::order();
    if is_other { bodies::with(order, "orderProductInfoList", json!([{"productId": "P-2"}])) } else { order }
}

fn answer(agrees: bool, overrides: bool) -> Value {
    if agrees {
        return json!({"operate": "AGREE", "override": overrides});
    }
    json!({
        "operate": "REFUSE", "refuse_reason_code": "USER_OWE_MONEY", "user_owe_money": 12_345,
        "override": overrides,
    })
}
