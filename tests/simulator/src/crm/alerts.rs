//! Somebody is called to look at what `InforCRM` tells when, and only when, the specification says so (§8).

use std::ops::RangeInclusive;

use serde_json::Value;

use super::Crm;
use super::infor::Asked;
use super::rows::{Rows, text};
use crate::context::{Violation, hold};
use crate::rows::number;

/// The count that rings.
const ALERT: &str = "infor.alert";

/// How far the alerts were looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// How many there were.
    alerts: u64,
    /// The invocation that came next.
    upcoming: u64,
}

/// Since it was looked last, an alert was counted for each task without a name and each push that is no success of a known
/// kind, and for nothing else. Who was disturbed may have counted fewer.
pub(super) fn check(context: &Crm, before: &Rows, now: &Rows) -> Result<(), Violation> {
    let seen = Seen { alerts: context.lambda.counted(ALERT), upcoming: context.lambda.upcoming() };
    let was = context.alerts.replace(seen);
    let chaos = &context.lambda.chaos;
    let is_disturbed = (was.upcoming..seen.upcoming).any(|number| chaos.is_disturbed(number));
    let infor = context.infor.borrow();
    let (mut least, mut most) = (0, 0);
    for (id, row) in &now.tasks {
        let worth = infor.asked.get(id).map_or(0..=0, |asked| worth(before.tasks.get(id), row, asked));
        least += worth.start();
        most += worth.end();
    }
    let counted = seen.alerts - was.alerts;
    let is_right = counted <= most && (is_disturbed || least <= counted);
    hold("alerts", is_right, || format!("{counted} alerts, not {least} to {most}"))
}

/// How many alerts a row's changes are worth; what was overwritten meanwhile may have been worth one each.
fn worth(old: Option<&Value>, row: &Value, asked: &Asked) -> RangeInclusive<u64> {
    let version = |row: &Value| number(row, "version").unwrap_or(0);
    let column = |name| (old.and_then(|old| text(old, name)), text(row, name));
    let (mut known, mut alerts) = (0, 0);
    let codes = column("status_code");
    if codes.0 != codes.1 {
        let of_reply =
            asked.replies.iter().find(|reply| text(row, "infor_message_id") == Some(&reply.message));
        known += 1;
        alerts += u64::from(codes.1 == Some("0") && of_reply.is_some_and(|reply| reply.task.is_none()));
    }
    let (was, is) = column("task_execution_description");
    if was != is {
        // Each push has a description of its own.
        let push = asked
            .pushes
            .iter()
            .find(|push| push.columns.get("task_execution_description").map(String::as_str) == is);
        known += 1;
        alerts += u64::from(push.is_some_and(|push| !push.ends));
    }
    let changes = version(row).saturating_sub(old.map_or(1, version));
    alerts..=alerts + changes.saturating_sub(known)
}
