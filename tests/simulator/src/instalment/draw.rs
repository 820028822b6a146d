//! What happens next.

use super::Instalment;
use super::sent::CLIENTS;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// Something that happens; a client is its place among the population's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Onboarding tells something of a client.
    Tell(usize, Telling),
    /// A client opens the section, on so many devices at once.
    Status(usize, usize),
    /// A client presses «Оформить», on so many devices at once.
    Renew(usize, usize),
    /// A client's browser loads the page.
    Open,
    /// The lender closes a client's line, or opens it again.
    Lender(usize, bool),
    /// The relay runs.
    Relay,
    /// Contract events are taken, at most so many.
    Take(usize),
    /// A message is delivered once more.
    Double,
    /// Messages overtake each other.
    Shuffle,
    /// What may be forgotten is.
    Forget,
    /// So many seconds pass.
    Pass(u64),
}

/// What onboarding tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// What comes next.
    Next,
    /// Anything.
    Any,
    /// Something under an id that it used before.
    Again,
    /// What nobody can read.
    Unreadable,
}

impl Instalment {
    pub(super) fn draw_one(&self) -> Move {
        // Mostly the client that something happened to before: what happens at once meets.
        if self.dice.happens(300) {
            self.focus.set(self.dice.below(CLIENTS.len()));
        }
        let client = self.focus.get();
        if self.dice.happens(650) { self.helpful(client) } else { self.any(client) }
    }

    /// What leads a client's contract further.
    fn helpful(&self, client: usize) -> Move {
        let dice = &self.dice;
        let rows = self.rows();
        let devices = 1 + dice.below(2);
        let take = Move::Take(1 + dice.below(5));
        let (tell, status) = (Move::Tell(client, Telling::Next), Move::Status(client, devices));
        let (renew, close) = (Move::Renew(client, devices), Move::Lender(client, true));
        let moves: &[Move] = match rows.contracts(CLIENTS[client]).last() {
            None => &[tell, tell, take],
            Some(newest) if newest.is_over() => &[renew, renew, status, tell, take, Move::Relay],
            Some(newest) if newest.awaits_number() => &[tell, tell, take, take, status, renew],
            Some(_) => &[close, close, status, status, status, renew, renew, tell, take],
        };
        *dice.one_of(moves)
    }

    /// Anything.
    fn any(&self, client: usize) -> Move {
        let dice = &self.dice;
        let telling = *dice.weighed(&[
            (4, Telling::Next),
            (4, Telling::Any),
            (3, Telling::Again),
            (1, Telling::Unreadable),
        ]);
        let devices = 1 + dice.below(3);
        *dice.weighed(&[
            (8, Move::Tell(client, telling)),
            (5, Move::Status(client, devices)),
            (5, Move::Renew(client, devices)),
            (1, Move::Open),
            (3, Move::Lender(client, dice.happens(700))),
            (6, Move::Relay),
            (10, Move::Take(1 + dice.below(5))),
            (5, Move::Double),
            (5, Move::Shuffle),
            (2, Move::Forget),
            (12, Move::Pass(*dice.one_of(&[1, 31, 65, 200, 900, HOUR, DAY, 3 * DAY]))),
        ])
    }
}
