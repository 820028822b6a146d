//! Every effect of the code under test, numbered from 1 in the order in which it came, and the one at which
//! the process dies.

/// The log, with the crash that a test has planned.
#[derive(Default)]
pub(crate) struct Effects {
    entries: Vec<Effect>,
    crash: Option<CrashPoint>,
}

struct Effect {
    what: String,
    outcome: Option<String>,
}

/// Where the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CrashPoint {
    /// The effect does not come about.
    Before(usize),
    /// It does, but its answer is never seen.
    After(usize),
}

impl Effects {
    pub(crate) fn plan_crash(&mut self, point: CrashPoint) {
        self.crash = Some(point);
    }

    /// Notes that an effect is about to come, and tells its number.
    pub(crate) fn begin(&mut self, what: String) -> usize {
        self.entries.push(Effect { what, outcome: None });
        self.entries.len()
    }

    pub(crate) fn end(&mut self, number: usize, outcome: String) {
        self.entries[number - 1].outcome = Some(outcome);
    }

    /// Whether the process dies here; it dies once.
    pub(crate) fn crashes_at(&mut self, point: CrashPoint) -> bool {
        self.crash.take_if(|crash| *crash == point).is_some()
    }

    pub(crate) fn count(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn shown(&self) -> Vec<String> {
        let shown = |effect: &Effect| match &effect.outcome {
            Some(outcome) => format!("{} -> {outcome}", effect.what),
            None => format!("{} -> crash", effect.what),
        };
        self.entries.iter().map(shown).collect()
    }
}
