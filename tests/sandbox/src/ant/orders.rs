//! Ant's orders: what calls and controls make of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::method::Method;

pub(super) const UNSIGNED: &str = "UNSIGNED";
pub(super) const SIGNED: &str = "SIGNED";
pub(super) const TERMINATED: &str = "TERMINATED";
pub(super) const SIGNING: &str = "SIGNING";
pub(super) const FINISH: &str = "FINISH";
pub(super) const NOT_RETURN: &str = "NOT_RETURN";
pub(super) const CANCEL: &str = "CANCEL";

/// All orders that Ant knows, with how often each call had an effect on them.
#[derive(Default)]
pub(super) struct Orders {
    all: BTreeMap<String, Order>,
    effects: BTreeMap<(String, &'static str), u32>,
}

/// One order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Order {
    /// The order as it was synchronised last.
    pub(super) synced: Option<Synced>,
    pub(super) terms: Vec<LeaseTerm>,
    /// None before its signing was asked for.
    pub(super) withhold: Option<Withhold>,
    pub(super) flow: Option<Flow>,
    pub(super) closed: bool,
    pub(super) plan_cancelled: bool,
    pub(super) unsign_pending: bool,
}

/// `biz_content` of a synchronised order.
#[derive(Clone, Debug)]
pub(super) struct Synced {
    pub(super) content: Value,
    /// What was sealed in it, opened: no two seals of the same are the same.
    pub(super) decrypted: Option<Value>,
}

/// A term of the lease.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LeaseTerm {
    pub(super) term_index: u32,
    pub(super) status: String,
    pub(super) rental_money: u64,
}

/// The withhold agreement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Withhold {
    pub(super) status: String,
    /// Once it was signed.
    pub(super) agreement: Option<Agreement>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Agreement {
    pub(super) number: String,
    pub(super) signed_at: Timestamp,
}

/// The signing of the contract.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Flow {
    pub(super) number: u64,
    pub(super) status: String,
    pub(super) parties: Vec<Party>,
}

/// Who seals the contract; one without a tag is the only one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Party {
    pub(super) tag: Option<String>,
    pub(super) sealed: bool,
}

impl Orders {
    pub(super) fn get(&self, order_id: &str) -> Option<&Order> {
        self.all.get(order_id)
    }

    pub(super) fn get_mut(&mut self, order_id: &str) -> Option<&mut Order> {
        self.all.get_mut(order_id)
    }

    pub(super) fn get_or_create(&mut self, order_id: &str) -> &mut Order {
        self.all.entry(order_id.to_owned()).or_default()
    }

    /// The order whose contract is signed under that number.
    pub(super) fn order_of(&self, sign_no: &str) -> Option<&str> {
        let has = |order: &Order| order.flow.as_ref().is_some_and(|flow| flow.sign_no() == sign_no);
        self.all.iter().find(|(_, order)| has(order)).map(|(order_id, _)| order_id.as_str())
    }

    /// Counts a call that changed the order.
    pub(super) fn count(&mut self, order_id: &str, method: Method) {
        *self.effects.entry((order_id.to_owned(), method.name())).or_default() += 1;
    }

    /// How often each method changed the order.
    fn effects(&self, order_id: &str) -> Map<String, Value> {
        let own = self.effects.iter().filter(|((order, _), _)| order == order_id);
        own.map(|((_, method), count)| ((*method).to_owned(), Value::from(*count))).collect()
    }

    /// The order as the control shows it.
    pub(super) fn shown(&self, order_id: &str) -> Option<Value> {
        let order = self.get(order_id)?;
        let flow = order.flow.as_ref();
        Some(json!({
            "order_id": order_id,
            "withhold_status": order.withhold_status(),
            "flow_status": flow.map(|flow| &flow.status),
            "sign_no": flow.map(Flow::sign_no),
            "flow_id": flow.map(Flow::flow_id),
            "account_id": flow.map(Flow::account_id),
            "parties": flow.map(|flow| &flow.parties),
            "terms": order.terms,
            "closed": order.closed,
            "plan_cancelled": order.plan_cancelled,
            "unsign_pending": order.unsign_pending,
            "effects": self.effects(order_id),
        }))
    }
}

impl PartialEq for Synced {
    fn eq(&self, other: &Self) -> bool {
        self.opened() == other.opened()
    }
}

impl Synced {
    fn opened(&self) -> Value {
        let mut opened = self.content.clone();
        let clear = self.decrypted.as_ref().and_then(|clear| clear["orderUserInfo"].as_object());
        for (name, value) in clear.into_iter().flatten() {
            opened["orderUserInfo"][name] = value.clone();
        }
        opened
    }
}

impl Order {
    /// UNSIGNED also before anybody asked for a signature.
    pub(super) fn withhold_status(&self) -> &str {
        self.withhold.as_ref().map_or(UNSIGNED, |withhold| &withhold.status)
    }

    /// What is signed has a number, from then on.
    pub(super) fn set_withhold_status(&mut self, status: &str, number: u64, now: Timestamp) {
        let agreement = self.withhold.take().and_then(|withhold| withhold.agreement);
        let agreement = match status {
            SIGNED => {
                agreement.or_else(|| Some(Agreement { number: format!("2024{number}"), signed_at: now }))
            }
            UNSIGNED => None,
            _ => agreement,
        };
        self.withhold = Some(Withhold { status: status.to_owned(), agreement });
    }

    /// What finishes has every seal.
    pub(super) fn set_flow_status(&mut self, status: &str, number: u64) {
        let flow = self.flow.get_or_insert_with(|| Flow::new(number, vec![Party::new(None)]));
        status.clone_into(&mut flow.status);
        for party in flow.parties.iter_mut().filter(|_| status == FINISH) {
            party.sealed = true;
        }
    }

    /// Debits nothing any more.
    pub(super) fn cancel_plan(&mut self) {
        self.plan_cancelled = true;
        for term in self.terms.iter_mut().filter(|term| term.status == NOT_RETURN) {
            CANCEL.clone_into(&mut term.status);
        }
    }
}

impl Flow {
    pub(super) fn new(number: u64, parties: Vec<Party>) -> Self {
        Self { number, status: SIGNING.to_owned(), parties }
    }

    pub(super) fn sign_no(&self) -> String {
        format!("SN{}", self.number)
    }

    pub(super) fn flow_id(&self) -> String {
        format!("FL{}", self.number)
    }

    pub(super) fn account_id(&self) -> String {
        format!("AC{}", self.number)
    }

    /// A JSON text: who signs, and where.
    pub(super) fn sign_info(&self) -> String {
        let link = |(index, party): (usize, &Party)| {
            let url = format!("https://sign.antchain.example/{}/{}", self.flow_id(), index + 1);
            json!({"tag": party.tag, "sealed": party.sealed, "url": url})
        };
        self.parties.iter().enumerate().map(link).collect::<Value>().to_string()
    }
}

impl Party {
    pub(super) fn new(tag: Option<String>) -> Self {
        Self { tag, sealed: false }
    }
}
