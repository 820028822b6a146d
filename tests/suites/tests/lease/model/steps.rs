//! What may happen to an order.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use suites::lease::ant::Spoil;
use suites::lease::request::Request;
use suites::lease::{CALLER, OPERATOR, ORDER, bodies};

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Whatever comes next in an order's life.
    Forward(Fault),
    /// A caller asks for something.
    Ask { wish: Wish, caller: Caller, fault: Fault },
    /// A caller has everything done that can be done; something may go wrong with one of the steps.
    Flow { fault: Fault, with: Wish },
    /// A caller asks how the order stands, or its withhold agreement.
    Get { agreement: bool, deaf: bool },
    /// Ant tells of the order, perhaps not for the first time.
    Notify { message: u8, deaf: bool },
    /// lease-reconcile runs when everything is due that waits.
    Reconcile { deaf: bool },
    /// Something happens at Ant.
    User(Action),
}

/// What a caller may want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Sync,
    Contract { of_two: bool },
    Withhold,
    Seal { tag: Option<&'static str> },
    Cancel { reason: &'static str },
    Close { reason: &'static str, confirmed: bool, evidence: bool },
    Unbind { overrides: bool },
    Confirm { agree: bool, overrides: bool },
}

/// Who asks, and with which key.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) source: &'static str,
    pub(super) may_override: bool,
    pub(super) key: Option<u8>,
}

/// What becomes of a call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Works,
    Declined,
    NotSent,
    /// The answer is lost, or cannot be relied on; it was done, or not.
    Lost {
        after_effect: bool,
        how: Spoil,
    },
}

/// What users and others do at Ant.
#[derive(Clone, Debug)]
pub(super) enum Action {
    SignWithhold,
    EndWithhold,
    ApplyToUnsign,
    Flow(&'static str),
    Pay(u64),
    PayAll,
}

/// The tag of nobody.
pub(super) const STRANGER: &str = "stranger";
const TAGS: [Option<&str>; 5] =
    [None, None, Some(bodies::MERCHANT_TAG), Some(bodies::THIRD_TAG), Some(STRANGER)];
const REASONS: [&str; 3] = ["RENTING_OUT", "RENTING_AND_RESALE", "FULFILLED"];
/// How an answer is lost, or cannot be relied on.
const LOSSES: [Spoil; 6] = [
    Spoil::Timeout,
    Spoil::Reset,
    Spoil::Garbage,
    Spoil::Http(500),
    Spoil::BadSignature,
    Spoil::MissingSignature,
];
const ENDS: [&str; 6] = ["EXPIRE", "REJECTED", "UNDO", "TERMINATE", "CANCELLED", "FINISH"];
/// The steps of a flow.
const STEPS: [Wish; 4] =
    [Wish::Sync, Wish::Contract { of_two: false }, Wish::Withhold, Wish::Seal { tag: None }];

impl Wish {
    fn body(&self) -> Value {
        match self {
            Self::Sync => bodies::order(),
            Self::Contract { of_two: true } => bodies::contract_of_two(),
            Self::Contract { of_two: false } => bodies::contract(),
            Self::Withhold => json!({}),
            Self::Seal { tag } => json!({"tag": tag}),
            Self::Cancel { reason } => json!({"cancel_reason": reason}),
            Self::Close { reason, confirmed, evidence } => {
                json!({"reason": reason, "return_confirmed": confirmed, "evidence_id": evidence.then_some("e-1")})
            }
            Self::Confirm { agree: true, overrides } => json!({"operate": "AGREE", "override": overrides}),
            Self::Confirm { agree: false, overrides } => json!({
                "operate": "REFUSE", "refuse_reason_code": "USER_IN_SERVICE", "user_in_service": "x",
                "override": overrides,
            }),
            Self::Unbind { .. } => Value::Null,
        }
    }

