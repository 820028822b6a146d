use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Done;
use crate::metrics::Source;
use crate::{Scope, json, rfc3339};

/// How a placeholder begins that the scheduler should have replaced and did not: the local engine hands it on.
const PLACEHOLDER: &str = "<aws.scheduler.";

/// What a run is about. Leases, locks and deadlines use the clock ([`Scope::now`]) all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// The instant that the run was scheduled for: the business "now".
    pub time: Timestamp,
    /// The scheduler's id of this execution, if it is told.
    pub id: Option<String>,
}

/// An operation that is reached by a schedule.
pub trait Job {
    /// The function it is.
    const SOURCE: Source;

    /// Does what is due; it may run more than once for an occasion, and beside another run.
    ///
    /// # Errors
    /// Why not everything was done.
    fn run(&self, scope: &Scope, occasion: &Occasion) -> impl Future<Output = Result<Done, JobError>>;
}

/// A job that did not do all it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// Why, for the log.
    #[error("{0}")]
    Failed(String),
}

/// How a run over shards ends: in an error if some could not be read, so that the alarm on errors sees it. What else is
/// `left` is due still, and a later run takes it.
///
/// # Errors
/// Shards are unread.
pub fn end_of_run(unread: u64, left: bool) -> Result<Done, JobError> {
    if unread > 0 {
        return Err(JobError::Failed(format!("{unread} shards not read")));
    }
    Ok(Done(if left { "left" } else { "complete" }))
}

/// Why an invocation ended in an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The event does not tell the time; nothing was done.
    #[error("unreadable event: {0}")]
    Event(String),
    /// The job failed.
    #[error("failed: {0}")]
    Job(#[from] JobError),
    /// The job panicked.
    #[error("panicked")]
    Panicked,
    /// The job took longer than the invocation has.
    #[error("timed out")]
    TimedOut,
}

impl RunError {
    /// The log's word for it.
    pub(super) fn outcome(&self) -> &'static str {
        match self {
            Self::Event(_) => "unreadable_event",
            Self::Job(JobError::Failed(_)) => "failed",
            Self::Panicked => "panicked",
            Self::TimedOut => "timed_out",
        }
    }
}

impl Occasion {
    /// Reads the schedule's input. A time that is not told is `now`; one that is told and is no instant is an
    /// error, since a job must not run for a day that nobody meant.
    pub(super) fn read(event: &RawValue, now: Timestamp) -> Result<Self, RunError> {
        let members: Map<String, Value> =
            json::object(event.get().as_bytes()).map_err(|error| RunError::Event(error.to_string()))?;
        let time = match members.get("time").map(Value::as_str) {
            None => Some(now),
            Some(Some(text)) if text.starts_with(PLACEHOLDER) => Some(now),
            Some(text) => text.and_then(rfc3339::parse),
        };
        let id = members.get("id").and_then(Value::as_str);
        Ok(Self {
            time: time.ok_or_else(|| RunError::Event("its time is no RFC 3339 instant".into()))?,
            id: id.filter(|id| !id.is_empty() && !id.starts_with(PLACEHOLDER)).map(str::to_owned),
        })
    }
}
