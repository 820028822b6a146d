//! The channels that we lend through (§10, Wire details): which there are, how each is configured, and how much each may
//! ask of us. A channel is added by configuration alone.

mod config;
mod known;
mod limit;
mod secret;
mod wording;

use std::sync::Arc;

use domain::marketplace::ChannelId;

pub use config::{ChannelConfig, Contract, ContractShape};
pub use known::{Channels, Settings};
pub use limit::{RateLimit, RateLimits};
pub use wording::{Wording, Words};

/// A channel as it is configured now.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Which: `channelId`.
    pub id: ChannelId,
    /// How it is configured.
    pub config: Arc<ChannelConfig>,
}
