//! Lives through a step in both worlds, and holds one against the other.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::lease::OrderState;
use proptest::prelude::*;
use serde_json::{Value, json};
use suites::gateway::Got;
use suites::lease::ant::Spoil;
use suites::lease::{HISTORY, Lease, ORDER, bodies, body};

use super::answers::{Answers, Expected, NOT_FOUND, OK, REJECTED, UNKNOWN};
use super::reference::Question;
use super::steps::{Action, Caller, Fault, STRANGER, Step, Wish};

const QUESTIONS: [&str; 3] =
    ["antchain.ato.trade.get", "antchain.ato.sign.flow.get", "antchain.ato.withhold.sign.query"];
const TOO_LATE: Duration = Duration::from_mins(2);
/// For so long Ant is asked about what it told.
const DAY: i64 = 24 * 60 * 60;
/// Until everything is due that may be.
const LATER: Duration = Duration::from_hours(7);

pub(super) struct Driver {
    lease: Lease,
    answers: Answers,
    told: BTreeSet<u8>,
    row: Option<Value>,
    /// In seconds, like all times here.
    marked_at: i64,
}

impl Driver {
    pub(super) async fn new() -> Self {
        let (lease, answers) = (Lease::new().await, Answers::default());
        Self { lease, answers, told: BTreeSet::new(), row: None, marked_at: 0 }
    }

