//! How callbacks that fail are tried again on a local platform.

use clap::Args;
use local::CallbackTimes as Shown;

const DELAYS: &str = "CALLBACK_DELAYS";
const GIVE_UP: &str = "CALLBACK_GIVE_UP";

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
        [(DELAYS, &self.delays), (GIVE_UP, &self.give_up)]
            .map(|(name, value)| (name.to_owned(), value.clone()))
    }
}

/// What the functions have after these overrides, of which the last counts.
pub(super) fn shown(overrides: &[(String, String)]) -> Shown {
    let value = |name: &str| {
        let found = overrides.iter().rev().find(|(other, _)| other == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    Shown { delays: value(DELAYS), give_up: value(GIVE_UP) }
}

#[cfg(test)]
mod tests {
    use super::{CallbackTimes, shown};

    #[test]
    fn what_is_shown_is_what_the_functions_have() {
        let mut overrides = Vec::from(CallbackTimes::short().variables());
        assert_eq!((shown(&overrides).delays.as_str(), shown(&overrides).give_up.as_str()), ("1s", "30s"));
        overrides.push(("CALLBACK_DELAYS".to_owned(), "2s,5m".to_owned()));
        assert_eq!((shown(&overrides).delays.as_str(), shown(&overrides).give_up.as_str()), ("2s,5m", "30s"));
    }
}
