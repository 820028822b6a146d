//! The CRM: clients who hesitate before the Wizard, from what the bank tells of them to the task that `InforCRM` ends.

mod alerts;
mod bank;
mod draw;
mod ends;
mod infor;
mod invariants;
mod play;
mod reference;
mod rows;
mod tasks;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use delivery::outbox_relay::OutboxRelay;
use jiff::{SignedDuration, Timestamp};
use suites::crm::{CLIENT_EVENTS, Functions, INBOUND, OUTBOUND, SHARDS};

use self::bank::{Bank, CLIENTS};
use self::draw::{Move, Run};
use self::infor::Infor;
use self::reference::latest_run;
use self::rows::{Rows, text};
use crate::context::{Context, Violation, hold};
use crate::lambda::Lambda;
use crate::random::Dice;
use crate::sources::Sources;

/// The queues of the context's functions.
const SOURCES: [&str; 3] = [CLIENT_EVENTS, SHARDS, INBOUND];
/// How many clients are read at once: so few that a shard is continued.
const PAGE_CLIENTS: i32 = 2;
/// How often one that waits is looked for in vain, at most (§13), each time after half an hour at most.
const WAITS: usize = 3;
/// How long all clients hesitate before the run of a calm, in half of the histories: then everybody who has no task is due,
/// and that is more than a page of a shard holds.
const HESITATES: Duration = Duration::from_hours(8 * 24);
/// In which share of the histories, in thousand.
const ALL_HESITATE: usize = 500;
/// How long a push waits for its task (§13).
const PUSH_WAITS: SignedDuration = SignedDuration::from_secs(60 + 120 + 300 + 900 + 1_800);

/// The context in a world.
pub struct Crm {
    lambda: Lambda,
    dice: Dice,
    functions: Functions,
    relay: OutboxRelay,
    sources: Sources,
    bank: RefCell<Bank>,
    infor: RefCell<Infor>,
    /// What was seen at once to be wrong.
    complaints: RefCell<Vec<Violation>>,
    /// What each request said when it was seen first.
    requests: RefCell<BTreeMap<String, String>>,
    alerts: Cell<alerts::Seen>,
    /// When `InforCRM` said each thing first.
    told_at: RefCell<BTreeMap<String, Timestamp>>,
    /// What lay among the dead letters.
    dead: RefCell<BTreeSet<String>>,
    /// What stood in the tables when they were checked last.
    before: RefCell<Rc<Rows>>,
    focus: Cell<usize>,
    /// What was read last, after so many effects.
    read: RefCell<Option<(usize, Rc<Rows>)>>,
}

impl Context for Crm {
    type Move = Move;

