//! What Ant makes of a call (§12, Sandbox's Ant), as the reference model has it.

use std::collections::BTreeMap;

use suites::lease::bodies;

use super::steps::{Action, Wish};

/// What Ant knows of the order.
#[derive(Clone, Debug, Default)]
pub(super) struct AtAnt {
    pub(super) is_known: bool,
    /// `NOT_RETURN`, `RETURN_FULL` or `CANCEL` of each term.
    pub(super) terms: Vec<&'static str>,
    pub(super) flow: Option<Flow>,
    /// How many contracts there were.
    pub(super) contracts: u32,
    pub(super) withhold: Option<&'static str>,
    pub(super) is_closed: bool,
    pub(super) unsign_pending: bool,
    /// How often each method was carried out.
    pub(super) effects: BTreeMap<String, u64>,
}

#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// Which of the contracts.
    pub(super) number: u32,
    pub(super) status: &'static str,
    pub(super) parties: Parties,
}

/// Who seals a contract, and whether they have.
pub(super) type Parties = Vec<(Option<&'static str>, bool)>;

/// The parties of a contract that nobody has sealed.
pub(super) fn parties(of_two: bool) -> Parties {
    if of_two {
        vec![(Some(bodies::MERCHANT_TAG), false), (Some(bodies::THIRD_TAG), false)]
    } else {
        vec![(None, false)]
    }
}

impl AtAnt {
    /// Does what is wished for; whether Ant said OK.
    pub(super) fn perform(&mut self, wish: &Wish) -> bool {
        let is_done = self.is_done(wish);
        if is_done {
            *self.effects.entry(wish.method().to_owned()).or_default() += 1;
        }
        is_done
    }

    fn is_done(&mut self, wish: &Wish) -> bool {
        if *wish == Wish::Sync {
            (self.is_known, self.terms) = (true, vec!["NOT_RETURN"; 3]);
            return true;
        }
        if !self.is_known {
            return false;
        }
        match wish {
            Wish::Sync => {}
            Wish::Contract { of_two } => {
                if self.flow.as_ref().is_some_and(|flow| ["SIGNING", "FINISH"].contains(&flow.status)) {
                    return false;
                }
                self.contracts += 1;
                let parties = parties(*of_two);
                self.flow = Some(Flow { number: self.contracts, status: "SIGNING", parties });
            }
            Wish::Withhold => {
                if self.withhold != Some("SIGNED") {
                    self.withhold = Some("UNSIGNED");
                }
            }
            Wish::Seal { tag } => return self.seal(*tag),
            Wish::Cancel { .. } => {
                for term in self.terms.iter_mut().filter(|term| **term == "NOT_RETURN") {
                    *term = "CANCEL";
                }
            }
            Wish::Close { .. } => self.is_closed = true,
            Wish::Unbind { .. } => self.withhold = Some("TERMINATED"),
            Wish::Confirm { agree, .. } => {
                if !std::mem::take(&mut self.unsign_pending) {
                    return false;
                }
                if *agree {
                    self.withhold = Some("TERMINATED");
                }
            }
        }
        true
    }

    fn seal(&mut self, tag: Option<&'static str>) -> bool {
        let Some(flow) = self.flow.as_mut().filter(|flow| flow.status == "SIGNING") else { return false };
        let Some(party) = flow.parties.iter_mut().find(|(of, _)| *of == tag) else { return false };
        party.1 = true;
        if flow.parties.iter().all(|(_, sealed)| *sealed) {
            flow.status = "FINISH";
        }
        true
    }

    /// Somebody does something at Ant; whether there was anything to do.
    pub(super) fn act(&mut self, action: &Action) -> bool {
        if !self.is_known {
            return false;
        }
        match action {
            Action::SignWithhold if self.withhold == Some("UNSIGNED") => self.withhold = Some("SIGNED"),
            Action::EndWithhold if self.withhold == Some("SIGNED") => self.withhold = Some("TERMINATED"),
            Action::SignWithhold | Action::EndWithhold => return false,
            Action::ApplyToUnsign => self.unsign_pending = true,
            Action::Flow(status) => match &mut self.flow {
                Some(flow) => flow.status = status,
                None => return false,
            },
            Action::Pay(index) => self.pay(|place| place == *index),
            Action::PayAll => self.pay(|_| true),
        }
        true
    }

    fn pay(&mut self, which: impl Fn(u64) -> bool) {
        for (place, term) in (1..).zip(&mut self.terms) {
            if which(place) {
                *term = "RETURN_FULL";
            }
        }
    }

    /// Whether there are terms, and none can be debited any more.
    pub(super) fn is_settled(&self) -> bool {
        !self.terms.is_empty() && !self.terms.contains(&"NOT_RETURN")
    }
}
