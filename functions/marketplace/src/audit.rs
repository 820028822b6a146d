//! What the platform is told of a credit decision: asked for (1.8) or called back (1.1).

use domain::marketplace::{AuditAnswer, CallbackKind};
use platform::callbacks::NewCallback;
use serde::Serialize;

use crate::store::{Approval, StoredOrder};
use crate::wire::{WireLimit, WireOption, options};

/// The decision on the wire; amounts are native here (§11, Wire).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireDecision {
    status: u16,
    remark: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_limit: Option<WireLimit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_option: Option<Vec<WireOption>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireCallback<'a> {
    order_id: &'a str,
    #[serde(flatten)]
    decision: WireDecision,
}

impl WireDecision {
    /// The decision, with what is approved where there is something to tell of it.
    #[must_use]
    pub fn of(answer: AuditAnswer, approval: Option<&Approval>) -> Self {
        Self {
            status: answer.status.code(),
            remark: answer.remark,
            amount_limit: approval.map(|approval| approval.limit.into()),
            amount_option: approval.map(|approval| options(&approval.options)),
        }
    }
}

/// The callback 1.1 of an order.
#[must_use]
pub fn audit_callback(order: &StoredOrder, answer: AuditAnswer, approval: Option<&Approval>) -> NewCallback {
    let decision = WireDecision::of(answer, approval);
    let body = WireCallback { order_id: order.key.number.as_str(), decision };
    // A struct with string keys always serialises.
    NewCallback { kind: CallbackKind::Audit.as_str(), body: serde_json::to_string(&body).unwrap_or_default() }
}
