//! What callers are answered, and what is kept of it under their keys (§8, §12), as the reference model has it.

use std::collections::BTreeMap;

use suites::lease::ant::Spoil;

use super::reference::{Model, Question, Verdict};
use super::steps::{Caller, Fault, Wish};

/// A source's key.
type Owner = (&'static str, u8);

/// What a caller should be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Status(i64, &'static str),
    /// What was answered before, byte for byte, if it was seen.
    Again(Option<(i64, String)>),
}

pub(super) const OK: Expected = Expected::Status(200, "OK");
const CONFLICT: Expected = Expected::Status(409, "STATE_CONFLICT");
pub(super) const NOT_FOUND: Expected = Expected::Status(404, "ORDER_NOT_FOUND");
pub(super) const REJECTED: Expected = Expected::Status(502, "ANT_REJECTED");
pub(super) const UNKNOWN: Expected = Expected::Status(504, "ANT_UNKNOWN");

/// What is kept under a key.
#[derive(Debug)]
struct Kept {
    wish: Wish,
    answer: Answer,
    expires_at: i64,
}

#[derive(Debug)]
enum Answer {
    /// Its outcome is not known, or was nothing.
    None,
    /// It was found that it happened.
    Found,
    Given(i64, String),
}

/// The model with the answers that it owes.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) model: Model,
    kept: BTreeMap<Owner, Kept>,
    /// Under which key the unknown operation was asked for.
    owed: Option<(Owner, Wish)>,
}

/// In seconds.
const DAY: i64 = 24 * 60 * 60;

impl Answers {
    fn known(&self, owner: Owner, now: i64) -> Option<&Kept> {
        self.kept.get(&owner).filter(|kept| now < kept.expires_at)
    }

    /// What a caller is to be answered, and whether that is kept.
    pub(super) fn ask(&mut self, wish: &Wish, caller: &Caller, fault: Fault, now: i64) -> (Expected, bool) {
        if self.model.state.is_empty() && *wish != Wish::Sync {
            return (NOT_FOUND, false);
        }
        let owner = caller.key.map(|key| (caller.source, key));
        if let Some(kept) = owner.and_then(|owner| self.known(owner, now)) {
            match &kept.answer {
                _ if kept.wish != *wish => return (Expected::Status(409, "IDEMPOTENCY_MISMATCH"), false),
                Answer::Given(status, body) => {
                    return (Expected::Again(Some((*status, body.clone()))), false);
                }
                Answer::Found => return (Expected::Again(None), true),
                Answer::None => {}
            }
        }
        if wish.asks_override() && !caller.may_override {
            return (Expected::Status(403, "FORBIDDEN"), false);
        }
        let mut verdict = self.model.judge(wish, false);
        if verdict == Verdict::NeedsTerms {
            self.model.ask(Question::Trade);
            verdict = self.model.judge(wish, true);
        }
        if verdict != Verdict::Send {
            return refused(verdict);
        }
        let answer = self.carry_out(wish, fault);
        let is_kept = answer != UNKNOWN && self.model.unknown.is_none();
        if let Some(owner) = owner {
            let kept = Kept { wish: wish.clone(), answer: Answer::None, expires_at: now + DAY };
            self.kept.insert(owner, kept);
        }
        self.owed = self.model.unknown.as_ref().and(owner).map(|owner| (owner, wish.clone()));
        (answer, is_kept)
    }

    /// Keeps an answer, unless one is there.
    pub(super) fn keep(&mut self, wish: &Wish, caller: &Caller, (status, body): (i64, &str), now: i64) {
        let Some(owner) = caller.key.map(|key| (caller.source, key)) else { return };
        if self.is_free(owner, wish, now) {
            let answer = Answer::Given(status, body.to_owned());
            self.kept.insert(owner, Kept { wish: wish.clone(), answer, expires_at: now + DAY });
        }
    }

