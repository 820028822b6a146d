//! The loan core (§10): it does each command once, by its id, keeps its own books, and tells what came of them.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde_json::{Value, json};
use suites::loans::{AUDIT_RESULT, LOAN_RESULT, OVERDUE, REPAY_PLAN, REPAY_RESULT};
use suites::orders::CREDIT_RESULT;
use world::World;

use super::people::{ORDERS, Order};
use crate::context::Violation;
use crate::random::Dice;
use crate::sources::Sources;

/// What a period takes, in cents, without fee.
const PER_PERIOD: u64 = 420_000;
/// What of it is principal.
const PRINCIPAL: u64 = 400_000;

/// The core of one world.
pub(super) struct Core {
    world: World,
    dice: Dice,
    sources: Sources,
    books: BTreeMap<String, Book>,
    events: u64,
}

/// What the core has of an order.
#[derive(Default)]
pub(super) struct Book {
    /// The commands that came, each once, by its id.
    pub(super) commands: BTreeMap<String, Value>,
    /// What is to be told, each with its queue.
    pub(super) to_tell: VecDeque<(&'static str, Value)>,
    /// The plans as they were told, oldest first.
    pub(super) plans: Vec<Value>,
    /// The repayments asked for of which nothing was told yet: period and attempt.
    pub(super) open: Vec<(i64, i64)>,
    /// The results that were told, of attempts and of automatic debits.
    pub(super) results: u64,
    /// What was debited, in cents.
    pub(super) debited: u64,
    /// Where the loan stands, as far as it was told.
    pub(super) told_status: Option<u64>,
    periods: Vec<Period>,
    last_at: Option<Timestamp>,
    has_application: bool,
    /// The references of the cards that were told for its loan, in the order in which they came.
    cards: Vec<String>,
    is_reviewed: bool,
}

#[derive(Clone)]
struct Period {
    already: u64,
    fee: u64,
    paid_at: Option<Timestamp>,
    is_overdue: bool,
}

impl Core {
    /// The core of `world`.
    #[must_use]
    pub(super) fn new(world: World, dice: Dice, sources: Sources) -> Self {
        let books = ORDERS.iter().map(|order| (order.key(), Book::default())).collect();
        Self { world, dice, sources, books, events: 0 }
    }

    /// The books of an order.
    ///
    /// # Panics
    /// When there is no such order.
    #[must_use]
    pub(super) fn book(&self, order: &Order) -> &Book {
        &self.books[&order.key()]
    }

    /// Does a command, unless it did it before.
    ///
    /// # Errors
    /// It is one that must never come.
    pub(super) fn take(&mut self, text: &str) -> Result<(), Violation> {
        let command: Value = serde_json::from_str(text).unwrap_or_default();
        let said = |name: &str| command[name].as_str().unwrap_or_default().to_owned();
        let (key, id) = (format!("{}#{}", said("channel_id"), said("order_id")), said("command_id"));
        let wrong = |seen: String| Violation { invariant: "core-commands", seen };
        let book = self.books.get_mut(&key).ok_or_else(|| wrong(format!("of nobody: {text}")))?;
        if let Some(before) = book.commands.get(&id) {
            return if *before == command { Ok(()) } else { Err(wrong(format!("{before} became {text}"))) };
        }
        book.commands.insert(id, command.clone());
        match said("type").as_str() {
            "credit_application" => self.decide(&key),
            "loan_application" => {
                book.has_application = true;
                book.cards.extend(command["card"]["card_ref"].as_str().map(str::to_owned));
                self.review(&key);
            }
            "card_bound" => {
                book.cards.extend(command["card"]["card_ref"].as_str().map(str::to_owned));
                self.review(&key);
            }
            "repayment" => {
                let asked = (command["period"].as_i64(), command["attempt_no"].as_i64());
                let (Some(period), Some(attempt)) = asked else { return Err(wrong(text.to_owned())) };
                book.open.push((period, attempt));
                self.debit(&key, period, attempt);
            }
            _ => return Err(wrong(format!("of no type: {text}"))),
        }
        Ok(())
    }

