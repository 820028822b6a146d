//! What §5, §8 and §13 say, written for one pass over what happens.

use std::collections::BTreeMap;

use super::history::{Part, Push, Reply, Step, Told, instant, message_of, task_of};

const DAY: i64 = 24;
/// Until when, in minutes since it was sent, a push waits in each of its waits.
const WAITS: [u64; 5] = [1, 3, 8, 23, 53];
/// The hour of July 2023 before the first run.
const BEGINNING: i64 = 6 * DAY + 6;

/// The state of everything.
#[derive(Default)]
pub(super) struct Model {
    clients: BTreeMap<u8, Client>,
    /// The rows of each organization, oldest first.
    pub(super) rows: BTreeMap<u8, Vec<Row>>,
    hours: BTreeMap<u8, Vec<i64>>,
    /// The run's time.
    hour: i64,
    /// Minutes on the clock.
    minute: u64,
    /// Pushes without a task.
    pub(super) waiting: Vec<Waiting>,
    /// The reasons of dead letters.
    pub(super) dead: Vec<&'static str>,
    pub(super) skipped: u64,
    pub(super) created: usize,
    pub(super) finished: usize,
}

/// The newest of each part, with its instant and its event.
#[derive(Default)]
struct Client {
    migration: Option<(i64, u8, bool, &'static str, bool)>,
    wizard: Option<(i64, u8, &'static str)>,
    has_kpp: Option<(i64, u8, bool)>,
}

/// A row of the tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) request_date: String,
    pub(super) code: Option<String>,
    pub(super) task: Option<String>,
    pub(super) message: Option<String>,
    pub(super) pushed: Option<String>,
    pub(super) push_dt: Option<String>,
    pub(super) task_status: Option<String>,
    pub(super) ended: bool,
}

pub(super) struct Waiting {
    push: Push,
    sent_at: u64,
    visible_at: u64,
}

impl Client {
    /// The hour since when the client hesitates.
    fn since(&self) -> Option<i64> {
        let (row_at, _, in_wizard, row, _) = self.migration?;
        let (changed_at, _, changed) = self.wizard?;
        let status = if changed_at > row_at { changed } else { row };
        Some(changed_at).filter(|_| in_wizard && ["OK", "IN_PROGRESS", "TO_SIGN"].contains(&status))
    }

    fn can_be_asked_about(&self) -> bool {
        self.migration.is_some_and(|(.., has_mdm_id)| has_mdm_id)
            && self.has_kpp.is_some_and(|(.., has_kpp)| has_kpp)
    }
}

impl Model {
    pub(super) fn hear(&mut self, told: &Told) {
        let client = self.clients.entry(told.organization).or_default();
        let stamp = (told.hour, told.event);
        match told.part {
            Part::Migration { in_wizard, wizard, has_mdm_id } => {
                if client.migration.is_none_or(|(hour, event, ..)| stamp > (hour, event)) {
                    client.migration = Some((stamp.0, stamp.1, in_wizard, wizard, has_mdm_id));
                }
            }
            Part::Wizard(status) => {
                if client.wizard.is_none_or(|(hour, event, _)| stamp > (hour, event)) {
                    client.wizard = Some((stamp.0, stamp.1, status));
                }
            }
            Part::Snapshot { has_kpp } => {
                if client.has_kpp.is_none_or(|(hour, event, _)| stamp > (hour, event)) {
                    client.has_kpp = Some((stamp.0, stamp.1, has_kpp));
                }
            }
            Part::BackId => {}
        }
    }

    /// Tells the run's time.
    pub(super) fn scan(&mut self, step: &Step) -> String {
        if self.hour == 0 {
            self.hour = BEGINNING;
        }
        if let Step::Scan { hours } = step {
            self.hour += hours;
        }
        let now = self.hour;
        for (organization, client) in &self.clients {
            let rows = self.rows.entry(*organization).or_default();
            let hours = self.hours.entry(*organization).or_default();
            let created = rows.iter().any(|row| row.code.as_deref() == Some("0"));
            let today = hours.iter().any(|hour| hour / DAY == now / DAY);
            let pending =
                rows.iter().zip(&*hours).any(|(row, hour)| row.code.is_none() && now - hour < 3 * DAY);
            let due = client.since().is_some_and(|since| now - since >= 7 * DAY);
            if !due || created || today || pending {
                continue;
            }
            if client.can_be_asked_about() {
                rows.push(Row { request_date: instant(now), ..Row::default() });
                hours.push(now);
            } else {
                self.skipped += 1;
            }
        }
        instant(now)
    }

