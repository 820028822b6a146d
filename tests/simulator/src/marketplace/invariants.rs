//! What must hold of an order at any time.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Marketplace;
use super::partners::Arrived;
use super::people::{CARDS, Order};
use super::rows::{Callback, Rows};
use crate::context::{Violation, hold};
use crate::rows::attribute;

/// The steps that an order may take (§2.1).
const STEPS: [(u64, u64); 11] =
    [(0, 2), (2, 3), (3, 10), (3, 1), (3, 4), (3, 5), (10, 11), (10, 4), (11, 12), (11, 4), (12, 1)];

pub(super) fn check(context: &Marketplace, rows: &Rows, order: &Order) -> Result<(), Violation> {
    let key = order.key();
    steps(rows, &key)?;
    one_loan(rows, &key)?;
    callbacks(rows, &key)?;
    in_order(rows.callbacks(&key), &context.partners.arrived(&key))?;
    pending_is_due(rows, &key)?;
    card(context, rows, &key)?;
    commands(context, rows, order)?;
    money(context, rows, order)?;
    partners(context)
}

/// An order goes only where the table leads, each step from where the last one ended.
fn steps(rows: &Rows, key: &str) -> Result<(), Violation> {
    let history = rows.history(key);
    let mut at = None;
    for step in history {
        let is_first = at.is_none();
        let (from, to) = (step.from, step.to.unwrap_or(99));
        let follows = if is_first { to == 0 } else { from == at };
        let stays = from == Some(to);
        let is_in_table = is_first || stays || STEPS.contains(&(from.unwrap_or(99), to));
        hold("steps", follows && is_in_table, || format!("{key}: {history:?}"))?;
        at = Some(to);
    }
    hold("steps", at == rows.status(key), || format!("{key} is at {:?}: {history:?}", rows.status(key)))
}

/// There is a loan exactly when the order was confirmed, and the order was confirmed once.
fn one_loan(rows: &Rows, key: &str) -> Result<(), Violation> {
    let is_confirmed = rows.status(key) == Some(1);
    hold("one-loan", is_confirmed == rows.loan(key).is_some(), || {
        format!("{key} is at {:?}, its loan is {:?}", rows.status(key), rows.loan(key))
    })?;
    let times = rows.history(key).iter().filter(|step| step.from == Some(12) && step.to == Some(1)).count();
    hold("one-loan", times <= 1, || format!("{key} was confirmed {times} times"))?;
    let is_completed = rows.log(key).is_some_and(|log| log.get("completed_at").is_some());
    hold("confirmed", !is_completed || is_confirmed, || {
        format!("{key} is at {:?}, and its confirmation is completed", rows.status(key))
    })
}

/// Each state that is told is told once, and no other.
fn callbacks(rows: &Rows, key: &str) -> Result<(), Violation> {
    let callbacks = rows.callbacks(key);
    let status_of = |one: &Callback| {
        let body: Value = serde_json::from_str(&one.body).unwrap_or_default();
        body["status"].as_u64().unwrap_or_default()
    };
    let count = |kind: &str, status: u64| {
        callbacks.iter().filter(|one| one.kind == kind && (status == 0 || status_of(one) == status)).count()
    };
    let taken = |kind: &str, besides: &str| {
        let applied = |(of, told, taken): &&(String, String, String)| {
            of == kind && taken == "applied" && told != besides
        };
        rows.messages(key).iter().filter(applied).count()
    };
    let status = rows.status(key);
    let loan = rows.loan_status(key);
    let has_plan = rows.plan(key).is_some();
    let repaid = taken("repay_result", "");
    // What failed is told as paid where the plan shows it paid by then, and its plan is told with it.
    let successes = callbacks.iter().filter(|one| one.kind == "repay" && status_of(one) != 8003).count();
    hold("callbacks-of-states", successes >= taken("repay_result", "failed"), || {
        format!("{key} was told of {successes} successes: {callbacks:?}")
    })?;
    let expected = [
        ("audit", 6004, usize::from(matches!(status, Some(4 | 5)))),
        ("audit", 6001, usize::from(matches!(status, Some(12 | 1)))),
        ("loan", 7003, usize::from(matches!(loan, Some(26 | 27)))),
        ("loan", 7001, usize::from(has_plan)),
        ("repay", 0, repaid),
        ("plan", 0, taken("overdue", "") + successes),
    ];
    for (kind, code, times) in expected {
        hold("callbacks-of-states", count(kind, code) == times, || {
            format!("{key} has {} of {kind} {code}, not {times}: {callbacks:?}", count(kind, code))
        })?;
    }
    let known = callbacks.iter().all(|one| ["audit", "loan", "repay", "plan"].contains(&one.kind.as_str()));
    hold("callbacks-of-states", known, || format!("{callbacks:?}"))?;
    for (place, one) in callbacks.iter().enumerate() {
        let needs_plan = one.kind == "repay" && status_of(one) != 8003;
        let has_plan_next = callbacks.get(place + 1).is_some_and(|next| next.kind == "plan");
        hold("plan-behind-result", !needs_plan || has_plan_next, || format!("{key}: {callbacks:?}"))?;
    }
    Ok(())
}