    /// Tells the next of what is to be told of an order; whether there was something.
    pub(super) fn tell(&mut self, order: &Order) -> bool {
        let book = self.books.entry(order.key()).or_default();
        let Some((queue, message)) = book.to_tell.pop_front() else { return false };
        if queue == REPAY_RESULT {
            let told = (message["period"].as_i64(), message["attempt_no"].as_i64());
            book.open.retain(|open| (Some(open.0), Some(open.1)) != told);
            book.results += 1;
        }
        if !message["plan"].is_null() {
            book.plans.push(message["plan"].clone());
            book.told_status = Some(30);
        }
        if let Some(status) = message["borrow_status"].as_u64() {
            book.told_status = Some(status);
        }
        self.sources.tell(queue, &message.to_string());
        true
    }

    /// Debits the next unpaid period by itself.
    pub(super) fn debit_itself(&mut self, order: &Order) {
        let key = order.key();
        let unpaid = self.books[&key].periods.iter().position(|period| period.paid_at.is_none());
        if let Some(place) = unpaid {
            self.debit(&key, i64::try_from(place).unwrap_or_default() + 1, 0);
        }
    }

    /// A period becomes overdue, or its fee rises.
    pub(super) fn overdue(&mut self, order: &Order) {
        let key = order.key();
        let book = self.books.entry(key.clone()).or_default();
        let Some(period) = book.periods.iter_mut().find(|period| period.paid_at.is_none()) else { return };
        period.is_overdue = true;
        period.fee += 1_050;
        let plan = book.plan();
        self.note(&key, OVERDUE, json!({"plan": plan}));
    }

    fn decide(&mut self, key: &str) {
        let result = *self.dice.weighed(&[(18, "approved"), (1, "refused"), (1, "expired")]);
        let mut decision = json!({"result": result});
        if result == "approved" {
            decision["amount_limit"] =
                json!({"max_loan": "12000.00", "min_loan": "5000.00", "max_period": 12, "min_period": 6});
            decision["amount_option"] =
                json!([{"min": "5000.00", "max": "12000.00", "step": "100.00", "periods": [6, 12]}]);
        }
        self.note(key, CREDIT_RESULT, decision);
    }

    /// Reviews a loan that has a card, and goes as far with it as it goes.
    fn review(&mut self, key: &str) {
        let book = self.books.entry(key.to_owned()).or_default();
        if !book.has_application || book.cards.is_empty() || std::mem::replace(&mut book.is_reviewed, true) {
            return;
        }
        match self.dice.below(10) {
            0 => return self.note(key, AUDIT_RESULT, json!({"result": "refused", "borrow_status": null})),
            1 => return self.note(key, LOAN_RESULT, json!({"borrow_status": 27})),
            2 => self.note(key, LOAN_RESULT, json!({"borrow_status": 31})),
            3 => self.note(key, AUDIT_RESULT, json!({"result": "passed", "borrow_status": 10})),
            4 => self.note(key, LOAN_RESULT, json!({"borrow_status": 30, "receive_amount": "11800.00"})),
            _ => {}
        }
        let book = self.books.entry(key.to_owned()).or_default();
        book.periods = vec![Period { already: 0, fee: 0, paid_at: None, is_overdue: false }; 3];
        let plan = book.plan();
        let told = json!({
            "contract_id": "C-1", "loan_amount": "12000.00", "receive_amount": "11800.00",
            "repay_amount": "12600.00", "plan": plan,
        });
        self.note(key, REPAY_PLAN, told);
    }

