use tracing::{error, warn};

use super::pending::Pending;
use super::send::Unsent;
use super::{LEFT, Outbox, STUCK};
use crate::Scope;
use crate::scope::DEADLINE_MARGIN;

/// What came of rows that were to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// Sent, and their rows deleted.
    pub sent: u64,
    /// Not sent, or their rows not deleted; the next try may do better.
    pub left: u64,
    /// Refused for good; their rows stay.
    pub stuck: u64,
}

impl Outbox {
    /// Sends rows and deletes those that were sent, with all the time that the invocation has left. What stays is
    /// logged and counted (`outbox_left`, `outbox_stuck`).
    pub async fn dispatch(&self, scope: &Scope, rows: &[Pending]) -> Dispatched {
        let rows: Vec<&Pending> = rows.iter().collect();
        let outcomes = self.send(&rows, scope.remaining().saturating_sub(DEADLINE_MARGIN)).await;
        let (mut sent, mut causes, mut stuck) = (Vec::new(), Vec::new(), 0);
        for (row, outcome) in rows.iter().copied().zip(outcomes) {
            match outcome {
                Ok(()) => sent.push(row),
                Err(Unsent::Left(cause)) => causes.push(cause),
                Err(Unsent::Refused(cause) | Unsent::Closed(cause)) => {
                    error!(cause, row = ?row, "a message can never be sent");
                    scope.count(STUCK);
                    stuck += 1;
                }
            }
        }
        let deleted = self.delete(scope, &sent).await;
        let left = causes.len() + sent.len().saturating_sub(deleted.rows);
        if left > 0 {
            let undeleted = deleted.cause.map(|error| error.to_string());
            let cause = causes.into_iter().next().or(undeleted);
            warn!(left, cause, "left to the next run");
            (0..left).for_each(|_| scope.count(LEFT));
        }
        let counted = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
        Dispatched { sent: counted(deleted.rows), left: counted(left), stuck }
    }
}
