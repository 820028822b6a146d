//! What goes wrong at Ant by itself.

use std::time::Duration;

use suites::lease::spoil::Spoil;

use super::LATEST;
use super::asked::Asked;
use crate::chaos::Chaos;
use crate::random::Dice;

/// How often a call that is to change something goes wrong, in thousand.
const CHANGES: usize = 240;
/// How often a question does.
const QUESTIONS: usize = 130;
/// Nobody waits for an answer any longer.
const TOO_SLOW: Duration = Duration::from_secs(9);

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    /// What goes wrong with its answer.
    pub(super) spoil: Option<Spoil>,
    /// When it is carried out.
    pub(super) when: When,
}

/// When a call is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    AtOnce,
    Never,
    /// So much later.
    Later(Duration),
}

impl Fault {
    /// What these dice lead to.
    pub(super) fn drawn(dice: &Dice, chaos: &Chaos, asked: &Asked) -> Self {
        let often = if asked.is_question() { QUESTIONS } else { CHANGES };
        if chaos.is_calm() || !dice.happens(often) {
            return Self { spoil: None, when: When::AtOnce };
        }
        let spoil = *dice.weighed(&[
            (3, Spoil::ResultCode("SYSTEM_BUSY")),
            (1, Spoil::Http(403)),
            (2, Spoil::Http(500)),
            (3, Spoil::BadSignature),
            (1, Spoil::MissingSignature),
            (1, Spoil::NestedSignKey),
            (1, Spoil::SignFirst),
            (2, Spoil::Garbage),
            (2, Spoil::Reset),
            (6, Spoil::Timeout),
            (3, Spoil::Slow(Duration::from_secs(3))),
            (2, Spoil::Slow(TOO_SLOW)),
        ]);
        let when = match spoil {
            Spoil::ResultCode(_) | Spoil::Http(403) => When::Never,
            Spoil::NestedSignKey | Spoil::SignFirst | Spoil::Slow(_) | Spoil::Status(_) => When::AtOnce,
            _ if asked.is_question() => When::AtOnce,
            Spoil::Timeout => match dice.below(4) {
                0 => When::Never,
                1 => When::Later(Duration::from_secs(9 + dice.next() % (LATEST.as_secs() - 9))),
                _ => When::AtOnce,
            },
            Spoil::BadSignature
            | Spoil::MissingSignature
            | Spoil::Garbage
            | Spoil::Http(_)
            | Spoil::NotSent
            | Spoil::Reset => *dice.weighed(&[(3, When::Never), (7, When::AtOnce)]),
        };
        Self { spoil: Some(spoil), when }
    }

    /// Whether the caller can rely on the answer.
    pub(super) fn is_usable(self) -> bool {
        match self.spoil {
            None
            | Some(Spoil::ResultCode(_) | Spoil::Http(403) | Spoil::NestedSignKey | Spoil::SignFirst) => true,
            Some(Spoil::Slow(time)) => time < TOO_SLOW,
            Some(_) => false,
        }
    }
}
