//! What must hold when everything is settled.

use suites::host::BUS;

use super::Marketplace;
use super::invariants::is_plan;
use super::people::{ORDERS, Order};
use super::rows::Rows;
use crate::context::{Violation, hold};

/// What is still to be done, if something is.
pub(super) fn unsettled(context: &Marketplace, rows: &Rows) -> Option<String> {
    if rows.outbox() > 0 {
        return Some(format!("{} rows in the outbox", rows.outbox()));
    }
    if !context.queues_are_empty() {
        return Some("messages in queues".to_owned());
    }
    if rows.due() > 0 {
        return Some(format!("callbacks of {} orders", rows.due()));
    }
    let core = context.core.borrow();
    for order in &ORDERS {
        let (key, book) = (order.key(), core.book(order));
        let status = rows.status(&key);
        if status.is_some_and(|status| ![1, 4, 5, 12].contains(&status)) {
            return Some(format!("{key} is at {status:?}"));
        }
        if !book.to_tell.is_empty() || rows.attempts(&key).iter().any(|(_, _, open)| *open) {
            return Some(format!("repayments of {key}"));
        }
        if rows.register(&key).as_deref() == Some("waiting") {
            return Some(format!("the account that {key} waits for"));
        }
    }
    None
}

pub(super) fn check(context: &Marketplace, rows: &Rows, order: &Order) -> Result<(), Violation> {
    let key = order.key();
    let delivered = rows.callbacks(&key).iter().all(|one| one.state == "delivered" || one.state == "dead");
    hold("callbacks-delivered", delivered, || format!("{:?}", rows.callbacks(&key)))?;
    let arrived = context.partners.arrived(&key);
    for one in rows.callbacks(&key).iter().filter(|one| one.state == "delivered") {
        let got = arrived.iter().any(|arrived| arrived.is_taken && arrived.body == one.body);
        hold("callbacks-delivered", got, || format!("{key}: the platform never took {one:?}"))?;
    }
    let core = context.core.borrow();
    let book = core.book(order);
    hold("plan-of-core", rows.plan(&key).is_none_or(|plan| is_plan(&plan, &book.plan())), || {
        format!("{key} shows {:?}, the core has {}", rows.plan(&key), book.plan())
    })?;
    hold("plan-of-core", rows.plan(&key).is_some() == book.has_plan(), || format!("{key} has no plan"))?;
    let has_card = rows.loan(&key).is_some_and(|loan| loan.get("card").is_some());
    let is_bound = context.carded.borrow().contains(&key);
    hold("card-of-loan", !is_bound || has_card || rows.loan(&key).is_none(), || {
        format!("a card was bound for {key}, and its loan has none")
    })?;
    let shown = context.cards_seen.borrow().get(&key).cloned().unwrap_or_default();
    let (times, is_told) = book.was_told(shown.last().map_or("", String::as_str));
    hold("card-of-core", !has_card || (is_told && times >= shown.len()), || {
        format!("{key} had one after the other {shown:?}, and the core was told {times} times of a card")
    })?;
    let status = book.told_status.unwrap_or(0);
    let refused = status == 27 || (book.told_status.is_none() && rows.loan_status(&key) == Some(26));
    let agrees = rows.loan(&key).is_none() || refused || rows.loan_status(&key) == Some(status);
    hold("loan-of-core", agrees, || format!("{key}: told {status}, is {:?}", rows.loan_status(&key)))?;
    confirmed(context, rows, order)?;
    events(context, order)
}

/// Who confirmed and has an account has a loan, unless the order was refused.
fn confirmed(context: &Marketplace, rows: &Rows, order: &Order) -> Result<(), Violation> {
    let key = order.key();
    let is_awaited = context.awaited.borrow().contains_key(&key);
    let is_told_open = rows.register(&key).as_deref() == Some("open");
    let waits = rows.log(&key).is_some_and(|log| log.get("completed_at").is_none());
    let mut of_user = ORDERS.iter().filter(|other| other.uid == order.uid).map(Order::key);
    let refused =
        |key: String| rows.status(&key) == Some(4) || matches!(rows.loan_status(&key), Some(26 | 27));
    let is_refused = context.blacklisted.borrow().contains(order.uid) || of_user.any(refused);
    hold(
        "confirmed",
        !(is_awaited && is_told_open && waits) || rows.loan(&key).is_some() || is_refused,
        || format!("{key} was confirmed, has an account, and no loan"),
    )
}

/// Other systems are told once of what happened to a loan, though perhaps more often of the same event.
fn events(context: &Marketplace, order: &Order) -> Result<(), Violation> {
    let core = context.core.borrow();
    let book = core.book(order);
    for (name, times) in
        [("loan_disbursed", usize::from(book.has_plan())), ("loan_paid_off", usize::from(book.is_paid_off()))]
    {
        let events = context.lambda.world.events(BUS).into_iter().filter(|event| event.detail_type == name);
        let of_order =
            events.filter(|event| event.detail.to_string().contains(&format!("\"{}\"", order.number)));
        let mut ids: Vec<String> = of_order.map(|event| event.detail["event_id"].to_string()).collect();
        ids.sort();
        ids.dedup();
        hold("events", ids.len() == times, || {
            format!("{}: {name} is told {ids:?}, not {times}", order.key())
        })?;
    }
    Ok(())
}
