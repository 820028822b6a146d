//! What is told on the bus of communication tasks (docs/events).

use domain::crm::{Progress, Push, Rejection, TaskId};
use jiff::Timestamp;
use platform::events::Event;
use platform::rfc3339;

use crate::store::TaskRow;

/// `communication_task_created`.
pub(super) fn task_created(now: Timestamp, row: &TaskRow, task_id: Option<&TaskId>) -> Event {
    let event = Event::new("communication_task_created", 1, now)
        .with("organization_id", row.organization_id.as_str())
        .with("request_id", row.request_id.as_str());
    match task_id {
        Some(task_id) => event.with("task_id", task_id.as_str()),
        None => event,
    }
}

/// `communication_task_finished`.
pub(super) fn task_finished(now: Timestamp, row: &TaskRow, push: &Push) -> Event {
    let mut event = Event::new("communication_task_finished", 1, now)
        .with("organization_id", row.organization_id.as_str())
        .with("request_id", row.request_id.as_str())
        .with("task_status", push.task_status.as_str());
    let known = match &row.task.progress {
        Progress::Created { task_id, .. } => task_id.as_ref(),
        Progress::Unanswered | Progress::Rejected(_) => None,
    };
    if let Some(task_id) = push.task_id.as_ref().or(known) {
        event = event.with("task_id", task_id.as_str());
    }
    if let Some(at) = push.at {
        event = event.with("pushed_at", rfc3339::sortable(at));
    }
    event
}

/// A rejection in metrics.
pub(super) fn reason(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::ClientNotFound => "client_not_found",
        Rejection::Failed => "failed",
        Rejection::Unknown(_) => "unknown",
    }
}