/// What the platform gets comes in order, one at a time: the next only when it took the one before, or that was given up.
pub(super) fn in_order(callbacks: &[Callback], arrived: &[Arrived]) -> Result<(), Violation> {
    let mut places = BTreeSet::from([(0_usize, true)]);
    for one in arrived {
        let mut next = BTreeSet::new();
        for (place, is_taken) in &places {
            let is_same = |place: usize| callbacks.get(place).is_some_and(|row| row.body == one.body);
            if *place > 0 && is_same(place - 1) {
                next.insert((*place, *is_taken || one.is_taken));
            }
            let is_dead = *place > 0 && callbacks[place - 1].state == "dead";
            if (*is_taken || is_dead) && is_same(*place) {
                next.insert((place + 1, one.is_taken));
            }
        }
        hold("callbacks-in-order", !next.is_empty(), || {
            format!("{one:?} does not follow what came before: {arrived:?}; the rows are {callbacks:?}")
        })?;
        places = next;
    }
    Ok(())
}

/// The worker comes to what waits: an order is due while a callback of it does.
fn pending_is_due(rows: &Rows, key: &str) -> Result<(), Violation> {
    let waits = rows.callbacks(key).iter().any(|one| one.state == "pending");
    hold("pending-is-due", !waits || rows.is_due(key), || {
        format!("{key} is not due; its callbacks are {:?}", rows.callbacks(key))
    })
}

/// The loan has the card that was bound last.
fn card(context: &Marketplace, rows: &Rows, key: &str) -> Result<(), Violation> {
    let shown =
        |name: &str| rows.loan(key).map(|loan| attribute(&loan["card"]["M"], name)).unwrap_or_default();
    context.saw_card(key, shown("card_ref"));
    let Some(bound) = context.bindings.settled(key) else { return Ok(()) };
    let card = shown("card_last4");
    hold("card-of-loan", CARDS[bound].ends_with(&card) && !card.is_empty(), || {
        format!("{} was bound last for {key}, and its loan has {card}", CARDS[bound])
    })
}