    /// Debits a period, or all that are unpaid; 0 is the number of an attempt that nobody asked for.
    fn debit(&mut self, key: &str, period: i64, attempt: i64) {
        let outcome = *self.dice.weighed(&[(6, "paid"), (2, "partly_paid"), (2, "failed")]);
        let now = self.world.time().now();
        let book = self.books.entry(key.to_owned()).or_default();
        let which = |place: usize| period == -1 || usize::try_from(period) == Ok(place + 1);
        let places: Vec<usize> = (0..book.periods.len())
            .filter(|place| which(*place) && book.periods[*place].paid_at.is_none())
            .collect();
        let outcome = if places.is_empty() { "failed" } else { outcome };
        for place in places {
            let of = &mut book.periods[place];
            let left = PER_PERIOD + of.fee - of.already;
            let debited = match outcome {
                "paid" => left,
                "partly_paid" => left / 3,
                _ => 0,
            };
            of.already += debited;
            book.debited += debited;
            if outcome == "paid" {
                of.paid_at = Some(now);
            }
        }
        let asked: Vec<&Period> =
            book.periods.iter().enumerate().filter(|(place, _)| which(*place)).map(|(_, of)| of).collect();
        let already: u64 = asked.iter().map(|of| of.already).sum();
        let will: u64 =
            asked.iter().filter(|of| of.paid_at.is_none()).map(|of| PER_PERIOD + of.fee - of.already).sum();
        let told = json!({
            "period": period, "attempt_no": attempt, "status": outcome, "already_repay_amount": yuan(already),
            "will_repay_amount": yuan(will), "repay_time": now.to_string(), "plan": book.plan(),
        });
        self.note(key, REPAY_RESULT, told);
    }

    /// Notes what is to be told, as of now; no two things of an order happen at one instant.
    fn note(&mut self, key: &str, queue: &'static str, told: Value) {
        self.events += 1;
        let book = self.books.entry(key.to_owned()).or_default();
        let next = book.last_at.map(|last| last + std::time::Duration::from_millis(1));
        let at = next.map_or(self.world.time().now(), |next| next.max(self.world.time().now()));
        book.last_at = Some(at);
        let (channel, number) = key.split_once('#').unwrap_or_default();
        let mut message = told;
        message["event_id"] = json!(format!("e-{}", self.events));
        message["channel_id"] = json!(channel);
        message["order_id"] = json!(number);
        message["occurred_at"] = json!(at.to_string());
        book.to_tell.push_back((queue, message));
    }
}

impl Book {
    /// The plan as it is now.
    #[must_use]
    pub(super) fn plan(&self) -> Value {
        let one = |(place, of): (usize, &Period)| {
            let status = match (of.paid_at, of.is_overdue) {
                (Some(_), _) => "paid",
                (None, true) => "overdue",
                (None, false) => "not_due",
            };
            json!({
                "period_no": place + 1, "due_time": format!("2018-{:02}-08T00:00:00Z", place + 9),
                "can_repay_time": format!("2018-{:02}-01T00:00:00Z", place + 9), "principal": yuan(PRINCIPAL),
                "repay_amount": yuan(PER_PERIOD), "already_repay_amount": yuan(of.already),
                "overdue_fee": yuan(of.fee), "status": status, "success_time": of.paid_at.map(|at| at.to_string()),
            })
        };
        self.periods.iter().enumerate().map(one).collect()
    }

    /// Whether there is a plan in the books.
    #[must_use]
    pub(super) fn has_plan(&self) -> bool {
        !self.periods.is_empty()
    }

    /// How often a card was told for its loan, and whether this one was among them.
    #[must_use]
    pub(super) fn was_told(&self, card: &str) -> (usize, bool) {
        (self.cards.len(), self.cards.iter().any(|told| told == card))
    }

    /// Whether everything is paid.
    #[must_use]
    pub(super) fn is_paid_off(&self) -> bool {
        self.has_plan() && self.periods.iter().all(|period| period.paid_at.is_some())
    }
}

/// Cents as the decimal text of an amount.
#[must_use]
pub(super) fn yuan(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
