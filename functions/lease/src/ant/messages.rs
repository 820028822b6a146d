//! What is said to Ant's ATO methods and what their answers mean (§5, §12). Texts embedded in a parameter are JSON.

use std::sync::Arc;

use domain::lease::{
    FlowStatus, Observation, OrderId, Query, SignedContract, Term, TermStatus, Trade, WithholdStatus,
};
use platform::random::Random;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{AntSecret, Parameters, Reply};

pub use platform::rsa::EncryptionError;

/// The type of a whole order's exchange (§5).
const ORDER_FULL_INFO: &str = "orderFullInfo";
/// The type of trade.sync that closes (§5).
const ORDER_CLOSE: &str = "orderClose";

/// Encrypts identity data for Ant: what goes out in its place (R6).
#[derive(Clone, Debug)]
pub struct Encryption {
    secret: Arc<AntSecret>,
    random: Random,
}

impl Encryption {
    pub(super) fn new(secret: Arc<AntSecret>, random: Random) -> Self {
        Self { secret, random }
    }

    /// A text encrypted with Ant's public key, in Base64.
    ///
    /// # Errors
    /// It is too long for the key, or there is no randomness.
    pub fn of(&self, clear: &str) -> Result<String, EncryptionError> {
        self.secret.encryption().encrypt(&self.random, clear.as_bytes())
    }
}

/// front.trade.sync with its business content, a JSON text.
#[must_use]
pub fn registration(content: String) -> Parameters {
    exchange(ORDER_FULL_INFO, content)
}

/// trade.sync that closes an order.
#[must_use]
pub fn close(order: &OrderId, merchant_id: &str, reason: &str) -> Parameters {
    exchange(ORDER_CLOSE, named(order, merchant_id, Some(reason)))
}

/// What a question about an order says; `None` if it is about a contract and there is none.
#[must_use]
pub fn query(query: Query, order: &OrderId, merchant_id: &str, sign_no: Option<&str>) -> Option<Parameters> {
    match query {
        Query::TradeGet => Some(trade_query(order, merchant_id)),
        Query::WithholdSignQuery => Some(one("order_id", order.as_str())),
        Query::SignFlowGet => sign_no.map(|sign_no| one("sign_no", sign_no)),
    }
}

/// trade.get of a whole order.
#[must_use]
pub fn trade_query(order: &OrderId, merchant_id: &str) -> Parameters {
    exchange(ORDER_FULL_INFO, named(order, merchant_id, None))
}

/// The business content of what is said about an order that Ant has.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Named<'a> {
    order_id: &'a str,
    merchant_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    close_reason: Option<&'a str>,
}

fn named(order: &OrderId, merchant_id: &str, close_reason: Option<&str>) -> String {
    let named = Named { order_id: order.as_str(), merchant_id, close_reason };
    serde_json::to_string(&named).unwrap_or_default()
}

fn exchange(kind: &str, content: String) -> Parameters {
    let mut parameters = one("type", kind);
    parameters.insert("biz_content".to_owned(), content);
    parameters
}

fn one(name: &str, value: &str) -> Parameters {
    Parameters::from([(name.to_owned(), value.to_owned())])
}

/// A JSON text within an answer, as an object; `None` if it is none.
#[must_use]
pub fn text_of(reply: &Reply, member: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(reply.text(member)?).ok()
}

impl Reply {
    /// What an answer to a question tells about its order; `None` if it does not tell it as it should.
    #[must_use]
    pub fn observation(&self, query: Query) -> Option<Observation> {
        match query {
            Query::TradeGet => trade(&text_of(self, "response_data")?).map(Observation::Trade),
            Query::WithholdSignQuery => Some(Observation::Withhold(WithholdStatus::of(self.text("status")?))),
            Query::SignFlowGet => Some(Observation::Flow {
                status: FlowStatus::of(self.text("status")?),
                sealed: sealed(self.text("sign_info").unwrap_or_default()),
            }),
        }
    }

    /// Whether a sign flow's answer names a party whose seal is still missing.
    #[must_use]
    pub fn lacks_a_seal(&self) -> bool {
        sealed(self.text("sign_info").unwrap_or_default()).iter().any(|(_, sealed)| !sealed)
    }

    /// The contract that front.sign.submit made.
    #[must_use]
    pub fn signed_contract(&self) -> Option<SignedContract> {
        let text = |name: &str| self.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
        Some(SignedContract {
            sign_no: text("sign_no")?,
            flow_id: text("flow_id")?,
            account_id: text("account_id")?,
        })
    }
}

/// An order, unless a part of it is there by halves or cannot be read: that would be taken for a «no».
fn trade(data: &Map<String, Value>) -> Option<Trade> {
    let terms = match data.get("terms") {
        None | Some(Value::Null) => vec![],
        Some(Value::Array(terms)) => terms.iter().map(term).collect::<Option<_>>()?,
        Some(_) => return None,
    };
    let text = |name: &str| text(data, name).ok();
    let contract = match (text("signNo")?, text("flowId")?, text("accountId")?) {
        (None, None, None) => None,
        (sign_no, flow_id, account_id) => {
            Some(SignedContract { sign_no: sign_no?, flow_id: flow_id?, account_id: account_id? })
        }
    };
    Some(Trade {
        closed: text("orderStatus")?.map(|status| status == "CLOSED"),
        contract,
        unsign_pending: data.get("unsignPending").and_then(Value::as_bool),
        terms,
    })
}

struct NoText;

