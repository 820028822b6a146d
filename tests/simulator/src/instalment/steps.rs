//! What may have happened since the rows were looked at last.

use serde_json::Value;

use super::model::{Happening, explains};
use super::rows::Rows;
use super::sent::CLIENTS;
use super::{Instalment, Seen};
use crate::context::{Violation, hold};

/// How long an event's id must be remembered, in seconds (§13).
const REMEMBERED: i64 = 14 * 24 * 3_600;

pub(super) fn check(context: &Instalment, before: &Seen, rows: &Rows) -> Result<(), Violation> {
    for client in CLIENTS {
        let mut happened = events(context, before, rows, client)?;
        for event in new_events(&before.rows, rows).filter(|event| event["client_id"] == client) {
            happened.push(told(context, before, event)?);
        }
        let (was, is) = (before.rows.contracts(client), rows.contracts(client));
        hold("explained", explains(was, &happened, is), || {
            format!("{client} was {was:?}, is {is:?}, and {happened:?} happened")
        })?;
    }
    Ok(())
}

/// The events of a client that were handled since, each id once; none is forgotten too early.
fn events(
    context: &Instalment,
    before: &Seen,
    rows: &Rows,
    client: &str,
) -> Result<Vec<Happening>, Violation> {
    let (was, is) = (before.rows.known(client), rows.known(client));
    let now = u64::try_from(context.now().as_second()).unwrap_or_default();
    for (id, forgotten) in &was {
        hold("remembered", is.contains_key(id) || *forgotten <= now, || {
            format!("{id} of {client} is forgotten")
        })?;
    }
    let least = u64::try_from(before.at.as_second() + REMEMBERED).unwrap_or_default();
    let sent = context.sent.borrow();
    let mut happened = Vec::new();
    for (id, forgotten) in is.iter().filter(|(id, forgotten)| was.get(*id) != Some(*forgotten)) {
        let contents = sent.contents(client, id);
        hold("remembered", *forgotten >= least && !contents.is_empty(), || {
            format!("{id} until {forgotten}")
        })?;
        happened.push(Happening::Event(contents));
    }
    Ok(happened)
}

/// What was told of under an id that is new.
fn new_events<'a>(before: &'a Rows, rows: &'a Rows) -> impl Iterator<Item = &'a Value> {
    let new = rows.events().iter().filter(|(id, _)| !before.events().contains_key(*id));
    new.filter_map(|(_, events)| events.first())
}

/// What an event tells of; a contract is closed only after the lender said that its line is.
fn told(context: &Instalment, before: &Seen, event: &Value) -> Result<Happening, Violation> {
    let said = |name: &str| event[name].as_str().map(str::to_owned);
    let sequence = event["sequence"].as_u64().and_then(|sequence| usize::try_from(sequence).ok());
    let sequence = sequence.unwrap_or_default();
    if event["event"] == "application_opened" {
        return Ok(Happening::Opened(sequence, said("previous_contract_number")));
    }
    let number = said("contract_number").unwrap_or_default();
    let is_seen = context.lender.told_closed_since(before.upcoming, &number);
    hold("closed-with-reason", is_seen, || format!("{event}, and the lender did not say so"))?;
    Ok(Happening::Closed(sequence, number))
}
