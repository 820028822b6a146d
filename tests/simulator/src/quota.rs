//! The temporary quota: grants from their booking to their cancel or expiry, and the accounts that they raise.

mod amount;
mod answers;
mod draw;
mod ends;
mod invariants;
mod ledger;
mod people;
mod play;
mod rows;
mod rules;
mod sent;
mod setting;
mod steps;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::Timestamp;
use suites::quota::QUEUE;

use self::draw::Move;
use self::people::{PINS, SLOTS, business_id};
use self::rows::Rows;
use self::rules::{CANCELLED, EFFECTIVE, EXPIRED};
use self::sent::Sent;
use self::setting::Functions;
use crate::context::{Context, Violation};
use crate::lambda::Lambda;
use crate::random::Dice;
use crate::sources::Sources;

/// When a history begins: near the end of a month whose next has fewer days.
const START: &str = "2019-08-28T10:39:53+08:00";

/// The context in a world.
pub struct Quota {
    lambda: Lambda,
    dice: Dice,
    functions: Functions,
    sources: Sources,
    sent: RefCell<Sent>,
    /// What was in the dead-letter queue for good.
    given_up: RefCell<BTreeSet<String>>,
    /// The latest time that the expiry was run for.
    latest_expiry: Cell<Timestamp>,
    /// What an answer promised that was not so, and what may not have happened.
    complaints: RefCell<Vec<Violation>>,
    notes: RefCell<BTreeSet<&'static str>>,
    focus: Cell<(usize, usize)>,
    /// What was looked at last.
    seen: RefCell<Rc<Rows>>,
    /// What was read last, after so many effects.
    read: RefCell<Option<(usize, Rc<Rows>)>>,
}

impl Context for Quota {
    type Move = Move;

    const NAME: &'static str = "quota";
    const STEPS: usize = 140;
    const GATE_SEEDS: u64 = 40;
    const GATE_REACHES: &'static [&'static str] = &[
        "cancelled",
        "cancelled again",
        "cancel refused",
        "query refused",
        "grant at 2",
        "grant at 3",
        "grant at 4",
        "corrected",
    ];

    async fn new(lambda: Lambda, dice: Dice) -> Self {
        let world = lambda.world.clone();
        world.time().set(START.parse().expect("an instant"));
        suites::quota::furnish(&world);
        let rows = Rc::new(Rows::of(&world));
        Self {
            functions: setting::functions(&world).await,
            sources: Sources::new(lambda.clone(), dice.clone(), &[QUEUE]),
            lambda,
            dice,
            sent: RefCell::default(),
            given_up: RefCell::default(),
            latest_expiry: Cell::new(Timestamp::MIN),
            complaints: RefCell::default(),
            notes: RefCell::default(),
            focus: Cell::new((0, 0)),
            seen: RefCell::new(rows),
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
        for next in [Move::Pass(70), Move::Relay, Move::Expire(1, 0)] {
            self.play_one(next).await;
            self.watch();
        }
        for pin in 0..PINS.len() {
            self.play_one(Move::Query(pin, (1, 50), draw::Wire::Gateway)).await;
        }
        while self.take(10).await {
            self.watch();
        }
        self.sources.redrive(|_, text| self.is_of_no_use(text));
        self.play_one(Move::Pass(1_000)).await;
    }

    fn unsettled(&self) -> Option<String> {
        ends::unsettled(self, &self.rows())
    }

    fn check(&self) -> Result<(), Violation> {
        self.watch();
        match self.complaints.borrow().first() {
            Some(complaint) => Err(complaint.clone()),
            None => invariants::check(self, &self.rows()),
        }
    }

    fn check_end(&self) -> Result<(), Violation> {
        ends::check(self, &self.rows())
    }

    fn reached(&self) -> Vec<String> {
        let rows = self.rows();
        let statuses = rows.all_grants().map(|(_, grant)| format!("grant at {}", grant.status));
        let statuses: BTreeSet<String> = statuses.collect();
        let corrected = self.sent.borrow().changes.iter().any(|change| change.total.is_some());
        let notes = self.notes.borrow();
        let notes = notes.iter().map(|note| (*note).to_owned());
        statuses.into_iter().chain(notes).chain(corrected.then(|| "corrected".to_owned())).collect()
    }
}

impl Quota {
    /// Looks at what happened since it was looked at last.
    fn watch(&self) {
        let rows = self.rows();
        let before = self.seen.replace(Rc::clone(&rows));
        self.complaints.borrow_mut().extend(steps::check(self, &before, &rows).err());
    }

    /// Whether an operator gives a dead letter up: nobody can read it.
    fn is_of_no_use(&self, text: &str) -> bool {
        let is_unreadable = self.sent.borrow().unreadable.contains(text);
        if is_unreadable {
            self.given_up.borrow_mut().insert(text.to_owned());
        }
        is_unreadable
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

    fn now(&self) -> Timestamp {
        self.lambda.world.time().now()
    }

    fn note(&self, note: &'static str) {
        self.notes.borrow_mut().insert(note);
    }

    fn complain(&self, invariant: &'static str, seen: String) {
        self.complaints.borrow_mut().push(Violation { invariant, seen });
    }
}

/// The status of the grant of a slot, if it is booked.
fn status(rows: &Rows, pin: usize, slot: usize) -> Option<&'static str> {
    let key = format!("{}#{}", SLOTS[slot], business_id(slot));
    let grant = rows.grant(PINS[pin], &key)?;
    [EFFECTIVE, CANCELLED, EXPIRED].into_iter().find(|status| grant.status == *status)
}
