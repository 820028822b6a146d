//! What the specification says of an order (§4, §6, §9, §12), for one step after the other.

use super::at_ant::{AtAnt, Parties, parties};
use super::steps::Wish;

/// The order as it should be stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    /// Empty as long as there is no order.
    pub(super) state: &'static str,
    pub(super) unknown: Option<Wish>,
    pub(super) withhold_lost: bool,
    pub(super) unsign_pending: bool,
    /// Which of Ant's contracts it is, and its parties.
    pub(super) contract: Option<(u32, Parties)>,
    dropped: Option<u32>,
    pub(super) cancelled: Option<&'static str>,
    pub(super) closed: Option<&'static str>,
    /// Ant told something that was not looked into yet.
    pub(super) is_marked: bool,
    pub(super) at_ant: AtAnt,
    /// What became of an unknown outcome in this step: whether it had happened.
    pub(super) resolved: Option<bool>,
}

/// What becomes of a wish before Ant is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Send,
    Store,
    Busy,
    Conflict,
    Precondition,
    NeedsTerms,
}

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Trade,
    Flow,
    Agreement,
}

use Question::{Agreement, Flow, Trade};
use Verdict::{Busy, Conflict, NeedsTerms, Precondition, Send, Store};

const WAITING: [&str; 4] = ["CONTRACT_SIGNING", "WITHHOLD_SIGNING", "WITHHOLD_SIGNED", "SEALING"];
/// States of an order that lives on its withhold agreement.
const LIVING: [&str; 5] = ["WITHHOLD_SIGNED", "SEALING", "ACTIVE", "PLAN_CANCELLED", "FULFILLED"];
const ENDED: [&str; 5] = ["EXPIRE", "REJECTED", "UNDO", "TERMINATE", "CANCELLED"];

impl Model {
    pub(super) fn judge(&self, wish: &Wish, terms_seen: bool) -> Verdict {
        if let Some(unknown) = &self.unknown
            && !(*unknown == Wish::Withhold && *wish == Wish::Withhold)
        {
            return Busy;
        }
        let is = |states: &[&str]| states.contains(&self.state);
        match wish {
            Wish::Sync if is(&["", "NEW", "SYNCED"]) => Send,
            Wish::Contract { .. } if is(&["SYNCED"]) => Send,
            Wish::Withhold if is(&["CONTRACT_SIGNING", "WITHHOLD_SIGNING"]) => Send,
            Wish::Seal { tag } if self.is_sealed(*tag) => Store,
            Wish::Seal { .. } if is(&["WITHHOLD_SIGNED", "SEALING"]) => Send,
            Wish::Cancel { .. } if is(&["ACTIVE"]) => Send,
            Wish::Cancel { reason } if self.cancelled == Some(*reason) => Store,
            Wish::Close { reason, confirmed, evidence } => {
                self.judge_close(reason, *confirmed, *evidence, terms_seen)
            }
            Wish::Unbind { .. } if is(&["CLOSED"]) => Send,
            Wish::Unbind { .. } if is(&["UNBOUND"]) => Store,
            Wish::Unbind { overrides: true } if is(&["WITHHOLD_SIGNED"]) => Send,
            Wish::Confirm { overrides, .. } if is(&LIVING) || is(&["CLOSED"]) => {
                if self.unsign_pending || *overrides { Send } else { Precondition }
            }
            Wish::Seal { .. } | Wish::Unbind { .. } => Precondition,
            Wish::Sync
            | Wish::Contract { .. }
            | Wish::Withhold
            | Wish::Cancel { .. }
            | Wish::Confirm { .. } => Conflict,
        }
    }

    fn judge_close(
        &self,
        reason: &'static str,
        confirmed: bool,
        evidence: bool,
        terms_seen: bool,
    ) -> Verdict {
        match self.state {
            "CLOSED" | "UNBOUND" if self.closed == Some(reason) => Store,
            "PLAN_CANCELLED" if self.cancelled != Some(reason) => Conflict,
            "PLAN_CANCELLED" if reason == "RENTING_OUT" && !confirmed => Precondition,
            "PLAN_CANCELLED" => Send,
            "FULFILLED" if reason == "FULFILLED" => Send,
            "FULFILLED" => Precondition,
            "ACTIVE" if reason != "FULFILLED" => Precondition,
            "ACTIVE" if evidence => Send,
            "ACTIVE" if terms_seen => Precondition,
            "ACTIVE" => NeedsTerms,
            _ => Conflict,
        }
    }

    fn is_sealed(&self, tag: Option<&str>) -> bool {
        self.contract.iter().flat_map(|(_, parties)| parties).any(|(of, sealed)| *of == tag && *sealed)
    }

    /// The seal of the first party that has not sealed the contract.
    pub(super) fn next_seal(&self) -> Option<Wish> {
        let (_, parties) = self.contract.as_ref()?;
        parties.iter().find(|(_, sealed)| !sealed).map(|(tag, _)| Wish::Seal { tag: *tag })
    }

    fn go(&mut self, state: &'static str) {
        if state == "SYNCED" && self.state != state {
            self.dropped = self.contract.take().map(|(number, _)| number).or(self.dropped);
        }
        if state == "WITHHOLD_SIGNED" && self.state != state {
            self.withhold_lost = false;
        }
        self.state = state;
    }

