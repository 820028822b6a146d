//! What must hold when everything is settled.

use std::collections::BTreeSet;

use serde_json::Value;
use suites::host::BUS;

use super::Quota;
use super::invariants::on_the_bus;
use super::people::{Change, PINS};
use super::rows::Rows;
use super::rules::{CANCELLED, EFFECTIVE, expiry};
use crate::context::{Violation, hold};

/// What is still to be done, if something is.
pub(super) fn unsettled(context: &Quota, rows: &Rows) -> Option<String> {
    if rows.outbox() > 0 {
        return Some(format!("{} rows in the outbox", rows.outbox()));
    }
    let filled = context.sources.filled();
    if !filled.is_empty() {
        return Some(format!("messages in {filled:?}"));
    }
    let by = context.latest_expiry.get();
    let due = rows
        .all_grants()
        .find(|(_, grant)| grant.status == EFFECTIVE && expiry(grant).is_some_and(|expiry| expiry <= by));
    due.map(|due| format!("{due:?} ran out"))
}

pub(super) fn check(context: &Quota, rows: &Rows) -> Result<(), Violation> {
    let sent = context.sent.borrow();
    for told in &sent.grants {
        let is_used = rows.apply_numbers().contains(&told.apply_no);
        hold("nothing-lost", is_used || rows.grant(told.pin, &told.key()).is_some(), || format!("{told:?}"))?;
    }
    for pin in PINS {
        let changes = || sent.changes.iter().filter(|change| change.pin == pin);
        let Some(last) = changes().map(|change| change.occurred_at).max() else { continue };
        let of_last = changes().filter(|change| change.occurred_at == last);
        let is_last = rows.account(pin).is_some_and(|account| {
            account.occurred_at == Some(last)
                && of_last.map(Change::mark).collect::<BTreeSet<_>>() == account.marks
        });
        hold("nothing-lost", is_last, || format!("{pin} is {:?} and not as of {last}", rows.account(pin)))?;
    }
    let given_up = context.given_up.borrow();
    hold("nothing-lost", *given_up == sent.unreadable, || {
        format!("{:?} cannot be read, and {given_up:?} were dead letters", sent.unreadable)
    })?;
    let events: Vec<Value> = context.lambda.world.events(BUS).into_iter().map(|event| event.detail).collect();
    for (pin, grant) in rows.all_grants().filter(|(_, grant)| grant.status == CANCELLED) {
        hold("told-once", on_the_bus(&events, pin, grant), || format!("nobody was told of {pin} {grant:?}"))?;
    }
    Ok(())
}
