//! The job of the minute `outbox-relay` (design §5): sends what was committed and not sent, and wakes whoever sends
//! callbacks.

mod job;
mod wakes;

use std::time::Duration;

use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, Item};
use platform::outbox::{Outbox, Page, Pending, SHARDS, STUCK};
use tracing::error;

pub use job::OutboxRelay;
pub use wakes::{Waking, Woken};

/// What is younger, the function that wrote it may still be sending itself.
const AGE: Duration = Duration::from_secs(30);
/// With less time left nothing more is begun; what is left the next minute's run sends.
const LEAST_TIME: Duration = Duration::from_secs(10);

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Messages that were sent, and their rows deleted.
    pub sent: u64,
    /// Messages that were not sent, or whose rows were not deleted; the next run does it again.
    pub left: u64,
    /// Messages that can never be sent, and rows that cannot be read; they stay.
    pub stuck: u64,
    /// Shards of which not everything could be read.
    pub unread: u64,
    /// The time was up before everything was looked at.
    pub out_of_time: bool,
}

impl Run {
    /// Whether nothing is left that should have gone out.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.left == 0 && self.stuck == 0 && self.unread == 0 && !self.out_of_time
    }
}

/// Where the next page of a shard begins.
type Place = (u32, Option<Item>);

/// Sends every row that is old enough and deletes it: a page of every shard at a time, so that messages for one queue
/// share their calls. The shards are asked one after the other: in most minutes there is nothing in them, and asking all
/// at once would open a connection for each. A row that cannot be sent holds no other up. It may be stopped anywhere and run twice at once:
/// then messages go out twice.
pub async fn handle(outbox: &Outbox, scope: &Scope) -> Run {
    let before = scope.now().saturating_sub(AGE).unwrap_or(Timestamp::MIN);
    let mut run = Run::default();
    let mut places: Vec<Place> = (0..SHARDS).map(|shard| (shard, None)).collect();
    while !places.is_empty() && !run.out_of_time {
        let mut pages = Vec::with_capacity(places.len());
        for (shard, from) in places {
            // A table that hangs holds every shard up: what was read goes out before the time is over.
            if scope.remaining() < LEAST_TIME {
                run.out_of_time = true;
                break;
            }
            pages.push((shard, outbox.unsent(scope, shard, before, from).await));
        }
        let (rows, next) = gathered(&mut run, scope, pages);
        places = next;
        let dispatched = outbox.dispatch(scope, &rows).await;
        run.sent += dispatched.sent;
        run.left += dispatched.left;
        run.stuck += dispatched.stuck;
    }
    run
}

/// The rows of all pages, and where the next ones begin.
fn gathered(
    run: &mut Run,
    scope: &Scope,
    pages: Vec<(u32, Result<Page, DynamoDbError>)>,
) -> (Vec<Pending>, Vec<Place>) {
    let (mut rows, mut next) = (Vec::new(), Vec::new());
    for (shard, page) in pages {
        match page {
            Ok(page) => {
                for failure in page.unreadable {
                    error!(%failure, "a row of the outbox cannot be read");
                    scope.count(STUCK);
                    run.stuck += 1;
                }
                rows.extend(page.rows);
                next.extend(page.next.map(|from| (shard, Some(from))));
            }
            Err(failure) => {
                error!(%failure, shard, "what is unsent could not be read");
                run.unread += 1;
            }
        }
    }
    (rows, next)
}
