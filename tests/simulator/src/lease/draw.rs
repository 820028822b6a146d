//! What happens next.

use super::Lease;
use super::ant::account::{Account, Deed};
use super::people::{Ask, Caller, ORDERS, REASONS, TAGS};

/// Something that happens; an order is its place among the population's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// A caller asks something about an order.
    Call(usize, Ask, Caller),
    /// A caller asks about an order, and so many seconds later another wants something of it.
    Cross(usize, u64, Ask, Caller),
    /// Somebody does something at Ant.
    Lives(usize, Deed),
    /// Ant tells something.
    Tells(Telling),
    /// lease-reconcile runs, so many times at once.
    Reconcile(usize),
    /// The outbox's relay runs.
    Relay,
    /// So many seconds pass.
    Pass(u64),
}

/// What comes as a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// What Ant has to tell, or told before: the place among it.
    News(usize),
    /// Of an order that is not ours.
    OfNobody,
    /// What somebody else sends, in one of several ways.
    Forged(usize, usize),
}

/// How forged notifications are wrong.
pub(super) const FORGERIES: usize = 4;
/// How a contract may come to nothing.
const ENDS: [&str; 5] = ["EXPIRE", "REJECTED", "UNDO", "TERMINATE", "CANCELLED"];

impl Lease {
    pub(super) fn draw_one(&self) -> Move {
        // Mostly the order that something happened to before: what happens at once meets.
        if self.dice.happens(250) {
            self.focus.set(self.dice.below(ORDERS.len()));
        }
        let order = self.focus.get();
        let ask = match self.dice.below(100) {
            0..55 => return self.helpful(order),
            55..68 => return self.around(order),
            68..78 => return self.again(order),
            _ => self.any(),
        };
        Move::Call(order, ask, self.caller(ask))
    }

    fn helpful(&self, order: usize) -> Move {
        let (rows, account) = (self.rows(), self.ant.account(ORDERS[order]));
        if rows.is_unknown(ORDERS[order]) && self.dice.happens(600) {
            let order_query = Move::Call(order, Ask::Order, Caller::PLAIN);
            return *self.dice.one_of(&[Move::Pass(70), Move::Reconcile(1), order_query, Move::Pass(15)]);
        }
        let lives = |deed| Move::Lives(order, deed);
        let asks: Vec<Ask> = match rows.state(ORDERS[order]).as_str() {
            "" => vec![Ask::Put { is_other: false }],
            "NEW" => vec![Ask::Put { is_other: false }, Ask::Flow],
            "SYNCED" => vec![Ask::Contract { of_two: self.dice.happens(500) }, Ask::Flow],
            "WITHHOLD_SIGNING" if account.agreement == Some("UNSIGNED") && self.dice.happens(500) => {
                return lives(Deed::SignsAgreement);
            }
            "WITHHOLD_SIGNING" if account.agreement == Some("SIGNED") => vec![Ask::Agreement, Ask::Flow],
            "CONTRACT_SIGNING" | "WITHHOLD_SIGNING" => vec![Ask::Withhold, Ask::Flow],
            "WITHHOLD_SIGNED" | "SEALING" => match unsealed(&account) {
                Some(ask) => vec![ask, ask, Ask::Flow],
                None => return *self.dice.one_of(&[lives(Deed::SignsContract), Move::Reconcile(1)]),
            },
            "ACTIVE" if self.dice.happens(400) => {
                return lives(*self.dice.one_of(&[Deed::PaysAll, Deed::Pays, Deed::Applies]));
            }
            // What Ant told of the wish before our answer may be written after it.
            "ACTIVE" if account.is_pending && self.dice.happens(600) => {
                let (after, ask) = (self.dice.below(3), self.confirm());
                return Move::Cross(order, u64::try_from(after).unwrap_or_default(), ask, self.caller(ask));
            }
            "ACTIVE" if account.is_pending => vec![self.confirm(), self.confirm(), Ask::Order],
            "ACTIVE" => vec![Ask::Cancel(REASONS[self.dice.below(2)]), Ask::Order],
            "PLAN_CANCELLED" | "FULFILLED" => vec![self.close(&account)],
            _ => vec![Ask::Unbind { overrides: false }],
        };
        let ask = *self.dice.one_of(&asks);
        Move::Call(order, ask, self.caller(ask))
    }

