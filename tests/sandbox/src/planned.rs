//! What is to go wrong with the next calls of a partner: what a control plans, used up call by call. The faults of a
//! partner that has one kind of calls, the bank and XW, are here as well.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::control::{Refused, read};

/// The faults that are left, in their order, of a partner with several kinds of calls.
pub(crate) struct Planned<C, F>(Vec<Plan<C, F>>);

/// A fault that is left.
pub(crate) struct Plan<C, F> {
    /// Which calls it is for.
    pub(crate) call: C,
    /// Whose; any, if that is not said.
    pub(crate) order: Option<String>,
    /// What goes wrong.
    pub(crate) fault: F,
    /// With how many of them.
    pub(crate) times: u32,
}

/// The faults of a partner that has one kind of calls.
pub(crate) type Faults = Planned<(), Fault>;

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

/// How many calls a fault is for, if that is not said.
pub(crate) fn once() -> u32 {
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

impl<C, F> Default for Planned<C, F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<C: PartialEq, F: Clone> Planned<C, F> {
    /// The control's body: a whole new list, each of whose members says what `plan` makes of it.
    pub(crate) fn read<T: DeserializeOwned>(
        body: &[u8],
        plan: impl Fn(T) -> Result<Plan<C, F>, Refused>,
    ) -> Result<Self, Refused> {
        let told: Vec<T> = read(body)?;
        let plans = told.into_iter().map(plan).collect::<Result<Vec<_>, _>>()?;
        if plans.iter().any(|plan| plan.times == 0) {
            return Err(Refused::Impossible("times is at least 1".to_owned()));
        }
        Ok(Self(plans))
    }

    /// The first that is planned for such a call, about one of these ids; it is used up by it.
    pub(crate) fn take(&mut self, call: &C, ids: &[&str]) -> Option<F> {
        let meets = |plan: &Plan<C, F>| {
            plan.call == *call && plan.order.as_deref().is_none_or(|order| ids.contains(&order))
        };
        let at = self.0.iter().position(meets)?;
        self.0[at].times -= 1;
        let fault = self.0[at].fault.clone();
        if self.0[at].times == 0 {
            self.0.remove(at);
        }
        Some(fault)
    }
}

impl Faults {
    /// The control's body: a whole new list, of the faults that the partner has.
    pub(crate) fn of(body: &[u8], known: &[Fault]) -> Result<Self, Refused> {
        Self::read(body, |Told { fault, times }| {
            let planned = known.iter().find(|known| known.name() == fault).copied();
            let fault = planned.ok_or_else(|| {
                let names: Vec<_> = known.iter().map(|fault| fault.name()).collect();
                Refused::Impossible(format!("{fault:?} is no fault here; there are: {}", names.join(", ")))
            })?;
            Ok(Plan { call: (), order: None, fault, times })
        })
    }

    /// The first of them; it is used up by the call.
    pub(crate) fn next(&mut self) -> Option<Fault> {
        self.take(&(), &[])
    }
}
