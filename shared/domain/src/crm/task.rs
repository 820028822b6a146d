use jiff::Timestamp;

use super::{Rejection, TaskId};

/// A row of `infor_communication_task`, as far as the rules look at it (§4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Whether the request went out; a reply may come before that is known.
    pub send_state: SendState,
    /// What `InforCRM` said so far.
    pub progress: Progress,
}

/// Whether a request was handed to the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendState {
    /// It waits in the outbox.
    New,
    /// The queue has it.
    Sent,
}

/// What `InforCRM` said about a request. Only a created task has an id, and only it takes pushes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing: `status_code` is NULL.
    Unanswered,
    /// It created no task. Terminal, unless a `0` comes late.
    Rejected(Rejection),
    /// It created a task: `status_code` is 0.
    Created {
        /// The task; absent if the reply did not name it, until a push does.
        task_id: Option<TaskId>,
        /// The push whose columns the row shows.
        push: Option<LastPush>,
    },
}

/// The push that a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastPush {
    /// Its `dt` (column `push_dt`); absent if that was unreadable.
    pub at: Option<Timestamp>,
    /// Whether it, or a push before it, ended the task.
    pub ended: bool,
}

/// The state of a row (§7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskState {
    /// The row is written, its message not yet sent.
    New,
    /// The message is sent.
    Sent,
    /// A task was created.
    Created,
    /// No task was created.
    Rejected,
    /// The task ended; newer pushes still overwrite.
    Done,
}

impl SendState {
    /// Every state.
    pub const ALL: [Self; 2] = [Self::New, Self::Sent];

    /// The text of the column `send_state`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Sent => "SENT",
        }
    }

    /// Reads the column; `None` for a text that is no state.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Task {
    /// The row's state. A reply counts even if the row does not yet know that its message went out.
    #[must_use]
    pub fn state(&self) -> TaskState {
        match (&self.progress, self.send_state) {
            (Progress::Unanswered, SendState::New) => TaskState::New,
            (Progress::Unanswered, SendState::Sent) => TaskState::Sent,
            (Progress::Rejected(_), _) => TaskState::Rejected,
            (Progress::Created { push: Some(LastPush { ended: true, .. }), .. }, _) => TaskState::Done,
            (Progress::Created { .. }, _) => TaskState::Created,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LastPush, Progress, SendState, Task, TaskState};
    use crate::crm::Rejection;

    #[test]
    fn a_rows_state_is_what_infor_said_and_without_that_whether_it_was_sent() {
        let pushed = |ended| Progress::Created { task_id: None, push: Some(LastPush { at: None, ended }) };
        for (progress, new, sent) in [
            (Progress::Unanswered, TaskState::New, TaskState::Sent),
            (Progress::Rejected(Rejection::Failed), TaskState::Rejected, TaskState::Rejected),
            (Progress::Created { task_id: None, push: None }, TaskState::Created, TaskState::Created),
            (pushed(false), TaskState::Created, TaskState::Created),
            (pushed(true), TaskState::Done, TaskState::Done),
        ] {
            let state = |send_state| Task { send_state, progress: progress.clone() }.state();
            assert_eq!((state(SendState::New), state(SendState::Sent)), (new, sent));
        }
    }

    #[test]
    fn a_send_state_is_read_as_it_was_written() {
        for state in SendState::ALL {
            assert_eq!(SendState::parse(state.as_str()), Some(state));
        }
        assert_eq!(SendState::parse("FAILED"), None, "dropped by §13");
    }
}
