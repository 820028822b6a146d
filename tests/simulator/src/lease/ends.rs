//! What must hold when everything is settled.

use super::Lease;
use super::ant::account::{Account, Contract};
use super::invariants::{events, seals};
use super::people::ORDERS;
use super::rows::Rows;
use crate::context::{Violation, hold};

/// What is still to be done, if something is.
pub(super) fn unsettled(context: &Lease, rows: &Rows) -> Option<String> {
    if rows.outbox() > 0 {
        return Some(format!("{} rows in the outbox", rows.outbox()));
    }
    let news = context.ant.news();
    if let Some(first) = news.first() {
        return Some(format!("{} notifications, {first:?}", news.len()));
    }
    if context.ant.is_late() {
        return Some("Ant has something to do".to_owned());
    }
    let is_open = |order: &&&str| rows.is_unknown(order) || rows.is_marked(order);
    ORDERS.iter().find(is_open).map(|order| format!("{order}: {}", rows.order(order)))
}

/// Our state is Ant's (§4, §12).
pub(super) fn agrees(context: &Lease, rows: &Rows, order: &str) -> Result<(), Violation> {
    let (row, account) = (rows.order(order), context.ant.account(order));
    let state = rows.state(order);
    let is_so = agrees_in(&state, &account, seals(&row).len());
    hold("agrees", is_so, || format!("{order}: {row}, Ant has {account:?}"))?;
    if row.is_null() {
        return Ok(());
    }
    let flag = |name: &str| row[name]["BOOL"] == true;
    let lives_on_it = ["ACTIVE", "PLAN_CANCELLED", "FULFILLED"].contains(&state.as_str());
    let is_lost = lives_on_it && account.agreement == Some("TERMINATED");
    hold("agrees", !is_lost || flag("withhold_lost"), || format!("{order}: {row} lost its agreement"))?;
    hold("agrees", flag("unsign_pending") == account.is_pending || state == "UNBOUND", || {
        format!("{order}: {row}, and whether the user waits: {}", account.is_pending)
    })?;
    let told = events(context, order)?;
    hold("told-once", told == usize::from(account.closed.is_some()), || {
        format!("{order}: lease_closed was told {told} times, closed {:?}", account.closed)
    })
}

fn agrees_in(state: &str, account: &Account, seals: usize) -> bool {
    let contract = account.contract();
    let is_signing = contract.is_some_and(|contract| contract.status == "SIGNING");
    let sealed = contract.map_or(0, |one| one.parties.iter().filter(|(_, sealed)| *sealed).count());
    let is_live = account.is_finished() && account.closed.is_none();
    match state {
        "" | "NEW" => account.synced == 0,
        "SYNCED" => account.synced > 0 && !contract.is_some_and(Contract::is_alive),
        "WITHHOLD_SIGNING" => is_signing && sealed == 0 && account.agreement != Some("SIGNED"),
        "CONTRACT_SIGNING" | "WITHHOLD_SIGNED" => is_signing && sealed == 0,
        "SEALING" => is_signing && sealed == seals,
        "ACTIVE" => is_live && account.cancelled.is_none() && !account.is_settled(),
        "PLAN_CANCELLED" => is_live && account.is_settled(),
        "FULFILLED" => is_live && account.is_settled() && account.cancelled.is_none(),
        "CLOSED" => account.closed.is_some() && !account.is_unbound,
        "UNBOUND" => account.agreement == Some("TERMINATED"),
        _ => false,
    }
}
