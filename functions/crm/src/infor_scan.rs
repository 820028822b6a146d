//! The daily job `infor-scan` (§5, §12): opens the day's run, a work item for each shard of the waiting clients.

mod job;

use jiff::Timestamp;
use platform::Scope;
use platform::sqs::{QueueSender, SendError};

use crate::store::SHARDS;
use crate::work::WorkItem;

pub use job::{InforScan, Settings};

/// Opens all shards as of `time`, also on a day whose run was opened before: who got a row that day gets no second.
///
/// # Errors
/// A shard is not open; the job is run again, and opens all.
pub async fn handle(shards: &QueueSender, scope: &Scope, time: Timestamp) -> Result<(), SendError> {
    let items = (0..SHARDS).map(|shard| WorkItem { time, shard, after: None }.to_body());
    shards.send(scope, &items.collect::<Vec<_>>()).await
}
