//! How a test brings an order to a state: by the calls that upstream makes, and by what the user does at Ant.

use serde_json::{Value, json};

use super::{Lease, ant, bodies, done};

impl Lease {
    fn stands(&self, order: &str, state: &str) {
        assert_eq!(self.state(order), state);
    }

    /// Brings an order to the state of this name. What is closed was fulfilled, and a plan is cancelled for a return.
    ///
    /// # Panics
    /// When there is no such state.
    pub async fn bring(&self, order: &str, state: &str) {
        match state {
            "NEW" => self.registered(order).await,
            "SYNCED" => self.synced(order).await,
            "CONTRACT_SIGNING" => self.contract_signing(order).await,
            "WITHHOLD_SIGNING" => self.withhold_signing(order).await,
            "WITHHOLD_SIGNED" => self.withhold_signed(order).await,
            "SEALING" => self.sealing(order).await,
            "ACTIVE" => self.active(order).await,
            "PLAN_CANCELLED" => self.plan_cancelled(order, "RENTING_OUT").await,
            "FULFILLED" => self.fulfilled(order).await,
            "CLOSED" => self.closed(order).await,
            "UNBOUND" => self.unbound(order).await,
            other => panic!("no state {other}"),
        }
    }

    /// Brings an order to `NEW`: registered, and its sync declined by Ant.
    pub async fn registered(&self, order: &str) {
        self.ant.fail("antchain.ato.front.trade.sync", ant::Spoil::ResultCode("SYSTEM_BUSY"));
        self.put(order, &bodies::order()).await;
        self.stands(order, "NEW");
    }

    /// Brings an order to `SYNCED`.
    pub async fn synced(&self, order: &str) {
        done(&self.put(order, &bodies::order()).await);
        self.stands(order, "SYNCED");
    }

    /// Brings an order to `CONTRACT_SIGNING`, with one party to seal.
    pub async fn contract_signing(&self, order: &str) {
        self.contract_signing_with(order, &bodies::contract()).await;
    }

    /// The same with this contract.
    pub async fn contract_signing_with(&self, order: &str, contract: &Value) {
        self.synced(order).await;
        done(&self.post(order, "/contract", contract).await);
        self.stands(order, "CONTRACT_SIGNING");
    }

    /// Brings an order to `WITHHOLD_SIGNING`.
    pub async fn withhold_signing(&self, order: &str) {
        self.withhold_signing_with(order, &bodies::contract()).await;
    }

    /// The same with this contract.
    pub async fn withhold_signing_with(&self, order: &str, contract: &Value) {
        self.contract_signing_with(order, contract).await;
        done(&self.post(order, "/withhold-sign", &json!({})).await);
        self.stands(order, "WITHHOLD_SIGNING");
    }

    /// Brings an order to `WITHHOLD_SIGNED`.
    pub async fn withhold_signed(&self, order: &str) {
        self.withhold_signed_with(order, &bodies::contract()).await;
    }

    /// The same with this contract.
    pub async fn withhold_signed_with(&self, order: &str, contract: &Value) {
        self.withhold_signing_with(order, contract).await;
        self.ant.user_signs_withhold(order);
        done(&self.get(order, "/withhold-sign").await);
        self.stands(order, "WITHHOLD_SIGNED");
    }

    /// Brings an order to `SEALING`: of two parties, the merchant is sealed.
    pub async fn sealing(&self, order: &str) {
        self.withhold_signed_with(order, &bodies::contract_of_two()).await;
        done(&self.post(order, "/contract/seal", &json!({"tag": bodies::MERCHANT_TAG})).await);
        self.stands(order, "SEALING");
    }

    /// Brings an order to `ACTIVE`.
    pub async fn active(&self, order: &str) {
        self.withhold_signed(order).await;
        done(&self.post(order, "/contract/seal", &json!({})).await);
        self.stands(order, "ACTIVE");
    }

    /// Brings an order to `PLAN_CANCELLED` for this reason.
    pub async fn plan_cancelled(&self, order: &str, reason: &str) {
        self.active(order).await;
        done(&self.post(order, "/withhold-plan/cancel", &json!({"cancel_reason": reason})).await);
        self.stands(order, "PLAN_CANCELLED");
    }

    /// Brings an order to `FULFILLED`.
    pub async fn fulfilled(&self, order: &str) {
        self.active(order).await;
        self.ant.pay_all(order);
        done(&self.get(order, "").await);
        self.stands(order, "FULFILLED");
    }

    /// Brings an order to `CLOSED`, fulfilled.
    pub async fn closed(&self, order: &str) {
        self.fulfilled(order).await;
        done(&self.post(order, "/close", &json!({"reason": "FULFILLED"})).await);
        self.stands(order, "CLOSED");
    }

    /// Brings an order to `UNBOUND`, fulfilled.
    pub async fn unbound(&self, order: &str) {
        self.closed(order).await;
        done(&self.delete(order, "/withhold-sign").await);
        self.stands(order, "UNBOUND");
    }
}
