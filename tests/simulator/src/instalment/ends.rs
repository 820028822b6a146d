//! What must hold when everything is settled.

use serde_json::Value;
use suites::host::BUS;

use super::Instalment;
use super::rows::Rows;
use super::sent::CLIENTS;
use crate::context::{Violation, hold};

/// What is still to be done, if something is.
pub(super) fn unsettled(context: &Instalment, rows: &Rows) -> Option<String> {
    if rows.outbox() > 0 {
        return Some(format!("{} rows in the outbox", rows.outbox()));
    }
    let filled = context.sources.filled();
    (!filled.is_empty()).then(|| format!("messages in {filled:?}"))
}

pub(super) fn check(context: &Instalment, rows: &Rows) -> Result<(), Violation> {
    let (sent, given_up, handled) =
        (context.sent.borrow(), context.given_up.borrow(), context.handled.borrow());
    for event in &sent.events {
        let id = (event.client, event.id.clone());
        hold("nothing-lost", handled.contains(&id) || given_up.refused.contains(&id), || {
            format!("{event:?}")
        })?;
    }
    hold("nothing-lost", given_up.unreadable == sent.unreadable, || {
        format!("{:?} cannot be read, and {:?} were dead letters", sent.unreadable, given_up.unreadable)
    })?;
    let events: Vec<Value> = context.lambda.world.events(BUS).into_iter().map(|event| event.detail).collect();
    for client in CLIENTS {
        let on_the_bus = |name: &str, sequence: usize| {
            events.iter().any(|event| {
                event["event"] == name && event["client_id"] == client && event["sequence"] == sequence
            })
        };
        for (place, contract) in rows.contracts(client).iter().enumerate() {
            let is_renewal = contract.occurred_at.is_none() || contract.previous.is_some();
            hold("told-once", !is_renewal || on_the_bus("application_opened", place + 1), || {
                format!("nobody was told of {client} {contract:?}")
            })?;
        }
    }
    Ok(())
}
