//! An upstream that brings every order to its end, when nothing goes wrong any more: none of them is stuck.

use serde_json::Value;

use super::Lease;
use super::ant::account::Deed;
use super::people::{Ask, Caller, ORDERS, REASONS};
use crate::context::{Violation, hold};
use crate::rows::attribute;

/// How many steps an order's rest of life may take.
const STEPS: usize = 24;

impl Lease {
    /// Brings every order that we have to its end.
    ///
    /// # Errors
    /// One cannot be brought there.
    pub(super) async fn drive(&self) -> Result<(), Violation> {
        for (order, id) in ORDERS.iter().enumerate() {
            if !self.rows().order(id).is_null() {
                self.finish(order).await?;
            }
        }
        Ok(())
    }

    async fn finish(&self, order: usize) -> Result<(), Violation> {
        for _ in 0..STEPS {
            let row = self.rows().order(ORDERS[order]);
            let state = attribute(&row, "state");
            if state == "UNBOUND" {
                return Ok(());
            }
            let ask = self.next(order, &row, &state);
            let got = self.call(order, ask, Caller::PLAIN).await;
            hold("finishes", got.as_ref().is_some_and(|got| got.status == 200), || {
                format!("{} in {state}: {ask:?} was answered {got:?}", ORDERS[order])
            })?;
        }
        let row = self.rows().order(ORDERS[order]);
        Err(Violation { invariant: "finishes", seen: format!("not after {STEPS} steps: {row}") })
    }

    /// What brings an order further, the user having done at Ant what there is to do.
    fn next(&self, order: usize, row: &Value, state: &str) -> Ask {
        let id = ORDERS[order];
        self.ant.live(id, Deed::SignsContract);
        self.ant.live(id, Deed::SignsAgreement);
        let agreement = self.ant.account(id).agreement;
        match state {
            "WITHHOLD_SIGNING" if agreement != Some("SIGNED") => Ask::Withhold,
            "ACTIVE" if self.dice.happens(500) => Ask::Cancel(REASONS[self.dice.below(2)]),
            "ACTIVE" => {
                self.ant.live(id, Deed::PaysAll);
                Ask::Order
            }
            "PLAN_CANCELLED" | "FULFILLED" => {
                let cancelled = attribute(row, "cancel_reason");
                let reason = REASONS.into_iter().find(|reason| *reason == cancelled).unwrap_or("FULFILLED");
                Ask::Close { reason, is_confirmed: true, has_evidence: false }
            }
            "CLOSED" if agreement == Some("TERMINATED") => Ask::Agreement,
            "CLOSED" => Ask::Unbind { overrides: false },
            _ => Ask::Flow,
        }
    }
}
