//! One round over a dead-letter queue.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::{Duration, Instant},
};

use local::{Engine, Error, Message, Receive};

/// What our functions add to a message that they set aside, and its sender knows nothing of.
const REASON: &str = "dead_letter_reason";
const SOURCE_MESSAGE_ID: &str = "source_message_id";
/// What a message is said to have died of that SQS set aside itself, and how it is asked for.
const NO_REASON: &str = "none";

/// How long a round may take, and for how much longer what it has received is hidden: no message comes to it twice.
const LONGEST_ROUND: Duration = Duration::from_mins(10);
const HIDDEN_S: u32 = 15 * 60;
/// How long it waits for a message before it takes the queue for empty.
const WAIT_S: u32 = 1;
/// How many messages it looks at. SQS lets 120,000 be in hand.
const MOST_LOOKED_AT: usize = 20_000;

/// Which messages are to be moved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// What they died of; whatever it was without one.
    pub(super) reason: Option<&'a str>,
    /// How many at most.
    pub(super) limit: usize,
    /// Whether they are only shown.
    pub(super) is_dry_run: bool,
}

/// What became of a message.
#[derive(Debug)]
pub(super) enum Found {
    /// It was moved, or would be; what it had died of.
    Moved(String),
    /// It is not to be moved; what it died of.
    Kept(String),
    /// It could not be sent, and stays.
    NotSent(Error),
    /// It was sent, but not deleted: if it is moved again it comes to its consumer twice.
    NotDeleted(Error),
}

/// What became of them all.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many were moved, by what they had died of.
    pub(super) moved: BTreeMap<String, usize>,
    /// How many are not to be moved.
    pub(super) kept: usize,
    /// How many could not be sent, or not be deleted.
    pub(super) failed: usize,
    is_dry_run: bool,
}

/// A round: what it works on, and what it did.
pub(super) struct Round<'a> {
    client: &'a Engine,
    queue_url: &'a str,
    dlq_url: &'a str,
    wanted: Wanted<'a>,
    seen: BTreeSet<String>,
    /// What it has in hand and leaves where it is.
    held: Vec<Message>,
    pub(super) tally: Tally,
}

impl<'a> Round<'a> {
    pub(super) fn new(client: &'a Engine, queue_url: &'a str, dlq_url: &'a str, wanted: Wanted<'a>) -> Self {
        let tally = Tally { is_dry_run: wanted.is_dry_run, ..Tally::default() };
        Self { client, queue_url, dlq_url, wanted, seen: BTreeSet::new(), held: Vec::new(), tally }
    }

    /// Moves what is wanted and tells of each message, until the queue is empty, enough is moved, or nobody answers. What
    /// stays in the queue is there for the next reader at once.
    pub(super) fn run(&mut self, tell: &mut dyn FnMut(&str, &Found)) -> Result<(), Error> {
        let outcome = self.go_through(tell);
        for message in &self.held {
            // What is not released comes back by itself when its time is up.
            if self.client.release_message(self.dlq_url, message).is_err() {
                break;
            }
        }
        outcome
    }

    fn go_through(&mut self, tell: &mut dyn FnMut(&str, &Found)) -> Result<(), Error> {
        let started = Instant::now();
        let how = Receive { hidden_s: HIDDEN_S, wait_s: WAIT_S };
        while self.seen.len() < MOST_LOOKED_AT && started.elapsed() < LONGEST_ROUND && !self.has_enough() {
            let messages = self.client.receive(self.dlq_url, how)?;
            if messages.is_empty() {
                break;
            }
            for message in messages {
                self.look_at(message, tell)?;
            }
        }
        Ok(())
    }

    fn has_enough(&self) -> bool {
        self.tally.moved.values().sum::<usize>() + self.tally.failed >= self.wanted.limit
    }

    fn look_at(&mut self, message: Message, tell: &mut dyn FnMut(&str, &Found)) -> Result<(), Error> {
        // SQS may give a message out again though it is hidden; beyond the limit one waits for another round.
        let is_new = self.seen.insert(message.id.clone());
        if !is_new || self.has_enough() {
            self.held.push(message);
            return Ok(());
        }
        let found = self.dealt_with(&message);
        match &found {
            Found::Moved(reason) => *self.tally.moved.entry(reason.clone()).or_default() += 1,
            Found::Kept(_) => self.tally.kept += 1,
            Found::NotSent(_) | Found::NotDeleted(_) => self.tally.failed += 1,
        }
        tell(&message.id, &found);
        let (is_left, error) = match found {
            Found::Moved(_) => (self.wanted.is_dry_run, None),
            Found::Kept(_) => (true, None),
            Found::NotSent(error) => (true, Some(error)),
            Found::NotDeleted(error) => (false, Some(error)),
        };
        if is_left {
            self.held.push(message);
        }
        match error {
            // Whoever does not answer at all would not answer for the next message either.
            Some(error @ Error::Unreachable { .. }) => Err(error),
            Some(_) | None => Ok(()),
        }
    }

    /// Sends the message and deletes it, in this order: a crash in between doubles it, and loses nothing.
    fn dealt_with(&self, message: &Message) -> Found {
        let reason = reason(message);
        if self.wanted.reason.is_some_and(|wanted| wanted != reason) {
            return Found::Kept(reason);
        }
        if self.wanted.is_dry_run {
            return Found::Moved(reason);
        }
        let mut attributes = message.attributes.clone();
        attributes.retain(|name, _| ![REASON, SOURCE_MESSAGE_ID].contains(&name.as_str()));
        if let Err(error) = self.client.send_message_with(self.queue_url, &message.body, &attributes) {
            return Found::NotSent(error);
        }
        match self.client.delete_message(self.dlq_url, message) {
            Ok(()) => Found::Moved(reason),
            Err(error) => Found::NotDeleted(error),
        }
    }
}

fn reason(message: &Message) -> String {
    match message.attribute(REASON) {
        "" => NO_REASON.to_owned(),
        reason => reason.to_owned(),
    }
}

impl fmt::Display for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moved(reason) => write!(formatter, "{reason}"),
            Self::Kept(reason) => write!(formatter, "{reason}  stays"),
            Self::NotSent(error) => write!(formatter, "stays, it cannot be sent: {error}"),
            Self::NotDeleted(error) => write!(formatter, "is sent, but cannot be deleted: {error}"),
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moved: usize = self.moved.values().sum();
        write!(formatter, "{moved} {}", if self.is_dry_run { "would be moved" } else { "moved" })?;
        let reasons: Vec<_> = self.moved.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        if !reasons.is_empty() {
            write!(formatter, " ({})", reasons.join(", "))?;
        }
        write!(formatter, ", {} kept, {} failed", self.kept, self.failed)
    }
}
