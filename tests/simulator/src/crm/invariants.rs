//! What must hold at any time of what is known of clients, and of the requests about them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use platform::rfc3339;
use serde_json::Value;
use suites::crm::OUTBOUND;

use super::Crm;
use super::bank::{CLIENTS, INHABITED, Part, Told};
use super::reference::{Known, PENDING, moscow_day, waits_since};
use super::rows::{Rows, text};
use crate::context::{Violation, hold};
use crate::rows::{attribute, number};

pub(super) fn check(context: &Crm, before: &Rows, now: &Rows) -> Result<(), Violation> {
    for (organization, mdm_id) in CLIENTS {
        let row = now.clients.get(organization);
        for part in Part::ALL {
            projection(context, (before.clients.get(organization), row), (organization, part))?;
        }
        for system in ["ibso", "infor"] {
            let [old, new] = [before, now].map(|rows| shown_id(context, rows, mdm_id, system));
            hold("projection", old.as_ref().map(Told::stamp) <= new.as_ref().map(Told::stamp), || {
                format!("{mdm_id} in {system} went back from {old:?} to {new:?}")
            })?;
        }
        waiting(context, now, organization)?;
        one_a_day(context, before, now, organization)?;
    }
    one_request(context, now)?;
    now.tasks
        .keys()
        .filter(|id| !before.tasks.contains_key(*id))
        .try_for_each(|id| due(context, before, now, id))
}

/// What a row shows of a part: what was told of it, all of it.
pub(super) fn shown(context: &Crm, row: &Value, organization: &str, part: Part) -> Option<Told> {
    let (at, event_id, columns) = part.columns();
    let stored = rfc3339::parse(text(row, at)?)?;
    let columns = columns.iter().filter_map(|name| Some((*name, text(row, name)?.to_owned())));
    let shown = Told { at: stored, event_id: attribute(row, event_id), columns: columns.collect() };
    context.bank.borrow().of(organization, part).iter().find(|told| **told == shown).cloned()
}

/// A part of the projection is something that was told of it, and never older than what it was.
fn projection(
    context: &Crm,
    (before, now): (Option<&Value>, Option<&Value>),
    (organization, part): (&str, Part),
) -> Result<(), Violation> {
    let Some(row) = now else {
        return hold("projection", before.is_none(), || format!("{organization} is gone"));
    };
    let is_there = text(row, part.columns().0).is_some();
    let of = |row: &Value| shown(context, row, organization, part);
    let (old, new) = (before.and_then(of), of(row));
    hold("projection", !is_there || new.is_some(), || format!("nobody told {part:?} of {row}"))?;
    hold("projection", old.as_ref().map(Told::stamp) <= new.as_ref().map(Told::stamp), || {
        format!("{part:?} of {organization} went back from {old:?} to {new:?}")
    })
}

/// What is shown of a client's id in a system.
pub(super) fn shown_id(context: &Crm, rows: &Rows, mdm_id: &str, system: &str) -> Option<Told> {
    let is_it =
        |row: &&Value| attribute(row, "mdm_id") == mdm_id && attribute(row, "back_system_name") == system;
    let row = rows.back_ids.iter().find(is_it)?;
    let shown = Told {
        at: rfc3339::parse(text(row, "occurred_at")?)?,
        event_id: attribute(row, "event_id"),
        columns: BTreeMap::from([("back_system_id", attribute(row, "back_system_id"))]),
    };
    context.bank.borrow().back_ids(mdm_id, system).iter().find(|told| **told == shown).cloned()
}

/// In the index of those who wait stands who hesitates and never had a task, by the day from which that counts; and a
/// client is marked as one that had a task exactly if there is one.
fn waiting(context: &Crm, rows: &Rows, organization: &str) -> Result<(), Violation> {
    let Some(row) = rows.clients.get(organization) else { return Ok(()) };
    let [migration, log] =
        [Part::Migration, Part::Wizard].map(|part| shown(context, row, organization, part));
    let has_task = rows.has_task(organization);
    let marked = row["task_created"]["BOOL"] == true;
    hold("never-again", marked == has_task, || format!("{row} has a task: {has_task}"))?;
    let expected = waits_since(migration.as_ref(), log.as_ref()).filter(|_| !has_task);
    let since = text(row, "waiting_since").and_then(rfc3339::parse);
    let shard = number(row, "waiting_shard");
    let is_in_shard = shard.is_some_and(|shard| INHABITED.contains(&shard));
    hold(
        "waiting",
        since == expected && is_in_shard == since.is_some() && shard.is_some() == is_in_shard,
        || format!("{row} waits since {since:?}, not {expected:?}"),
    )
}