    fn is_free(&self, owner: Owner, wish: &Wish, now: i64) -> bool {
        let answered = |kept: &Kept| matches!(kept.answer, Answer::Given(..));
        self.known(owner, now).is_none_or(|kept| kept.wish == *wish && !answered(kept))
    }

    /// Ant is asked to do something; what the caller is answered.
    pub(super) fn carry_out(&mut self, wish: &Wish, fault: Fault) -> Expected {
        let model = &mut self.model;
        if model.state.is_empty() {
            model.state = "NEW";
        }
        model.unknown = None;
        match fault {
            Fault::Declined | Fault::NotSent => REJECTED,
            Fault::Works if !model.at_ant.perform(wish) => REJECTED,
            Fault::Works => {
                model.enter(wish);
                if matches!(wish, Wish::Seal { .. }) {
                    model.ask(Question::Flow);
                } else if matches!(wish, Wish::Cancel { .. }) {
                    model.ask(Question::Trade);
                }
                OK
            }
            Fault::Lost { after_effect, how } => {
                if after_effect {
                    model.at_ant.perform(wish);
                }
                model.unknown = Some(wish.clone());
                if matches!(how, Spoil::BadSignature | Spoil::MissingSignature) { REJECTED } else { UNKNOWN }
            }
        }
    }

    /// The whole sequence, as far as it goes; what it waits for if it is a success.
    pub(super) fn flow(&mut self, fault: Fault, faulty: &Wish) -> Result<Option<&'static str>, Expected> {
        if self.model.state.is_empty() {
            return Err(NOT_FOUND);
        }
        if self.model.unknown.is_some() {
            for question in self.model.needs() {
                self.model.ask(question);
            }
        }
        let mut fault = Some(fault);
        loop {
            let (before, waits) = (self.model.state, self.model.unknown.is_some());
            let wish = match before {
                "NEW" => Wish::Sync,
                "SYNCED" => Wish::Contract { of_two: false },
                "CONTRACT_SIGNING" => Wish::Withhold,
                "WITHHOLD_SIGNING" => {
                    self.model.ask(Question::Agreement);
                    if self.model.state != before {
                        continue;
                    }
                    return Ok(Some(if waits { "retry" } else { "withhold_signature" }));
                }
                "WITHHOLD_SIGNED" | "SEALING" => {
                    if let Some(seal) = self.model.next_seal() {
                        seal
                    } else {
                        self.model.ask(Question::Flow);
                        if self.model.state != before {
                            continue;
                        }
                        return Ok(Some(if waits { "retry" } else { "contract_user_signature" }));
                    }
                }
                _ => return Ok(None),
            };
            self.step(&wish, &mut fault, faulty)?;
        }
    }

    fn step(&mut self, wish: &Wish, fault: &mut Option<Fault>, faulty: &Wish) -> Result<(), Expected> {
        if self.model.judge(wish, false) != Verdict::Send {
            return Err(CONFLICT);
        }
        let fault = if wish.method() == faulty.method() { fault.take() } else { None };
        self.owed = None;
        let answer = self.carry_out(wish, fault.unwrap_or(Fault::Works));
        if answer == OK { Ok(()) } else { Err(answer) }
    }

    /// What was found out in this step is owed to who asked for it.
    pub(super) fn settle(&mut self, now: i64) {
        let Some(happened) = self.model.resolved.take() else { return };
        let Some((owner, wish)) = self.owed.take() else { return };
        if happened && self.is_free(owner, &wish, now) {
            self.kept.insert(owner, Kept { wish, answer: Answer::Found, expires_at: now + DAY });
        }
    }
}

fn refused(verdict: Verdict) -> (Expected, bool) {
    match verdict {
        Verdict::Store => (OK, true),
        Verdict::Busy => (CONFLICT, false),
        Verdict::Conflict => (CONFLICT, true),
        Verdict::Precondition => (Expected::Status(422, "PRECONDITION_FAILED"), true),
        Verdict::Send | Verdict::NeedsTerms => unreachable!("it is not refused"),
    }
}
