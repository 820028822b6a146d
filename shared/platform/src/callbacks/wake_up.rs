use std::time::Duration;

use aws_sdk_sqs::Client;
use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::Scope;
use crate::config::{Environment, Variable};
use crate::json::{self, JsonError};
use crate::metrics::Count;
use crate::scope::DEADLINE_MARGIN;
use crate::sqs::{QueueSender, SendError};

/// Wake-ups that were not sent: the relay sends them again.
pub const UNWOKEN: Count = Count::of("wake_up_unsent");

/// What a caller waits at most for what the relay could do as well.
const SENDING_TIME: Duration = Duration::from_millis(500);
/// The longest that SQS holds a message back.
const LONGEST_DELAY: Duration = Duration::from_mins(15);

const WAKE_UP_QUEUE_URL: Variable = Variable {
    name: "WAKE_UP_QUEUE_URL",
    meaning: "The queue whose worker is told which order has callbacks to send.",
    default: None,
};

/// Tells the worker which orders to look at. A wake-up that is lost, doubled or late does no harm: what is due stands in
/// the table, and the relay wakes again.
#[derive(Clone, Debug)]
pub struct WakeUps(QueueSender);

/// A wake-up's body.
#[derive(Debug, Deserialize, Serialize)]
pub struct WakeUp {
    /// Whose callbacks they are.
    pub order: String,
}

impl WakeUps {
    /// Reads the queue's address.
    pub fn read_queue(environment: &mut Environment) -> Option<String> {
        environment.read(WAKE_UP_QUEUE_URL)
    }

    /// Wake-ups over the queue at `url`.
    #[must_use]
    pub fn new(client: Client, url: String) -> Self {
        Self(QueueSender { client, url })
    }

    /// Wakes the worker for orders whose callbacks were committed, within half a second and before the invocation's time
    /// is up. It does not fail: what it leaves is logged and counted, and the relay wakes.
    pub async fn send(&self, scope: &Scope, orders: &[&str]) {
        self.send_after(scope, orders, Duration::ZERO).await;
    }

    /// The same, each wake-up held back for so long.
    pub async fn send_after(&self, scope: &Scope, orders: &[&str], delay: Duration) {
        if orders.is_empty() {
            return;
        }
        let time = scope.remaining().saturating_sub(DEADLINE_MARGIN).min(SENDING_TIME);
        let bodies: Vec<_> = orders.iter().map(|order| (body(order), delay.min(LONGEST_DELAY))).collect();
        let cause = match tokio::time::timeout(time, self.0.send_later(scope, &bodies)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "timed out".to_owned(),
        };
        warn!(orders = orders.len(), cause, "left to the relay to wake");
        scope.count(UNWOKEN);
    }

    /// Wakes the worker for each order after its delay, of which SQS takes fifteen minutes at most, and takes no longer
    /// for it than `time`.
    ///
    /// # Errors
    /// One wake-up, at least, was not sent.
    pub async fn send_within(
        &self,
        scope: &Scope,
        orders: &[(&str, Duration)],
        time: Duration,
    ) -> Result<(), SendError> {
        let wake_up = |(order, delay): &(&str, Duration)| (body(order), (*delay).min(LONGEST_DELAY));
        let bodies: Vec<_> = orders.iter().map(wake_up).collect();
        let sending = self.0.send_later(scope, &bodies);
        tokio::time::timeout(time, sending).await.unwrap_or_else(|_| Err(SendError::timed_out()))
    }
}

impl WakeUp {
    /// Reads a body.
    ///
    /// # Errors
    /// It is no wake-up.
    pub fn read(text: &str) -> Result<Self, JsonError> {
        json::object(text.as_bytes())
    }
}

fn body(order: &str) -> String {
    // A struct with string keys always serialises.
    serde_json::to_string(&WakeUp { order: order.to_owned() }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{WakeUp, body};

    #[test]
    fn a_wake_up_names_its_order_and_nothing_else() {
        assert_eq!(body("840#120522"), r#"{"order":"840#120522"}"#);
        assert!(WakeUp::read(&body("840#1")).is_ok_and(|wake_up| wake_up.order == "840#1"));
        for text in ["", "[]", "{}", r#"{"order":1}"#, "840#1"] {
            assert!(WakeUp::read(text).is_err(), "{text}");
        }
    }
}