/// The time of the run that made a request.
pub(super) fn run_of(row: &Value) -> Timestamp {
    text(row, "request_date").and_then(rfc3339::parse).unwrap_or_default()
}

/// A client has one request of a day, none while another may still be answered, and none ever again after a task.
fn one_a_day(context: &Crm, before: &Rows, now: &Rows, organization: &str) -> Result<(), Violation> {
    let all: Vec<_> = now.of_organization(organization).collect();
    let is_new = |id: &str| !before.tasks.contains_key(id);
    for (place, (id, row)) in all.iter().enumerate() {
        let run = run_of(row);
        for (other_id, other) in all.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, of)| of) {
            let their_run = run_of(other);
            hold("one-a-day", moscow_day(run) != moscow_day(their_run), || {
                format!("{row} and {other} are of one day")
            })?;
            if !is_new(id) {
                continue;
            }
            let code = |rows: &Rows| {
                rows.tasks.get(*other_id).and_then(|row| text(row, "status_code").map(str::to_owned))
            };
            let (was, is) = (code(before), code(now));
            hold("never-again", was.as_deref() != Some("0"), || format!("{row} came behind {other}"))?;
            // Of two that were made since the last check the later one is judged.
            let is_later = !is_new(other_id) || run > their_run;
            let was_rejected = [&was, &is].iter().any(|code| code.as_deref().is_some_and(|code| code != "0"))
                || was_rejected_between(context, other_id, [before, now]);
            let is_old = run.duration_since(their_run) >= PENDING;
            hold("one-a-day", !is_later || was_rejected || is_old, || {
                format!("{row} came while {other} might still be answered")
            })?;
        }
    }
    Ok(())
}

/// Whether a request may have been rejected since the last check, before a task was created for it after all.
fn was_rejected_between(context: &Crm, id: &str, rows: [&Rows; 2]) -> bool {
    let [was, is] = rows.map(|rows| rows.tasks.get(id));
    let version = |row: Option<&Value>| row.and_then(|row| number(row, "version")).unwrap_or(1);
    let is_unanswered = was.is_none_or(|row| text(row, "status_code").is_none());
    let infor = context.infor.borrow();
    let rejects =
        infor.asked.get(id).is_some_and(|asked| asked.replies.iter().any(|reply| reply.code != "0"));
    is_unanswered && version(is) >= version(was) + 2 && rejects
}

/// Who is due at a run that is just over, with nothing going wrong, has a task, or a request of that day, or one that
/// may still be answered.
pub(super) fn handed_over(context: &Crm, rows: &Rows, run: Timestamp) -> Result<(), Violation> {
    let bank = context.bank.borrow();
    CLIENTS.iter().try_for_each(|(organization, _)| {
        let of = |part| bank.newest(organization, part);
        let [Some(row), Some(log), Some(numbers)] = Part::ALL.map(of) else { return Ok(()) };
        let is_due = Known { row, log, numbers }.is_due(run) && !rows.has_task(organization);
        let is_asked = rows.of_organization(organization).any(|(_, row)| {
            let is_young = run.duration_since(run_of(row)) < PENDING;
            let is_open = is_young && text(row, "status_code").is_none();
            is_open || moscow_day(run_of(row)) >= moscow_day(run)
        });
        hold("handed-over", !is_due || is_asked, || {
            format!("{organization} was due at {run}, and nobody was asked")
        })
    })
}

