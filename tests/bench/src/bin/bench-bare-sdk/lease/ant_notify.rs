//! ant-notify: the user of an active order wants to end the withhold agreement.

use std::env;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Put};
use bench::Error;
use serde_json::{Value, json};

use super::ant::{Parameters, encoded};
use super::orders::{Caller, Order};
use super::{Lease, SIGN_FLOW_GET, WITHHOLD_SIGN_QUERY, wire};
use crate::dynamodb::{NOW, STAMP, number, text};
use crate::forms::fingerprint;
use crate::gateway;

/// Thirty days after [`NOW`], in seconds.
const EXPIRES_AT: i64 = 1_769_915_045;

/// The table of notifications.
pub(super) struct Notifications(String);

impl Notifications {
    /// Reads the functions' own variable.
    pub(super) fn read() -> Result<Self, Error> {
        Ok(Self(env::var("ANT_NOTIFICATIONS_TABLE")?))
    }

    fn put(&self, message: &Parameters) -> Result<PutBuilder, Error> {
        Ok(Put::builder()
            .table_name(&self.0)
            .item("msg_id", text(member(message, "msg_id")?))
            .item("msg_publish_type", text(member(message, "msg_publish_type")?))
            .item("order_id", text(member(message, "order_id")?))
            .item("content_digest", text(fingerprint(&[member(message, "msg_content")?])))
            .item("received_at", text(NOW))
            .item("expires_at", number(EXPIRES_AT))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP))
            .condition_expression("attribute_not_exists(#msg_id)")
            .expression_attribute_names("#msg_id", "msg_id"))
    }
}

impl Lease {
    /// Verifies the notification, writes it down with its order's mark, asks Ant everything, and takes the mark away.
    pub(super) async fn ant_notify(
        &self,
        notifications: &Notifications,
        request: &ApiGatewayV2httpRequest,
    ) -> Result<ApiGatewayV2httpResponse, Error> {
        let mut message: Parameters = gateway::body(request)?;
        let signature = message.remove("sign").ok_or("no signature")?;
        self.ant.verify(&encoded(&message), &signature)?;
        let order = self.orders.find(member(&message, "order_id")?).await?.ok_or("no such order")?;
        let marked = order.became(1, [("notified_at", text(NOW))])?;
        let puts = vec![self.orders.put(&order, &marked)?, notifications.put(&message)?];
        self.orders.commit(puts).await?;
        let observed = self.look_at_all(&marked).await?;
        let looked_at = observed.looked_at()?;
        self.orders.commit(vec![self.orders.put(&observed, &looked_at)?]).await?;
        gateway::json(&json!({"result_code": "OK"}))
    }

    /// Asks all three questions. Only the first answer tells something new.
    async fn look_at_all(&self, order: &Order) -> Result<Order, Error> {
        let asker = Caller { who: "ant-notify".to_owned(), source: None, operation: "ant-notify".to_owned() };
        let reply = self.trade(order).await?;
        let pending = reply.order()?.get("unsignPending") == Some(&Value::Bool(true));
        let next = order.became(1, [("unsign_pending", AttributeValue::Bool(pending))])?;
        self.observe(&asker, order, &next, &reply.req_msg_id).await?;
        let flow = self.ant.call(SIGN_FLOW_GET, &wire::of_one("sign_no", order.text("sign_no")?)).await?;
        let withhold = self.ant.call(WITHHOLD_SIGN_QUERY, &wire::of_order(order.text("order_id")?)).await?;
        if (flow.text("status")?, withhold.text("status")?) != ("FINISH", "APPLY_TERMINATE") {
            return Err("the order is another now".into());
        }
        Ok(next)
    }
}

fn member<'a>(message: &'a Parameters, name: &str) -> Result<&'a str, Error> {
    Ok(message.get(name).ok_or("a member is missing")?)
}