    pub(super) async fn live_through(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Forward(fault) => self.forward(*fault).await?,
            Step::Ask { wish, caller, fault } => self.ask(wish, caller, *fault).await?,
            Step::Flow { fault, with } => self.flow(*fault, with).await?,
            Step::Get { agreement, deaf } => self.get(*agreement, *deaf).await?,
            Step::Notify { message, deaf } => self.notify(*message, *deaf).await?,
            Step::Reconcile { deaf } => self.reconcile(*deaf).await?,
            Step::User(action) => self.act(action),
        }
        self.lease.ant.recover();
        self.answers.settle(self.now());
        self.compare()?;
        // Until nothing of what was asked for can come about any more.
        self.lease.world.pass(TOO_LATE).await;
        Ok(())
    }

    fn now(&self) -> i64 {
        self.lease.world.time().now().as_second()
    }

    async fn forward(&mut self, fault: Fault) -> Result<(), TestCaseError> {
        let model = &self.answers.model;
        if model.unknown.is_some() {
            return self.get(false, false).await;
        }
        let wish = match model.state {
            "" | "NEW" => Wish::Sync,
            "SYNCED" => Wish::Contract { of_two: model.at_ant.contracts.is_multiple_of(2) },
            "CONTRACT_SIGNING" => Wish::Withhold,
            "WITHHOLD_SIGNED" | "SEALING" => match model.next_seal() {
                Some(seal) => seal,
                None => return self.get(false, false).await,
            },
            "ACTIVE" if model.at_ant.contracts.is_multiple_of(2) => {
                self.act(&Action::PayAll);
                return self.get(false, false).await;
            }
            "ACTIVE" => Wish::Cancel { reason: "RENTING_OUT" },
            "PLAN_CANCELLED" => {
                let reason = model.cancelled.expect("a reason");
                Wish::Close { reason, confirmed: true, evidence: false }
            }
            "FULFILLED" => Wish::Close { reason: "FULFILLED", confirmed: false, evidence: false },
            "CLOSED" => Wish::Unbind { overrides: false },
            _ => {
                self.act(&Action::SignWithhold);
                return self.get(true, false).await;
            }
        };
        self.ask(&wish, &Caller::PLAIN, fault).await
    }

    fn plan(&self, wish: &Wish, fault: Fault) {
        let (ant, method) = (&self.lease.ant, wish.method());
        match fault {
            Fault::Works => {}
            Fault::Declined => ant.fail(method, Spoil::ResultCode("SYSTEM_BUSY")),
            // Once, and three times again.
            Fault::NotSent => ant.fail_times(method, Spoil::NotSent, 4),
            Fault::Lost { after_effect, how } => ant.plan(method, None, how, after_effect, 1),
        }
    }

    async fn ask(&mut self, wish: &Wish, caller: &Caller, fault: Fault) -> Result<(), TestCaseError> {
        self.plan(wish, fault);
        let now = self.now();
        let got = self.lease.send(&wish.request(caller)).await;
        let (expected, is_kept) = self.answers.ask(wish, caller, fault, now);
        self.hold(&expected, &got)?;
        if is_kept {
            self.answers.keep(wish, caller, got.brief(), self.now());
        }
        Ok(())
    }

    async fn flow(&mut self, fault: Fault, with: &Wish) -> Result<(), TestCaseError> {
        self.plan(with, fault);
        let got = self.lease.post(ORDER, "/sign-flow", &bodies::contract()).await;
        match self.answers.flow(fault, with) {
            Err(expected) => self.hold(&expected, &got),
            Ok(waiting_for) => {
                self.hold(&OK, &got)?;
                let answer = body(&got);
                prop_assert_eq!(answer["data"].get("waiting_for"), Some(&json!(waiting_for)), "{}", answer);
                Ok(())
            }
        }
    }

    fn deafen(&self, deaf: bool) {
        if deaf {
            for method in QUESTIONS {
                self.lease.ant.fail_times(method, Spoil::Reset, usize::MAX);
            }
        }
    }

    async fn get(&mut self, agreement: bool, deaf: bool) -> Result<(), TestCaseError> {
        self.deafen(deaf);
        let got = self.lease.get(ORDER, if agreement { "/withhold-sign" } else { "" }).await;
        let model = &mut self.answers.model;
        if model.state.is_empty() {
            return self.hold(&NOT_FOUND, &got);
        }
        if deaf {
            return self.hold(&UNKNOWN, &got);
        }
        let last = if agreement { Question::Agreement } else { Question::Trade };
        let first = if agreement { vec![] } else { model.needs() };
        for question in first.into_iter().filter(|question| *question != last) {
            model.ask(question);
        }
        let expected = if model.ask(last) { OK } else { REJECTED };
        self.hold(&expected, &got)?;
        if expected == OK && !agreement {
            let (model, data) = (&self.answers.model, &body(&got)["data"]);
            prop_assert_eq!(&data["unknown_operation"], &json!(model.unknown.as_ref().map(Wish::method)));
            prop_assert_eq!(&data["withhold_lost"], &json!(model.withhold_lost));
            prop_assert_eq!(&data["unsign_pending"], &json!(model.unsign_pending));
        }
        Ok(())
    }

    async fn notify(&mut self, message: u8, deaf: bool) -> Result<(), TestCaseError> {
        self.deafen(deaf);
        let got = self.lease.notify(&format!("m-{message}"), "ORDER_STATUS_CHANGE", ORDER).await;
        prop_assert_eq!(got.status, 200);
        let now = self.now();
        let model = &mut self.answers.model;
        if self.told.insert(message) && !model.state.is_empty() {
            model.is_marked = true;
            self.marked_at = now;
            self.look(deaf);
        }
        Ok(())
    }

    async fn reconcile(&mut self, deaf: bool) -> Result<(), TestCaseError> {
        self.lease.world.pass(LATER).await;
        self.deafen(deaf);
        prop_assert!(self.lease.reconcile().await.is_ok());
        if self.answers.model.is_watched() {
            self.look(deaf);
        }
        if self.now() - self.marked_at > DAY {
            self.answers.model.is_marked = false;
        }
        Ok(())
    }

    /// Everything is asked that there is to ask; what was told is looked into when all of it is answered.
    fn look(&mut self, deaf: bool) {
        let model = &mut self.answers.model;
        if !deaf {
            let answered: Vec<bool> =
                model.questions().into_iter().map(|question| model.ask(question)).collect();
            if answered.iter().all(|answered| *answered) {
                model.is_marked = false;
            }
        }
    }

    fn act(&mut self, action: &Action) {
        if !self.answers.model.at_ant.act(action) {
            return;
        }
        let ant = &self.lease.ant;
        match action {
            Action::SignWithhold => ant.user_signs_withhold(ORDER),
            Action::EndWithhold => ant.withhold_ends(ORDER),
            Action::ApplyToUnsign => ant.user_applies_to_unsign(ORDER),
            Action::Flow(status) => ant.flow_becomes(ORDER, status),
            Action::Pay(index) => ant.pay(ORDER, *index),
            Action::PayAll => ant.pay_all(ORDER),
        }
    }

    fn hold(&self, expected: &Expected, got: &Got) -> Result<(), TestCaseError> {
        match expected {
            Expected::Again(Some((status, text))) => {
                prop_assert_eq!((got.status, &got.body), (*status, text));
            }
            Expected::Again(None) => prop_assert_eq!(got.status, 200, "{}", &got.body),
            Expected::Status(status, code) => {
                let answer = body(got);
                prop_assert_eq!((got.status, &answer["code"]), (*status, &json!(code)), "{}", &got.body);
                if *status == 200 {
                    prop_assert_eq!(&answer["data"]["state"], self.answers.model.state);
                }
            }
        }
        Ok(())
    }

    /// Holds what is stored, what Ant has, and what was told against the model.
    fn compare(&mut self) -> Result<(), TestCaseError> {
        let (model, row) = (&self.answers.model, self.lease.row(ORDER));
        prop_assert_eq!(self.lease.state(ORDER), model.state);
        let Some(row) = row else { return Ok(()) };
        let flag = |name: &str| row[name]["BOOL"].as_bool();
        prop_assert_eq!(flag("withhold_lost"), Some(model.withhold_lost), "withhold_lost");
        prop_assert_eq!(flag("unsign_pending"), Some(model.unsign_pending), "unsign_pending");
        prop_assert_eq!(row["cancel_reason"]["S"].as_str(), model.cancelled);
        prop_assert_eq!(row["close_reason"]["S"].as_str(), model.closed);
        prop_assert_eq!(row.get("notified_at").is_some(), model.is_marked, "the mark");
        let unknown = row["unknown_operation"]["M"]["method"]["S"].as_str();
        prop_assert_eq!(unknown, model.unknown.as_ref().map(Wish::method));
        prop_assert_eq!(seals(&row), model.contract.as_ref().map(|(_, parties)| parties.clone()));
        let closings = self.lease.told().iter().filter(|name| *name == "lease_closed").count();
        prop_assert_eq!(closings, usize::from(model.closed.is_some()), "told");
        self.compare_ant()?;
        self.grow(&row)?;
        self.judge_history()
    }

    fn compare_ant(&self) -> Result<(), TestCaseError> {
        let (at_ant, order) = (&self.answers.model.at_ant, self.lease.ant.order(ORDER));
        prop_assert_eq!(&order.effects, &at_ant.effects);
        prop_assert_eq!(order.withhold.as_deref(), at_ant.withhold);
        prop_assert_eq!(order.closed.is_some(), at_ant.is_closed);
        prop_assert_eq!(order.unsign_pending, at_ant.unsign_pending);
        let status = order.flow.as_ref().map(|flow| flow.status.as_str());
        prop_assert_eq!(status, at_ant.flow.as_ref().map(|flow| flow.status));
        // What is done for good is done once.
        for method in ["antchain.ato.withhold.plan.cancel", "antchain.ato.trade.sync"] {
            prop_assert!(order.effects.get(method).is_none_or(|times| *times == 1), "{}", method);
        }
        Ok(())
    }

    /// Whoever writes the row makes its version greater.
    fn grow(&mut self, row: &Value) -> Result<(), TestCaseError> {
        let version = |row: &Value| row["version"]["N"].as_str().and_then(|text| text.parse::<u64>().ok());
        if let Some(before) = self.row.replace(row.clone()) {
            prop_assert!(before == *row || version(row) > version(&before), "{} {}", before, row);
        }
        Ok(())
    }

    /// The history is a walk through the table of transitions that ends where the order stands.
    fn judge_history(&self) -> Result<(), TestCaseError> {
        let mut at: Option<OrderState> = None;
        for row in self.lease.world.items(HISTORY) {
            let state = |name: &str| row[name]["S"].as_str().and_then(OrderState::parse);
            let (from, to) = (state("from"), state("to").expect("a state"));
            prop_assert_eq!(from, at);
            prop_assert!(
                from.map_or(to == OrderState::New, |from| from.may_become(to)),
                "{:?} {:?}",
                from,
                to
            );
            at = Some(to);
        }
        prop_assert_eq!(at.map(OrderState::as_str), Some(self.answers.model.state));
        Ok(())
    }
}

/// The parties of a row's contract, and whether they have sealed it.
fn seals(row: &Value) -> Option<super::at_ant::Parties> {
    let known = [bodies::MERCHANT_TAG, bodies::THIRD_TAG, STRANGER];
    let party = |party: &Value| {
        let tag = party["M"]["tag"]["S"].as_str();
        let tag = tag.map(|tag| known.into_iter().find(|known| *known == tag).unwrap_or("another"));
        (tag, party["M"]["sealed"]["BOOL"].as_bool().expect("a flag"))
    };
    Some(row["parties"]["L"].as_array()?.iter().map(party).collect())
}
