//! What happens next.

use suites::crm::{CLIENT_EVENTS, INBOUND, OUTBOUND, SHARDS};

use super::Crm;
use super::bank::{CLIENTS, Part, RESIDENTS};
use super::rows::text;

/// Something that happens; a client is its place among the population's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Something changes in the bank's tables about a client.
    BankChanges(usize),
    /// The bank tells something that it did not tell yet.
    BankTells,
    /// The daily run is opened.
    Scan(Run),
    /// So many work items are taken, one after the other.
    Work(usize),
    /// A queue's function takes a batch of at most so many.
    Take(&'static str, usize),
    /// What is left in the outbox is sent.
    Relay,
    /// `InforCRM` takes what lies in its queue.
    InforTakes,
    /// It says something.
    InforSays,
    /// It says something of which nobody can make anything.
    InforTalksNonsense,
    /// A message is delivered once more.
    Double(&'static str),
    /// Messages overtake each other.
    Shuffle(&'static str),
    /// So many seconds pass.
    Pass(u64),
    /// The night passes, to the time of the next run.
    Night,
}

/// As of when a run is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// The time at which it was due last.
    Due,
    /// The time at which it was due the day before: a replay.
    DayBefore,
    /// No time: the clock's.
    Clock,
}

const PAUSES: [u64; 9] = [1, 31, 31, 65, 200, 400, 1_900, 30_000, 90_000];

impl Crm {
    pub(super) fn draw_one(&self) -> Move {
        // Mostly the client that something happened to before: what happens at once meets.
        if self.dice.happens(300) {
            self.focus.set(self.dice.below(RESIDENTS));
        }
        if self.dice.happens(700) { self.helpful() } else { self.any() }
    }

    /// What leads a client further.
    fn helpful(&self) -> Move {
        let (dice, rows) = (&self.dice, self.rows());
        let organization = CLIENTS[self.focus.get()].0;
        let knows_all = rows
            .clients
            .get(organization)
            .is_some_and(|row| Part::ALL.iter().all(|part| text(row, part.columns().0).is_some()));
        if !knows_all {
            let moves = [Move::BankTells, Move::BankTells, Move::Take(CLIENT_EVENTS, 10)];
            return *dice.one_of(&moves);
        }
        let latest = rows
            .of_organization(organization)
            .max_by_key(|(_, row)| text(row, "request_date").map(str::to_owned));
        let work = Move::Work(1 + dice.below(6));
        let asks = [Move::Scan(Run::Due), Move::Scan(Run::Due), work, work, work, Move::Night];
        let Some((id, row)) = latest else { return *dice.one_of(&asks) };
        let has_come = self.infor.borrow().asked.contains_key(id);
        let has_more = self.infor.borrow().to_tell.iter().any(|said| said.request_id == *id);
        let moves: &[Move] = match text(row, "status_code") {
            None if !has_come => &[Move::InforTakes, Move::InforTakes, Move::Relay, Move::Pass(31)],
            _ if has_more => {
                &[Move::InforSays, Move::InforSays, Move::Take(INBOUND, 10), Move::Take(INBOUND, 3)]
            }
            Some("0") => &[Move::Take(INBOUND, 10), Move::Pass(400), Move::Night, work],
            None | Some(_) => &[Move::Take(INBOUND, 10), Move::Night, Move::Scan(Run::Due), work],
        };
        *dice.one_of(moves)
    }

    /// Anything.
    fn any(&self) -> Move {
        let dice = &self.dice;
        let queue = *dice.one_of(&[CLIENT_EVENTS, SHARDS, INBOUND]);
        let taken = *dice.one_of(&[CLIENT_EVENTS, INBOUND]);
        let any_queue = *dice.one_of(&[CLIENT_EVENTS, SHARDS, INBOUND, OUTBOUND]);
        let batch = 1 + dice.below(10);
        *dice.weighed(&[
            (8, Move::BankChanges(self.focus.get())),
            (8, Move::BankTells),
            (6, Move::Scan(Run::Due)),
            (2, Move::Scan(Run::DayBefore)),
            (2, Move::Scan(Run::Clock)),
            (10, Move::Work(1 + dice.below(6))),
            (12, Move::Take(taken, batch)),
            (6, Move::Relay),
            (6, Move::InforTakes),
            (6, Move::InforSays),
            (2, Move::InforTalksNonsense),
            (5, Move::Double(queue)),
            (5, Move::Shuffle(any_queue)),
            (10, Move::Pass(*dice.one_of(&PAUSES))),
            (8, Move::Night),
        ])
    }
}
