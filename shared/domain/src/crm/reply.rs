use super::{MessageId, Progress, Rejection, StatusCode, StatusMessage, Task, TaskId};

/// A reply to a request, whose row was found by `replyUID` (§3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// `requestID`, the id of `InforCRM`'s own message: the pushes carry it too (column `infor_message_id`).
    pub message_id: Option<MessageId>,
    /// Whether there is a task.
    pub answer: Answer,
    /// Why not, in `InforCRM`'s words.
    pub status_msg: Option<StatusMessage>,
}

/// Whether a reply says that a task was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `0`.
    Created {
        /// The task; to be alarmed where it is absent (§13).
        task_id: Option<TaskId>,
    },
    /// Any other code.
    Rejected(Rejection),
}

impl Answer {
    /// Reads `statusCode` and `taskID`, which counts only beside a `0`.
    #[must_use]
    pub fn new(code: StatusCode, task_id: Option<TaskId>) -> Self {
        match code {
            StatusCode::Created => Self::Created { task_id },
            StatusCode::Rejected(rejection) => Self::Rejected(rejection),
        }
    }
}

/// What a reply does to its row (§8, §13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyEffect {
    /// The first reply, a task: its columns are stored; alarmed if it names no task.
    Create,
    /// The first reply, no task: its columns are stored.
    Reject,
    /// A task after all: 0 beats what stood there. As [`ReplyEffect::Create`].
    CreateAfterRejected,
    /// The task of an earlier `0` that named none: `task_id` is stored, nothing else.
    NameTask,
    /// The same again: nothing changes.
    Repeated,
    /// No task, after a task was created: nothing changes, and that is logged.
    IgnoredAfterCreated,
    /// Another reason why there is no task: the first stays.
    StaysRejected,
    /// Another task than the row's: the row stays, the message goes to the dead letters.
    OtherTask,
}

