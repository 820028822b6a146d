use std::time::Duration;

use platform::config::{Environment, Variable};

const RONGSHU_CONNECT_TIMEOUT_MS: Variable = Variable {
    name: "RONGSHU_CONNECT_TIMEOUT_MS",
    meaning: "How long connecting to the platform may take.",
    default: Some("2000"),
};
const RONGSHU_TIMEOUT_MS: Variable = Variable {
    name: "RONGSHU_TIMEOUT_MS",
    meaning: "How long a call to the platform may take, from connecting to the last byte of its answer.",
    default: Some("8000"),
};

/// How long the platform may take. Where it is stands in each channel's configuration.
#[derive(Clone, Copy, Debug)]
pub struct RongshuSettings {
    /// For connecting alone.
    pub connect_timeout: Duration,
    /// For one call.
    pub timeout: Duration,
}

impl RongshuSettings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let connect_timeout = environment.read(RONGSHU_CONNECT_TIMEOUT_MS);
        let timeout = environment.read(RONGSHU_TIMEOUT_MS);
        Some(Self { connect_timeout: connect_timeout?, timeout: timeout? })
    }
}