    const NAME: &'static str = "crm";
    const STEPS: usize = 130;
    const GATE_SEEDS: u64 = 40;
    const GATE_REACHES: &'static [&'static str] = &[
        "asked",
        "asked again",
        "created",
        "rejected",
        "ended",
        "dead push_without_task",
        "dead other_task",
    ];

    async fn new(lambda: Lambda, dice: Dice) -> Self {
        let world = lambda.world.clone();
        suites::crm::furnish(&world);
        let mut functions = Functions::over(&suites::aws(&world), domain::crm::Rules::default());
        functions.infor_request.0.page_clients = PAGE_CLIENTS;
        Self {
            functions,
            relay: crate::outbox::relay(&world),
            sources: Sources::new(lambda.clone(), dice.clone(), &SOURCES),
            bank: RefCell::new(Bank::new(dice.clone(), world.time().now())),
            infor: RefCell::new(Infor::new(dice.clone())),
            complaints: RefCell::default(),
            requests: RefCell::default(),
            alerts: Cell::default(),
            told_at: RefCell::default(),
            dead: RefCell::default(),
            before: RefCell::default(),
            focus: Cell::default(),
            read: RefCell::default(),
            lambda,
            dice,
        }
    }

    fn draw(&self) -> Move {
        self.draw_one()
    }

    async fn play(&self, next: &Move) {
        self.play_one(*next).await;
    }

    async fn settle(&self) {
        if self.dice.happens(ALL_HESITATE) {
            self.all_hesitate().await;
        }
        self.night().await;
        while self.bank_tells() {}
        self.play_one(Move::Relay).await;
        self.take_everything().await;
        let run = latest_run(self.lambda.world.time().now());
        if !self.scan(Run::Due).await {
            self.complain("runs", format!("the run of {run} was not opened, though nothing went wrong"));
        }
        self.take_everything().await;
        if let Err(violation) = invariants::handed_over(self, &self.rows(), run) {
            self.complaints.borrow_mut().push(violation);
        }
        self.play_one(Move::Pass(31)).await;
        self.play_one(Move::Relay).await;
        self.infor_takes();
        while self.infor_says() {}
        for _ in 0..=WAITS {
            self.take_everything().await;
            self.play_one(Move::Pass(1_860)).await;
        }
        self.take_everything().await;
        self.note_dead_letters();
        self.redrive();
        self.take_everything().await;
        self.play_one(Move::Pass(31)).await;
        self.play_one(Move::Relay).await;
    }

    fn unsettled(&self) -> Option<String> {
        let (rows, infor) = (self.rows(), self.infor.borrow());
        let mut filled = self.sources.filled();
        filled.extend((!self.lambda.world.messages(OUTBOUND).is_empty()).then(|| OUTBOUND.to_owned()));
        if !filled.is_empty() {
            return Some(format!("messages in {filled:?}"));
        }
        if !rows.outbox.is_empty() {
            return Some(format!("{} rows in the outbox", rows.outbox.len()));
        }
        (!infor.to_tell.is_empty()).then(|| "InforCRM has more to say".to_owned())
    }

    fn check(&self) -> Result<(), Violation> {
        if let Some(complaint) = self.complaints.borrow().first() {
            return Err(complaint.clone());
        }
        self.note_dead_letters();
        let (before, now) = (Rc::clone(&self.before.borrow()), self.rows());
        invariants::check(self, &before, &now)?;
        tasks::check(self, &before, &now)?;
        alerts::check(self, &before, &now)?;
        *self.before.borrow_mut() = now;
        self.complaints.borrow().first().map_or(Ok(()), |complaint| Err(complaint.clone()))
    }

    fn check_end(&self) -> Result<(), Violation> {
        let rows = self.rows();
        ends::check(self, &rows)?;
        let hopeless = self.hopeless();
        let dead = self.dead.borrow();
        let missing = hopeless.iter().find(|body| !dead.contains(*body));
        hold("dead-letters", missing.is_none(), || format!("{missing:?} never came to the dead letters"))
    }

    fn reached(&self) -> Vec<String> {
        let rows = self.rows();
        let of = |(organization, _): &(&str, &str)| {
            let tasks: Vec<_> = rows.of_organization(organization).map(|(_, row)| row).collect();
            let codes: BTreeSet<_> = tasks.iter().filter_map(|row| text(row, "status_code")).collect();
            let ended = tasks.iter().any(|row| text(row, "push_state") == Some("ended"));
            let words = [
                (!tasks.is_empty(), "asked"),
                (tasks.len() > 1, "asked again"),
                (codes.contains("0"), "created"),
                (codes.iter().any(|code| *code != "0"), "rejected"),
                (ended, "ended"),
            ];
            words.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word.to_owned()).collect::<Vec<_>>()
        };
        let dead = self.infor.borrow();
        let reasons = self.dead.borrow();
        let reasons = reasons.iter().filter_map(|body| dead.reasons.get(body)?.first());
        CLIENTS.iter().flat_map(of).chain(reasons.map(|reason| format!("dead {reason}"))).collect()
    }
}

impl Crm {
    async fn all_hesitate(&self) {
        let now = self.lambda.world.time().now();
        for place in 0..CLIENTS.len() {
            self.bank.borrow_mut().hesitates(place, now);
        }
        self.lambda.pass(HESITATES).await;
    }

    /// What an operator does about messages that could not be taken: pushes whose task is there meanwhile are sent again.
    fn redrive(&self) {
        let rows = self.rows();
        let infor = self.infor.borrow();
        self.sources.redrive(|queue, body| {
            let pushes =
                infor.asked.iter().flat_map(|(id, asked)| asked.pushes.iter().map(move |push| (id, push)));
            let of_body = pushes.filter(|(_, push)| push.body == body);
            queue != INBOUND || !of_body.into_iter().any(|(id, push)| tasks::is_of(&rows, id, push))
        });
    }

    /// Remembers what lies among the dead letters, and complains of what should not.
    fn note_dead_letters(&self) {
        let (bank, infor) = (self.bank.borrow(), self.infor.borrow());
        for queue in SOURCES {
            for message in self.lambda.world.messages(&crate::sources::dead(queue)) {
                let reason = message.attribute("dead_letter_reason").unwrap_or("no reason");
                let of_bank = bank.hopeless.get(&message.body).is_some_and(|expected| *expected == reason);
                let of_infor = infor.reasons.get(&message.body).is_some_and(|all| all.contains(&reason));
                if !of_bank && !of_infor {
                    let body = &message.body;
                    self.complain("dead-letters", format!("{reason} is no reason for {body} of {queue}"));
                }
                let waited =
                    self.told_at.borrow().get(&message.body).map(|at| message.sent_at.duration_since(*at));
                if reason == "push_without_task" && waited.is_none_or(|waited| waited < PUSH_WAITS) {
                    self.complain("dead-letters", format!("{} waited for {waited:?} only", message.body));
                }
                self.dead.borrow_mut().insert(message.body);
            }
        }
    }

    /// What was sent and can never be taken.
    fn hopeless(&self) -> Vec<String> {
        let of_bank: Vec<String> = self.bank.borrow().hopeless.keys().cloned().collect();
        of_bank.into_iter().chain(self.infor.borrow().hopeless.iter().cloned()).collect()
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
}
