//! What must hold at any time, from the rows and from what was told.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Quota;
use super::amount;
use super::people::{CORRECTED, PINS};
use super::rows::{Account, Grant, Rows};
use super::rules::{CANCELLED, EFFECTIVE, EXPIRED, expiry};
use crate::context::{Violation, hold};

pub(super) fn check(context: &Quota, rows: &Rows) -> Result<(), Violation> {
    for pin in PINS {
        for (key, grant) in rows.grants(pin) {
            booked(context, rows, pin, key, grant)?;
            statuses(context, grant)?;
        }
        if let Some(account) = rows.account(pin) {
            account_is_told(context, pin, account)?;
            sum(rows, pin, account)?;
        }
    }
    numbers(rows)?;
    told(rows)
}

/// A row is what was told of it, and has an account that it counts for.
fn booked(context: &Quota, rows: &Rows, pin: &str, key: &str, grant: &Grant) -> Result<(), Violation> {
    let sent = context.sent.borrow();
    let is_told = sent.grants.iter().any(|told| {
        told.pin == pin
            && told.key() == key
            && told.apply_no == grant.apply_no
            && told.amount == grant.amount
            && told.effective == grant.effective
            && told.invalid == grant.invalid
            && told.source == grant.source
    });
    hold("booked-as-told", is_told && rows.account(pin).is_some(), || format!("{pin} has {grant:?}"))
}

/// Only what counts stands in the indexes, and a grant is expired only if it ran out by then.
fn statuses(context: &Quota, grant: &Grant) -> Result<(), Violation> {
    let (live_since, due_at) = match grant.status.as_str() {
        EFFECTIVE => (Some(grant.effective), expiry(grant)),
        CANCELLED | EXPIRED => (None, None),
        _ => return hold("steps", false, || format!("{grant:?}")),
    };
    hold("indexes", grant.live_since == live_since && grant.due_at == due_at, || format!("{grant:?}"))?;
    let by_then = expiry(grant).is_some_and(|expiry| expiry <= context.latest_expiry.get());
    hold("expired-in-time", grant.status != EXPIRED || by_then, || format!("{grant:?}"))
}

/// An account shows a change that was told, or was never told of.
fn account_is_told(context: &Quota, pin: &str, account: &Account) -> Result<(), Violation> {
    let sent = context.sent.borrow();
    let is_told = match account.occurred_at {
        None => account.state == "not_opened" && account.kind == "NORMAL" && account.marks.is_empty(),
        Some(at) => sent.changes.iter().any(|change| {
            change.pin == pin
                && change.occurred_at == at
                && change.state == account.state
                && change.kind == account.kind
                && account.marks.contains(&change.mark())
        }),
    };
    hold("account-as-told", is_told, || format!("{pin} is {account:?}"))
}

/// A total that nobody corrects is the sum of what counts.
fn sum(rows: &Rows, pin: &str, account: &Account) -> Result<(), Violation> {
    let counts = rows.grants(pin).filter(|(_, grant)| grant.status == EFFECTIVE);
    let sum = counts.map(|(_, grant)| grant.amount).sum();
    hold("sum", pin == CORRECTED || account.total == sum, || {
        format!("{pin} has {}, its grants {}", amount::written(account.total), amount::written(sum))
    })
}

/// An application's number is used once, and only by a grant that is booked.
fn numbers(rows: &Rows) -> Result<(), Violation> {
    let mut used: Vec<&String> = rows.all_grants().map(|(_, grant)| &grant.apply_no).collect();
    used.sort();
    let are_one = used.iter().copied().eq(rows.apply_numbers());
    hold("apply-numbers", are_one, || format!("grants have {used:?}, used are {:?}", rows.apply_numbers()))
}

/// Each cancel is told under one event id, however often, and nothing else is told.
fn told(rows: &Rows) -> Result<(), Violation> {
    let mut cancels = BTreeMap::<(String, String), usize>::new();
    for (id, events) in rows.events() {
        let said = |name: &str| events[0][name].as_str().unwrap_or_default().to_owned();
        let is_same = events.iter().all(|event| *event == events[0]);
        let key = format!("{}#{}", said("business_type"), said("business_id"));
        let is_so = rows.grant(&said("pin"), &key).is_some_and(|grant| {
            grant.status == CANCELLED && said("change_limit") == amount::written(grant.amount)
        });
        let is_cancel = said("event") == "temp_credit_cancelled";
        hold("told-once", is_same && is_so && is_cancel, || format!("{id}: {events:?}"))?;
        *cancels.entry((said("pin"), key)).or_default() += 1;
    }
    for (pin, grant) in rows.all_grants() {
        let key = (pin.clone(), format!("{}#{}", grant.business_type, grant.business_id));
        let times = cancels.get(&key).copied().unwrap_or_default();
        hold("told-once", times == usize::from(grant.status == CANCELLED), || {
            format!("{key:?} is {}, and told under {times} ids", grant.status)
        })?;
    }
    Ok(())
}

/// What stands on the bus, whatever the outbox still holds.
pub(super) fn on_the_bus(events: &[Value], pin: &str, grant: &Grant) -> bool {
    events.iter().any(|event| {
        event["pin"] == pin
            && event["business_type"] == *grant.business_type
            && event["business_id"] == *grant.business_id
    })
}
