//! What may be asked of Ant, and when: held against each call as it comes in, before Ant does anything.

use serde_json::Value;

use super::account::{Account, Contract};
use super::asked::Asked;
use crate::context::{Violation, hold};
use crate::lease::people::{Ask, Caller};
use crate::rows::attribute;

/// A call with all that is known of it when it comes in.
pub(super) struct Incoming<'a> {
    pub(super) order: &'a str,
    pub(super) asked: &'a Asked,
    /// Our row of the order.
    pub(super) row: &'a Value,
    pub(super) account: &'a Account,
    /// The caller's request in whose invocation the call was made; none for jobs and notifications.
    pub(super) request: Option<(Ask, Caller)>,
    /// A call about this order of which Ant gave no usable answer, and told nothing since.
    pub(super) open: Option<&'a Asked>,
    /// Ant's name of the method.
    pub(super) method: &'a str,
}

impl Incoming<'_> {
    /// Judges a call that is to change something.
    ///
    /// # Errors
    /// It may not come.
    pub(super) fn judge(&self) -> Result<(), Violation> {
        let seen = |what: &str| format!("{}: {what}: {:?}, {}", self.order, self.asked, self.row);
        hold("caller-asked", self.request.is_some_and(|(ask, _)| is_asked_for(self.asked, ask)), || {
            seen(&format!("nobody asked for it, {:?}", self.request))
        })?;
        hold("asked-is-written", self.is_written(), || seen("it is not written down"))?;
        let is_again = self.open.is_some_and(|open| *open == Asked::Create && *self.asked == Asked::Create);
        hold("unknown-not-repeated", self.open.is_none() || is_again, || {
            seen(&format!("{:?} may have happened, and Ant was not asked", self.open))
        })?;
        hold("preconditions", self.may_be_asked_in(&attribute(self.row, "state")), || {
            seen("not in this state")
        })?;
        hold("preconditions", self.is_ready(), || seen(&format!("not as Ant stands, {:?}", self.account)))
    }

    /// Whether our row says what is about to be asked (§12, Unknown outcomes).
    fn is_written(&self) -> bool {
        let unknown = &self.row["unknown_operation"]["M"];
        let is_same = |name: &str, text: Option<&str>| unknown[name]["S"].as_str() == text;
        let details = match self.asked {
            Asked::Seal { tag, .. } => is_same("tag", tag.as_deref()),
            Asked::Cancel { reason } | Asked::Close { reason } => is_same("reason", Some(reason)),
            Asked::Confirm { agrees } => unknown["agree"]["BOOL"] == *agrees,
            Asked::Sync { .. }
            | Asked::Submit { .. }
            | Asked::Create
            | Asked::Unbind
            | Asked::Trade
            | Asked::Agreement
            | Asked::Flow { .. } => true,
        };
        details && is_same("method", Some(self.method))
    }

    /// Whether the table of states allows it (§4, §12, Order of checks).
    fn may_be_asked_in(&self, state: &str) -> bool {
        let states: &[&str] = match self.asked {
            Asked::Sync { .. } => &["NEW", "SYNCED"],
            Asked::Submit { .. } => &["SYNCED"],
            Asked::Create => &["CONTRACT_SIGNING", "WITHHOLD_SIGNING"],
            Asked::Seal { .. } => &["WITHHOLD_SIGNED", "SEALING"],
            Asked::Cancel { .. } => &["ACTIVE"],
            Asked::Close { reason } if reason == "FULFILLED" => &["ACTIVE", "FULFILLED"],
            Asked::Close { .. } => &["PLAN_CANCELLED"],
            Asked::Unbind if self.overrides() => &["CLOSED", "WITHHOLD_SIGNED"],
            Asked::Unbind => &["CLOSED"],
            Asked::Confirm { .. } => {
                &["WITHHOLD_SIGNED", "SEALING", "ACTIVE", "PLAN_CANCELLED", "FULFILLED", "CLOSED"]
            }
            Asked::Trade | Asked::Agreement | Asked::Flow { .. } => return true,
        };
        states.contains(&state)
    }

    /// Whether what must come before has come before, at Ant itself (R2, R3, R4, §9).
    fn is_ready(&self) -> bool {
        let account = self.account;
        match self.asked {
            Asked::Sync { .. } => !account.contract().is_some_and(Contract::is_alive),
            Asked::Submit { .. } => account.synced > 0,
            Asked::Create => account.contract().is_some(),
            Asked::Seal { sign_no, .. } => {
                let is_its = |contract: &Contract| contract.sign_no == *sign_no;
                account.was_signed && account.contract().is_some_and(is_its)
            }
            Asked::Cancel { .. } => account.is_finished(),
            Asked::Close { reason } if reason == "FULFILLED" => {
                account.is_finished() && (account.is_settled() || self.has_evidence())
            }
            Asked::Close { reason } => {
                let is_confirmed = reason != "RENTING_OUT" || self.confirms_return();
                account.is_settled()
                    && is_confirmed
                    && account.cancelled.as_ref().is_none_or(|of| of == reason)
            }
            Asked::Unbind => account.closed.is_some() || self.overrides(),
            // What was answered is not answered again: the user waits, or Ant took the wish away by itself.
            Asked::Confirm { .. } => {
                let is_left = account.applications > account.answered;
                self.overrides() || (account.applications > 0 && is_left)
            }
            Asked::Trade | Asked::Agreement | Asked::Flow { .. } => true,
        }
    }

    fn overrides(&self) -> bool {
        self.request.is_some_and(|(ask, caller)| ask.overrides() && caller.is_operator)
    }

    fn has_evidence(&self) -> bool {
        matches!(self.request, Some((Ask::Close { has_evidence: true, .. }, _)))
    }

    fn confirms_return(&self) -> bool {
        matches!(self.request, Some((Ask::Close { is_confirmed: true, .. }, _)))
    }
}

/// Whether a caller's request calls for this call.
fn is_asked_for(asked: &Asked, ask: Ask) -> bool {
    match (asked, ask) {
        (Asked::Sync { .. }, Ask::Put { .. } | Ask::Flow)
        | (Asked::Submit { .. }, Ask::Contract { .. } | Ask::Flow)
        | (Asked::Create, Ask::Withhold | Ask::Flow)
        | (Asked::Seal { .. }, Ask::Flow)
        | (Asked::Unbind, Ask::Unbind { .. })
        | (Asked::Trade | Asked::Agreement | Asked::Flow { .. }, _) => true,
        (Asked::Seal { tag, .. }, Ask::Seal(wanted)) => tag.as_deref() == wanted,
        (Asked::Cancel { reason }, Ask::Cancel(wanted)) => reason == wanted,
        (Asked::Close { reason: of }, Ask::Close { reason, .. }) => of == reason,
        (Asked::Confirm { agrees: is_yes }, Ask::Confirm { agrees, .. }) => *is_yes == agrees,
        _ => false,
    }
}
