//! Lambda's event source: takes a batch from a queue, calls the function, deletes what it has handled.

use std::collections::BTreeSet;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};

use crate::World;

/// What came of one batch: the ids of its messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Deleted from the queue.
    pub handled: Vec<String>,
    /// Left in the queue, to come again when they are visible.
    pub failed: Vec<String>,
}

impl World {
    /// Delivers up to `batch_size` visible messages to `function`, once. When none is visible, the function
    /// is not called.
    ///
    /// A failure that names no message of the batch makes all of it fail, as it does at Lambda.
    ///
    /// # Panics
    /// When there is no such queue.
    pub async fn deliver(
        &self,
        queue: &str,
        batch_size: usize,
        function: impl AsyncFnOnce(SqsEvent) -> SqsBatchResponse,
    ) -> Delivery {
        let Some(event) = self.0.sqs.poll(queue, batch_size) else { return Delivery::default() };
        let batch = event.records.clone();
        let failures = Failures::of(&batch, &function(event).await);
        let mut delivery = Delivery::default();
        for message in batch {
            let id = message.message_id.unwrap_or_default();
            if failures.has(&id) {
                delivery.failed.push(id);
            } else {
                self.0.sqs.acknowledge(queue, message.receipt_handle.as_deref().unwrap_or_default());
                delivery.handled.push(id);
            }
        }
        delivery
    }
}

/// Which messages of a batch a function reported.
enum Failures {
    All,
    Of(BTreeSet<String>),
}

impl Failures {
    fn of(batch: &[SqsMessage], response: &SqsBatchResponse) -> Self {
        let ids: BTreeSet<_> =
            response.batch_item_failures.iter().map(|failure| failure.item_identifier.clone()).collect();
        let known = |id: &String| batch.iter().any(|message| message.message_id.as_ref() == Some(id));
        if ids.iter().all(known) { Self::Of(ids) } else { Self::All }
    }

    fn has(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Of(ids) => ids.contains(id),
        }
    }
}