/// A text that may be missing, null or empty.
fn text(data: &Map<String, Value>, name: &str) -> Result<Option<String>, NoText> {
    match data.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Err(NoText),
    }
}

fn term(term: &Value) -> Option<Term> {
    Some(Term {
        index: term["termIndex"].as_u64().and_then(|index| u32::try_from(index).ok())?,
        status: TermStatus::of(term["status"].as_str()?),
        rental_fen: term["rentalMoney"].as_u64()?,
    })
}

/// Of each party in `sign_info` that says so, whether it is sealed. The text is Ant's own affair: what cannot be read
/// tells nothing.
fn sealed(sign_info: &str) -> Vec<(Option<String>, bool)> {
    let parties: Vec<Map<String, Value>> = serde_json::from_str(sign_info).unwrap_or_default();
    let party = |party: Map<String, Value>| {
        let sealed = party.get("sealed")?.as_bool()?;
        Some((party.get("tag").and_then(Value::as_str).map(str::to_owned), sealed))
    };
    parties.into_iter().filter_map(party).collect()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use domain::lease::{FlowStatus, Observation, Query, TermStatus, WithholdStatus};
    use serde_json::{Value, json};

    use super::super::Reply;

    fn reply(members: Value) -> Reply {
        let Value::Object(members) = members else { panic!("an object") };
        Reply { req_msg_id: String::new(), result_code: "OK".into(), result_msg: String::new(), members }
    }

    #[test]
    fn a_trade_is_read_with_its_terms_and_its_contract() {
        let data = json!({
            "orderId": "LEASE-0001", "orderStatus": "CLOSED", "signNo": "s", "flowId": "f", "accountId": "a",
            "unsignPending": true,
            "terms": [{"termIndex": 1, "status": "RETURN_FULL", "rentalMoney": 1167}],
        });
        let read = reply(json!({"response_data": data.to_string()})).observation(Query::TradeGet);
        let Some(Observation::Trade(trade)) = read else { panic!("{read:?}") };
        assert_eq!((trade.closed, trade.unsign_pending), (Some(true), Some(true)));
        assert!(trade.contract.is_some());
        assert_eq!((trade.terms[0].index, &trade.terms[0].status), (1, &TermStatus::ReturnFull));
        assert_eq!(trade.terms[0].rental_fen, 1167);
    }

    #[test]
    fn a_trade_whose_terms_cannot_be_read_tells_nothing() {
        for terms in [
            json!("x"),
            json!([{"termIndex": 1}]),
            json!([{"termIndex": 1, "status": "CANCEL", "rentalMoney": 1.5}]),
        ] {
            let data = json!({"terms": terms}).to_string();
            assert_eq!(reply(json!({"response_data": data})).observation(Query::TradeGet), None);
        }
        assert_eq!(reply(json!({"response_data": "garbage"})).observation(Query::TradeGet), None);
        assert_eq!(reply(json!({})).observation(Query::TradeGet), None);
    }

    #[test]
    fn what_a_trade_does_not_say_is_not_taken_for_a_no() {
        for data in
            [json!({}), json!({"orderStatus": null, "signNo": "", "flowId": null, "unsignPending": "no"})]
        {
            let read = reply(json!({"response_data": data.to_string()})).observation(Query::TradeGet);
            assert_eq!(read, Some(Observation::Trade(domain::lease::Trade::default())), "{data}");
        }
    }

    #[test]
    fn a_contract_by_halves_makes_a_trade_that_tells_nothing() {
        let whole = json!({"signNo": "s", "flowId": "f", "accountId": "a"});
        for name in ["signNo", "flowId", "accountId"] {
            for value in [Value::Null, json!(""), json!(7)] {
                let mut data = whole.clone();
                data[name] = value;
                let read = reply(json!({"response_data": data.to_string()})).observation(Query::TradeGet);
                assert_eq!(read, None, "{data}");
            }
        }
    }

    #[test]
    fn a_contract_without_a_number_was_not_made() {
        let whole = json!({"sign_no": "s", "flow_id": "f", "account_id": "a"});
        assert!(reply(whole.clone()).signed_contract().is_some());
        for name in ["sign_no", "flow_id", "account_id"] {
            let mut members = whole.clone();
            members[name] = json!("");
            assert_eq!(reply(members).signed_contract(), None, "{name}");
        }
    }

    #[test]
    fn a_flow_tells_whose_seal_is_there() {
        let info = json!([{"tag": "merchant", "sealed": true, "url": "u"}, {"tag": null, "sealed": false}, {"url": "u"}]);
        let read = reply(json!({"status": "SIGNING", "sign_info": info.to_string()}));
        let sealed = vec![(Some("merchant".to_owned()), true), (None, false)];
        let expected = Observation::Flow { status: FlowStatus::Signing, sealed };
        assert_eq!(read.observation(Query::SignFlowGet), Some(expected));
        let unreadable = reply(json!({"status": "FINISH", "sign_info": "<html>"}));
        let expected = Observation::Flow { status: FlowStatus::Finish, sealed: vec![] };
        assert_eq!(unreadable.observation(Query::SignFlowGet), Some(expected));
    }

    #[test]
    fn a_status_that_is_not_known_is_kept_as_it_is() {
        let read = reply(json!({"status": "NEW_ONE"})).observation(Query::WithholdSignQuery);
        assert_eq!(read, Some(Observation::Withhold(WithholdStatus::Unknown("NEW_ONE".into()))));
    }
}
