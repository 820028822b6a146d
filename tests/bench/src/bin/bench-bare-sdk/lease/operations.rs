//! The operations that ask Ant for one thing.

use aws_sdk_dynamodb::types::AttributeValue;
use bench::Error;
use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::ant::Parameters;
use super::change::Step;
use super::orders::{Order, party};
use super::wire::{self, Call, PreOrder};
use super::{
    FRONT_SIGN_SUBMIT, FRONT_TRADE_SYNC, Lease, SIGN_FLOW_AUTH, SIGN_FLOW_GET, TRADE_GET, TRADE_SYNC, Told,
    UNSIGN_CONFIRM, WITHHOLD_PLAN_CANCEL, WITHHOLD_SIGN_CREATE, WITHHOLD_SIGN_QUERY, WITHHOLD_SIGN_UNBIND,
};
use crate::dynamodb::text;

impl Lease {
    /// pre-order-sync of an order that is not there yet.
    pub(super) async fn pre_order_sync(&self, call: &Call, found: Option<Order>) -> Result<Told, Error> {
        if found.is_some() {
            return Err("the order is there".into());
        }
        let given = PreOrder::deserialize(&call.members)?;
        let parameters = wire::registration(&call.order_id, &given, &self.encryption)?;
        let order = Order::registered(&call.order_id, given.merchant_id);
        let step = Step {
            document: Some(("order", call.said())),
            ..Step::new(FRONT_TRADE_SYNC, parameters, "SYNCED", "front order synced")
        };
        self.carry_out(&call.caller, &order, &step).await
    }

    /// contract-sign with one party, which has no tag.
    pub(super) async fn contract_sign(&self, call: &Call, order: Order) -> Result<Told, Error> {
        let parameters = wire::contract(&call.order_id, &call.members, &self.encryption)?;
        self.carry_out(&call.caller, &order, &contract(parameters)).await
    }

    /// withhold-sign.
    pub(super) async fn withhold_sign(&self, call: &Call, order: Order) -> Result<Told, Error> {
        let step = withhold(wire::withhold(&call.order_id, &call.members));
        self.carry_out(&call.caller, &order, &step).await
    }

    /// contract-seal of the last party, which finishes the contract.
    pub(super) async fn contract_seal(&self, call: &Call, order: Order) -> Result<Told, Error> {
        let parameters = wire::of_one("sign_no", order.text("sign_no")?);
        let mut step = Step::new(SIGN_FLOW_AUTH, parameters, "SEALING", "sealed");
        step.brings = vec![("parties", party(true))];
        let begun = self.begin(&call.caller, &order, &step).await?;
        let reply = self.ant.call(step.method, &step.parameters).await?;
        let flow = self.ant.call(SIGN_FLOW_GET, &step.parameters).await?;
        if flow.text("status")? == "FINISH" {
            (step.to, step.versions) = ("ACTIVE", 2);
        }
        Ok((self.settle(&call.caller, &begun, &step, &reply).await?, reply.members))
    }

    /// withhold-plan-cancel, which looks at the terms afterwards.
    pub(super) async fn withhold_plan_cancel(&self, call: &Call, order: Order) -> Result<Told, Error> {
        let reason = call.text("cancel_reason")?;
        let mut parameters = wire::of_order(&call.order_id);
        parameters.insert("cancel_reason".to_owned(), reason.to_owned());
        let why = format!("plan cancelled, {reason}");
        let mut step = Step::new(WITHHOLD_PLAN_CANCEL, parameters, "PLAN_CANCELLED", &why);
        step.wanted = vec![("reason", text(reason))];
        step.brings = vec![("cancel_reason", text(reason))];
        let begun = self.begin(&call.caller, &order, &step).await?;
        let reply = self.ant.call(step.method, &step.parameters).await?;
        let asked = wire::trade(&call.order_id, order.text("merchant_id")?)?;
        let mut trade = self.ant.call(TRADE_GET, &asked).await?.order()?;
        let next = self.settle(&call.caller, &begun, &step, &reply).await?;
        let mut told = reply.members;
        told.insert("terms".to_owned(), trade.remove("terms").unwrap_or_default());
        Ok((next, told))
    }

