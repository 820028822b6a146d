//! Which card an order's loan must have: that of the last binding, as long as it met no other.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// The bindings that were asked for.
#[derive(Default)]
pub(super) struct Bindings(RefCell<BTreeMap<String, OfOrder>>);

#[derive(Default)]
struct OfOrder {
    begun: u64,
    running: u64,
    settled: Option<usize>,
}

/// A binding that is under way.
pub(super) struct Begun {
    number: u64,
    is_alone: bool,
}

impl Bindings {
    /// A card is asked to be bound: until that is answered, nobody knows which one the loan has.
    pub(super) fn begins(&self, order: &str) -> Begun {
        let mut all = self.0.borrow_mut();
        let of = all.entry(order.to_owned()).or_default();
        (of.begun, of.running, of.settled) = (of.begun + 1, of.running + 1, None);
        Begun { number: of.begun, is_alone: of.running == 1 }
    }

    /// It ended, and bound this card of a loan, if any.
    pub(super) fn ends(&self, order: &str, begun: &Begun, card: Option<usize>) {
        let mut all = self.0.borrow_mut();
        let of = all.entry(order.to_owned()).or_default();
        of.running -= 1;
        if begun.is_alone && begun.number == of.begun {
            of.settled = card;
        }
    }

    /// The card that the loan of an order must have, if that is known.
    #[must_use]
    pub(super) fn settled(&self, order: &str) -> Option<usize> {
        self.0.borrow().get(order)?.settled
    }
}
