//! Instalment lines: contracts from onboarding until the lender closes them, and their renewals.

mod answers;
mod draw;
mod ends;
mod invariants;
mod lender;
mod model;
mod play;
mod rows;
mod sent;
mod setting;
mod steps;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::Timestamp;
use serde_json::Value;
use suites::instalment::QUEUE;

use self::draw::Move;
use self::lender::Lender;
use self::rows::Rows;
use self::sent::{CLIENTS, Sent};
use self::setting::Functions;
use crate::context::{Context, Violation};
use crate::lambda::Lambda;
use crate::random::Dice;
use crate::sources::Sources;

/// The context in a world.
pub struct Instalment {
    lambda: Lambda,
    dice: Dice,
    functions: Functions,
    sources: Sources,
    lender: Lender,
    sent: RefCell<Sent>,
    given_up: RefCell<GivenUp>,
    /// The events that were handled at some time, by client and id.
    handled: RefCell<BTreeSet<(&'static str, String)>>,
    /// What an answer promised that was not so, and what may not have happened.
    complaints: RefCell<Vec<Violation>>,
    notes: RefCell<BTreeSet<&'static str>>,
    focus: Cell<usize>,
    seen: RefCell<Seen>,
    /// What was read last, after so many effects.
    read: RefCell<Option<(usize, Rc<Rows>)>>,
}

/// How things stood when they were looked at last.
struct Seen {
    rows: Rc<Rows>,
    at: Timestamp,
    /// The invocation that came next.
    upcoming: u64,
}

/// What was in the dead-letter queue for good.
#[derive(Default)]
struct GivenUp {
    unreadable: BTreeSet<String>,
    refused: BTreeSet<(&'static str, String)>,
}

impl Context for Instalment {
    type Move = Move;

    const NAME: &'static str = "instalment";
    const STEPS: usize = 120;
    const GATE_SEEDS: u64 = 40;
    const GATE_REACHES: &'static [&'static str] = &[
        "closed by lender",
        "opened by renewal",
        "told closed",
        "told stale",
        "told open",
        "renewed",
        "not renewed",
        "refused",
    ];

    async fn new(lambda: Lambda, dice: Dice) -> Self {
        let world = lambda.world.clone();
        suites::instalment::furnish(&world);
        let rows = Rc::new(Rows::of(&world));
        Self {
            functions: setting::functions(&world),
            sources: Sources::new(lambda.clone(), dice.clone(), &[QUEUE]),
            lender: Lender::in_world(&world, dice.clone(), lambda.chaos.clone()),
            seen: RefCell::new(Seen { rows, at: world.time().now(), upcoming: lambda.upcoming() }),
            lambda,
            dice,
            sent: RefCell::default(),
            given_up: RefCell::default(),
            handled: RefCell::default(),
            complaints: RefCell::default(),
            notes: RefCell::default(),
            focus: Cell::new(0),
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
        for next in [Move::Pass(70), Move::Relay] {
            self.play_one(next).await;
        }
        for client in 0..CLIENTS.len() {
            self.play_one(Move::Status(client, 1)).await;
            self.watch();
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
        let told = |name: &str| rows.events().values().any(|events| events[0]["event"] == name);
        let mut words: Vec<String> = self.notes.borrow().iter().map(|note| (*note).to_owned()).collect();
        words.extend(told("contract_closed").then(|| "closed by lender".to_owned()));
        words.extend(told("application_opened").then(|| "opened by renewal".to_owned()));
        words.extend((!self.given_up.borrow().refused.is_empty()).then(|| "refused".to_owned()));
        words
    }
}

impl Instalment {
    /// Looks at what happened since it was looked at last.
    fn watch(&self) {
        let rows = self.rows();
        let seen = Seen { rows: Rc::clone(&rows), at: self.now(), upcoming: self.lambda.upcoming() };
        let before = self.seen.replace(seen);
        self.complaints.borrow_mut().extend(steps::check(self, &before, &rows).err());
        for client in CLIENTS {
            self.handled.borrow_mut().extend(rows.known(client).into_keys().map(|id| (client, id)));
        }
    }

    /// Whether an operator gives a dead letter up: nobody can read it, or the rules refuse it as things stand.
    fn is_of_no_use(&self, text: &str) -> bool {
        let sent = self.sent.borrow();
        if sent.unreadable.contains(text) {
            self.given_up.borrow_mut().unreadable.insert(text.to_owned());
            return true;
        }
        let message: Value = serde_json::from_str(text).unwrap_or_default();
        let said = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        let Some(client) = CLIENTS.into_iter().find(|client| *client == said("client_id")) else {
            return false;
        };
        let rows = self.rows();
        let mut contents = sent.contents(client, &said("event_id")).into_iter();
        let is_refused = contents.any(|event| {
            let owner = event.number.as_ref().and_then(|number| rows.numbers().get(number));
            owner.is_some_and(|owner| owner != client)
                || model::after(&event, rows.contracts(client)).is_none()
        });
        if is_refused {
            self.given_up.borrow_mut().refused.insert((client, said("event_id")));
        }
        is_refused
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