/// Each request has one row and one message, which always says the same.
fn one_request(context: &Crm, rows: &Rows) -> Result<(), Violation> {
    let mut messages: Vec<(String, String)> = Vec::new();
    let unsent =
        rows.outbox.iter().filter(|row| attribute(&row["destination"]["M"], "queue_url").ends_with(OUTBOUND));
    let unsent = unsent.map(|row| attribute(row, "body"));
    let sent = context.lambda.world.messages(OUTBOUND).into_iter().map(|message| message.body);
    for body in unsent.chain(sent) {
        let request: Value = serde_json::from_str(&body).unwrap_or_default();
        messages.push((request["requestID"].as_str().unwrap_or_default().to_owned(), body));
    }
    let infor = context.infor.borrow();
    messages.extend(infor.asked.iter().map(|(id, asked)| (id.clone(), asked.body.clone())));
    let mut known = context.requests.borrow_mut();
    for (id, body) in messages {
        let before = known.entry(id.clone()).or_insert_with(|| body.clone());
        hold("one-request", *before == body, || format!("{before} became {body}"))?;
        hold("one-request", rows.tasks.contains_key(&id), || format!("{body} has no row"))?;
    }
    let lost = rows.tasks.iter().find(|(id, _)| !known.contains_key(*id));
    hold("one-request", lost.is_none(), || format!("{lost:?} has no message"))
}

/// Who was asked about was due, as of the run, by what was known; and the request says what was known.
fn due(context: &Crm, before: &Rows, now: &Rows, id: &str) -> Result<(), Violation> {
    let row = &now.tasks[id];
    let organization = attribute(row, "organization_id");
    let requests = context.requests.borrow();
    let (body, dt) = (&requests[id], attribute(row, "request_date"));
    let of = |part| meanwhile(context, (before, now), &organization, part);
    let [migrations, logs, snapshots] = Part::ALL.map(of);
    let is_it = |known: Known<'_>| {
        let mdm_id = known.row.column("mdm_id").unwrap_or_default().to_owned();
        let ids = |system| ids_meanwhile(context, (before, now), &mdm_id, system);
        let says = |ibso: &Option<String>, infor: &Option<String>| {
            known.request(&organization, (id, &dt), (ibso.as_deref(), infor.as_deref())) == *body
        };
        known.is_due(run_of(row))
            && ids("ibso").iter().any(|ibso| ids("infor").iter().any(|infor| says(ibso, infor)))
    };
    let mut all = migrations.iter().flat_map(|row| {
        logs.iter().flat_map({
            let snapshots = &snapshots;
            move |log| snapshots.iter().map(move |numbers| Known { row, log, numbers })
        })
    });
    hold("due", all.any(is_it), || {
        format!("{body} was asked, and known was {migrations:?}, {logs:?}, {snapshots:?}")
    })
}

/// What a part may have shown since the last check.
fn meanwhile(context: &Crm, (before, now): (&Rows, &Rows), organization: &str, part: Part) -> Vec<Told> {
    let [old, new] = [before, now]
        .map(|rows| rows.clients.get(organization).and_then(|row| shown(context, row, organization, part)));
    let bank = context.bank.borrow();
    let since_then = |told: &&Told| {
        old.as_ref().is_none_or(|old| told.stamp() >= old.stamp())
            && new.as_ref().is_some_and(|new| told.stamp() <= new.stamp())
    };
    bank.of(organization, part).iter().filter(since_then).cloned().collect()
}

/// The same of an id in a system, which may have been unknown.
fn ids_meanwhile(
    context: &Crm,
    (before, now): (&Rows, &Rows),
    mdm_id: &str,
    system: &str,
) -> Vec<Option<String>> {
    let [old, new] = [before, now].map(|rows| shown_id(context, rows, mdm_id, system));
    let bank = context.bank.borrow();
    let since_then = |told: &&Told| {
        old.as_ref().is_none_or(|old| told.stamp() >= old.stamp())
            && new.as_ref().is_some_and(|new| told.stamp() <= new.stamp())
    };
    let ids = bank.back_ids(mdm_id, system).iter().filter(since_then);
    let ids = ids.map(|told| told.column("back_system_id").map(str::to_owned));
    old.is_none().then_some(None).into_iter().chain(ids).collect()
}
