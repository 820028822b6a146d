//! The entry point of what a schedule invokes (design §3). The schedule's own time is the business "now"; a job
//! that does not end well ends its invocation in an error, so that Lambda's retries and the alarm on its errors
//! see it. A schedule may invoke twice, and a run may overlap the one before.

mod entry;
mod job;

pub use crate::done::Done;
pub use entry::run;
pub use job::{Job, JobError, Occasion, RunError, end_of_run};
