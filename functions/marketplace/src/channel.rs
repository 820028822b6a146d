//! The channels that we lend through (§10, Wire details): which there are, and how each is configured.

mod config;

use std::sync::Arc;

use domain::marketplace::ChannelId;

pub use config::{ChannelConfig, Contract, ContractShape};

/// A channel as it is configured now.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Which: `channelId`.
    pub id: ChannelId,
    /// How it is configured.
    pub config: Arc<ChannelConfig>,
}
