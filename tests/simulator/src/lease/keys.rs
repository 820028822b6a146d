//! What callers were answered under their Idempotency-Keys, and what they must be answered again (§12).

use jiff::Timestamp;
use std::collections::BTreeMap;
use suites::gateway::Got;

use super::ant::KEPT_FOR;
use super::people::{Ask, Caller};
use crate::context::{Violation, hold};

/// What is known of all keys, each by its order and its name.
#[derive(Default)]
pub(super) struct Keys(BTreeMap<(String, String), Known>);

/// What is known of a key.
#[derive(Clone, Debug, Default)]
struct Known {
    kept: Option<Kept>,
    under_way: u32,
    /// Whether requests met.
    met: bool,
}

/// An answer that is kept.
#[derive(Clone, Debug)]
struct Kept {
    ask: Ask,
    answer: (i64, String),
    /// When its request began: it is kept for a day after this at least.
    since: Timestamp,
}

/// A request that began.
#[derive(Clone, Debug)]
pub(super) struct Begun {
    owner: (String, String),
    ask: Ask,
    at: Timestamp,
    /// What was kept then.
    kept: Option<Kept>,
}

/// How a request ended, and what is known of it besides.
pub(super) struct Ended<'a> {
    pub(super) got: Option<&'a Got>,
    pub(super) at: Timestamp,
    /// Whether something went wrong meanwhile.
    pub(super) is_disturbed: bool,
    /// Whether the row of the key has an answer now.
    pub(super) is_kept: bool,
    /// Whether Ant did something for this very request.
    pub(super) has_effect: bool,
}

/// The name under which a key is kept.
pub(super) fn name(caller: Caller) -> Option<String> {
    caller.key.map(|key| format!("{}#k-{key}", caller.source))
}

impl Keys {
    /// A request begins, if it has a key.
    pub(super) fn begin(&mut self, order: &str, ask: Ask, caller: Caller, at: Timestamp) -> Option<Begun> {
        let owner = (order.to_owned(), name(caller)?);
        let known = self.0.entry(owner.clone()).or_default();
        known.under_way += 1;
        known.met |= known.under_way > 1;
        Some(Begun { owner, ask, at, kept: known.kept.clone() })
    }

    /// It ended.
    ///
    /// # Errors
    /// It was not answered as it must be.
    pub(super) fn end(&mut self, begun: &Begun, ended: &Ended<'_>) -> Result<(), Violation> {
        let Some(known) = self.0.get_mut(&begun.owner) else { return Ok(()) };
        known.under_way -= 1;
        let is_alone = !known.met;
        known.met = known.under_way > 0;
        let Some(got) = ended.got else { return Ok(()) };
        let answer = (got.status, got.body.clone());
        if let Some(kept) = &begun.kept {
            return if ended.at < kept.since + KEPT_FOR { kept.hold(begun, &answer, ended) } else { Ok(()) };
        }
        if !is_alone || !is_to_keep(got) {
            return Ok(());
        }
        hold(
            "keys",
            ended.is_kept || (ended.is_disturbed && (!ended.has_effect || begun.ask == Ask::Flow)),
            || format!("{:?} {:?} was answered {answer:?}, and that is not kept", begun.owner, begun.ask),
        )?;
        known.kept = ended.is_kept.then_some(Kept { ask: begun.ask, answer, since: begun.at });
        Ok(())
    }
}

impl Kept {
    /// The same request gets the same, another none.
    fn hold(&self, begun: &Begun, answer: &(i64, String), ended: &Ended<'_>) -> Result<(), Violation> {
        if ended.is_disturbed && answer.0 == 500 {
            return Ok(());
        }
        let is_told = answer.0 == 409 && answer.1.contains("IDEMPOTENCY_MISMATCH");
        let is_so = if self.ask == begun.ask { self.answer == *answer } else { is_told };
        hold("keys", is_so, || {
            format!("{:?} is kept of {:?}; {:?} was answered {answer:?}", self, begun.owner, begun.ask)
        })
    }
}

/// Whether an answer is kept whatever comes: what was done, what something must come before, and what Ant declined.
fn is_to_keep(got: &Got) -> bool {
    match got.status {
        200 => !got.body.contains("\"waiting_for\":\"retry\""),
        422 => true,
        502 => got.body.contains("\"ant\":"),
        _ => false,
    }
}
