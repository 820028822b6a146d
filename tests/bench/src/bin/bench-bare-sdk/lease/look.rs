//! Asking Ant what is, and writing down what that makes of an order.

use bench::Error;

use super::Lease;
use super::ant::Reply;
use super::orders::{Caller, Entry, Order};
use super::{TRADE_GET, wire};

impl Lease {
    /// Asks trade.get about an order.
    pub(super) async fn trade(&self, order: &Order) -> Result<Reply, Error> {
        let asked = wire::trade(order.text("order_id")?, order.text("merchant_id")?)?;
        self.ant.call(TRADE_GET, &asked).await
    }

    /// Writes what an answer makes of an order. A transition that somebody began is theirs.
    pub(super) async fn observe(
        &self,
        asker: &Caller,
        order: &Order,
        next: &Order,
        req_msg_id: &str,
    ) -> Result<(), Error> {
        let mut puts = vec![self.orders.put(order, next)?];
        let from = order.text("state")?;
        if from != next.text("state")? {
            let by = asker.operation.as_str();
            let (caller, why) = match order.unknown("operation")? {
                Some(begun_by) => {
                    let why = format!("{by}: Ant says so, begun by {begun_by}");
                    (&beginner(order, begun_by)?, why)
                }
                None => (asker, format!("{by}: Ant says so")),
            };
            let entry = Entry { from: Some(from), why, req_msg_id: Some(req_msg_id) };
            puts.push(self.orders.entry(caller, next, &entry)?);
        }
        self.orders.commit(puts).await
    }
}

/// Who began the order's unknown operation.
fn beginner(order: &Order, operation: &str) -> Result<Caller, Error> {
    let (who, source) = (order.unknown("who")?, order.unknown("source")?);
    let who = who.ok_or("nobody began it")?.to_owned();
    Ok(Caller { who, source: source.map(str::to_owned), operation: operation.to_owned() })
}