    /// Takes a reply or a push for the first time.
    pub(super) fn take(&mut self, step: &Step) {
        match step {
            Step::Reply(reply) => self.reply(reply),
            Step::Push(push) => {
                if !self.push(push) {
                    let (sent_at, push) = (self.minute, push.clone());
                    self.waiting.push(Waiting { push, sent_at, visible_at: sent_at + WAITS[0] });
                }
            }
            Step::Tell(_) | Step::Scan { .. } | Step::ScanAgain | Step::Repeat(_) | Step::Wait(_) => {}
        }
    }

    fn reply(&mut self, reply: &Reply) {
        let rows = self.rows.get_mut(&reply.organization).expect("the request was sent");
        let row = rows.get_mut(reply.request).expect("the request was sent");
        let task = reply.names.map(|name| task_of(reply.organization, reply.request, name));
        let is_created = row.code.as_deref() == Some("0");
        match (is_created, reply.code) {
            (true, "0") => match (&row.task, task) {
                (None, Some(task)) => row.task = Some(task),
                (Some(known), Some(task)) if *known != task => self.dead.push("other_task"),
                (Some(_) | None, _) => {}
            },
            (false, "0") => {
                row.task = task;
                row.code = Some("0".to_owned());
                row.message = Some(message_of(reply.organization, reply.request, reply.message));
                self.created += 1;
            }
            (_, code) => {
                if row.code.is_none() {
                    row.code = Some(code.to_owned());
                    row.message = Some(message_of(reply.organization, reply.request, reply.message));
                }
            }
        }
    }

    /// `false` where the push has no task.
    fn push(&mut self, push: &Push) -> bool {
        let task = push.names.map(|name| task_of(push.organization, push.request, name));
        let message = message_of(push.organization, push.request, push.message);
        let rows = || {
            self.rows.iter().flat_map(|(organization, rows)| {
                rows.iter().enumerate().map(move |(place, row)| (*organization, place, row))
            })
        };
        let found = rows()
            .find(|(_, _, row)| task.is_some() && row.task == task)
            .or_else(|| rows().find(|(_, _, row)| row.message.as_ref() == Some(&message)));
        let Some((organization, place, _)) = found.filter(|(_, _, row)| row.code.as_deref() == Some("0"))
        else {
            return false;
        };
        let row = &mut self.rows.get_mut(&organization).expect("rows")[place];
        if row.task.is_some() && task.is_some() && row.task != task {
            self.dead.push("task_mismatch");
            return true;
        }
        let push_dt = push.minute.map(|minute| format!("2023-08-01T00:{minute:02}:00.000000000Z"));
        if row.pushed.is_some() && (push_dt.is_none() || push_dt <= row.push_dt) {
            return true;
        }
        row.task = row.task.take().or(task);
        row.pushed = Some(push.mark.to_string());
        row.push_dt = push_dt;
        row.task_status = Some(push.status.to_owned());
        if push.code == "0" && push.status != "4" && !row.ended {
            row.ended = true;
            self.finished += 1;
        }
        true
    }

    pub(super) fn wait(&mut self, minutes: u64) {
        self.minute += minutes;
        for mut waiting in std::mem::take(&mut self.waiting) {
            if waiting.visible_at > self.minute {
                self.waiting.push(waiting);
            } else if !self.push(&waiting.push) {
                let age = self.minute - waiting.sent_at;
                match WAITS.into_iter().find(|end| *end > age) {
                    Some(end) => {
                        waiting.visible_at = waiting.sent_at + end;
                        self.waiting.push(waiting);
                    }
                    None => self.dead.push("push_without_task"),
                }
            }
        }
    }
}
