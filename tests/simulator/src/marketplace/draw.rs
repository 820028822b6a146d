//! What happens next.

use suites::callbacks::PARTNER_CALLBACK;
use suites::confirmations::DEPOSITORY_EVENTS;
use suites::orders::{CORE_COMMANDS, CREDIT_RESULT};

use super::Marketplace;
use super::people::ORDERS;
use super::rows::Rows;
use super::setting::SOURCES;

/// Something that happens; an order is its place among the population's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// It is pushed, with one of two contents.
    Push(usize, usize),
    /// The platform asks about its credit.
    Audit(usize),
    /// One of two cards is bound.
    Bind(usize, usize),
    /// It is confirmed, with one of two amounts.
    Confirm(usize, usize),
    /// The platform asks about its loan.
    LoanQuery(usize),
    /// A period is to be repaid, or −1.
    Repay(usize, i32),
    /// The user's data can be pulled from now on.
    Ready(usize),
    /// The user opens an account; the depository may tell.
    Opens(usize),
    /// The user fails to.
    OpenFails(usize),
    /// Our house learns something of the user.
    Customer(usize),
    /// The job operator-pull.
    Pull,
    /// The job push-order-parse.
    Parse,
    /// The job credit-application.
    Apply,
    /// The job depository-check.
    Check,
    /// The job outbox-relay.
    Relay,
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
    /// It debits a period by itself.
    CoreDebits(usize),
    /// A period becomes overdue.
    Overdue(usize),
    /// So many seconds pass.
    Pass(u64),
}

impl Marketplace {
    pub(super) fn draw_one(&self) -> Move {
        let order = self.dice.below(ORDERS.len());
        if self.dice.happens(620) { self.helpful(order) } else { self.any(order) }
    }

    /// What leads an order further.
    fn helpful(&self, order: usize) -> Move {
        let dice = &self.dice;
        let key = ORDERS[order].key();
        let rows = Rows::of(&self.lambda.world);
        let worker = Move::Take(PARTNER_CALLBACK, 1);
        let card = dice.below(2);
        let moves: &[Move] = match rows.status(&key) {
            None => &[Move::Push(order, 0), Move::Ready(order)],
            Some(0) => &[Move::Ready(order), Move::Pull, Move::Pull, Move::Pass(60)],
            Some(2 | 3) => &[Move::Parse, Move::Parse, Move::Pass(60)],
            Some(10) => &[Move::Apply, Move::Bind(order, card)],
            Some(11) => {
                &[Move::CoreWorks, Move::CoreTells(order), Move::Take(CREDIT_RESULT, 10), Move::Relay]
            }
            Some(12) => &[
                Move::Bind(order, card),
                Move::Confirm(order, 0),
                Move::Confirm(order, 0),
                Move::Opens(order),
                Move::Take(DEPOSITORY_EVENTS, 10),
                Move::Pass(4_000),
                Move::Check,
                worker,
            ],
            Some(1) if rows.plan(&key).is_none() => &[
                Move::CoreWorks,
                Move::CoreTells(order),
                Move::Bind(order, card),
                Move::Take("audit-result", 10),
                Move::Take("loan-result", 10),
                Move::Take("repay-plan", 10),
                worker,
            ],
            Some(1) => return self.of_loan(order),
            Some(_) => &[Move::Pass(60), worker, Move::Relay],
        };
        *dice.one_of(moves)
    }

    fn of_loan(&self, order: usize) -> Move {
        let period = [-1, 1, 2, 3][self.dice.below(4)];
        let twice = [Move::Repay(order, period), Move::CoreWorks, Move::CoreTells(order)];
        let others = [
            Move::Take("repay-result", 10),
            Move::Take("overdue", 10),
            Move::CoreDebits(order),
            Move::Overdue(order),
            Move::Take(PARTNER_CALLBACK, 1),
            Move::Relay,
        ];
        if self.dice.happens(600) { *self.dice.one_of(&twice) } else { *self.dice.one_of(&others) }
    }

    /// Anything.
    fn any(&self, order: usize) -> Move {
        let dice = &self.dice;
        let variant = usize::from(dice.happens(250));
        let queue = *dice.one_of(&SOURCES);
        let any_queue = *dice.one_of(&[queue, queue, PARTNER_CALLBACK, CORE_COMMANDS]);
        let batch = 1 + dice.below(10);
        *dice.weighed(&[
            (6, Move::Push(order, variant)),
            (2, Move::Audit(order)),
            (4, Move::Bind(order, variant)),
            (5, Move::Confirm(order, variant)),
            (2, Move::LoanQuery(order)),
            (4, Move::Repay(order, [-1, 1, 2, 3, 4][dice.below(5)])),
            (3, Move::Ready(order)),
            (2, Move::Opens(order)),
            (2, Move::OpenFails(order)),
            (2, Move::Customer(order)),
            (5, Move::Pull),
            (5, Move::Parse),
            (5, Move::Apply),
            (3, Move::Check),
            (10, Move::Relay),
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
