//! lease-reconcile: what is due is an order of which the cancel of its plan was never answered.

use bench::Error;
use jiff::Timestamp;
use serde_json::Value;

use super::orders::{Caller, SHARDS};
use super::{Lease, WITHHOLD_PLAN_CANCEL};
use crate::dynamodb::text;
use crate::forms::{Occasion, sortable};

impl Lease {
    /// Looks at all that is due, shard after shard; another comes first every five minutes.
    pub(super) async fn reconcile(&self, occasion: &Occasion) -> Result<(), Error> {
        let time = &sortable(&occasion.time)?;
        let seconds = occasion.time.parse::<Timestamp>()?.as_second();
        let first = u32::try_from(seconds.rem_euclid(300 * i64::from(SHARDS)) / 300)?;
        for shard in (first..SHARDS).chain(0..first) {
            let mut next = None;
            loop {
                let (due, after) = self.orders.watched(shard, time, next).await?;
                for id in due {
                    self.resolve(&id).await?;
                }
                next = after;
                if next.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Asks for the terms: none is left to pay, so the plan was cancelled.
    async fn resolve(&self, id: &str) -> Result<(), Error> {
        let order = self.orders.find(id).await?.ok_or("no such order")?;
        let reply = self.trade(&order).await?;
        let settled = |term: &Value| term["status"] == "RETURN_FULL" || term["status"] == "CANCEL";
        let terms = reply.order()?.remove("terms").unwrap_or_default();
        let is_settled = terms.as_array().is_some_and(|terms| !terms.is_empty() && terms.iter().all(settled));
        if order.unknown("method")? != Some(WITHHOLD_PLAN_CANCEL) || !is_settled {
            return Err("no cancel, or not cancelled".into());
        }
        let reason = text(order.unknown("reason")?.ok_or("no reason")?);
        let next = order.settled(1, [("state", text("PLAN_CANCELLED")), ("cancel_reason", reason)])?;
        let asker = Caller {
            who: "lease-reconcile".to_owned(),
            source: None,
            operation: "lease-reconcile".to_owned(),
        };
        self.observe(&asker, &order, &next, &reply.req_msg_id).await
    }
}
