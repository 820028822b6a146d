//! What is to go wrong with the next calls of a partner that has one kind of them: the bank, and XW.

use serde::Deserialize;

use crate::control::{Refused, read};

/// The faults that are left, in their order.
#[derive(Default)]
pub(crate) struct Planned(Vec<(Fault, u32)>);

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No effect, and the partner says that it will not.
    Refused,
    /// No effect, and a broken answer.
    Http500,
    /// No effect, and no answer.
    Timeout,
    /// The effect, and no answer.
    TimeoutAfterEffect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    fault: String,
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

impl Fault {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Http500 => "http_500",
            Self::Timeout => "timeout",
            Self::TimeoutAfterEffect => "timeout_after_effect",
        }
    }

    /// Whether the connection is held until the caller has given up.
    pub(crate) fn holds(self) -> bool {
        match self {
            Self::Timeout | Self::TimeoutAfterEffect => true,
            Self::Refused | Self::Http500 => false,
        }
    }
}

impl Planned {
    /// The control's body: a whole new list, of the faults that the partner has.
    pub(crate) fn read(body: &[u8], known: &[Fault]) -> Result<Self, Refused> {
        let told: Vec<Told> = read(body)?;
        told.into_iter().map(|one| one.planned(known)).collect::<Result<_, _>>().map(Self)
    }

    /// The first of them; it is used up by the call.
    pub(crate) fn take(&mut self) -> Option<Fault> {
        let (fault, left) = self.0.first_mut()?;
        let fault = *fault;
        *left -= 1;
        if *left == 0 {
            self.0.remove(0);
        }
        Some(fault)
    }
}

impl Told {
    fn planned(self, known: &[Fault]) -> Result<(Fault, u32), Refused> {
        if self.times == 0 {
            return Err(Refused::Impossible("times is at least 1".to_owned()));
        }
        let fault = known.iter().find(|fault| fault.name() == self.fault).ok_or_else(|| {
            let names: Vec<_> = known.iter().map(|fault| fault.name()).collect();
            Refused::Impossible(format!("{:?} is no fault here; there are: {}", self.fault, names.join(", ")))
        })?;
        Ok((*fault, self.times))
    }
}