/// The core is told each thing to do once, and nothing that was not asked for.
fn commands(context: &Marketplace, rows: &Rows, order: &Order) -> Result<(), Violation> {
    let key = order.key();
    let core = context.core.borrow();
    let book = core.book(order);
    let mut all: Vec<(&str, &Value)> = Vec::new();
    for command in rows.commands(&key).iter().chain(book.commands.values()) {
        let id = command["command_id"].as_str().unwrap_or_default();
        if !all.iter().any(|(known, _)| *known == id) {
            all.push((id, command));
        }
    }
    let of = |kind: &str| -> Vec<&Value> {
        all.iter().map(|(_, command)| *command).filter(|command| command["type"] == kind).collect()
    };
    let passed_11 = rows.history(&key).iter().any(|step| step.to == Some(11));
    for (kind, times) in [
        ("credit_application", usize::from(passed_11)),
        ("loan_application", usize::from(rows.loan(&key).is_some())),
    ] {
        hold("one-command", of(kind).len() == times, || format!("{key} has {:?}, not {times}", of(kind)))?;
    }
    let asked = of("repayment");
    let attempt = |command: &Value| {
        (command["period"].as_i64().unwrap_or(99), command["attempt_no"].as_i64().unwrap_or(0))
    };
    let mut expected = BTreeSet::new();
    let mut open = Vec::new();
    for (period, closed, is_open) in rows.attempts(&key) {
        let closed = i64::try_from(closed).unwrap_or_default();
        expected.extend((1..=closed + i64::from(is_open)).map(|number| (period, number)));
        open.extend(is_open.then_some(period));
    }
    let commanded: BTreeSet<_> = asked.iter().map(|command| attempt(command)).collect();
    hold("one-debit", commanded == expected && commanded.len() == asked.len(), || {
        format!("{key} has the attempts {expected:?}, and the core is told {asked:?}")
    })?;
    let excluded = !open.contains(&-1) || open.len() == 1;
    hold("one-debit", excluded, || format!("{key} has open attempts of {open:?}"))?;
    let mut waiting: Vec<i64> = book.open.iter().map(|(period, _)| *period).collect();
    let unknown = asked.iter().filter(|command| !book.commands.values().any(|known| known == **command));
    waiting.extend(unknown.map(|command| attempt(command).0));
    let distinct: BTreeSet<_> = waiting.iter().collect();
    let alone = !waiting.contains(&-1) || waiting.len() == 1;
    hold("one-debit", distinct.len() == waiting.len() && alone, || {
        format!("{key} waits for debits of {waiting:?} at the same time")
    })
}

/// A plan is one that the core told, and never an older one than was shown before.
fn money(context: &Marketplace, rows: &Rows, order: &Order) -> Result<(), Violation> {
    let key = order.key();
    let Some(plan) = rows.plan(&key) else { return Ok(()) };
    let core = context.core.borrow();
    let told = &core.book(order).plans;
    let newest = told.iter().rposition(|told| is_plan(&plan, told));
    hold("money", newest.is_some(), || {
        format!("{key} shows {plan:?}, and the core never told it: {told:?}")
    })?;
    let mut seen = context.plans_seen.borrow_mut();
    let before = seen.get(&key).copied().unwrap_or_default();
    // The core notes what happens in order and tells it in order: a later place is a later plan.
    hold("money", newest >= Some(before), || format!("{key} went back from plan {before} to {newest:?}"))?;
    let first = told.iter().position(|told| is_plan(&plan, told)).unwrap_or_default();
    seen.insert(key, first.max(before));
    Ok(())
}

/// Whether a stored plan says what the core told.
pub(super) fn is_plan(stored: &[std::collections::BTreeMap<String, String>], told: &Value) -> bool {
    let told = told.as_array().map_or(&[][..], Vec::as_slice);
    let same = |stored: &std::collections::BTreeMap<String, String>, told: &Value| {
        ["principal", "repay_amount", "already_repay_amount", "overdue_fee", "status"]
            .iter()
            .all(|name| stored.get(*name).map(String::as_str) == told[*name].as_str())
            && stored.get("period_no").map(String::as_str) == Some(told["period_no"].to_string().as_str())
    };
    stored.len() == told.len() && stored.iter().zip(told).all(|(stored, told)| same(stored, told))
}

/// A card is bound once for an order, and partners get nothing that they would not accept.
fn partners(context: &Marketplace) -> Result<(), Violation> {
    let complaints = context.partners.complaints();
    hold("partners", complaints.is_empty(), || format!("{complaints:?}"))?;
    let overlaps = context.partners.overlaps();
    hold("one-callback-at-a-time", overlaps.is_empty(), || overlaps.join("\n"))?;
    let bound = context.partners.bound();
    // A request's id is made of the order and the card: a person with one card in two orders has two.
    let mut of = std::collections::BTreeMap::<&str, usize>::new();
    for (card, _) in bound.values() {
        *of.entry(card).or_default() += 1;
    }
    let most = |card: &str| if card.contains("11010119900307121") { 2 } else { 1 };
    hold("one-binding", of.iter().all(|(card, times)| *times <= most(card)), || format!("{bound:?}"))
}