    pub(super) fn request(&self, caller: &Caller) -> Request {
        let body = || bodies::with(self.body(), "source", caller.source);
        let post = |path| Request::post(ORDER, path).body(&body());
        let request = match self {
            Self::Sync => Request::put(ORDER).body(&body()),
            Self::Contract { .. } => post("/contract"),
            Self::Withhold => post("/withhold-sign"),
            Self::Seal { .. } => post("/contract/seal"),
            Self::Cancel { .. } => post("/withhold-plan/cancel"),
            Self::Close { .. } => post("/close"),
            Self::Confirm { .. } => post("/unsign-confirm"),
            Self::Unbind { overrides } => {
                let query = format!("override={overrides}&source={}", caller.source);
                Request::delete(ORDER, "/withhold-sign").query(&query)
            }
        };
        let request = request.by(if caller.may_override { OPERATOR } else { CALLER });
        match caller.key {
            Some(key) => request.key(&format!("k-{key}")),
            None => request,
        }
    }

    pub(super) fn method(&self) -> &'static str {
        match self {
            Self::Sync => "antchain.ato.front.trade.sync",
            Self::Contract { .. } => "antchain.ato.front.sign.submit",
            Self::Withhold => "antchain.ato.withhold.sign.create",
            Self::Seal { .. } => "antchain.ato.sign.flow.auth",
            Self::Cancel { .. } => "antchain.ato.withhold.plan.cancel",
            Self::Close { .. } => "antchain.ato.trade.sync",
            Self::Unbind { .. } => "antchain.ato.withhold.sign.unbind",
            Self::Confirm { .. } => "antchain.ato.withhold.signasyncunsign.confirm",
        }
    }

    pub(super) fn asks_override(&self) -> bool {
        matches!(self, Self::Unbind { overrides: true } | Self::Confirm { overrides: true, .. })
    }
}

impl Caller {
    pub(super) const PLAIN: Self = Self { source: "new", may_override: false, key: None };
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![
        1 => Just(Wish::Sync),
        2 => any::<bool>().prop_map(|of_two| Wish::Contract { of_two }),
        2 => Just(Wish::Withhold),
        3 => select(&TAGS).prop_map(|tag| Wish::Seal { tag }),
        2 => select(&REASONS[..2]).prop_map(|reason| Wish::Cancel { reason }),
        4 => (select(&REASONS), any::<bool>(), any::<bool>())
            .prop_map(|(reason, confirmed, evidence)| Wish::Close { reason, confirmed, evidence }),
        2 => prop::bool::weighted(0.3).prop_map(|overrides| Wish::Unbind { overrides }),
        3 => (any::<bool>(), prop::bool::weighted(0.3))
            .prop_map(|(agree, overrides)| Wish::Confirm { agree, overrides }),
    ]
}

fn caller() -> impl Strategy<Value = Caller> {
    (select(&["new", "old"]), prop::bool::weighted(0.5), prop::option::weighted(0.4, 0..3_u8))
        .prop_map(|(source, may_override, key)| Caller { source, may_override, key })
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::Works),
        1 => Just(Fault::Declined),
        1 => Just(Fault::NotSent),
        3 => (any::<bool>(), select(&LOSSES)).prop_map(|(after_effect, how)| Fault::Lost { after_effect, how }),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => Just(Action::SignWithhold),
        1 => Just(Action::EndWithhold),
        3 => Just(Action::ApplyToUnsign),
        2 => select(&ENDS).prop_map(Action::Flow),
        1 => (1..=3_u64).prop_map(Action::Pay),
        1 => Just(Action::PayAll),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let deaf = || prop::bool::weighted(0.25);
    prop_oneof![
        10 => fault().prop_map(Step::Forward),
        6 => (wish(), caller(), fault()).prop_map(|(wish, caller, fault)| Step::Ask { wish, caller, fault }),
        2 => (fault(), select(&STEPS)).prop_map(|(fault, with)| Step::Flow { fault, with }),
        4 => (any::<bool>(), deaf()).prop_map(|(agreement, deaf)| Step::Get { agreement, deaf }),
        2 => (0..6_u8, deaf()).prop_map(|(message, deaf)| Step::Notify { message, deaf }),
        2 => deaf().prop_map(|deaf| Step::Reconcile { deaf }),
        5 => action().prop_map(Step::User),
    ]
}

pub(super) fn history() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 10..60)
}
