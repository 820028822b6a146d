use jiff::Timestamp;

use super::{ApplicationId, LastPush, MessageId, Progress, StatusCode, Task, TaskId, TaskStatus, Text};

/// What `InforCRM` tells of a task, later and unasked (§3.3). Its columns replace all of an older push's: what is
/// absent here is NULL there (§13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// `requestID`, as in the reply: finds the row of a task that the reply did not name (§8).
    pub message_id: Option<MessageId>,
    /// `dt`; `None` if it is missing or unreadable.
    pub at: Option<Timestamp>,
    /// `statusCode`. It has no column: `status_code` stays the reply's.
    pub status_code: Option<StatusCode>,
    /// The task.
    pub task_id: Option<TaskId>,
    /// Whether it was dealt with.
    pub task_status: TaskStatus,
    /// `taskCloseDate`, a date without time.
    pub close_date: Option<Text>,
    /// `taskExecType`: Ручной, Ручной отклик or Технический.
    pub exec_type: Option<Text>,
    /// `taskExecDescr`: Обработано or Не обработано.
    pub exec_description: Option<Text>,
    /// The client's reaction, levels 1 to 3 (§6), each read with [`super::reaction()`].
    pub reactions: [Option<Text>; 3],
    /// `applicationID`.
    pub application_id: Option<ApplicationId>,
}

/// What a push does to its row (§8, §13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushEffect {
    /// All push columns are stored.
    Store {
        /// The row had no `task_id`: it takes the push's.
        names_task: bool,
        /// The task ends with it.
        becomes_done: bool,
        /// Somebody has to look: its `statusCode` is not 0, or its `taskStatus` is none of the known.
        alert: bool,
    },
    /// The row shows a push of the same instant: nothing changes.
    Duplicate,
    /// The row shows a later push: nothing changes.
    Older,
    /// Nobody can say whether it is newer than the push that the row shows: nothing changes.
    UnreadableDt,
    /// The row is of another task: dead letter `task_mismatch`.
    TaskMismatch,
    /// The row has no task: the push waits as one without a row does (§13), since a `0` may still come.
    NoTask,
}

/// Judges a push against the row that was found by `taskID`, or else by `requestID` as its `infor_message_id`.
#[must_use]
pub fn judge_push(task: &Task, push: &Push) -> PushEffect {
    let (task_id, shown) = match &task.progress {
        Progress::Unanswered | Progress::Rejected(_) => return PushEffect::NoTask,
        Progress::Created { task_id, push } => (task_id, push),
    };
    if task_id.is_some() && push.task_id.is_some() && *task_id != push.task_id {
        return PushEffect::TaskMismatch;
    }
    match (shown, push.at) {
        (Some(_), None) => PushEffect::UnreadableDt,
        (Some(LastPush { at: Some(shown), .. }), Some(at)) if at <= *shown => {
            if at == *shown {
                PushEffect::Duplicate
            } else {
                PushEffect::Older
            }
        }
        (None, _) | (Some(_), Some(_)) => PushEffect::Store {
            names_task: task_id.is_none() && push.task_id.is_some(),
            becomes_done: push.ends_task() && !shown.is_some_and(|shown| shown.ended),
            alert: !push.is_of_a_created_task() || !push.task_status.is_final(),
        },
    }
}

impl Push {
    /// Whether it ends the task: what a push whose `statusCode` is not 0 says never does (§8).
    #[must_use]
    pub fn ends_task(&self) -> bool {
        self.is_of_a_created_task() && self.task_status.is_final()
    }

