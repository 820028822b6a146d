//! How callbacks that fail are tried again on a local platform.

use clap::Args;

/// When a callback that failed is sent again; nobody waits for hours on a laptop.
#[derive(Debug, Clone, Args)]
pub(crate) struct CallbackTimes {
    /// How long to wait before each next try of a callback, e.g. 2s,2s; the last one repeats
    #[arg(long = "callback-delays", value_name = "TIMES", default_value = "1m,5m,15m,60m")]
    delays: String,
    /// After how much waiting a callback is given up, e.g. 20s
    #[arg(long = "callback-give-up", value_name = "TIME", default_value = "24h")]
    give_up: String,
}

impl CallbackTimes {
    /// A second between tries, and half a minute in all: for a story.
    pub(crate) fn short() -> Self {
        Self { delays: "1s".to_owned(), give_up: "30s".to_owned() }
    }

    /// The variables that they are in the functions.
    pub(crate) fn variables(&self) -> [(String, String); 2] {
        [("CALLBACK_DELAYS", &self.delays), ("CALLBACK_GIVE_UP", &self.give_up)]
            .map(|(name, value)| (name.to_owned(), value.clone()))
    }

    /// What `up` says of them.
    pub(crate) fn shown(&self) -> String {
        format!("tried again after {}, given up after {}", self.delays, self.give_up)
    }
}
