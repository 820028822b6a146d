//! sign-flow of a synced order: it goes as far as the user's signature under the withhold agreement.

use bench::Error;
use serde_json::Map;

use super::change::Step;
use super::operations::{contract, withhold};
use super::orders::Order;
use super::wire::{self, Call};
use super::{Lease, Told, WITHHOLD_SIGN_QUERY};

/// What the steps are filled with, as a document.
const FILLING: &str = "contract";

impl Lease {
    /// Submits the contract, creates the agreement, asks whether it is signed, and tells what the user needs to sign.
    pub(super) async fn sign_flow(&self, call: &Call, order: Order) -> Result<Told, Error> {
        let kept = self.orders.document(&order, FILLING).await?;
        if order.text("state")? != "SYNCED" || kept.is_some() {
            return Err("not an order that was just synced".into());
        }
        let document = Some((FILLING, call.said()));
        let submitted = contract(wire::contract(&call.order_id, &call.members, &self.encryption)?);
        let step = Step { document: document.clone(), ..submitted };
        let (order, _) = self.carry_out(&call.caller, &order, &step).await?;
        let created = withhold(wire::withhold(&call.order_id, &call.members));
        let (order, _) = self.carry_out(&call.caller, &order, &Step { document, ..created }).await?;
        let reply = self.ant.call(WITHHOLD_SIGN_QUERY, &wire::of_order(&call.order_id)).await?;
        if reply.text("status")? != "UNSIGNED" {
            return Err("signed at once".into());
        }
        let info = self.orders.document(&order, "sign_info").await?.ok_or("no links")?;
        let (sign_no, info) = info.split_once('\n').ok_or("no links")?;
        if sign_no != order.text("sign_no")? {
            return Err("another contract's links".into());
        }
        let sign_str = self.orders.document(&order, "sign_str").await?;
        let told = Map::from_iter([
            ("waiting_for".to_owned(), "withhold_signature".into()),
            ("sign_info".to_owned(), info.into()),
            ("sign_str".to_owned(), sign_str.into()),
        ]);
        Ok((order, told))
    }
}
