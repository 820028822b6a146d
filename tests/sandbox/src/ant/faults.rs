//! What is to go wrong with the next calls: `PUT /_control/ant/faults`.

use serde::Deserialize;

use super::method::Method;
use crate::control::Refused;
use crate::planned::{Plan, Planned, once};

/// The faults that are left, in their order.
pub(super) type Faults = Planned<Method, Fault>;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// That code instead of any effect.
    ResultCode(String),
    /// The effect, and an answer under another text's signature.
    BadSignature,
    /// The effect, and an answer without a signature.
    MissingSignature,
    /// The effect, and a good answer in whose response something is called `sign`.
    NestedSignKey,
    /// The effect, and a good answer whose signature comes first.
    SignFirst,
    /// The effect, and an answer that is none.
    Garbage,
    /// No effect.
    Http500,
    /// No effect, and no answer.
    Timeout,
    /// The effect, and no answer.
    TimeoutAfterEffect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    method: String,
    order: Option<String>,
    fault: String,
    #[serde(default = "once")]
    times: u32,
}

impl Fault {
    const RESULT_CODE: &str = "result_code:";
    /// The faults without a parameter.
    const PLAIN: [Self; 8] = [
        Self::BadSignature,
        Self::MissingSignature,
        Self::NestedSignKey,
        Self::SignFirst,
        Self::Garbage,
        Self::Http500,
        Self::Timeout,
        Self::TimeoutAfterEffect,
    ];

    pub(super) fn name(&self) -> String {
        match self {
            Self::ResultCode(code) => format!("{}{code}", Self::RESULT_CODE),
            Self::BadSignature => "bad_signature".to_owned(),
            Self::MissingSignature => "missing_signature".to_owned(),
            Self::NestedSignKey => "nested_sign_key".to_owned(),
            Self::SignFirst => "sign_first".to_owned(),
            Self::Garbage => "garbage".to_owned(),
            Self::Http500 => "http_500".to_owned(),
            Self::Timeout => "timeout".to_owned(),
            Self::TimeoutAfterEffect => "timeout_after_effect".to_owned(),
        }
    }

    /// Whether the call has its effect all the same.
    pub(super) fn lets_pass(&self) -> bool {
        match self {
            Self::ResultCode(_) | Self::Http500 | Self::Timeout => false,
            Self::BadSignature
            | Self::MissingSignature
            | Self::NestedSignKey
            | Self::SignFirst
            | Self::Garbage
            | Self::TimeoutAfterEffect => true,
        }
    }

    fn named(name: &str) -> Option<Self> {
        if let Some(code) = name.strip_prefix(Self::RESULT_CODE) {
            let failed = !code.is_empty() && !code.eq_ignore_ascii_case("OK");
            return failed.then(|| Self::ResultCode(code.to_owned()));
        }
        Self::PLAIN.into_iter().find(|fault| fault.name() == name)
    }

    fn read(name: &str) -> Result<Self, Refused> {
        Self::named(name).ok_or_else(|| {
            let plain = Self::PLAIN.map(|fault| fault.name()).join(", ");
            let known = format!("{}X with an X other than OK, {plain}", Self::RESULT_CODE);
            Refused::Impossible(format!("{name:?} is no fault of Ant; there are: {known}"))
        })
    }
}

/// The control's body: a whole new list.
pub(super) fn read(body: &[u8]) -> Result<Faults, Refused> {
    Faults::read(body, |Told { method, order, fault, times }| {
        let call = Method::named(&method).ok_or_else(|| {
            let known = Method::names();
            Refused::Impossible(format!("{method:?} is no method of Ant; there are: {known}"))
        })?;
        Ok(Plan { call, order, fault: Fault::read(&fault)?, times })
    })
}
