//! Where the credit decision stands: `queryAuditResult` (1.8, item 9; §2.3).

use domain::marketplace::{OrderNumber, ThirdOrderStatus};
use platform::Scope;
use platform::metrics::Source;

use crate::audit::WireDecision;
use crate::channel::Channel;
use crate::endpoint::{Failure, Operation, Reply};
use crate::store::{Approval, OrderStore};
use crate::{CONTEXT, asked_order};

/// The operation.
#[derive(Debug)]
pub struct AuditResultQuery {
    /// The orders.
    pub store: OrderStore,
}

impl Operation for AuditResultQuery {
    const OP: &'static str = "queryAuditResult";
    const SOURCE: Source = Source { context: CONTEXT, function: "audit-result-query" };
    type Input = OrderNumber;

    fn read(_: &Channel, text: String) -> Result<OrderNumber, Failure> {
        asked_order::read(&text)
    }

    async fn handle(&self, scope: &Scope, channel: &Channel, number: OrderNumber) -> Result<Reply, Failure> {
        let order = asked_order::find(&self.store, scope, channel, number).await?;
        let is_offered = order.status == ThirdOrderStatus::WaitingForConfirmation;
        // An approval always comes with amounts; without them it would be for what the channel lends.
        let approval = is_offered.then(|| order.approval.unwrap_or_else(|| of_product(channel)));
        Ok(Reply::json("answered", &WireDecision::of(order.status.audit_answer(), approval.as_ref())))
    }
}

fn of_product(channel: &Channel) -> Approval {
    let product = &channel.config.product;
    Approval { limit: product.amount_limit(), options: product.options().to_vec() }
}
