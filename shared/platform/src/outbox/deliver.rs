use std::time::Duration;

use tracing::warn;

use super::pending::Pending;
use super::{LEFT, Outbox};
use crate::Scope;
use crate::scope::DEADLINE_MARGIN;

/// What a caller waits at most for what the relay could do as well.
const DELIVERY_TIME: Duration = Duration::from_millis(500);

impl Outbox {
    /// Sends what was committed and deletes its rows, within half a second and before the invocation's time is up. It
    /// does not fail: what it leaves is logged once and counted (`outbox_left`), and the relay sends it. A row that it
    /// has no client for is the relay's from the start. Tells how many are left.
    pub async fn deliver(&self, scope: &Scope, pendings: &[Pending]) -> usize {
        let rows: Vec<&Pending> = pendings.iter().filter(|row| self.reaches(row)).collect();
        let unreachable = pendings.len() - rows.len();
        if rows.is_empty() {
            return unreachable;
        }
        let time = scope.remaining().saturating_sub(DEADLINE_MARGIN).min(DELIVERY_TIME);
        let (left, cause) = if time.is_zero() {
            (rows.len(), "no time".to_owned())
        } else {
            let delivery = self.send_and_delete(scope, &rows, time);
            let ended = tokio::time::timeout(time, delivery).await;
            ended.unwrap_or_else(|_| (rows.len(), "timed out".to_owned()))
        };
        if left > 0 {
            warn!(left, cause, "left to the relay");
            (0..left).for_each(|_| scope.count(LEFT));
        }
        unreachable + left
    }

    /// Tells how many rows are left, and why. One destination that hangs leaves time to delete the others' rows.
    async fn send_and_delete(&self, scope: &Scope, rows: &[&Pending], time: Duration) -> (usize, String) {
        let outcomes = self.send(rows, time * 7 / 10).await;
        let unsent = outcomes.iter().find_map(|outcome| outcome.as_ref().err());
        let sent = rows.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok());
        let sent: Vec<&Pending> = sent.map(|(row, _)| *row).collect();
        let deleted = self.delete(scope, &sent).await;
        let cause = unsent.map(|unsent| unsent.cause().to_owned());
        let cause = cause.or_else(|| deleted.cause.map(|error| error.to_string()));
        (rows.len().saturating_sub(deleted.rows), cause.unwrap_or_default())
    }
}
