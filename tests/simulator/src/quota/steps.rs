//! What may have happened since the rows were looked at last.

use std::collections::BTreeSet;

use super::Quota;
use super::amount::Amount;
use super::ledger::{Booking, totals};
use super::people::{Change, PINS};
use super::rows::{Account, Grant, Rows};
use super::rules::{CANCELLED, EFFECTIVE, EXPIRED};
use crate::context::{Violation, hold};

pub(super) fn check(context: &Quota, before: &Rows, rows: &Rows) -> Result<(), Violation> {
    for pin in PINS {
        let mut bookings = Vec::new();
        for (key, grant) in before.grants(pin) {
            let now = rows.grant(pin, key);
            hold("steps", now.is_some_and(|now| is_step(grant, now)), || {
                format!("{pin} {key} was {grant:?} and is {now:?}")
            })?;
        }
        for (key, grant) in rows.grants(pin) {
            let was = before.grant(pin, key);
            let is_ended = grant.status != EFFECTIVE;
            bookings.extend(was.is_none().then_some(Booking::Raised(grant.amount)));
            let counted = was.is_none_or(|was| was.status == EFFECTIVE);
            bookings.extend((is_ended && counted).then_some(Booking::TakenOff(grant.amount)));
        }
        account(context, pin, (before.account(pin), rows.account(pin)), bookings)?;
    }
    Ok(())
}

/// A grant ends once, by a cancel or by running out, and is otherwise never touched.
fn is_step(was: &Grant, is: &Grant) -> bool {
    let status = (was.status.as_str(), is.status.as_str());
    let ended = Grant {
        status: is.status.clone(),
        updated: is.updated,
        live_since: is.live_since,
        due_at: is.due_at,
        ..was.clone()
    };
    match status {
        (EFFECTIVE, CANCELLED | EXPIRED) => *is == ended && is.updated >= was.updated,
        _ => is == was,
    }
}

/// The account took each change at most once, never an earlier one than it shows; its total moved by what was booked.
fn account(
    context: &Quota,
    pin: &str,
    (was, is): (Option<&Account>, Option<&Account>),
    mut bookings: Vec<Booking>,
) -> Result<(), Violation> {
    let seen = || format!("{pin} was {was:?} and is {is:?}");
    let Some(is) = is else { return hold("account-steps", was.is_none(), seen) };
    let (shown, marks) = was.map_or((None, BTreeSet::new()), |was| (was.occurred_at, was.marks.clone()));
    hold("account-steps", is.occurred_at >= shown, seen)?;
    let same_instant = is.occurred_at == shown;
    hold("account-steps", !same_instant || is.marks.is_superset(&marks), seen)?;
    let sent = context.sent.borrow();
    let of_pin = || sent.changes.iter().filter(|change| change.pin == pin);
    let taken: Vec<&Change> = of_pin()
        .filter(|change| is.marks.contains(&change.mark()) && Some(change.occurred_at) == is.occurred_at)
        .filter(|change| !(same_instant && marks.contains(&change.mark())))
        .collect();
    let is_shown = taken.iter().any(|change| change.state == is.state && change.kind == is.kind);
    let stayed = was.is_some_and(|was| was.state == is.state && was.kind == is.kind);
    let opened_by_grant = was.is_none() && is.occurred_at.is_none();
    hold("account-steps", is_shown || (taken.is_empty() && (stayed || opened_by_grant)), seen)?;
    bookings.extend(taken.iter().filter_map(|change| change.total.map(Booking::Corrected)));
    let between = of_pin().filter(|change| !same_instant && Some(change.occurred_at) < is.occurred_at);
    let between =
        between.filter(|change| Some(change.occurred_at) >= shown && !marks.contains(&change.mark()));
    let perhaps: Vec<Amount> = between.filter_map(|change| change.total).collect();
    let before = was.map_or(0, |was| was.total);
    let possible = totals(before, &bookings, &perhaps);
    hold("ledger", possible.contains(&is.total), || {
        format!("{pin} had {before}, {bookings:?} and perhaps {perhaps:?} happened, and it has {}", is.total)
    })
}
