use std::error::Error;
use std::time::Duration;

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use futures_util::StreamExt;
use futures_util::stream;

use super::batch::{Batch, batches};
use super::pending::{Destination, Pending};
use super::{Outbox, bus, queue};

/// How many calls are under way at once: each is a connection of its own.
pub(super) const CALLS_AT_ONCE: usize = 16;

/// Codes that say: nothing may go there, whatever it is.
const OF_DESTINATION: [&str; 4] =
    ["AccessDenied", "AccessDeniedException", "NonExistentQueue", "QueueDoesNotExist"];
/// What stands in the code of a refusal that passes by itself.
const PASSING: [&str; 4] = ["Expired", "LimitExceeded", "Throttl", "Timeout"];

/// Why a row was not sent.
#[derive(Clone, Debug)]
pub(super) enum Unsent {
    /// What kept it may pass.
    Left(String),
    /// Its destination refuses it for good.
    Refused(String),
    /// Its destination takes nothing from us.
    Closed(String),
}

/// What came of each row of a call, in order; or of the call.
pub(super) type Sent = Result<Vec<Result<(), Unsent>>, Unsent>;

impl Outbox {
    /// Sends rows, those for one destination together; no call takes longer than `limit`. Tells what came of each, in
    /// order.
    pub(super) async fn send(&self, rows: &[&Pending], limit: Duration) -> Vec<Result<(), Unsent>> {
        let mut outcomes = vec![Ok(()); rows.len()];
        // Boxed: the clients' futures are large, and there may be many.
        let calls = batches(rows).into_iter().map(|batch| Box::pin(self.send_batch(batch, limit)));
        let calls: Vec<_> = calls.collect();
        let mut ended = stream::iter(calls).buffer_unordered(CALLS_AT_ONCE);
        while let Some((places, of_batch)) = ended.next().await {
            for (place, outcome) in places.into_iter().zip(of_batch) {
                if let Some(slot) = outcomes.get_mut(place) {
                    *slot = outcome;
                }
            }
        }
        outcomes
    }

    async fn send_batch(&self, batch: Batch<'_>, limit: Duration) -> (Vec<usize>, Vec<Result<(), Unsent>>) {
        let (places, rows): (Vec<_>, Vec<_>) = batch.rows.into_iter().unzip();
        let sent = tokio::time::timeout(limit, self.send_all_or_each(batch.destination, &rows)).await;
        let outcomes = sent.unwrap_or_else(|_| vec![Err(Unsent::Left("timed out".into())); rows.len()]);
        (places, outcomes)
    }

    /// Sends rows in one call; if it is refused as a whole, one by one, so that the one that is at fault holds no other
    /// up.
    async fn send_all_or_each(&self, to: &Destination, rows: &[&Pending]) -> Vec<Result<(), Unsent>> {
        match self.call(to, rows).await {
            Ok(outcomes) => outcomes,
            Err(Unsent::Refused(_)) if rows.len() > 1 => {
                let mut outcomes = Vec::with_capacity(rows.len());
                for row in rows {
                    let alone = self.call(to, &[*row]).await;
                    outcomes.push(alone.and_then(|outcomes| outcomes.into_iter().collect()));
                }
                outcomes
            }
            Err(unsent) => vec![Err(unsent); rows.len()],
        }
    }

    async fn call(&self, to: &Destination, rows: &[&Pending]) -> Sent {
        match (to, &self.queues, &self.bus) {
            (Destination::Queue { url }, Some(client), _) => queue::send(client, url, rows).await,
            (Destination::Bus { .. }, _, Some(bus)) => bus::put(bus, rows).await,
            (Destination::Queue { .. }, None, _) | (Destination::Bus { .. }, _, None) => {
                Err(Unsent::Closed("this function has no client for it".into()))
            }
        }
    }
}

impl Unsent {
    /// Of a call that failed as a whole.
    pub(super) fn of<E>(error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ServiceError(answered) if answered.raw().status().is_client_error() => {
                let (code, message) = (error.code().unwrap_or("-"), error.message().unwrap_or("-"));
                Self::refusal(code, message)
            }
            SdkError::ConstructionFailure(_) => Self::Refused(DisplayErrorContext(error).to_string()),
            SdkError::ServiceError(_)
            | SdkError::TimeoutError(_)
            | SdkError::DispatchFailure(_)
            | SdkError::ResponseError(_)
            | _ => Self::Left(DisplayErrorContext(error).to_string()),
        }
    }

    /// Of a refusal with this code.
    pub(super) fn refusal(code: &str, message: &str) -> Self {
        let cause = format!("{code}: {message}");
        if PASSING.iter().any(|part| code.contains(part)) {
            Self::Left(cause)
        } else if OF_DESTINATION.iter().any(|end| code.ends_with(end)) {
            Self::Closed(cause)
        } else {
            Self::Refused(cause)
        }
    }

    /// Why, for the log.
    pub(super) fn cause(&self) -> &str {
        match self {
            Self::Left(cause) | Self::Refused(cause) | Self::Closed(cause) => cause,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Unsent;

    #[test]
    fn a_refusal_passes_or_concerns_one_row_or_all_of_a_destination() {
        for code in ["RequestThrottled", "ThrottlingException", "KmsThrottled", "ExpiredTokenException"] {
            assert!(matches!(Unsent::refusal(code, ""), Unsent::Left(_)), "{code}");
        }
        for code in ["AWS.SimpleQueueService.NonExistentQueue", "AccessDenied", "AccessDeniedException"] {
            assert!(matches!(Unsent::refusal(code, ""), Unsent::Closed(_)), "{code}");
        }
        for code in ["InvalidMessageContents", "MalformedDetail", "ValidationException"] {
            assert!(matches!(Unsent::refusal(code, ""), Unsent::Refused(_)), "{code}");
        }
    }
}
