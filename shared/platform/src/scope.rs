//! What belongs to one request or one record while it is handled.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use ring::digest;

use crate::Clock;
use crate::dynamodb::Units;
use crate::fingerprint::hex;
use crate::metrics::{Count, Measure};

/// What an entry point keeps back of the invocation's time, to answer before Lambda ends it.
pub(crate) const DEADLINE_MARGIN: Duration = Duration::from_millis(500);

/// One request's ids, deadline, request units and counts. An operation takes it beside its input.
#[derive(Debug)]
pub struct Scope {
    request_id: String,
    correlation_id: String,
    deadline: Timestamp,
    clock: Clock,
    stamps: AtomicU32,
    units: Units,
    counts: Mutex<Vec<(Count, u64)>>,
    measures: Mutex<Vec<Measure>>,
}

impl Scope {
    /// Opens the scope of a request that must be over by `deadline`.
    #[must_use]
    pub fn new(request_id: String, correlation_id: String, deadline: Timestamp, clock: Clock) -> Self {
        Self {
            request_id,
            correlation_id,
            deadline,
            clock,
            stamps: AtomicU32::new(0),
            units: Units::default(),
            counts: Mutex::default(),
            measures: Mutex::default(),
        }
    }

    /// Lambda's id of the invocation; of a record, with the message's id behind it.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The id that goes on to every message, callback and partner call that this request causes.
    #[must_use]
    pub fn correlation_id(&self) -> &str {
        &self.correlation_id
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What is left until the deadline; zero when it has passed.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        Duration::try_from(self.deadline.duration_since(self.now())).unwrap_or_default()
    }

    /// A stamp for one conditional write, different for each call (design §4): a condition that fails on
    /// our own stamp was met by an earlier try of the same write. 32 hexadecimal digits.
    ///
    /// The instant is part of it, since Lambda repeats an asynchronous invocation under the same id.
    #[must_use]
    pub fn stamp(&self) -> String {
        let digest = self.draw();
        hex(digest.as_ref().get(..16).unwrap_or_default())
    }

    /// An id for something new, different for each call: a UUID of version 4 in form, whose digits are drawn as a
    /// stamp's are.
    #[must_use]
    pub fn uuid(&self) -> String {
        let digits = self.stamp();
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
        let (first, second, third) = (part(0, 8), part(8, 12), part(13, 16));
        // The variant is 10 in binary: of the four digits that say so, the drawn one picks.
        let variant = match part(16, 17).chars().next().and_then(|digit| digit.to_digit(16)).unwrap_or(0) % 4
        {
            0 => '8',
            1 => '9',
            2 => 'a',
            _ => 'b',
        };
        format!("{first}-{second}-4{third}-{variant}{}-{}", part(17, 20), part(20, 32))
    }

    /// Waits a little before what lost against another writer is tried again: 10 to 50 ms, longer with every
    /// try, and different for each request, so that the losers of a race do not meet again.
    pub async fn pause(&self, tries: u32) {
        let spread = self.draw().as_ref().first().map_or(0, |byte| u64::from(*byte) % 41);
        tokio::time::sleep(Duration::from_millis(10 + spread).saturating_mul(tries)).await;
    }

    /// What stands for chance: different for each call, and the same when a run is repeated.
    fn draw(&self) -> digest::Digest {
        let turn = self.stamps.fetch_add(1, Ordering::Relaxed);
        let seed = format!("{}\n{}\n{turn}", self.request_id, self.now());
        digest::digest(&digest::SHA256, seed.as_bytes())
    }

    /// The DynamoDB request units that were spent in this scope.
    #[must_use]
    pub fn units(&self) -> &Units {
        &self.units
    }

    /// Counts one occurrence of `count`; the entry point writes the sums when the request is over.
    pub fn count(&self, count: Count) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.iter_mut().find(|(counted, _)| *counted == count) {
            Some((_, times)) => *times += 1,
            None => counts.push((count, 1)),
        }
    }

    /// Notes something measured; the entry point writes it when the request is over.
    pub fn measure(&self, measure: Measure) {
        self.measures.lock().unwrap_or_else(PoisonError::into_inner).push(measure);
    }

    /// What was measured so far.
    #[must_use]
    pub fn measures(&self) -> Vec<Measure> {
        self.measures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was counted so far, in the order in which each was counted first.
    #[must_use]
    pub fn counts(&self) -> Vec<(Count, u64)> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Picks the correlation id of a request: the caller's own when it is 1 to 128 visible ASCII characters,
/// else the request's id.
#[must_use]
pub fn correlation_id(offered: Option<&str>, request_id: &str) -> String {
    match offered {
        Some(id) if (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()) => {
            id.to_owned()
        }
        Some(_) | None => request_id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Scope, correlation_id};
    use crate::Clock;
    use crate::metrics::Count;

    #[test]
    fn every_stamp_of_a_scope_differs_and_another_request_has_others() {
        let (clock, _) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let deadline = clock.now();
        let first = Scope::new("r-1".into(), "c".into(), deadline, clock.clone());
        let second = Scope::new("r-2".into(), "c".into(), deadline, clock);
        let stamps = [first.stamp(), first.stamp(), second.stamp()];
        assert_eq!(stamps[0].len(), 32);
        assert_ne!(stamps[0], stamps[1]);
        assert_ne!(stamps[0], stamps[2]);
    }

    #[test]
    fn counts_stand_in_the_order_in_which_they_came() {
        let (clock, _) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let scope = Scope::new("r-1".into(), "c".into(), clock.now(), clock);
        for name in ["REQ", "FALIED", "REQ"] {
            scope.count(Count::of(name));
        }
        assert_eq!(scope.counts(), [(Count::of("REQ"), 2), (Count::of("FALIED"), 1)]);
    }

    #[test]
    fn a_uuid_is_one_of_version_4_and_different_each_time() {
        let (clock, _) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let scope = Scope::new("r-1".into(), "c".into(), clock.now(), clock);
        let mut uuids = std::collections::BTreeSet::new();
        for _ in 0..100 {
            let uuid = scope.uuid();
            let parts: Vec<_> = uuid.split('-').collect();
            assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{uuid}");
            assert!(parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']), "{uuid}");
            assert!(uuids.insert(uuid));
        }
    }

    #[test]
    fn a_correlation_id_that_could_forge_a_log_line_is_replaced_by_the_request_id() {
        assert_eq!(correlation_id(Some("abc-1"), "r-1"), "abc-1");
        assert_eq!(correlation_id(Some("a\nb"), "r-1"), "r-1");
        assert_eq!(correlation_id(Some(""), "r-1"), "r-1");
        assert_eq!(correlation_id(Some(&"x".repeat(129)), "r-1"), "r-1");
        assert_eq!(correlation_id(None, "r-1"), "r-1");
    }
}
