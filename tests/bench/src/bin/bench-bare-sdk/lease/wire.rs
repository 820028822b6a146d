//! What the lease functions are asked, and what Ant is told.

use std::collections::BTreeMap;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use bench::Error;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ant::Parameters;
use super::orders::Caller;
use crate::encryption::PublicKey;

/// What of a contract is somebody's identity.
const IDENTITY: [&str; 8] = [
    "user_id_number",
    "user_name",
    "user_mobile",
    "user_email",
    "merchant_id_number",
    "merchant_legal_name",
    "merchant_legal_id_number",
    "user_org_id_number",
];
/// What is the withhold agreement's alone.
const WITHHOLD: [&str; 6] = [
    "alipay_merchant_id",
    "alipay_merchant_name",
    "alipay_merchant_service_name",
    "alipay_merchant_service_description",
    "return_url",
    "withhold_sign_scene",
];

/// A call of the platform's API.
pub(super) struct Call {
    /// Which order it is about.
    pub(super) order_id: String,
    /// Who calls.
    pub(super) caller: Caller,
    /// What the caller says.
    pub(super) members: Map<String, Value>,
}

/// The front order as upstream gives it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PreOrder<'a> {
    pub(super) merchant_id: &'a str,
    order_create_time: &'a str,
    rent_term: u64,
    total_rent_money: u64,
    repay_strategy_list: Vec<Repayment<'a>>,
    order_user_info: BTreeMap<&'a str, &'a str>,
    order_product_info_list: Value,
}

/// The front order as Ant gets it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    order_id: &'a str,
    merchant_id: &'a str,
    order_create_time: &'a str,
    rent_term: u64,
    rent_unit: &'static str,
    total_rent_money: u64,
    repay_strategy_list: &'a [Repayment<'a>],
    order_user_info: BTreeMap<&'a str, String>,
    order_product_info_list: &'a Value,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Repayment<'a> {
    term_index: u64,
    rental_money: u64,
    pay_day: &'a str,
}

/// The content of what is said about an order that Ant has.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Named<'a> {
    order_id: &'a str,
    merchant_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    close_reason: Option<&'a str>,
}

impl Call {
    /// Reads a request. `source` is no part of what it says.
    pub(super) fn read(request: &ApiGatewayV2httpRequest, operation: &str) -> Result<Self, Error> {
        let mut members: Map<String, Value> = if let Some(body) = &request.body {
            serde_json::from_str(body)?
        } else {
            let query = request.query_string_parameters.iter();
            query.map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
        };
        let source = members.remove("source").and_then(|source| source.as_str().map(str::to_owned));
        let authorizer = request.request_context.authorizer.as_ref();
        let who = authorizer.and_then(|authorizer| authorizer.iam.as_ref()?.user_arn.clone());
        let caller = Caller { who: who.ok_or("nobody calls")?, source, operation: operation.to_owned() };
        let order_id = request.path_parameters.get("order_id").ok_or("no order")?.clone();
        Ok(Self { order_id, caller, members })
    }

    /// A text that the caller says.
    pub(super) fn text(&self, member: &str) -> Result<&str, Error> {
        Ok(self.members.get(member).and_then(Value::as_str).ok_or("a member is missing")?)
    }

    /// All that the caller says, as it is kept.
    pub(super) fn said(&self) -> String {
        Value::Object(self.members.clone()).to_string()
    }
}

/// front.trade.sync of a front order.
pub(super) fn registration(
    order_id: &str,
    given: &PreOrder<'_>,
    key: &PublicKey,
) -> Result<Parameters, Error> {
    let user = given.order_user_info.iter().map(|(&name, &value)| {
        let value = if name == "alipayUid" { value.to_owned() } else { key.encrypt(value)? };
        Ok((name, value))
    });
    let content = Content {
        order_id,
        merchant_id: given.merchant_id,
        order_create_time: given.order_create_time,
        rent_term: given.rent_term,
        rent_unit: "MONTH",
        total_rent_money: given.total_rent_money,
        repay_strategy_list: &given.repay_strategy_list,
        order_user_info: user.collect::<Result<_, Error>>()?,
        order_product_info_list: &given.order_product_info_list,
    };
    Ok(exchange("orderFullInfo", serde_json::to_string(&content)?))
}

/// front.sign.submit with what of these members is the contract's.
pub(super) fn contract(
    order_id: &str,
    members: &Map<String, Value>,
    key: &PublicKey,
) -> Result<Parameters, Error> {
    let mut parameters = of_order(order_id);
    for (name, value) in members.iter().filter(|(name, _)| !WITHHOLD.contains(&name.as_str())) {
        let value = match (value.as_str(), IDENTITY.contains(&name.as_str())) {
            (Some(clear), true) => key.encrypt(clear)?,
            (Some(text), false) => text.to_owned(),
            (None, _) => value.to_string(),
        };
        parameters.insert(name.clone(), value);
    }
    Ok(parameters)
}

/// withhold.sign.create with what of these members is the agreement's.
pub(super) fn withhold(order_id: &str, members: &Map<String, Value>) -> Parameters {
    let mut parameters = of_order(order_id);
    for name in WITHHOLD {
        let text = members.get(name).and_then(Value::as_str);
        parameters.extend(text.map(|text| (name.to_owned(), text.to_owned())));
    }
    parameters
}

/// What is said about an order by its id alone.
pub(super) fn of_order(order_id: &str) -> Parameters {
    of_one("order_id", order_id)
}

/// One parameter.
pub(super) fn of_one(name: &str, value: &str) -> Parameters {
    Parameters::from([(name.to_owned(), value.to_owned())])
}

/// trade.get of an order.
pub(super) fn trade(order_id: &str, merchant_id: &str) -> Result<Parameters, Error> {
    let content = serde_json::to_string(&Named { order_id, merchant_id, close_reason: None })?;
    Ok(exchange("orderFullInfo", content))
}

/// trade.sync that closes an order.
pub(super) fn close(order_id: &str, merchant_id: &str, reason: &str) -> Result<Parameters, Error> {
    let content = serde_json::to_string(&Named { order_id, merchant_id, close_reason: Some(reason) })?;
    Ok(exchange("orderClose", content))
}

fn exchange(kind: &str, content: String) -> Parameters {
    let mut parameters = of_one("type", kind);
    parameters.insert("biz_content".to_owned(), content);
    parameters
}
