//! A burst on a consumer: every message twice, in any order, and between them some that nobody can read; as many processes
//! as the template lets there be, with batches of its size; some effects at AWS fail.

use std::collections::BTreeSet;

use serde_json::Value;
use suites::load::{Counts, Drained, Source, Traffic, drain, kilobytes, ratio, scattered, size, tell_row};
use world::{Delivery, Message, Spent, World};

/// How many messages a burst has, unless `TENOR_LOAD_MESSAGES` says otherwise.
const MESSAGES_IN_THE_GATE: usize = 80;
/// How many of a thousand effects at AWS fail.
const FAULTS: u64 = 15;
/// Of how many messages one cannot be read.
const UNREADABLE: usize = 40;

/// How many messages a burst has.
pub(crate) fn messages() -> usize {
    size("TENOR_LOAD_MESSAGES", MESSAGES_IN_THE_GATE)
}

/// A burst to be sent.
pub(crate) struct Burst<'a> {
    pub(crate) world: &'a World,
    pub(crate) function: &'a str,
    pub(crate) messages: Vec<String>,
}

/// A burst that was taken, to the last message.
pub(crate) struct Taken {
    function: String,
    messages: usize,
    drained: Drained,
    spent: Spent,
    counts: Counts,
    /// What the process had in memory when all was in the queue, and when all was taken: the world, with its rows and its
    /// log of effects, and what the functions logged, are in it.
    megabytes: [u64; 2],
}

impl Burst<'_> {
    /// Sends it and has it taken: `start` begins a process, `take` has it take a batch.
    pub(crate) async fn take<P>(
        self,
        start: impl AsyncFn() -> P,
        take: impl AsyncFn(&P) -> Delivery,
    ) -> Taken {
        let source = Source::of(self.function);
        let mut processes = vec![];
        for _ in 0..source.concurrency {
            processes.push(start().await);
        }
        for message in self.shuffled() {
            self.world.send(&source.queue, &message, &[]);
        }
        let before = kilobytes("VmRSS");
        let traffic = Traffic::in_world(self.world, FAULTS);
        let drained = drain(self.world, &source, &processes, take);
        let (drained, spent) = self.world.measure(drained).await;
        traffic.calm();
        assert_eq!((drained.largest, drained.at_once), (source.batch_size, source.concurrency));
        self.judge_dead_letters(&source);
        let (function, messages) = (self.function.to_owned(), self.messages.len());
        let megabytes = [before, kilobytes("VmRSS")].map(|kilobytes| kilobytes / 1_024);
        Taken { function, messages, drained, spent, counts: traffic.counts(), megabytes }
    }

    /// Every message twice, and those that cannot be read, in any order.
    fn shuffled(&self) -> Vec<String> {
        let unreadable = (0..self.unreadable()).map(|number| format!("unreadable {number}"));
        let sent = self.messages.iter().chain(&self.messages).cloned().chain(unreadable);
        let mut sent: Vec<_> = sent.enumerate().collect();
        sent.sort_by_key(|(place, _)| scattered(u64::try_from(*place).unwrap_or_default()));
        sent.into_iter().map(|(_, message)| message).collect()
    }

    fn unreadable(&self) -> usize {
        self.messages.len().div_ceil(UNREADABLE)
    }

    /// What cannot be read lies there, with its reason, and nothing else. A copy may lie there twice, if the answer to its
    /// sending was lost, with one `source_message_id`.
    fn judge_dead_letters(&self, source: &Source) {
        let letters = self.world.messages(&source.dead_letters());
        assert!(letters.iter().all(|letter| letter.body.starts_with("unreadable ")), "{letters:?}");
        let told = |letter: &Message, name: &str| letter.attribute(name).map(str::to_owned);
        assert!(
            letters.iter().all(|letter| told(letter, "dead_letter_reason").as_deref() == Some("unreadable"))
        );
        let ids: BTreeSet<_> = letters.iter().map(|letter| told(letter, "source_message_id")).collect();
        let bodies: BTreeSet<_> = letters.iter().map(|letter| &letter.body).collect();
        assert_eq!((bodies.len(), ids.len()), (self.unreadable(), self.unreadable()), "{}", self.function);
    }
}

impl Taken {
    /// The function that took it.
    pub(crate) fn function(&self) -> &str {
        &self.function
    }

    /// Holds that so many came where each of these was to come once. What was carried out before it failed is done again
    /// and what is not known to be sent is sent again, so that each effect that failed may be behind one more.
    #[track_caller]
    pub(crate) fn hold_repeats(&self, once: usize, came: usize) {
        let failed = usize::try_from(self.counts.failed).unwrap_or_default();
        let most = once + failed;
        assert!((once..=most).contains(&came), "{came} came, of {once}; {failed} effects failed");
    }

    /// Tells of it, once its effects were counted.
    #[must_use]
    pub(crate) fn tell(self, effects: usize) -> Self {
        let messages = u64::try_from(self.messages).unwrap_or_default();
        let Drained { batches, handled, returned, .. } = self.drained;
        assert!(handled >= 2 * messages, "each came twice");
        let units = |units: world::Units| ratio(units.in_halves(), 2 * messages);
        tell_row(
            "burst",
            &[
                &self.function,
                &messages,
                &(handled + returned),
                &batches,
                &self.counts.failed,
                &effects,
                &ratio(self.counts.aws, messages),
                &units(self.spent.reads()),
                &units(self.spent.writes()),
                &self.counts.partner,
                &self.megabytes[0],
                &self.megabytes[1],
            ],
        );
        self
    }
}

/// Gives the world rows like those that it has, under other names: as if so many others had gone the same way.
pub(crate) fn copy_rows<'a>(
    world: &World,
    tables: &[&str],
    copies: usize,
    names: impl Fn(usize) -> Vec<(&'a str, String)>,
) {
    for table in tables {
        for row in world.items(table) {
            let row = row.to_string();
            for number in 0..copies {
                world.put_item(table, &renamed(&row, &names(number)));
            }
        }
    }
}

/// A row or a message that has this text, with other names in it.
pub(crate) fn renamed(text: &str, names: &[(&str, String)]) -> Value {
    let text = names.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new));
    serde_json::from_str(&text).expect("JSON")
}

/// A row without what tells when it was written and by which call, and without its shard.
pub(crate) fn lasting(mut row: Value) -> Value {
    let columns = row.as_object_mut().expect("a row");
    let by_call = ["at", "correlation_id", "request_stamp", "due_shard", "waiting_shard", "waits_since"];
    columns.retain(|name, _| !name.ends_with("_at") && !by_call.contains(&name.as_str()));
    row
}
