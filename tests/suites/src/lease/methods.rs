//! What each of Ant's methods does to an order, and what it answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// What a method answers, or the result code and text with which Ant declines.
pub type Answer = Result<Map<String, Value>, (&'static str, String)>;

/// What Ant knows of an order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Order {
    /// The business content of the front order.
    pub synced: Option<Value>,
    /// The terms of the rent.
    pub terms: Vec<Term>,
    /// The contract.
    pub flow: Option<Flow>,
    /// The withhold agreement's status, if there is one.
    pub withhold: Option<String>,
    /// When the user signed it.
    pub signed_at: Option<String>,
    /// Why it was closed, if it was.
    pub closed: Option<String>,
    /// Why the plan was cancelled, if it was.
    pub plan_cancelled: Option<String>,
    /// Whether the user has applied to end the withhold agreement.
    pub unsign_pending: bool,
    /// Whether the user signs a withhold agreement as soon as it is created.
    pub signs_at_once: bool,
    /// Whether a contract is finished only when the user has signed it, too.
    pub waits_for_user: bool,
    /// How often each method was carried out.
    pub effects: BTreeMap<String, u64>,
}

/// A term of the rent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// From 1.
    pub index: u64,
    /// `NOT_RETURN`, `RETURN_FULL` or `CANCEL`.
    pub status: String,
    /// In fen.
    pub rental_money: u64,
}

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// What its ids are made of.
    pub number: u64,
    /// `SIGNING`, `FINISH` and others.
    pub status: String,
    /// Who seals it.
    pub parties: Vec<Party>,
}

/// Who seals a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The tag of the area to sign in, if there is one.
    pub tag: Option<String>,
    /// Whether it is sealed.
    pub sealed: bool,
}

impl Flow {
    fn sign_no(&self) -> String {
        format!("SIGN{:06}", self.number)
    }

    fn sign_info(&self) -> String {
        let party = |party: &Party| {
            let url = format!("https://sign.ant.test/{}", self.sign_no());
            json!({"tag": party.tag, "sealed": party.sealed, "url": url})
        };
        Value::Array(self.parties.iter().map(party).collect()).to_string()
    }

    fn members(&self) -> Map<String, Value> {
        object(&json!({
            "sign_no": self.sign_no(),
            "flow_id": format!("FLOW{:06}", self.number),
            "account_id": format!("ACCT{:06}", self.number),
            "sign_info": self.sign_info(),
        }))
    }
}

/// Whether a method changes nothing.
pub(super) fn is_question(method: &str) -> bool {
    ["antchain.ato.trade.get", "antchain.ato.withhold.sign.query", "antchain.ato.sign.flow.get"]
        .contains(&method)
}

/// The order that a form is about.
pub(super) fn order_of(orders: &BTreeMap<String, Order>, clear: &Map<String, Value>) -> Option<String> {
    let named = clear.get("order_id").or_else(|| clear.get("biz_content")?.get("orderId"));
    if let Some(id) = named {
        return id.as_str().map(str::to_owned);
    }
    let sign_no = clear.get("sign_no")?.as_str()?;
    let is_it = |order: &Order| order.flow.as_ref().is_some_and(|flow| flow.sign_no() == sign_no);
    orders.iter().find(|(_, order)| is_it(order)).map(|(id, _)| id.clone())
}

/// Does what is asked. `made` numbers what comes of it.
pub(super) fn perform(
    order: &mut Order,
    id: &str,
    method: &str,
    clear: &Map<String, Value>,
    made: u64,
) -> Answer {
    match method {
        "antchain.ato.front.trade.sync" => sync(order, clear),
        "antchain.ato.front.sign.submit" => submit(order, clear, made),
        "antchain.ato.withhold.sign.create" => Ok(create(order, id, made)),
        "antchain.ato.withhold.sign.query" => Ok(agreement(order, id)),
        "antchain.ato.withhold.sign.unbind" => {
            order.withhold = Some("TERMINATED".to_owned());
            Ok(Map::new())
        }
        "antchain.ato.sign.flow.auth" => seal(order, clear),
        "antchain.ato.sign.flow.get" => {
            let flow = order.flow.as_ref().ok_or(("SIGN_FLOW_NOT_EXIST", "签署流程不存在".to_owned()))?;
            let mut members = flow.members();
            members.extend(object(&json!({"order_id": id, "status": flow.status, "doc_list": "[]"})));
            Ok(members)
        }
        "antchain.ato.withhold.plan.cancel" => Ok(cancel(order, clear)),
        "antchain.ato.withhold.signasyncunsign.confirm" => confirm(order, clear),
        "antchain.ato.trade.get" => Ok(object(&json!({"response_data": trade(order, id).to_string()}))),
        "antchain.ato.trade.sync" => {
            order.closed = clear["biz_content"]["closeReason"].as_str().map(str::to_owned);
            Ok(about_the_user(order))
        }
        other => panic!("nobody plays {other}"),
    }
}

