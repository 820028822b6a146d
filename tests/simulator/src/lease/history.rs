//! The history of an order: every step that it took, without a gap, each with the call of Ant's that proves it (§4, §12).

use serde_json::Value;
use suites::lease::{CALLER, OPERATOR};

use super::Lease;
use super::ant::Heard;
use super::ant::asked::Asked;
use super::rows::Rows;
use crate::context::{Violation, hold};
use crate::rows::attribute;

/// Where an order may go, and what of Ant's may have led it there.
fn is_step(from: &str, to: &str, by: &Asked) -> bool {
    match (from, to) {
        ("NEW", "SYNCED") => matches!(by, Asked::Sync { .. } | Asked::Trade),
        ("SYNCED", "CONTRACT_SIGNING") => matches!(by, Asked::Submit { .. } | Asked::Trade),
        ("CONTRACT_SIGNING", "WITHHOLD_SIGNING") => *by == Asked::Create,
        ("CONTRACT_SIGNING" | "WITHHOLD_SIGNING", "WITHHOLD_SIGNED") => *by == Asked::Agreement,
        ("WITHHOLD_SIGNED", "SEALING") | ("WITHHOLD_SIGNED" | "SEALING", "ACTIVE") => {
            matches!(by, Asked::Seal { .. } | Asked::Flow { .. })
        }
        ("CONTRACT_SIGNING" | "WITHHOLD_SIGNING" | "WITHHOLD_SIGNED" | "SEALING", "SYNCED") => {
            // The seal that was placed may be answered after the contract's end.
            matches!(by, Asked::Flow { .. } | Asked::Seal { .. })
        }
        ("ACTIVE", "PLAN_CANCELLED") => matches!(by, Asked::Cancel { .. } | Asked::Trade),
        ("ACTIVE", "FULFILLED") => *by == Asked::Trade,
        ("ACTIVE" | "PLAN_CANCELLED" | "FULFILLED", "CLOSED") => {
            matches!(by, Asked::Close { .. } | Asked::Trade)
        }
        ("CLOSED" | "WITHHOLD_SIGNED", "UNBOUND") => {
            matches!(by, Asked::Unbind | Asked::Agreement | Asked::Confirm { agrees: true })
        }
        _ => false,
    }
}

pub(super) fn check(context: &Lease, rows: &Rows, order: &str) -> Result<(), Violation> {
    let history = rows.history(order);
    let mut proven = context.proven.borrow_mut();
    let proven = proven.entry(order.to_owned()).or_default();
    let mut at = String::new();
    for (place, entry) in history.iter().enumerate() {
        let [from, to, who] = ["from", "to", "who"].map(|name| attribute(entry, name));
        hold("history", from == at, || format!("{order}: a gap before {entry} in {history:?}"))?;
        let is_known = [CALLER, OPERATOR, "lease-reconcile", "ant-notify"].contains(&who.as_str());
        hold("history", is_known && !attribute(entry, "at").is_empty(), || format!("{order}: {entry}"))?;
        if place >= *proven {
            let is_step = if place == 0 { to == "NEW" } else { is_proven(context, order, entry) };
            hold("history", is_step, || format!("{order}: Ant did not lead it so: {entry}"))?;
        }
        at = to;
    }
    *proven = history.len();
    let state = rows.state(order);
    hold("history", at == state, || format!("{order} is {state}: {history:?}"))
}

/// Whether a call of Ant's about the order, answered OK, leads this step.
fn is_proven(context: &Lease, order: &str, entry: &Value) -> bool {
    let [from, to, id] = ["from", "to", "req_msg_id"].map(|name| attribute(entry, name));
    let proves = |heard: &Heard| {
        heard.req_msg_id == id
            && heard.order == order
            && heard.result_code == "OK"
            && is_step(&from, &to, &heard.asked)
    };
    context.ant.any(0, proves)
}