    /// What was wished for has happened. What belongs to a contract that is gone changes nothing.
    pub(super) fn enter(&mut self, wish: &Wish) {
        match wish {
            Wish::Sync => self.go("SYNCED"),
            Wish::Contract { of_two } => {
                self.go("CONTRACT_SIGNING");
                self.contract = Some((self.at_ant.contracts, parties(*of_two)));
            }
            Wish::Withhold => self.go("WITHHOLD_SIGNING"),
            Wish::Seal { tag } => {
                let Some((_, parties)) = &mut self.contract else { return };
                match parties.iter_mut().find(|(of, _)| of == tag) {
                    Some((_, sealed)) => *sealed = true,
                    // Ant knows parties that the contract did not name.
                    None => parties.push((*tag, true)),
                }
                self.go("SEALING");
            }
            Wish::Cancel { reason } => {
                self.cancelled = Some(reason);
                self.go("PLAN_CANCELLED");
            }
            Wish::Close { reason, .. } => {
                self.closed = Some(reason);
                self.go("CLOSED");
            }
            Wish::Unbind { .. } if self.state != "SYNCED" => self.go("UNBOUND"),
            Wish::Unbind { .. } => {}
            Wish::Confirm { agree, .. } => {
                self.unsign_pending = false;
                if *agree && self.state == "CLOSED" {
                    self.go("UNBOUND");
                } else if *agree && LIVING.contains(&self.state) {
                    self.withhold_lost = true;
                }
            }
        }
    }

    /// What is asked to get on with an order.
    pub(super) fn needs(&self) -> Vec<Question> {
        match (&self.unknown, self.state) {
            (Some(wish), _) => vec![match wish {
                Wish::Sync
                | Wish::Contract { .. }
                | Wish::Cancel { .. }
                | Wish::Close { .. }
                | Wish::Confirm { agree: false, .. } => Trade,
                Wish::Withhold | Wish::Unbind { .. } | Wish::Confirm { agree: true, .. } => Agreement,
                Wish::Seal { .. } => Flow,
            }],
            (None, "WITHHOLD_SIGNING") => vec![Flow, Agreement],
            (None, "CONTRACT_SIGNING" | "WITHHOLD_SIGNED" | "SEALING") => vec![Flow],
            (None, _) => vec![],
        }
    }

    /// The same, and everything if Ant told something.
    pub(super) fn questions(&self) -> Vec<Question> {
        let mut questions = self.needs();
        if self.is_marked {
            questions
                .extend([Trade, Flow, Agreement].into_iter().filter(|other| !self.needs().contains(other)));
        }
        questions
    }

    pub(super) fn is_watched(&self) -> bool {
        self.is_marked || self.unknown.is_some() || WAITING.contains(&self.state)
    }

    /// A question is asked; whether it was answered, or needed no answer.
    pub(super) fn ask(&mut self, question: Question) -> bool {
        if question == Flow && self.contract.is_none() {
            return true;
        }
        if !self.at_ant.is_known {
            if question == Trade && self.unknown == Some(Wish::Sync) {
                self.resolve(false);
            }
            return false;
        }
        if let Some(happened) = self.tells(question) {
            self.resolve(happened);
        }
        self.advance(question);
        match question {
            Trade => self.unsign_pending = self.at_ant.unsign_pending,
            Agreement if self.at_ant.withhold == Some("TERMINATED") && LIVING.contains(&self.state) => {
                self.withhold_lost = true;
            }
            Agreement | Flow => {}
        }
        true
    }

    /// Whether the unknown outcome has happened, if the answer tells.
    fn tells(&self, question: Question) -> Option<bool> {
        let ant = &self.at_ant;
        match (question, self.unknown.as_ref()?) {
            (Trade, Wish::Sync) => Some(true),
            (Trade, Wish::Contract { .. }) => {
                Some(ant.flow.as_ref().is_some_and(|flow| Some(flow.number) != self.dropped))
            }
            (Trade, Wish::Cancel { .. }) => Some(ant.is_settled()),
            (Trade, Wish::Close { .. }) => Some(ant.is_closed),
            (Trade, Wish::Confirm { agree: false, .. }) => Some(!ant.unsign_pending),
            (Agreement, Wish::Withhold) => Some(ant.withhold == Some("SIGNED")),
            (Agreement, Wish::Unbind { .. } | Wish::Confirm { agree: true, .. }) => {
                Some(ant.withhold == Some("TERMINATED"))
            }
            (Flow, Wish::Seal { tag }) => {
                let flow = ant.flow.as_ref()?;
                match flow.status {
                    "FINISH" => Some(true),
                    "SIGNING" => flow.parties.iter().find(|(of, _)| of == tag).map(|(_, sealed)| *sealed),
                    _ => Some(false),
                }
            }
            _ => None,
        }
    }

    fn resolve(&mut self, happened: bool) {
        let Some(wish) = self.unknown.take() else { return };
        self.resolved = Some(happened);
        match (happened, wish) {
            // That it is signed says more.
            (true, Wish::Withhold) => self.go("WITHHOLD_SIGNED"),
            (true, wish) => self.enter(&wish),
            (false, _) => {}
        }
    }

    fn advance(&mut self, question: Question) {
        let status = self.at_ant.flow.as_ref().map_or("", |flow| flow.status);
        match (question, self.state) {
            (Agreement, "WITHHOLD_SIGNING") if self.at_ant.withhold == Some("SIGNED") => {
                self.go("WITHHOLD_SIGNED");
            }
            (Agreement, "CLOSED") if self.at_ant.withhold == Some("TERMINATED") => self.go("UNBOUND"),
            (Flow, "WITHHOLD_SIGNED" | "SEALING") if status == "FINISH" => {
                self.go("ACTIVE");
                let parties = self.contract.iter_mut().flat_map(|(_, parties)| parties);
                parties.for_each(|(_, sealed)| *sealed = true);
            }
            (Flow, state) if WAITING.contains(&state) && ENDED.contains(&status) => self.go("SYNCED"),
            (Trade, "ACTIVE") if self.at_ant.is_settled() && self.cancelled.is_none() => self.go("FULFILLED"),
            _ => {}
        }
    }
}
