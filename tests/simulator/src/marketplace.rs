//! The marketplace: orders from their push to the loan that is paid off.

mod cards;
mod core;
mod draw;
mod ends;
mod invariants;
mod partners;
mod people;
mod play;
mod rows;
mod setting;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;
use suites::callbacks::PARTNER_CALLBACK;
use suites::confirmations::DEPOSITORY_EVENTS;
use suites::loans::{AUDIT_RESULT, LOAN_RESULT};
use suites::orders::CORE_COMMANDS;

use self::cards::Bindings;
use self::core::Core;
use self::draw::{Job, Move};
use self::partners::Partners;
use self::people::{ORDERS, Order};
use self::rows::Rows;
use self::setting::{Functions, SOURCES};
use crate::context::{Context, Violation};
use crate::lambda::Lambda;
use crate::random::Dice;
use crate::sources::Sources;

/// How many orders begin with a loan, of a thousand.
const HEAD_STARTS: usize = 500;
/// How many steps are made at most to get there.
const MOST_STEPS: usize = 80;

/// The context in a world.
pub struct Marketplace {
    lambda: Lambda,
    dice: Dice,
    functions: Functions,
    sources: Sources,
    partners: Partners,
    core: RefCell<Core>,
    /// What an answer promised that was not so.
    complaints: RefCell<Vec<Violation>>,
    /// How far each order's plan had come when it was looked at last.
    plans_seen: RefCell<BTreeMap<String, usize>>,
    /// The confirmations that were accepted and wait for an account.
    awaited: RefCell<BTreeMap<String, bool>>,
    /// The users that our house had on its blacklist at some time.
    blacklisted: RefCell<BTreeSet<&'static str>>,
    /// The orders of which an answer said that a card is bound.
    carded: RefCell<BTreeSet<String>>,
    /// The references of the cards that each order's loan was seen with, one after the other.
    cards_seen: RefCell<BTreeMap<String, Vec<String>>>,
    bindings: Bindings,
    events: Cell<u64>,
    focus: Cell<usize>,
    /// What was read last, after so many effects.
    read: RefCell<Option<(usize, Rc<Rows>)>>,
}

impl Context for Marketplace {
    type Move = Move;

    const NAME: &'static str = "marketplace";
    const STEPS: usize = 110;
    const GATE_SEEDS: u64 = 60;
    const GATE_REACHES: &'static [&'static str] =
        &["order at Some(1)", "order at Some(4)", "loan at 27", "loan at 30", "repaid", "paid off"];

    async fn new(lambda: Lambda, dice: Dice) -> Self {
        let world = lambda.world.clone();
        setting::furnish(&world);
        let partners = Partners::in_world(&world, lambda.chaos.clone());
        let sources = Sources::new(lambda.clone(), dice.clone(), SOURCES);
        let core = Core::new(world.clone(), dice.clone(), sources.clone());
        let context = Self {
            functions: setting::functions(&world).await,
            lambda,
            dice,
            sources,
            partners,
            core: RefCell::new(core),
            complaints: RefCell::default(),
            plans_seen: RefCell::default(),
            awaited: RefCell::default(),
            blacklisted: RefCell::default(),
            carded: RefCell::default(),
            cards_seen: RefCell::default(),
            bindings: Bindings::default(),
            events: Cell::new(0),
            focus: Cell::new(0),
            read: RefCell::default(),
        };
        context.head_starts().await;
        context
    }

    fn draw(&self) -> Move {
        self.draw_one()
    }

    async fn play(&self, next: &Move) {
        self.play_one(*next).await;
    }

    async fn settle(&self) {
        for order in &ORDERS {
            self.partners.ready(order.uid);
        }
        for next in [
            Move::Pass(70),
            Move::Run(Job::Relay),
            Move::Run(Job::Pull),
            Move::Run(Job::Parse),
            Move::Run(Job::Apply),
            Move::Run(Job::Check),
        ] {
            self.play_one(next).await;
        }
        for _ in 0..4 {
            self.play_one(Move::CoreWorks).await;
            for order in &ORDERS {
                while self.core.borrow_mut().tell(order) {}
            }
            self.take_everything().await;
        }
        self.sources.redrive(|queue, body| self.is_overtaken(queue, body));
        self.play_one(Move::Pass(1_000)).await;
    }

    fn unsettled(&self) -> Option<String> {
        let rows = self.rows();
        ends::unsettled(self, &rows)
    }

    fn check(&self) -> Result<(), Violation> {
        if let Some(complaint) = self.complaints.borrow().first() {
            return Err(complaint.clone());
        }
        let rows = self.rows();
        ORDERS.iter().try_for_each(|order| invariants::check(self, &rows, order))
    }

    fn check_end(&self) -> Result<(), Violation> {
        let rows = self.rows();
        ORDERS.iter().try_for_each(|order| ends::check(self, &rows, order))
    }

    fn reached(&self) -> Vec<String> {
        let rows = self.rows();
        let of = |order: &Order| {
            let key = order.key();
            let mut words = vec![format!("order at {:?}", rows.status(&key))];
            words.extend(rows.loan_status(&key).map(|status| format!("loan at {status}")));
            let core = self.core.borrow();
            words.extend((core.book(order).results > 0).then(|| "repaid".to_owned()));
            words.extend(core.book(order).is_paid_off().then(|| "paid off".to_owned()));
            words
        };
        ORDERS.iter().flat_map(of).collect()
    }
}

