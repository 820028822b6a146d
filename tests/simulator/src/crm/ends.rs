//! What must hold when everything is settled.

use super::Crm;
use super::bank::{CLIENTS, Part};
use super::infor::{Asked, Push};
use super::invariants::{shown, shown_id};
use super::rows::{Rows, text};
use super::tasks::{is_of, told};
use crate::context::{Violation, hold};

pub(super) fn check(context: &Crm, rows: &Rows) -> Result<(), Violation> {
    for (organization, mdm_id) in CLIENTS {
        newest(context, rows, organization, mdm_id)?;
    }
    let infor = context.infor.borrow();
    for (id, row) in &rows.tasks {
        let asked = infor.asked.get(id);
        hold("one-request", asked.is_some(), || format!("InforCRM never got {row}"))?;
        if let Some(asked) = asked {
            answered(rows, id, asked)?;
            pushed(rows, id, asked)?;
        }
    }
    events(context, rows)
}

/// The projection shows of each part what counts of all that was told, in whatever order it came.
fn newest(context: &Crm, rows: &Rows, organization: &str, mdm_id: &str) -> Result<(), Violation> {
    let bank = context.bank.borrow();
    for part in Part::ALL {
        let expected = bank.newest(organization, part);
        let row = rows.clients.get(organization);
        let shown = row.and_then(|row| shown(context, row, organization, part));
        hold("projection", shown.as_ref() == expected, || {
            format!("{part:?} of {organization} is {shown:?}, not {expected:?}")
        })?;
    }
    for system in ["ibso", "infor"] {
        let expected = bank.newest_back_id(mdm_id, system);
        let shown = shown_id(context, rows, mdm_id, system);
        hold("projection", shown.as_ref() == expected, || {
            format!("{mdm_id} has {shown:?} in {system}, not {expected:?}")
        })?;
    }
    Ok(())
}

/// Each answer is in its row: a task, if one of them is that; else the first that came.
fn answered(rows: &Rows, id: &str, asked: &Asked) -> Result<(), Violation> {
    let code = text(&rows.tasks[id], "status_code");
    let has_task = asked.replies.iter().any(|reply| reply.code == "0");
    let is_so = match code {
        None => asked.replies.is_empty(),
        Some("0") => has_task,
        Some(code) => !has_task && asked.replies.iter().any(|reply| reply.code == code),
    };
    hold("replies", is_so, || format!("{} was answered {:?}", rows.tasks[id], asked.replies))
}

/// The latest push is in its row, and the task ended if one ended it.
fn pushed(rows: &Rows, id: &str, asked: &Asked) -> Result<(), Violation> {
    let row = &rows.tasks[id];
    let of_row: Vec<&Push> = asked.pushes.iter().filter(|push| is_of(rows, id, push)).collect();
    let latest = of_row.iter().filter_map(|push| push.at).max();
    let shown = text(row, "push_dt").and_then(platform::rfc3339::parse);
    let is_there = text(row, "push_state").is_some();
    hold("pushes", shown == latest && is_there != of_row.is_empty(), || {
        format!("{row} does not show the latest of {of_row:?}")
    })?;
    let has_ended = text(row, "push_state") == Some("ended");
    let of_latest: Vec<_> = of_row.iter().filter(|push| push.at == latest).collect();
    let must_end = !of_latest.is_empty() && of_latest.iter().all(|push| push.ends);
    let may_end = of_row.iter().any(|push| push.ends);
    hold("pushes", has_ended >= must_end && has_ended <= may_end, || {
        format!("{row} has ended: {has_ended}, by {of_row:?}")
    })
}

/// What happened to a task was told.
fn events(context: &Crm, rows: &Rows) -> Result<(), Violation> {
    let told = told(context);
    for (id, row) in &rows.tasks {
        for (kind, is_so) in [
            ("communication_task_created", text(row, "status_code") == Some("0")),
            ("communication_task_finished", text(row, "push_state") == Some("ended")),
        ] {
            let was_told = told.contains_key(&(kind.to_owned(), id.clone()));
            hold("events", was_told == is_so, || format!("{kind} of {row} was told: {was_told}"))?;
        }
    }
    Ok(())
}
