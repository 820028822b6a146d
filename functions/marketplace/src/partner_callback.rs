//! The queue `partner-callback` (§4, Delivery): a wake-up names an order, and what waits of it is sent in the channel of its
//! push.

mod consumer;
mod plan;

use std::time::Duration;

use domain::marketplace::{CallbackKind, FailedTry, RetryPlan};
use jiff::SignedDuration;
use platform::Scope;
use platform::callbacks::{Callback, Failure, Sender, Sent};
use platform::random::Random;
use tracing::error;

use crate::channel::{Channel, Channels};
use crate::rongshu::Rongshu;

pub use consumer::{Own, PartnerCallback, Reason, Settings};
pub use plan::PlanSettings;

/// How callbacks go to the platform.
#[derive(Clone, Debug)]
pub struct ToRongshu {
    /// The channels.
    pub channels: Channels,
    /// The platform.
    pub rongshu: Rongshu,
    /// The longest that a call takes.
    pub call_time: Duration,
    /// When what failed is sent again.
    pub plan: RetryPlan,
    /// What spreads the tries.
    pub random: Random,
}

impl ToRongshu {
    /// The channel of an order, `<channel>#<number>`.
    fn channel(&self, order: &str) -> Option<Channel> {
        let (channel, _) = order.split_once('#')?;
        self.channels.get(channel)
    }

    /// The middle of the spread where the machine has no chance to give.
    fn chance(&self) -> u16 {
        let mut bytes = [0; 2];
        match self.random.fill(&mut bytes) {
            Ok(()) => u16::from_be_bytes(bytes),
            Err(_) => u16::MAX / 2,
        }
    }
}

impl Sender for ToRongshu {
    const PARTNER: &'static str = "rongshu";

    fn call_time(&self) -> Duration {
        self.call_time
    }

    fn may_send(&self, order: &str) -> bool {
        let Some(channel) = self.channel(order) else {
            error!(order, "callbacks of a channel that is not configured wait");
            return false;
        };
        !channel.config.is_disabled
    }

    async fn send(&self, scope: &Scope, callback: &Callback) -> Sent {
        let sent = match (self.channel(&callback.id.order), CallbackKind::parse(&callback.kind)) {
            (Some(channel), Some(kind)) => {
                let (body, caused_by) = (callback.body.clone(), &callback.correlation_id);
                Some(self.rongshu.call_back(scope, &channel, kind, body, caused_by).await)
            }
            (None, _) | (_, None) => None,
        };
        sent.unwrap_or(Sent { is_delivered: false, outcome: "unknown_kind", code: None, retry_after: None })
    }

    fn wait(&self, failure: &Failure) -> Option<Duration> {
        let signed = |time: Duration| SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
        let failed = FailedTry {
            failures: failure.failures,
            waited: signed(failure.waited),
            retry_after: failure.retry_after.map(signed),
            chance: self.chance(),
        };
        self.plan.wait(&failed).and_then(|wait| Duration::try_from(wait).ok())
    }
}
