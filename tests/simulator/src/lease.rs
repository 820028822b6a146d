//! Ant leasing: orders from their registration to the end of their withhold agreement.

mod ant;
mod draw;
mod drive;
mod ends;
mod history;
mod invariants;
mod keys;
mod people;
mod play;
mod rows;
mod setting;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use suites::lease::furnish;

use self::ant::Ant;
use self::ant::account::Deed;
use self::draw::Move;
use self::keys::Keys;
use self::people::{Ask, Caller, ORDERS};
use self::rows::Rows;
use self::setting::Functions;
use crate::context::{Context, Violation, hold};
use crate::lambda::Lambda;
use crate::random::Dice;

/// The context in a world.
pub struct Lease {
    lambda: Lambda,
    dice: Dice,
    functions: Functions,
    ant: Ant,
    keys: RefCell<Keys>,
    /// The requests that had a key.
    keyed: RefCell<Vec<(usize, Ask, Caller)>>,
    last_key: Cell<u32>,
    focus: Cell<usize>,
    /// Which steps of each order's history were proven.
    proven: RefCell<BTreeMap<String, usize>>,
    /// Which rows were looked at for what tells who somebody is.
    looked_at: RefCell<BTreeSet<String>>,
    complaints: RefCell<Vec<Violation>>,
    /// Where the orders stood before an upstream brought them to their ends.
    stood: RefCell<Option<Vec<String>>>,
    read: RefCell<Option<(usize, Rc<Rows>)>>,
}

impl Context for Lease {
    type Move = Move;

    const NAME: &'static str = "lease";
    const STEPS: usize = 90;
    const GATE_SEEDS: u64 = 60;
    const GATE_REACHES: &'static [&'static str] = &[
        "SYNCED found out",
        "CONTRACT_SIGNING found out",
        "UNBOUND found out",
        "PLAN_CANCELLED found out",
        "CLOSED found out",
        "WITHHOLD_SIGNED to ACTIVE",
        "ACTIVE to FULFILLED",
        "fell back",
        "in ACTIVE",
        "in CLOSED",
        "in UNBOUND",
        "driven",
    ];

    async fn new(lambda: Lambda, dice: Dice) -> Self {
        let world = lambda.world.clone();
        furnish(&world);
        Self {
            functions: setting::functions(&world).await,
            ant: Ant::in_world(&world, dice.clone(), lambda.chaos.clone()),
            lambda,
            dice,
            keys: RefCell::default(),
            keyed: RefCell::default(),
            last_key: Cell::new(0),
            focus: Cell::new(0),
            proven: RefCell::default(),
            looked_at: RefCell::default(),
            complaints: RefCell::default(),
            stood: RefCell::default(),
            read: RefCell::default(),
        }
    }

    fn draw(&self) -> Move {
        self.draw_one()
    }

    async fn play(&self, next: &Move) {
        self.play_one(*next).await;
    }

    async fn settle(&self) {
        self.calm_down().await;
        let is_calm = ends::unsettled(self, &self.rows()).is_none();
        if is_calm && self.stood.borrow().is_none() {
            let rows = self.rows();
            self.complain(ORDERS.iter().try_for_each(|order| ends::agrees(self, &rows, order)));
            let stood = ORDERS.iter().map(|order| rows.state(order)).collect();
            *self.stood.borrow_mut() = Some(stood);
            let driven = self.drive().await;
            self.complain(driven);
            self.calm_down().await;
        }
    }

    fn unsettled(&self) -> Option<String> {
        let left = ends::unsettled(self, &self.rows());
        left.or_else(|| self.stood.borrow().is_none().then(|| "orders that stand somewhere".to_owned()))
    }

    fn check(&self) -> Result<(), Violation> {
        if let Some(complaint) = self.complaints.borrow().first() {
            return Err(complaint.clone());
        }
        if let Some(violation) = self.ant.violation() {
            return Err(violation);
        }
        let rows = self.rows();
        invariants::identities(self, &rows)?;
        for order in ORDERS {
            invariants::check(self, &rows, order)?;
            history::check(self, &rows, order)?;
            invariants::events(self, order)?;
            self.one_effect_for_each_key(order)?;
        }
        Ok(())
    }

    fn check_end(&self) -> Result<(), Violation> {
        let rows = self.rows();
        ORDERS.iter().try_for_each(|order| ends::agrees(self, &rows, order))
    }

    fn reached(&self) -> Vec<String> {
        let rows = self.rows();
        let stood = self.stood.borrow();
        let mut words: Vec<String> = stood.iter().flatten().map(|state| format!("in {state}")).collect();
        words.extend(stood.is_some().then(|| "driven".to_owned()));
        for order in ORDERS {
            for entry in rows.history(order) {
                words.extend(reached_by(entry));
            }
        }
        words.sort();
        words.dedup();
        words
    }
}

/// What a step of an order's history tells of how far a seed came.
fn reached_by(entry: &serde_json::Value) -> Option<String> {
    let said = |name: &str| entry[name]["S"].as_str().unwrap_or_default();
    let (from, to, why) = (said("from"), said("to"), said("why"));
    match (from, to) {
        ("NEW", "SYNCED") | (_, "CONTRACT_SIGNING" | "PLAN_CANCELLED" | "CLOSED" | "UNBOUND")
            if why.contains("begun by") =>
        {
            Some(format!("{to} found out"))
        }
        (from, "SYNCED") if from != "NEW" => Some("fell back".to_owned()),
        ("ACTIVE", "FULFILLED" | "CLOSED") | ("WITHHOLD_SIGNED", "UNBOUND" | "ACTIVE") => {
            Some(format!("{from} to {to}"))
        }
        _ => None,
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        Ant::leave(&self.lambda.world);
    }
}

impl Lease {
    /// Has everything done that nobody has to ask for: Ant tells what it has to tell, and the jobs run, until all that is
    /// watched was looked at.
    async fn calm_down(&self) {
        self.expire_what_cannot_be_told();
        for seconds in [70, 310, 7 * 3_600] {
            self.play_one(Move::Pass(seconds)).await;
            // Ant does what it is late with, and tells of it.
            self.ant.is_late();
            for news in self.ant.news() {
                self.notify(&news.msg_id, news.publish_type, &news.order).await;
            }
            self.reconcile().await;
            self.play_one(Move::Relay).await;
        }
    }

    /// Whether a party was sealed that a contract does not have, Ant does not tell before the contract ends: it rings every
    /// hour until then.
    fn expire_what_cannot_be_told(&self) {
        let rows = self.rows();
        for order in ORDERS {
            let row = rows.order(order);
            let unknown = &row["unknown_operation"]["M"];
            let is_seal = unknown["method"]["S"] == "antchain.ato.sign.flow.auth";
            let tag = unknown["tag"]["S"].as_str();
            let account = self.ant.account(order);
            let has_it = account
                .contract()
                .is_some_and(|contract| contract.parties.iter().any(|(of, _)| of.as_deref() == tag));
            if is_seal && !has_it {
                self.ant.live(order, Deed::ContractEnds("EXPIRE"));
            }
        }
    }

    /// Under one key Ant does a thing once, whoever repeats it.
    fn one_effect_for_each_key(&self, order: &str) -> Result<(), Violation> {
        let second = self.ant.second_effect_of_a_key(order);
        hold("one-effect-for-each-key", second.is_none(), || {
            format!("{order}: {}", second.unwrap_or_default())
        })
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

    fn complain(&self, judged: Result<(), Violation>) {
        self.complaints.borrow_mut().extend(judged.err());
    }
}