    fn confirm(&self) -> Ask {
        Ask::Confirm { agrees: self.dice.happens(300), overrides: self.dice.happens(200) }
    }

    fn close(&self, account: &Account) -> Ask {
        let cancelled = account.cancelled.as_deref();
        let reason = REASONS.into_iter().find(|reason| Some(*reason) == cancelled).unwrap_or("FULFILLED");
        Ask::Close { reason, is_confirmed: self.dice.happens(700), has_evidence: false }
    }

    /// Something that may be of no use, or is not allowed.
    fn any(&self) -> Ask {
        let (dice, is_other) = (&self.dice, self.dice.happens(500));
        let reason = *dice.one_of(&REASONS);
        match dice.below(16) {
            0 => Ask::Put { is_other },
            1 => Ask::Contract { of_two: is_other },
            2 => Ask::Withhold,
            3 | 4 => Ask::Seal(*dice.one_of(&TAGS)),
            5 => Ask::Flow,
            6 | 7 => Ask::Cancel(REASONS[dice.below(2)]),
            8 | 9 => Ask::Close { reason, is_confirmed: is_other, has_evidence: dice.happens(150) },
            10 | 11 => Ask::Unbind { overrides: dice.happens(250) },
            12 => self.confirm(),
            13 => Ask::Agreement,
            _ => Ask::Order,
        }
    }

    /// Something that no caller does.
    fn around(&self, order: usize) -> Move {
        let dice = &self.dice;
        match dice.below(20) {
            0..8 => Move::Tells(Telling::News(dice.below(64))),
            8 => Move::Tells(Telling::Forged(order, dice.below(FORGERIES))),
            9 => *dice.one_of(&[Move::Tells(Telling::OfNobody), Move::Relay]),
            10 | 11 => Move::Reconcile(1 + dice.below(2)),
            12..15 => Move::Pass(*dice.weighed(&[
                (4, 5),
                (4, 70),
                (4, 310),
                (2, 3_700),
                (1, 6 * 3_600),
                (1, 25 * 3_600),
            ])),
            15 | 16 => Move::Lives(order, Deed::SignsAgreement),
            17 => Move::Lives(order, *dice.one_of(&[Deed::SignsContract, Deed::Pays, Deed::Applies])),
            18 => Move::Lives(order, Deed::Applies),
            _ => {
                let ends = Deed::ContractEnds(dice.one_of::<&str>(&ENDS));
                Move::Lives(order, *dice.one_of(&[ends, ends, Deed::EndsAgreement, Deed::AgreementTimesOut]))
            }
        }
    }

    /// What was asked before under a key, once more; or something else under that key.
    fn again(&self, order: usize) -> Move {
        let keyed = self.keyed.borrow();
        let of_order: Vec<_> =
            keyed.iter().rev().filter(|(of, _, _)| *of == order).take(6).copied().collect();
        if of_order.is_empty() {
            return self.helpful(order);
        }
        let (order, ask, caller) = *self.dice.one_of(&of_order);
        let ask = if self.dice.happens(250) { self.any() } else { ask };
        if ask.is_question() { Move::Reconcile(1) } else { Move::Call(order, ask, caller) }
    }

    fn caller(&self, ask: Ask) -> Caller {
        let dice = &self.dice;
        let is_operator = if ask.overrides() { dice.happens(800) } else { dice.happens(200) };
        let is_keyed = !ask.is_question() && dice.happens(550);
        let key = is_keyed.then(|| {
            self.last_key.set(self.last_key.get() + 1);
            self.last_key.get()
        });
        Caller { source: dice.one_of::<&str>(&["new", "old"]), is_operator, key }
    }
}

/// The seal of a party that has none yet.
fn unsealed(account: &Account) -> Option<Ask> {
    let (tag, _) = account.contract()?.parties.iter().find(|(_, sealed)| !sealed)?;
    TAGS.into_iter().find(|of| *of == tag.as_deref()).map(Ask::Seal)
}