    /// lease-close of an order whose plan was cancelled for the same reason.
    pub(super) async fn lease_close(&self, call: &Call, order: Order) -> Result<Told, Error> {
        let reason = call.text("reason")?;
        let confirmed = call.members.get("return_confirmed") == Some(&Value::Bool(true));
        if order.text("cancel_reason")? != reason || !confirmed {
            return Err("not cancelled for this reason, or not returned".into());
        }
        let parameters = wire::close(&call.order_id, order.text("merchant_id")?, reason)?;
        let mut step = Step::new(TRADE_SYNC, parameters, "CLOSED", &format!("closed, {reason}"));
        step.wanted = vec![("reason", text(reason)), ("evidence", AttributeValue::Bool(false))];
        step.brings = vec![("close_reason", text(reason))];
        self.carry_out(&call.caller, &order, &step).await
    }

    /// withhold-unsign of a closed order.
    pub(super) async fn withhold_unsign(&self, call: &Call, order: Order) -> Result<Told, Error> {
        let parameters = wire::of_order(&call.order_id);
        let step = Step::new(WITHHOLD_SIGN_UNBIND, parameters, "UNBOUND", "withhold agreement ended");
        self.carry_out(&call.caller, &order, &step).await
    }

    /// unsign-confirm that refuses, because the user owes money.
    pub(super) async fn unsign_confirm(&self, call: &Call, order: Order) -> Result<Told, Error> {
        let operate = call.text("operate")?;
        if operate != "REFUSE" || !order.flag("unsign_pending") {
            return Err("no refusal, or nothing to refuse".into());
        }
        let owed_fen = call.members.get("user_owe_money").and_then(Value::as_u64).ok_or("no debt")?;
        let mut parameters = wire::of_order(&call.order_id);
        for (name, value) in [
            ("operate", operate.to_owned()),
            ("refuse_reason_code", call.text("refuse_reason_code")?.to_owned()),
            ("user_owe_money", owed_fen.to_string()),
        ] {
            parameters.insert(name.to_owned(), value);
        }
        let mut step = Step::new(UNSIGN_CONFIRM, parameters, "ACTIVE", "unsign answered, REFUSE");
        step.wanted = vec![("agree", AttributeValue::Bool(false))];
        step.brings = vec![("unsign_pending", AttributeValue::Bool(false))];
        self.carry_out(&call.caller, &order, &step).await
    }

    /// withhold-query of an agreement that was signed meanwhile.
    pub(super) async fn withhold_query(&self, call: &Call, order: Order) -> Result<Told, Error> {
        let reply = self.ant.call(WITHHOLD_SIGN_QUERY, &wire::of_order(&call.order_id)).await?;
        if reply.text("status")? != "SIGNED" {
            return Err("not signed".into());
        }
        let next = order.became(1, [("state", text("WITHHOLD_SIGNED"))])?;
        self.observe(&call.caller, &order, &next, &reply.req_msg_id).await?;
        Ok((next, reply.members))
    }

    /// order-query of an order that is as we know it.
    pub(super) async fn order_query(&self, call: &Call, order: Order) -> Result<Told, Error> {
        let mut at_ant = self.trade(&order).await?.order()?;
        at_ant.retain(|name, _| !matches!(name.as_str(), "orderUserInfo" | "order_user_info"));
        if at_ant.get("unsignPending") != Some(&Value::Bool(order.flag("unsign_pending"))) {
            return Err(format!("{} is another now", call.order_id).into());
        }
        let told = Map::from_iter([
            ("unknown_operation".to_owned(), order.unknown("method")?.into()),
            ("withhold_lost".to_owned(), order.flag("withhold_lost").into()),
            ("unsign_pending".to_owned(), order.flag("unsign_pending").into()),
            ("terms".to_owned(), at_ant.get("terms").cloned().unwrap_or_default()),
            ("order".to_owned(), Value::Object(at_ant)),
        ]);
        Ok((order, told))
    }
}

/// The submission of a contract with one party, which has no tag.
pub(super) fn contract(parameters: Parameters) -> Step {
    Step {
        wanted: vec![("parties", party(false))],
        brings: vec![("parties", party(false))],
        answered: &["sign_no", "flow_id", "account_id"],
        links: Some(|reply| {
            let clear = format!("{}\n{}", reply.text("sign_no")?, reply.text("sign_info")?);
            Ok(("sign_info", clear))
        }),
        ..Step::new(FRONT_SIGN_SUBMIT, parameters, "CONTRACT_SIGNING", "contract submitted")
    }
}

/// The creation of a withhold agreement.
pub(super) fn withhold(parameters: Parameters) -> Step {
    let step = Step::new(WITHHOLD_SIGN_CREATE, parameters, "WITHHOLD_SIGNING", "withhold sign created");
    Step { links: Some(|reply| Ok(("sign_str", reply.text("sign_str")?.to_owned()))), ..step }
}