impl Marketplace {
    /// Notes the card that an order's loan shows; empty for none.
    fn saw_card(&self, key: &str, card: String) {
        let mut seen = self.cards_seen.borrow_mut();
        let of_loan = seen.entry(key.to_owned()).or_default();
        if !card.is_empty() && of_loan.last() != Some(&card) {
            of_loan.push(card);
        }
    }

    /// Half of the orders begin with a loan, as far as they come to one by themselves: much meets at a loan, and an order
    /// may take all of a history to have one.
    async fn head_starts(&self) {
        for (place, order) in ORDERS.iter().enumerate() {
            let steps = if self.dice.happens(HEAD_STARTS) { MOST_STEPS } else { 0 };
            for _ in 0..steps {
                if self.rows().plan(&order.key()).is_some() {
                    break;
                }
                self.play_one(self.helpful(place)).await;
            }
        }
    }

    /// Every queue of a function is emptied of what is visible.
    async fn take_everything(&self) {
        for queue in SOURCES.iter().copied().chain([PARTNER_CALLBACK]) {
            while self.take(queue, 10).await {}
        }
    }

    /// Whether a message of the review came after the plan of its loan, which the table forbids (§11): it rang, and what it
    /// says is no longer of use.
    fn is_overtaken(&self, queue: &str, body: &str) -> bool {
        let message: Value = serde_json::from_str(body).unwrap_or_default();
        let said = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        let key = format!("{}#{}", said("channel_id"), said("order_id"));
        [AUDIT_RESULT, LOAN_RESULT].contains(&queue) && self.rows().plan(&key).is_some()
    }

    /// Whether nothing lies in any queue.
    fn queues_are_empty(&self) -> bool {
        let mut others = [PARTNER_CALLBACK, CORE_COMMANDS].into_iter();
        self.sources.filled().is_empty() && others.all(|queue| self.lambda.world.messages(queue).is_empty())
    }

    /// What stands in the tables; they are read again when there were effects since.
    fn rows(&self) -> Rc<Rows> {
        let effects = self.lambda.world.effect_count();
        if let Some((_, rows)) = self.read.borrow().as_ref().filter(|(read, _)| *read == effects) {
            return Rc::clone(rows);
        }
        let rows = Rc::new(Rows::of(&self.lambda.world));
        *self.read.borrow_mut() = Some((effects, Rc::clone(&rows)));
        rows
    }

    fn complain(&self, invariant: &'static str, seen: String) {
        self.complaints.borrow_mut().push(Violation { invariant, seen });
    }

    fn next_event(&self) -> u64 {
        self.events.set(self.events.get() + 1);
        self.events.get()
    }

    /// The depository tells something of a user.
    fn depository_tells(&self, uid: &str, state: &str) {
        let at = self.lambda.world.time().now().to_string();
        let event = serde_json::json!({
            "event_id": format!("x-{}", self.next_event()), "uid": uid, "state": state, "occurred_at": at,
        });
        self.lambda.world.send(DEPOSITORY_EVENTS, &event.to_string(), &[]);
    }
}