fn sync(order: &mut Order, clear: &Map<String, Value>) -> Answer {
    let content = clear["biz_content"].clone();
    let term = |term: &Value| {
        let (index, rental_money) = (term["termIndex"].as_u64()?, term["rentalMoney"].as_u64()?);
        Some(Term { index, status: "NOT_RETURN".to_owned(), rental_money })
    };
    let terms = content["repayStrategyList"].as_array().and_then(|terms| terms.iter().map(term).collect());
    order.terms = terms.ok_or(("PARAMETER_INVALID", "repayStrategyList".to_owned()))?;
    order.synced = Some(content);
    Ok(about_the_user(order))
}

/// What Ant has in clear of the user, it also tells in clear, asked or not.
fn about_the_user(order: &Order) -> Map<String, Value> {
    let user =
        order.synced.as_ref().and_then(|synced| synced.get("orderUserInfo")).cloned().unwrap_or_default();
    object(&json!({"response_data": json!({"orderUserInfo": user}).to_string()}))
}

fn submit(order: &mut Order, clear: &Map<String, Value>, made: u64) -> Answer {
    if order.flow.as_ref().is_some_and(|flow| ["SIGNING", "FINISH"].contains(&flow.status.as_str())) {
        return Err(("SIGN_FLOW_EXIST", "签署流程已存在".to_owned()));
    }
    let third = clear.get("third_signer").and_then(Value::as_array).into_iter().flatten();
    let tags = clear.get("merchant_tag").into_iter().chain(third.filter_map(|signer| signer.get("tag")));
    let mut tags: Vec<Option<String>> = tags.map(|tag| tag.as_str().map(str::to_owned)).collect();
    if tags.is_empty() {
        tags.push(None);
    }
    let parties = tags.into_iter().map(|tag| Party { tag, sealed: false }).collect();
    let flow = Flow { number: made, status: "SIGNING".to_owned(), parties };
    let members = flow.members();
    order.flow = Some(flow);
    Ok(members)
}

/// What is signed stays signed; the text to sign with is a fresh one.
fn create(order: &mut Order, id: &str, made: u64) -> Map<String, Value> {
    if order.withhold.as_deref() != Some("SIGNED") {
        let status = if order.signs_at_once { "SIGNED" } else { "UNSIGNED" };
        order.withhold = Some(status.to_owned());
    }
    object(&json!({"sign_str": format!("alipay_sdk=test&external_agreement_no={id}&nonce={made}")}))
}

fn agreement(order: &Order, id: &str) -> Map<String, Value> {
    let mut members = object(&json!({"status": order.withhold.as_deref().unwrap_or("UNSIGNED")}));
    if let Some(signed_at) = &order.signed_at {
        members.extend(object(&json!({
            "sign_time": signed_at, "valid_time": signed_at, "invalid_time": "2115-02-01T00:00:00Z",
            "agreement_no": format!("2025{id}"),
        })));
    }
    members
}

fn seal(order: &mut Order, clear: &Map<String, Value>) -> Answer {
    let waits_for_user = order.waits_for_user;
    let flow = order.flow.as_mut().ok_or(("SIGN_FLOW_NOT_EXIST", "签署流程不存在".to_owned()))?;
    if flow.status != "SIGNING" {
        return Err(("FLOW_STATUS_INVALID", format!("签署流程状态: {}", flow.status)));
    }
    let tag = clear.get("tag").and_then(Value::as_str);
    let party = flow.parties.iter_mut().find(|party| party.tag.as_deref() == tag);
    party.ok_or(("TAG_NOT_EXIST", "签署区不存在".to_owned()))?.sealed = true;
    if flow.parties.iter().all(|party| party.sealed) && !waits_for_user {
        "FINISH".clone_into(&mut flow.status);
    }
    Ok(object(&json!({"sign_field_ids": format!("[\"{}-1\"]", flow.sign_no())})))
}

fn cancel(order: &mut Order, clear: &Map<String, Value>) -> Map<String, Value> {
    for term in order.terms.iter_mut().filter(|term| term.status == "NOT_RETURN") {
        "CANCEL".clone_into(&mut term.status);
    }
    order.plan_cancelled = clear["cancel_reason"].as_str().map(str::to_owned);
    Map::new()
}

fn confirm(order: &mut Order, clear: &Map<String, Value>) -> Answer {
    if !order.unsign_pending {
        return Err(("UNSIGN_APPLY_NOT_EXIST", "解约申请不存在".to_owned()));
    }
    order.unsign_pending = false;
    if clear["operate"] == "AGREE" {
        order.withhold = Some("TERMINATED".to_owned());
    }
    Ok(Map::new())
}

fn trade(order: &Order, id: &str) -> Value {
    let term = |term: &Term| json!({"termIndex": term.index, "status": term.status, "rentalMoney": term.rental_money});
    let mut trade = json!({
        "orderId": id,
        "orderStatus": if order.closed.is_some() { "CLOSED" } else { "NORMAL" },
        "unsignPending": order.unsign_pending,
        "terms": order.terms.iter().map(term).collect::<Value>(),
    });
    if let Some(flow) = &order.flow {
        let members = flow.members();
        for (name, member) in [("signNo", "sign_no"), ("flowId", "flow_id"), ("accountId", "account_id")] {
            trade[name] = members[member].clone();
        }
    }
    if let Some(user) = order.synced.as_ref().and_then(|synced| synced.get("orderUserInfo")) {
        // What Ant has in clear, it also tells in clear.
        trade["orderUserInfo"] = user.clone();
    }
    trade
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}
