use std::time::Duration;

use platform::config::{Environment, Stage, Variable};
use platform::partner::{BaseUrl, Limits};

use super::AbsenceCodes;

const ANSWER_BYTES: usize = 256 * 1024;

const TENOR_ENV: Variable = Variable {
    name: "TENOR_ENV",
    meaning: "Where the system runs; `local` allows plain HTTP to loopback.",
    default: Some("production"),
};
const ANT_URL: Variable = Variable {
    name: "ANT_URL",
    meaning: "Where AntChain's gateway is; `/gateway.do` is appended.",
    default: Some("https://openapi.antchain.antgroup.com"),
};
const ANT_CONNECT_TIMEOUT_MS: Variable = Variable {
    name: "ANT_CONNECT_TIMEOUT_MS",
    meaning: "How long connecting to Ant may take.",
    default: Some("2000"),
};
const ANT_TIMEOUT_MS: Variable = Variable {
    name: "ANT_TIMEOUT_MS",
    meaning: "How long one transmission to Ant may take.",
    default: Some("8000"),
};
const ANT_TOTAL_TIMEOUT_MS: Variable = Variable {
    name: "ANT_TOTAL_TIMEOUT_MS",
    meaning: "How long a question to Ant may take with its repeats.",
    default: Some("24000"),
};
const ANT_LATE_MS: Variable = Variable {
    name: "ANT_LATE_MS",
    meaning: "For how long after a call was begun Ant may still carry it out: until then nobody believes that it did not.",
    default: Some("60000"),
};
const ANT_ABSENCE_CODES: Variable = Variable {
    name: "ANT_ABSENCE_CODES",
    meaning: "With which result codes Ant says that it has no such order; any other says nothing about it.",
    default: Some("ORDER_NOT_EXIST"),
};
const ANT_DISABLED: Variable = Variable {
    name: "ANT_DISABLED",
    meaning: "Whether Ant is switched off: nothing is sent, and callers are told so.",
    default: Some("false"),
};

/// Where Ant is and how long it may take.
#[derive(Clone, Debug)]
pub struct AntSettings {
    /// The address before `/gateway.do`.
    pub url: BaseUrl,
    /// For connecting alone.
    pub connect_timeout: Duration,
    /// For one transmission.
    pub timeout: Duration,
    /// For a question with its repeats.
    pub total_timeout: Duration,
    /// For how long Ant may still carry out what was asked for.
    pub late: Duration,
    /// With which codes Ant says that it has no such order.
    pub absence_codes: AbsenceCodes,
    /// Nothing is sent.
    pub disabled: bool,
}

impl AntSettings {
    /// Reads Ant's variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let stage: Option<Stage> = environment.read(TENOR_ENV);
        let url: Option<BaseUrl> = environment.read(ANT_URL);
        let connect_timeout = environment.read(ANT_CONNECT_TIMEOUT_MS);
        let timeout = environment.read(ANT_TIMEOUT_MS);
        let total_timeout = environment.read(ANT_TOTAL_TIMEOUT_MS);
        let late_ms: Option<u16> = environment.read(ANT_LATE_MS);
        let absence_codes = environment.read(ANT_ABSENCE_CODES);
        let disabled = environment.read(ANT_DISABLED);
        let (stage, url) = (stage?, url?);
        if let Err(problem) = url.allowed_in(stage) {
            environment.note(format!("{} {problem}", ANT_URL.name));
        }
        Some(Self {
            url,
            connect_timeout: connect_timeout?,
            timeout: timeout?,
            total_timeout: total_timeout?,
            late: Duration::from_millis(late_ms?.into()),
            absence_codes: absence_codes?,
            disabled: disabled?,
        })
    }

    /// The bounds of a transmission.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { timeout: self.timeout, answer_bytes: ANSWER_BYTES }
    }
}
