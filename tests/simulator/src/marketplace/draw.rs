//! What happens next.

use suites::callbacks::PARTNER_CALLBACK;
use suites::confirmations::DEPOSITORY_EVENTS;
use suites::orders::{CORE_COMMANDS, CREDIT_RESULT};

use super::Marketplace;
use super::people::ORDERS;
use super::setting::SOURCES;

/// Something that happens; an order is its place among the population's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The platform asks something about an order.
    Call(usize, Call),
    /// Something becomes of an order's user.
    User(usize, User),
    /// A job runs.
    Run(Job),
    /// A queue's function takes a batch of at most so many.
    Take(&'static str, usize),
    /// A message is delivered once more.
    Double(&'static str),
    /// Messages overtake each other.
    Shuffle(&'static str),
    /// The core does what it was told.
    CoreWorks,
    /// The core tells what it has to tell of an order.
    CoreTells(usize),
    /// It tells all of it at one time, in whatever order.
    CoreTellsAll(usize),
    /// It debits a period by itself.
    CoreDebits(usize),
    /// A period becomes overdue.
    Overdue(usize),
    /// So many seconds pass.
    Pass(u64),
}

/// What the platform asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// It pushes the order, with one of two contents.
    Push(usize),
    /// It asks about its credit.
    Audit,
    /// One of two cards is to be bound.
    Bind(usize),
    /// It is confirmed, with one of two amounts.
    Confirm(usize),
    /// It asks about its loan.
    LoanQuery,
    /// A period is to be repaid, or −1.
    Repay(i32),
}

/// What becomes of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// The data can be pulled from now on.
    Ready,
    /// An account is opened; the depository may tell.
    Opens,
    /// None is.
    OpenFails,
    /// Our house learns something.
    Customer,
}

/// The jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// operator-pull
    Pull,
    /// push-order-parse
    Parse,
    /// credit-application
    Apply,
    /// depository-check
    Check,
    /// outbox-relay
    Relay,
}

impl Marketplace {
    pub(super) fn draw_one(&self) -> Move {
        // Mostly the order that something happened to before: what happens at once meets.
        if self.dice.happens(400) {
            self.focus.set(self.dice.below(ORDERS.len()));
        }
        let order = self.focus.get();
        if self.dice.happens(740) { self.helpful(order) } else { self.any(order) }
    }

    /// What leads an order further.
    pub(super) fn helpful(&self, order: usize) -> Move {
        let dice = &self.dice;
        let key = ORDERS[order].key();
        let rows = self.rows();
        let worker = Move::Take(PARTNER_CALLBACK, 1);
        let card = dice.below(2);
        let moves: &[Move] = match rows.status(&key) {
            None => &[Move::Call(order, Call::Push(0)), Move::User(order, User::Ready)],
            Some(0) => {
                &[Move::User(order, User::Ready), Move::Run(Job::Pull), Move::Run(Job::Pull), Move::Pass(60)]
            }
            Some(2 | 3) => &[Move::Run(Job::Parse), Move::Run(Job::Parse), Move::Pass(60)],
            Some(10) => &[Move::Run(Job::Apply), Move::Call(order, Call::Bind(card))],
            Some(11) => &[
                Move::CoreWorks,
                Move::CoreTells(order),
                Move::Take(CREDIT_RESULT, 10),
                Move::Run(Job::Relay),
            ],
            Some(12) => &[
                Move::Call(order, Call::Bind(card)),
                Move::Call(order, Call::Confirm(0)),
                Move::Call(order, Call::Confirm(0)),
                Move::User(order, User::Opens),
                Move::Take(DEPOSITORY_EVENTS, 10),
                Move::Pass(4_000),
                Move::Run(Job::Check),
                worker,
            ],
            Some(1) if rows.plan(&key).is_none() => &[
                Move::CoreWorks,
                Move::CoreTells(order),
                Move::Call(order, Call::Bind(card)),
                Move::Take("audit-result", 10),
                Move::Take("loan-result", 10),
                Move::Take("repay-plan", 10),
                worker,
            ],
            Some(1) => return self.of_loan(order),
            Some(_) => &[Move::Pass(60), worker, Move::Run(Job::Relay)],
        };
        *dice.one_of(moves)
    }

    fn of_loan(&self, order: usize) -> Move {
        let period = [-1, 1, 2, 3][self.dice.below(4)];
        let batch = 1 + self.dice.below(4);
        *self.dice.weighed(&[
            (5, Move::Call(order, Call::Repay(period))),
            (4, Move::CoreWorks),
            (2, Move::CoreTells(order)),
            (3, Move::CoreTellsAll(order)),
            (4, Move::Take("repay-result", batch)),
            (3, Move::Take("overdue", batch)),
            (2, Move::CoreDebits(order)),
            (2, Move::Overdue(order)),
            (5, Move::Take(PARTNER_CALLBACK, 1)),
            (2, Move::Call(order, Call::Bind(self.dice.below(2)))),
            (1, Move::Run(Job::Relay)),
        ])
    }

    /// Anything.
    fn any(&self, order: usize) -> Move {
        let dice = &self.dice;
        let variant = usize::from(dice.happens(250));
        let queue = *dice.one_of(SOURCES);
        let any_queue = *dice.one_of(&[queue, queue, PARTNER_CALLBACK, CORE_COMMANDS]);
        let batch = 1 + dice.below(10);
        *dice.weighed(&[
            (6, Move::Call(order, Call::Push(variant))),
            (2, Move::Call(order, Call::Audit)),
            (4, Move::Call(order, Call::Bind(variant))),
            (5, Move::Call(order, Call::Confirm(variant))),
            (2, Move::Call(order, Call::LoanQuery)),
            (4, Move::Call(order, Call::Repay([-1, 1, 2, 3, 4][dice.below(5)]))),
            (3, Move::User(order, User::Ready)),
            (2, Move::User(order, User::Opens)),
            (2, Move::User(order, User::OpenFails)),
            (2, Move::User(order, User::Customer)),
            (5, Move::Run(Job::Pull)),
            (5, Move::Run(Job::Parse)),
            (5, Move::Run(Job::Apply)),
            (3, Move::Run(Job::Check)),
            (10, Move::Run(Job::Relay)),
            (14, Move::Take(queue, batch)),
            (14, Move::Take(PARTNER_CALLBACK, 1)),
            (6, Move::Double(any_queue)),
            (6, Move::Shuffle(any_queue)),
            (6, Move::CoreWorks),
            (6, Move::CoreTells(order)),
            (3, Move::CoreDebits(order)),
            (3, Move::Overdue(order)),
            (14, Move::Pass([1, 10, 31, 65, 200, 400, 4_000, 30_000][dice.below(8)])),
        ])
    }
}
