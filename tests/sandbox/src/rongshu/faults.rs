//! What is to go wrong with the next callbacks and pulls: `PUT /_control/rongshu/faults`.

use serde::Deserialize;

use super::kind::Kind;
use crate::control::Refused;
use crate::planned::{Plan, Planned, once};

/// The faults that are left, in their order.
pub(super) type Faults = Planned<Kind, Fault>;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// No effect, and a broken answer.
    Http500,
    /// No effect, and no answer.
    Timeout,
    /// That code instead of any effect.
    Code(i32),
    /// No effect: the answer is elsewhere, which is where the call was.
    Redirect,
    /// The effect, and no answer.
    TimeoutAfterEffect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    kind: String,
    order: Option<String>,
    fault: String,
    #[serde(default = "once")]
    times: u32,
}

impl Fault {
    const CODE: &str = "code:";
    /// The faults without a parameter.
    const PLAIN: [Self; 4] = [Self::Http500, Self::Timeout, Self::Redirect, Self::TimeoutAfterEffect];

    pub(super) fn name(self) -> String {
        match self {
            Self::Http500 => "http_500".to_owned(),
            Self::Timeout => "timeout".to_owned(),
            Self::Code(code) => format!("{}{code}", Self::CODE),
            Self::Redirect => "redirect".to_owned(),
            Self::TimeoutAfterEffect => "timeout_after_effect".to_owned(),
        }
    }

    fn read(name: &str) -> Result<Self, Refused> {
        let code = name.strip_prefix(Self::CODE).and_then(|code| code.parse().ok());
        let failed = code.filter(|code| *code != 0).map(Self::Code);
        let plain = || Self::PLAIN.into_iter().find(|fault| fault.name() == name);
        failed.or_else(plain).ok_or_else(|| {
            let known = Self::PLAIN.map(Self::name).join(", ");
            let known = format!("{}N with a number N other than 0, {known}", Self::CODE);
            Refused::Impossible(format!("{name:?} is no fault of Rongshu; there are: {known}"))
        })
    }
}

/// The control's body: a whole new list.
pub(super) fn read(body: &[u8]) -> Result<Faults, Refused> {
    Faults::read(body, |Told { kind, order, fault, times }| {
        let call = Kind::named(&kind).ok_or_else(|| {
            let known = Kind::names();
            Refused::Impossible(format!("{kind:?} is no kind of call; there are: {known}"))
        })?;
        Ok(Plan { call, order, fault: Fault::read(&fault)?, times })
    })
}
