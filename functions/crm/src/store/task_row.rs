//! How a row of `infor_communication_task` is stored: the columns of the specification's §4 under their names, NULL as
//! absent. Readers take every schema version ever written.

use domain::crm::{LastPush, OrganizationId, Progress, RequestId, SendState, StatusCode, Task, TaskId, Text};
use platform::dynamodb::{Item, Row, RowError};

pub(super) const ID: &str = "id";
pub(super) const REQUEST_ID: &str = "vtbc_request_id";
pub(super) const RESPONSE_ID: &str = "infor_response_id";
pub(super) const STATUS_CODE: &str = "status_code";
pub(super) const ORGANIZATION_ID: &str = "organization_id";
pub(super) const REQUEST_DATE: &str = "request_date";
pub(super) const TASK_ID: &str = "task_id";
pub(super) const TASK_STATUS: &str = "task_status";
pub(super) const EXECUTION_TYPE: &str = "task_execution_type";
pub(super) const EXECUTION_DESCRIPTION: &str = "task_execution_description";
pub(super) const CLOSE_DATE: &str = "task_close_date";
pub(super) const REACTIONS: [&str; 3] =
    ["first_level_client_reaction", "second_level_client_reaction", "third_level_client_reaction"];
pub(super) const TIME_CREATE: &str = "time_create";
pub(super) const TIME_UPDATE: &str = "time_update";
pub(super) const MESSAGE_ID: &str = "infor_message_id";
pub(super) const STATUS_MSG: &str = "status_msg";
pub(super) const APPLICATION_ID: &str = "application_id";
pub(super) const SEND_STATE: &str = "send_state";
pub(super) const VERSION: &str = "version";
/// The instant of the push whose columns the row shows; absent if that push had no readable `dt`.
pub(super) const PUSH_DT: &str = "push_dt";
/// `ended` or `open`: whether a push ended the task. On rows that show a push alone.
pub(super) const PUSH_STATE: &str = "push_state";
pub(super) const ENDED: &str = "ended";
pub(super) const OPEN: &str = "open";

/// The version that is written now.
pub(super) const CURRENT_SCHEMA: u64 = 1;

/// A row as far as replies and pushes look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// Our request.
    pub request_id: RequestId,
    /// Whom it is about.
    pub organization_id: OrganizationId,
    /// What became of it.
    pub task: Task,
    /// How often the row was written.
    pub version: u64,
}

impl TaskRow {
    /// Reads a row of the table or of its indexes.
    pub(super) fn read(item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        let send_state = SendState::parse(row.text(SEND_STATE)?);
        Ok(Self {
            request_id: RequestId::new(row.text(REQUEST_ID)?)
                .map_err(|error| RowError::new(REQUEST_ID, &error))?,
            organization_id: OrganizationId::new(row.text(ORGANIZATION_ID)?)
                .map_err(|error| RowError::new(ORGANIZATION_ID, &error))?,
            task: Task {
                send_state: send_state.ok_or_else(|| RowError::new(SEND_STATE, &"is no state"))?,
                progress: progress(row)?,
            },
            version: row.number(VERSION)?,
        })
    }
}

fn progress(row: Row<'_>) -> Result<Progress, RowError> {
    let Some((code, _)) = row.optional_text(STATUS_CODE)?.and_then(Text::clip) else {
        return Ok(Progress::Unanswered);
    };
    match StatusCode::from(code) {
        StatusCode::Rejected(rejection) => Ok(Progress::Rejected(rejection)),
        StatusCode::Created => Ok(Progress::Created {
            task_id: TaskId::optional(row.optional_text(TASK_ID)?)
                .map_err(|error| RowError::new(TASK_ID, &error))?,
            push: push(row)?,
        }),
    }
}

fn push(row: Row<'_>) -> Result<Option<LastPush>, RowError> {
    let ended = match row.optional_text(PUSH_STATE)? {
        None => return Ok(None),
        Some(ENDED) => true,
        Some(OPEN) => false,
        Some(_) => return Err(RowError::new(PUSH_STATE, &"is no state")),
    };
    Ok(Some(LastPush { at: row.optional_instant(PUSH_DT)?, ended }))
}