    fn is_of_a_created_task(&self) -> bool {
        self.status_code == Some(StatusCode::Created)
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{Push, PushEffect, judge_push};
    use crate::crm::fixtures::{at, created, task, task_id, text};
    use crate::crm::{LastPush, MessageId, Progress, Rejection, StatusCode, Task, TaskState, TaskStatus};
    use crate::properties::cases;

    const STORED: PushEffect = PushEffect::Store { names_task: false, becomes_done: false, alert: false };
    const DONE: PushEffect = PushEffect::Store { names_task: false, becomes_done: true, alert: false };
    const ALARMED: PushEffect = PushEffect::Store { names_task: false, becomes_done: false, alert: true };

    /// The manual push of the seed (§11).
    fn push() -> Push {
        Push {
            message_id: MessageId::new("72a26ab9-b99e-40aa-9f7e-2247b3709394").ok(),
            at: Some(at("2023-07-27T12:00:00+03:00")),
            status_code: Some(StatusCode::Created),
            task_id: Some(task_id("123456789")),
            task_status: TaskStatus::Processed,
            close_date: Some(text("2023-07-27")),
            exec_type: Some(text("Ручной")),
            exec_description: Some(text("Обработано")),
            reactions: [
                Some(text("Дозвон - планирует миграцию")),
                Some(text("Проконсультирован по миграции")),
                None,
            ],
            application_id: None,
        }
    }

    fn row(push: Option<LastPush>) -> Task {
        created(Some("123456789"), push)
    }

    fn shown(text: &str, ended: bool) -> Task {
        row(Some(LastPush { at: Some(at(text)), ended }))
    }

    #[test]
    fn the_first_push_with_3_or_5_ends_the_task() {
        for task_status in [TaskStatus::Processed, TaskStatus::NotProcessed] {
            assert_eq!(judge_push(&row(None), &Push { task_status, ..push() }), DONE);
        }
    }

    #[test]
    fn a_newer_push_is_stored_and_ends_a_task_once() {
        assert_eq!(judge_push(&shown("2023-07-27T11:59:59+03:00", true), &push()), STORED);
        assert_eq!(judge_push(&shown("2023-07-27T11:59:59+03:00", false), &push()), DONE);
    }

    #[test]
    fn pushes_are_compared_as_instants() {
        assert_eq!(judge_push(&shown("2023-07-27T09:00:00Z", true), &push()), PushEffect::Duplicate);
        assert_eq!(judge_push(&shown("2023-07-27T09:00:00.001Z", true), &push()), PushEffect::Older);
        assert_eq!(judge_push(&shown("2023-07-27T10:00:00+03:00", true), &push()), STORED);
    }

    #[test]
    fn a_push_of_an_unreadable_dt_is_stored_only_where_none_is_and_any_readable_one_replaces_it() {
        let undated = Push { at: None, ..push() };
        assert_eq!(judge_push(&row(None), &undated), DONE);
        assert_eq!(judge_push(&shown("2023-07-27T09:00:00Z", true), &undated), PushEffect::UnreadableDt);
        let showing_undated = row(Some(LastPush { at: None, ended: true }));
        assert_eq!(judge_push(&showing_undated, &undated), PushEffect::UnreadableDt);
        assert_eq!(judge_push(&showing_undated, &push()), STORED);
    }

    #[test]
    fn a_push_whose_code_is_not_0_is_stored_with_an_alarm_and_ends_nothing() {
        let codes = [Some(StatusCode::Rejected(Rejection::ClientNotFound)), None];
        for status_code in codes {
            let push = Push { status_code, ..push() };
            assert_eq!(judge_push(&row(None), &push), ALARMED);
            assert_eq!(judge_push(&shown("2023-07-27T08:00:00Z", true), &push), ALARMED);
        }
    }

    #[test]
    fn a_push_of_an_unknown_task_status_is_stored_with_an_alarm_and_ends_nothing() {
        let push = Push { task_status: TaskStatus::from(text("4")), ..push() };
        assert_eq!(judge_push(&row(None), &push), ALARMED);
    }

    #[test]
    fn a_push_names_the_task_that_its_reply_did_not() {
        let naming = PushEffect::Store { names_task: true, becomes_done: true, alert: false };
        assert_eq!(judge_push(&created(None, None), &push()), naming);
        assert_eq!(judge_push(&created(None, None), &Push { task_id: None, ..push() }), DONE);
        assert_eq!(judge_push(&row(None), &Push { task_id: None, ..push() }), DONE);
    }

    #[test]
    fn a_push_of_another_task_is_none_of_this_rows_whatever_its_dt() {
        for dt in [None, push().at] {
            let other = Push { task_id: Some(task_id("2")), at: dt, ..push() };
            assert_eq!(judge_push(&row(None), &other), PushEffect::TaskMismatch);
            assert_eq!(judge_push(&shown("2023-07-27T09:00:00Z", true), &other), PushEffect::TaskMismatch);
        }
    }

    #[test]
    fn a_row_without_a_task_takes_no_push() {
        for progress in [Progress::Unanswered, Progress::Rejected(Rejection::Failed)] {
            assert_eq!(judge_push(&task(progress), &push()), PushEffect::NoTask);
        }
    }

    /// What the row is after a push.
    fn after(mut row: Task, push: &Push) -> Task {
        let effect = judge_push(&row, push);
        if let (PushEffect::Store { becomes_done, .. }, Progress::Created { push: shown, .. }) =
            (effect, &mut row.progress)
        {
            let ended = becomes_done || shown.is_some_and(|shown| shown.ended);
            *shown = Some(LastPush { at: push.at, ended });
        }
        row
    }

    fn any_push() -> impl Strategy<Value = Push> {
        (prop::option::weighted(0.8, 0_i64..6), "[01]", "[345]").prop_map(|(second, code, status)| Push {
            at: second.map(|second| Timestamp::from_second(second).unwrap()),
            status_code: Some(StatusCode::from(text(&code))),
            task_status: TaskStatus::from(text(&status)),
            ..push()
        })
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn any_pushes_end_with_the_latest_and_a_task_that_ended_stays_so(
            pushes in prop::collection::vec(any_push(), 1..10),
        ) {
            let mut now = row(None);
            for push in &pushes {
                let next = after(now.clone(), push);
                prop_assert!(now.state() != TaskState::Done || next.state() == TaskState::Done);
                prop_assert_eq!(&after(next.clone(), push), &next, "a repeat changes nothing");
                now = next;
            }
            let Progress::Created { push: Some(shown), .. } = now.progress else { panic!("nothing was stored") };
            prop_assert_eq!(shown.at, pushes.iter().filter_map(|push| push.at).max());
        }
    }
}