/// Judges a reply against its row.
#[must_use]
pub fn judge_reply(task: &Task, reply: &Reply) -> ReplyEffect {
    match (&task.progress, &reply.answer) {
        (Progress::Unanswered, Answer::Created { .. }) => ReplyEffect::Create,
        (Progress::Unanswered, Answer::Rejected(_)) => ReplyEffect::Reject,
        (Progress::Rejected(_), Answer::Created { .. }) => ReplyEffect::CreateAfterRejected,
        (Progress::Rejected(first), Answer::Rejected(said)) if first == said => ReplyEffect::Repeated,
        (Progress::Rejected(_), Answer::Rejected(_)) => ReplyEffect::StaysRejected,
        (Progress::Created { .. }, Answer::Rejected(_)) => ReplyEffect::IgnoredAfterCreated,
        (Progress::Created { task_id: known, .. }, Answer::Created { task_id: said }) => {
            match (known, said) {
                (_, None) => ReplyEffect::Repeated,
                (None, Some(_)) => ReplyEffect::NameTask,
                (Some(known), Some(said)) if known == said => ReplyEffect::Repeated,
                (Some(_), Some(_)) => ReplyEffect::OtherTask,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Answer, Reply, ReplyEffect, judge_reply};
    use crate::crm::fixtures::{created, task, task_id, text};
    use crate::crm::{LastPush, MessageId, Progress, Rejection, StatusCode, Task};
    use crate::properties::cases;

    fn reply(code: &str, id: Option<&str>) -> Reply {
        Reply {
            message_id: MessageId::new("72a26ab9-b99e-40aa-9f7e-2247b3709394").ok(),
            answer: Answer::new(StatusCode::from(text(code)), id.map(task_id)),
            status_msg: None,
        }
    }

    fn judged(task: &Task, code: &str, id: Option<&str>) -> ReplyEffect {
        judge_reply(task, &reply(code, id))
    }

    fn rejected(code: &str) -> Task {
        match StatusCode::from(text(code)) {
            StatusCode::Rejected(rejection) => task(Progress::Rejected(rejection)),
            StatusCode::Created => panic!("{code} is no rejection"),
        }
    }

    #[test]
    fn the_first_reply_creates_or_rejects() {
        let unanswered = task(Progress::Unanswered);
        assert_eq!(judged(&unanswered, "0", Some("123456789")), ReplyEffect::Create);
        assert_eq!(judged(&unanswered, "0", None), ReplyEffect::Create);
        for code in ["1", "2", "17"] {
            assert_eq!(judged(&unanswered, code, None), ReplyEffect::Reject);
        }
    }

    #[test]
    fn a_task_id_counts_only_beside_a_0() {
        assert_eq!(reply("1", Some("123456789")).answer, Answer::Rejected(Rejection::ClientNotFound));
    }

    #[test]
    fn the_same_reply_again_changes_nothing() {
        assert_eq!(judged(&created(Some("1"), None), "0", Some("1")), ReplyEffect::Repeated);
        assert_eq!(judged(&created(None, None), "0", None), ReplyEffect::Repeated);
        assert_eq!(judged(&created(Some("1"), None), "0", None), ReplyEffect::Repeated, "less than is known");
        for code in ["1", "2", "17"] {
            assert_eq!(judged(&rejected(code), code, None), ReplyEffect::Repeated);
        }
    }

    #[test]
    fn a_0_beats_a_rejection_whichever_comes_first() {
        for code in ["1", "2", "17"] {
            assert_eq!(judged(&rejected(code), "0", Some("1")), ReplyEffect::CreateAfterRejected);
            assert_eq!(judged(&created(Some("1"), None), code, None), ReplyEffect::IgnoredAfterCreated);
        }
        let done = created(Some("1"), Some(LastPush { at: None, ended: true }));
        assert_eq!(judged(&done, "2", None), ReplyEffect::IgnoredAfterCreated);
    }

    #[test]
    fn of_two_rejections_the_first_stays() {
        for (first, second) in [("1", "2"), ("2", "1"), ("2", "17"), ("17", "18")] {
            assert_eq!(judged(&rejected(first), second, None), ReplyEffect::StaysRejected);
        }
    }

    #[test]
    fn of_two_tasks_the_first_stays_and_one_that_was_not_named_may_still_be() {
        assert_eq!(judged(&created(Some("1"), None), "0", Some("2")), ReplyEffect::OtherTask);
        assert_eq!(judged(&created(None, None), "0", Some("2")), ReplyEffect::NameTask);
        let named_by_a_push = created(Some("1"), Some(LastPush { at: None, ended: true }));
        assert_eq!(judged(&named_by_a_push, "0", Some("2")), ReplyEffect::OtherTask);
    }

    /// What the row is after a reply.
    fn after(task: Task, reply: &Reply) -> Task {
        let replied = match &reply.answer {
            Answer::Created { task_id } => Progress::Created { task_id: task_id.clone(), push: None },
            Answer::Rejected(rejection) => Progress::Rejected(rejection.clone()),
        };
        match judge_reply(&task, reply) {
            ReplyEffect::Create
            | ReplyEffect::Reject
            | ReplyEffect::CreateAfterRejected
            | ReplyEffect::NameTask => Task { progress: replied, ..task },
            ReplyEffect::Repeated
            | ReplyEffect::IgnoredAfterCreated
            | ReplyEffect::StaysRejected
            | ReplyEffect::OtherTask => task,
        }
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn any_replies_end_with_the_first_task_named_or_else_the_first_rejection(
            said in prop::collection::vec(("[0123]", prop::option::of("[12]")), 1..8),
        ) {
            let replies: Vec<_> = said.iter().map(|(code, id)| reply(code, id.as_deref())).collect();
            let row = replies.iter().fold(task(Progress::Unanswered), after);
            let mut zeros = said.iter().filter(|(code, _)| code == "0").peekable();
            let expected = if zeros.peek().is_some() {
                created(zeros.find_map(|(_, id)| id.as_deref()), None)
            } else {
                rejected(&said[0].0)
            };
            prop_assert_eq!(&row, &expected);
            for reply in &replies {
                prop_assert_eq!(&after(row.clone(), reply), &row, "a repeat changes nothing");
            }
        }
    }
}
