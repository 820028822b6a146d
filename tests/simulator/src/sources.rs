//! The queues that a context's functions take from: what is in them comes twice, late and out of order, and an operator
//! sends again what could not be taken.

pub use suites::marketplace::dead;
use world::World;

use crate::lambda::Lambda;
use crate::random::Dice;

/// How often an outside system sends a message twice, in thousand.
const TWICE: usize = 100;

/// The queues of a context.
#[derive(Clone)]
pub struct Sources {
    lambda: Lambda,
    dice: Dice,
    queues: &'static [&'static str],
}

impl Sources {
    /// These queues, each with its dead-letter queue.
    #[must_use]
    pub fn new(lambda: Lambda, dice: Dice, queues: &'static [&'static str]) -> Self {
        Self { lambda, dice, queues }
    }

    /// An outside system sends a message, now and then twice.
    pub fn tell(&self, queue: &str, text: &str) {
        self.lambda.chaos.tell(format!("  told {queue} {text}"));
        self.world().send(queue, text, &[]);
        if self.dice.happens(TWICE) {
            self.world().send(queue, text, &[]);
        }
    }

    /// Something that lies in a queue is delivered once more.
    pub fn double(&self, queue: &str) {
        let messages = self.world().messages(queue);
        if !messages.is_empty() {
            self.world().send(queue, &self.dice.one_of(&messages).body, &[]);
        }
    }

    /// What lies in a queue comes in another order.
    pub fn shuffle(&self, queue: &str) {
        self.world().shuffle(queue, |left| self.dice.below(left));
    }

    /// What an operator does about messages that could not be taken: they are sent again, but for those that are of no more
    /// use.
    pub fn redrive(&self, is_of_no_use: impl Fn(&str, &str) -> bool) {
        for queue in self.queues {
            let mut messages = self.world().drain(&dead(queue));
            messages.sort_by_key(|message| message.sent_at);
            for message in messages {
                if is_of_no_use(queue, &message.body) {
                    self.lambda.chaos.tell(format!("  given up {queue} {}", message.body));
                    continue;
                }
                self.lambda.chaos.tell(format!("  redriven {queue} {}", message.body));
                self.world().send(queue, &message.body, &[]);
            }
        }
    }

    /// The queues in which something lies, dead letters included.
    #[must_use]
    pub fn filled(&self) -> Vec<String> {
        let names = self.queues.iter().flat_map(|queue| [(*queue).to_owned(), dead(queue)]);
        names.filter(|queue| !self.world().messages(queue).is_empty()).collect()
    }

    fn world(&self) -> &World {
        &self.lambda.world
    }
}
