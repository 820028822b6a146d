//! What must hold at any time, from the rows and from what was told.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Instalment;
use super::rows::{Contract, Rows};
use super::sent::CLIENTS;
use crate::context::{Violation, hold};

pub(super) fn check(context: &Instalment, rows: &Rows) -> Result<(), Violation> {
    numbers(rows)?;
    let told = told(rows)?;
    for client in CLIENTS {
        for (place, contract) in rows.contracts(client).iter().enumerate() {
            let is_told = |event: &str| told.contains_key(&(event.to_owned(), client.to_owned(), place + 1));
            let seen = || format!("{client}'s contract {} is {contract:?}", place + 1);
            let by_lender = is_told("contract_closed");
            hold("closed-with-reason", !by_lender || contract.state == "CLOSED", seen)?;
            hold("as-told", is_as_told(context, client, contract, by_lender), seen)?;
            let is_renewal = is_told("application_opened");
            let is_untouched = contract.occurred_at.is_none();
            hold("renewed-once", is_renewal || !is_untouched, seen)?;
            hold("renewed-once", is_renewal || contract.previous.is_none(), seen)?;
        }
    }
    Ok(())
}

/// A number belongs to one contract of one client, for ever.
fn numbers(rows: &Rows) -> Result<(), Violation> {
    let of = |client: &'static str| {
        rows.contracts(client).iter().filter_map(move |row| Some((row.number.clone()?, client.to_owned())))
    };
    let all: Vec<(String, String)> = CLIENTS.into_iter().flat_map(of).collect();
    let map: BTreeMap<String, String> = all.iter().cloned().collect();
    hold("numbers", map.len() == all.len() && map == *rows.numbers(), || {
        format!("contracts have {all:?}, and known are {:?}", rows.numbers())
    })
}

/// Each contract that is closed or opened is told under one event id, however often: the ids by event, client, sequence.
fn told(rows: &Rows) -> Result<BTreeMap<(String, String, usize), &str>, Violation> {
    let mut told = BTreeMap::new();
    for (id, events) in rows.events() {
        let event = &events[0];
        let said = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        let sequence = event["sequence"].as_u64().and_then(|sequence| usize::try_from(sequence).ok());
        let contract = sequence.and_then(|of| rows.contracts(&said("client_id")).get(of.checked_sub(1)?));
        let is_so = contract.is_some_and(|contract| is_so(event, contract));
        hold("told-once", is_so && events.iter().all(|of| of == event), || {
            format!("{id}: {events:?} of {contract:?}")
        })?;
        let key = (said("event"), said("client_id"), sequence.unwrap_or_default());
        let before = told.insert(key, id.as_str());
        hold("told-once", before.is_none(), || format!("{event} was told before, as {before:?}"))?;
    }
    Ok(told)
}

/// Whether a contract is what an event tells of it.
fn is_so(event: &Value, contract: &Contract) -> bool {
    let said = |name: &str| event[name].as_str().map(str::to_owned);
    match event["event"].as_str() {
        Some("contract_closed") => contract.state == "CLOSED" && said("contract_number") == contract.number,
        Some("application_opened") => said("previous_contract_number") == contract.previous,
        Some(_) | None => false,
    }
}

/// Whether a contract shows something that onboarding told, or what a renewal or the lender made of it.
fn is_as_told(context: &Instalment, client: &str, contract: &Contract, by_lender: bool) -> bool {
    let Some(at) = contract.occurred_at else {
        return contract.state == "init" && contract.number.is_none();
    };
    context.sent.borrow().events.iter().any(|event| {
        event.client == client
            && event.occurred_at == at
            && (event.state == contract.state || by_lender)
            && (event.number.is_none() || event.number == contract.number)
    })
}
