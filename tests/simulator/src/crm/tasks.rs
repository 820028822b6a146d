//! What must hold at any time of what `InforCRM` said.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use suites::host::BUS;

use super::Crm;
use super::infor::{Asked, Push};
use super::rows::{Rows, text};
use crate::context::{Violation, hold};

/// The columns that a push fills, all of them.
const PUSH_COLUMNS: [&str; 9] = [
    "task_status",
    "task_execution_type",
    "task_execution_description",
    "task_close_date",
    "first_level_client_reaction",
    "second_level_client_reaction",
    "third_level_client_reaction",
    "application_id",
    "push_dt",
];

pub(super) fn check(context: &Crm, before: &Rows, now: &Rows) -> Result<(), Violation> {
    let infor = context.infor.borrow();
    let nothing = Asked::default();
    for (id, row) in &now.tasks {
        let asked = infor.asked.get(id).unwrap_or(&nothing);
        reply(id, row, asked)?;
        pushed(now, (id, row), asked)?;
        if let Some(old) = before.tasks.get(id) {
            steps(old, row)?;
        }
    }
    let gone = before.tasks.keys().find(|id| !now.tasks.contains_key(*id));
    hold("replies", gone.is_none(), || format!("{gone:?} is gone"))?;
    events(context, now)
}

/// A row shows no answer, or one that was given to its request.
fn reply(id: &str, row: &Value, asked: &Asked) -> Result<(), Violation> {
    let column = |name| text(row, name);
    let Some(code) = column("status_code") else {
        let is_empty = ["infor_response_id", "infor_message_id", "task_id", "status_msg"]
            .iter()
            .all(|name| column(name).is_none());
        return hold("replies", is_empty, || format!("{row} is half answered"));
    };
    let given = asked.replies.iter().any(|reply| {
        let named = asked
            .pushes
            .iter()
            .any(|push| push.message == reply.message && column("task_id") == Some(push.task.as_str()));
        let task = match &reply.task {
            Some(task) => column("task_id") == Some(task),
            None => column("task_id").is_none() || named,
        };
        reply.code == code && column("infor_message_id") == Some(&reply.message) && task
    });
    hold("replies", given && column("infor_response_id") == Some(id), || {
        format!("{row} shows none of {:?}", asked.replies)
    })
}

/// A row shows no push, or all of one that is about its task.
fn pushed(rows: &Rows, (id, row): (&str, &Value), asked: &Asked) -> Result<(), Violation> {
    let columns: BTreeMap<&str, String> =
        PUSH_COLUMNS.iter().filter_map(|name| Some((*name, text(row, name)?.to_owned()))).collect();
    let is_it = |push: &Push| is_of(rows, id, push) && push.columns == columns;
    let state = text(row, "push_state");
    hold("pushes", columns.is_empty() == state.is_none(), || format!("{row} shows a push: {state:?}"))?;
    hold("pushes", columns.is_empty() || asked.pushes.iter().any(is_it), || {
        format!("{row} shows none of {:?}", asked.pushes)
    })
}

/// Whether a push is about the task of a row, as it stands.
pub(super) fn is_of(rows: &Rows, id: &str, push: &Push) -> bool {
    rows.tasks.get(id).is_some_and(|row| {
        let is_unnamed =
            text(row, "task_id").is_none() && text(row, "infor_message_id") == Some(&push.message);
        text(row, "status_code") == Some("0") && (text(row, "task_id") == Some(&push.task) || is_unnamed)
    })
}

/// What a row may become: an answer once, a task after a rejection, a name for the task once, a later push.
fn steps(old: &Value, row: &Value) -> Result<(), Violation> {
    let [was, is] = [old, row].map(|row| text(row, "status_code"));
    let stays = was.is_none() || was == is || (was != Some("0") && is == Some("0"));
    hold("replies", stays, || format!("{old} became {row}"))?;
    let [was, is] = [old, row].map(|row| text(row, "task_id"));
    hold("replies", was.is_none() || was == is, || format!("{old} became {row}"))?;
    let [was, is] = [old, row].map(|row| text(row, "push_dt"));
    hold("pushes", was <= is, || format!("{old} went back to {row}"))?;
    let has_ended = |row: &Value| text(row, "push_state") == Some("ended");
    hold("pushes", !has_ended(old) || has_ended(row), || format!("{old} is open again: {row}"))?;
    let always = ["id", "organization_id", "request_date", "time_create"];
    hold("replies", always.iter().all(|name| old[name] == row[name]), || format!("{old} became {row}"))
}

/// Other systems are told once of a task that was made and of its end, and of none else.
fn events(context: &Crm, rows: &Rows) -> Result<(), Violation> {
    let told = told(context);
    for ((kind, id), event_ids) in &told {
        let row = rows.tasks.get(id);
        let is_so = row.is_some_and(|row| match kind.as_str() {
            "communication_task_created" => text(row, "status_code") == Some("0"),
            "communication_task_finished" => text(row, "push_state") == Some("ended"),
            _ => false,
        });
        hold("events", is_so && event_ids.len() == 1, || {
            format!("{kind} of {row:?} was told as {event_ids:?}")
        })?;
    }
    Ok(())
}

/// What was told on the bus, by kind and request, with its ids.
pub(super) fn told(context: &Crm) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut told = BTreeMap::<_, BTreeSet<String>>::new();
    for event in context.lambda.world.events(BUS) {
        let of = event.detail["request_id"].as_str().unwrap_or_default().to_owned();
        told.entry((event.detail_type, of)).or_default().insert(event.detail["event_id"].to_string());
    }
    told
}
