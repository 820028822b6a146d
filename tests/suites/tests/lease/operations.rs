//! What is asked of Ant, each with what must be before it: for tests that are about all of them.

use serde_json::{Value, json};
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, bodies, done};

/// An operation that Ant carries out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    Sync,
    Contract,
    Withhold,
    Seal,
    Cancel,
    Close,
    Unbind,
    Refuse,
    Agree,
}

use Operation::{Agree, Cancel, Close, Contract, Refuse, Seal, Sync, Unbind, Withhold};

impl Operation {
    pub(crate) const ALL: [Self; 9] = [Sync, Contract, Withhold, Seal, Cancel, Close, Unbind, Refuse, Agree];

    /// Brings [`ORDER`] to where this may be asked for; nothing of it is what Ant [has heard](suites::lease::ant::Ant::heard).
    pub(crate) async fn prepare(self, lease: &Lease) {
        self.prepare_order(lease, ORDER).await;
    }

    /// The same for another order.
    pub(crate) async fn prepare_order(self, lease: &Lease, order: &str) {
        match self {
            Sync => {}
            Contract => lease.synced(order).await,
            Withhold => lease.contract_signing(order).await,
            Seal => lease.withhold_signed(order).await,
            Cancel => lease.active(order).await,
            Close => lease.fulfilled(order).await,
            Unbind => lease.closed(order).await,
            Refuse | Agree => {
                lease.active(order).await;
                lease.ant.user_applies_to_unsign(order);
                done(&lease.get(order, "").await);
            }
        }
        lease.ant.heard();
    }

    /// A context in which this may be asked for.
    pub(crate) async fn prepared(self) -> Lease {
        let lease = Lease::new().await;
        self.prepare(&lease).await;
        lease
    }

    /// The caller's body; of a DELETE there is none.
    pub(crate) fn body(self) -> Value {
        match self {
            Sync => bodies::order(),
            Contract => bodies::contract(),
            Withhold | Seal => json!({}),
            Cancel => json!({"cancel_reason": "RENTING_AND_RESALE"}),
            Close => json!({"reason": "FULFILLED"}),
            Refuse => {
                json!({"operate": "REFUSE", "refuse_reason_code": "USER_OWE_MONEY", "user_owe_money": 12_345})
            }
            Agree => json!({"operate": "AGREE"}),
            Unbind => Value::Null,
        }
    }

    /// The path behind the order.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Sync => "",
            Contract => "/contract",
            Withhold | Unbind => "/withhold-sign",
            Seal => "/contract/seal",
            Cancel => "/withhold-plan/cancel",
            Close => "/close",
            Refuse | Agree => "/unsign-confirm",
        }
    }

    /// The request about [`ORDER`].
    pub(crate) fn request(self) -> Request {
        self.request_for(ORDER)
    }

    /// The request about another order.
    pub(crate) fn request_for(self, order: &str) -> Request {
        match self {
            Sync => Request::put(order).body(&self.body()),
            Unbind => Request::delete(order, self.path()),
            Contract | Withhold | Seal | Cancel | Close | Refuse | Agree => {
                Request::post(order, self.path()).body(&self.body())
            }
        }
    }

    /// Ant's method.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Sync => "antchain.ato.front.trade.sync",
            Contract => "antchain.ato.front.sign.submit",
            Withhold => "antchain.ato.withhold.sign.create",
            Seal => "antchain.ato.sign.flow.auth",
            Cancel => "antchain.ato.withhold.plan.cancel",
            Close => "antchain.ato.trade.sync",
            Unbind => "antchain.ato.withhold.sign.unbind",
            Refuse | Agree => "antchain.ato.withhold.signasyncunsign.confirm",
        }
    }

    /// The state before it, empty for an order that there is not.
    pub(crate) fn before(self) -> &'static str {
        match self {
            Sync => "",
            Contract => "SYNCED",
            Withhold => "CONTRACT_SIGNING",
            Seal => "WITHHOLD_SIGNED",
            Cancel | Refuse | Agree => "ACTIVE",
            Close => "FULFILLED",
            Unbind => "CLOSED",
        }
    }

    /// The state after it.
    pub(crate) fn after(self) -> &'static str {
        match self {
            Sync => "SYNCED",
            Contract => "CONTRACT_SIGNING",
            Withhold => "WITHHOLD_SIGNING",
            Seal | Refuse | Agree => "ACTIVE",
            Cancel => "PLAN_CANCELLED",
            Close => "CLOSED",
            Unbind => "UNBOUND",
        }
    }

    /// Whether it may be asked for again, and is done again, when it was done (§9, §12).
    pub(crate) fn is_repeatable(self) -> bool {
        matches!(self, Sync | Withhold)
    }

    /// How often Ant did it for [`ORDER`].
    pub(crate) fn effects(self, lease: &Lease) -> u64 {
        lease.ant.effects(ORDER, self.method())
    }
}
