//! What happens next.

use super::people::{PINS, SLOTS};
use super::rules::{CANCELLED, EFFECTIVE, EXPIRED};
use super::sent::Telling;
use super::{Quota, status};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// Something that happens; a pin and a slot are places among the population's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// A grant is told.
    Grant(usize, usize, Telling),
    /// A change of an account is told.
    Change(usize),
    /// Something is told that nobody can read.
    Unreadable,
    /// A pin's page is asked for: its number, its size, over which wire.
    Query(usize, (u32, u32), Wire),
    /// A grant is given back, by so many devices at once.
    Cancel(usize, usize, Wire, usize),
    /// So many runs of the expiry, for so many seconds ago.
    Expire(usize, i64),
    /// The relay runs.
    Relay,
    /// Credit events are taken, at most so many.
    Take(usize),
    /// A message is delivered once more.
    Double,
    /// Messages overtake each other.
    Shuffle,
    /// So many seconds pass.
    Pass(u64),
}

/// The wires of the use cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// `bt_quota`, in the pin's session.
    Gateway,
    /// credit.man.
    CreditMan,
}

impl Quota {
    pub(super) fn draw_one(&self) -> Move {
        // Mostly the grant that something happened to before: what happens at once meets.
        if self.dice.happens(400) {
            self.focus.set((self.dice.below(PINS.len()), self.dice.below(SLOTS.len())));
        }
        let (pin, slot) = self.focus.get();
        if self.dice.happens(650) { self.helpful(pin, slot) } else { self.any(pin, slot) }
    }

    /// What leads a grant further.
    fn helpful(&self, pin: usize, slot: usize) -> Move {
        let dice = &self.dice;
        let rows = self.rows();
        let is_open = rows.account(PINS[pin]).is_some_and(|account| account.state == "open");
        if !is_open && dice.happens(300) {
            return Move::Change(pin);
        }
        let wire = self.wire();
        let take = Move::Take(1 + dice.below(5));
        let query = Move::Query(pin, (1, 50), wire);
        let cancel = Move::Cancel(pin, slot, wire, 1 + dice.below(2));
        let expire = Move::Expire(1 + dice.below(2), 0);
        let moves: &[Move] = match status(&rows, pin, slot) {
            Some(EFFECTIVE) => &[cancel, query, expire, Move::Pass(DAY), Move::Change(pin), take],
            Some(CANCELLED) => &[cancel, query, expire, Move::Relay, Move::Grant(pin, slot, Telling::Same)],
            Some(EXPIRED) => &[cancel, query, expire, Move::Grant(pin, slot, Telling::OtherNumber)],
            _ => &[Move::Grant(pin, slot, Telling::Same), Move::Grant(pin, slot, Telling::Same), take, take],
        };
        *dice.one_of(moves)
    }

    /// Anything.
    fn any(&self, pin: usize, slot: usize) -> Move {
        let dice = &self.dice;
        let wire = self.wire();
        let telling = *dice.weighed(&[
            (4, Telling::Same),
            (1, Telling::OtherAmount),
            (1, Telling::OtherNumber),
            (1, Telling::OthersNumber),
        ]);
        let page = *dice.one_of(&[(1, 50), (1, 2), (2, 2), (3, 1), (9, 10)]);
        let late = *dice.one_of(&[0, 0, 60, 5 * 3_600]);
        *dice.weighed(&[
            (8, Move::Grant(pin, slot, telling)),
            (5, Move::Change(pin)),
            (1, Move::Unreadable),
            (6, Move::Query(pin, page, wire)),
            (8, Move::Cancel(pin, slot, wire, 1 + dice.below(3))),
            (6, Move::Expire(1 + dice.below(2), late)),
            (6, Move::Relay),
            (14, Move::Take(1 + dice.below(5))),
            (5, Move::Double),
            (5, Move::Shuffle),
            (14, Move::Pass(*dice.one_of(&[1, 31, 65, 200, 900, HOUR, 10 * HOUR, DAY, 4 * DAY]))),
        ])
    }

    fn wire(&self) -> Wire {
        *self.dice.weighed(&[(2, Wire::Gateway), (1, Wire::CreditMan)])
    }
}
