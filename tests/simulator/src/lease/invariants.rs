//! What must hold of an order at any time.

use serde_json::Value;
use suites::host::BUS;

use super::Lease;
use super::ant::account::Account;
use super::rows::{Rows, tells};
use crate::context::{Violation, hold};
use crate::rows::attribute;

/// The states in the order of an order's life (§4).
const STATES: [&str; 11] = [
    "NEW",
    "SYNCED",
    "CONTRACT_SIGNING",
    "WITHHOLD_SIGNING",
    "WITHHOLD_SIGNED",
    "SEALING",
    "ACTIVE",
    "PLAN_CANCELLED",
    "FULFILLED",
    "CLOSED",
    "UNBOUND",
];

pub(super) fn check(context: &Lease, rows: &Rows, order: &str) -> Result<(), Violation> {
    let row = rows.order(order);
    if row.is_null() {
        return Ok(());
    }
    let account = context.ant.account(order);
    let wrong = claims(&account, &row);
    hold("claims", wrong.is_none(), || {
        format!("{order}: {}: {row}, Ant has {account:?}", wrong.unwrap_or_default())
    })?;
    let open = context.ant.open(order);
    hold("resolved-by-ant", open.is_none() || rows.is_unknown(order), || {
        format!("{order}: {open:?} may have happened, Ant was not asked, and nothing is unknown: {row}")
    })
}

/// What the row claims that Ant does not have, if there is something.
fn claims(account: &Account, row: &Value) -> Option<&'static str> {
    let state = attribute(row, "state");
    let rank = |of: &str| STATES.iter().position(|state| *state == of).unwrap_or_default();
    let is_past = |of: &str| rank(&state) >= rank(of);
    let flag = |name: &str| row[name]["BOOL"] == true;
    let said = |name: &str| row[name]["S"].as_str().map(str::to_owned);
    let contract = account.contracts.iter().find(|one| Some(&one.sign_no) == said("sign_no").as_ref());
    let has_contract = is_past("CONTRACT_SIGNING");
    let is_unbound = state == "UNBOUND";
    let is_known = row.get("unknown_operation").is_none();
    let of_cancel = account.cancelled.is_none() || account.cancelled == said("cancel_reason");
    [
        (is_past("SYNCED") && account.synced == 0, "an order that Ant does not have"),
        (has_contract && contract.is_none(), "a contract that Ant does not have"),
        (state == "WITHHOLD_SIGNING" && account.agreement.is_none(), "an agreement that was not created"),
        (is_past("WITHHOLD_SIGNED") && !account.was_signed, "an agreement that was never signed"),
        (!seals(row).iter().all(|tag| is_sealed(account, row, tag.as_deref())), "a seal that is not there"),
        (state == "SEALING" && seals(row).is_empty(), "seals, and names none"),
        (is_past("ACTIVE") && !is_unbound && !account.is_finished(), "a contract that is not finished"),
        (
            state == "PLAN_CANCELLED" && !(account.is_settled() && of_cancel),
            "a plan that is not cancelled so",
        ),
        (state == "FULFILLED" && !account.is_settled(), "that all is settled"),
        (state == "FULFILLED" && account.cancelled.is_some(), "that all is paid, and it was cancelled"),
        (state == "CLOSED" && account.closed != said("close_reason"), "a close that was not, or not so"),
        (is_unbound && account.agreement != Some("TERMINATED"), "the end of an agreement that has none"),
        (is_unbound && account.closed != said("close_reason"), "a close that was not, or not so"),
        (flag("withhold_lost") && !account.was_ended, "the loss of an agreement that never ended"),
        (flag("unsign_pending") && account.applications == 0, "a user's wish that never was"),
        (flag("unsign_pending") && is_known && account.was_answered, "a user's wish that we answered"),
    ]
    .into_iter()
    .find_map(|(is_wrong, what)| is_wrong.then_some(what))
}

/// The tags that the row has as sealed.
pub(super) fn seals(row: &Value) -> Vec<Option<String>> {
    let parties = row["parties"]["L"].as_array().into_iter().flatten().map(|party| &party["M"]);
    let sealed = parties.filter(|party| party["sealed"]["BOOL"] == true);
    sealed.map(|party| party["tag"]["S"].as_str().map(str::to_owned)).collect()
}

fn is_sealed(account: &Account, row: &Value, tag: Option<&str>) -> bool {
    let sign_no = attribute(row, "sign_no");
    let contract = account.contracts.iter().find(|one| one.sign_no == sign_no);
    contract.is_some_and(|one| one.passes_for_sealed_by(tag))
}

/// Nothing that is stored or told tells who somebody is (R6).
pub(super) fn identities(context: &Lease, rows: &Rows) -> Result<(), Violation> {
    let telling = rows.telling(&mut context.looked_at.borrow_mut());
    hold("identities", telling.is_none(), || telling.unwrap_or_default())
}

/// `lease_closed` is told of orders that are closed, once, and says why they were.
pub(super) fn events(context: &Lease, order: &str) -> Result<usize, Violation> {
    let account = context.ant.account(order);
    let events = context.lambda.world.events(BUS);
    let of_order =
        |event: &&world::Event| event.detail_type == "lease_closed" && event.detail["order_id"] == order;
    let events: Vec<_> = events.iter().filter(of_order).map(|event| &event.detail).collect();
    let mut ids: Vec<_> = events.iter().map(|event| event["event_id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    let is_so = |event: &&Value| event["reason"].as_str() == account.closed.as_deref() && !tells(event);
    hold("told-once", ids.len() <= 1 && events.iter().all(is_so), || {
        format!("{order} was closed {:?} at Ant, and this was told: {events:?}", account.closed)
    })?;
    Ok(ids.len())
}
