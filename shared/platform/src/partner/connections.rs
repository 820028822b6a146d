use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use http::Method;
use jiff::Timestamp;

/// Lambda freezes a process between invocations; a connection that slept longer than this may be dead
/// without knowing it, since the monotonic clock stood still too.
const FRESH: Duration = Duration::from_secs(3);

/// A partner's open connections, and how to make new ones.
#[derive(Clone)]
pub(super) struct Connections(Arc<Parts>);

struct Parts {
    open: Box<dyn Fn() -> SharedHttpConnector + Send + Sync>,
    last: Mutex<Last>,
}

struct Last {
    /// Made for the first call: most starts end without one, and reading the roots is dear.
    connector: Option<SharedHttpConnector>,
    used_at: Option<Timestamp>,
}

impl Connections {
    pub(super) fn new(open: impl Fn() -> SharedHttpConnector + Send + Sync + 'static) -> Self {
        let last = Mutex::new(Last { connector: None, used_at: None });
        Self(Arc::new(Parts { open: Box::new(open), last }))
    }

    /// What a call that begins at `now` goes through. A call that has an effect gets connections that were not asleep: on
    /// a dead one its outcome would be unknown, and it could not be repeated.
    pub(super) fn at(&self, now: Timestamp, method: &Method) -> SharedHttpConnector {
        let mut last = self.last();
        let asleep = last.used_at.is_some_and(|used_at| now.duration_since(used_at).unsigned_abs() > FRESH);
        if asleep && !method.is_safe() {
            last.connector = None;
        }
        last.used_at = Some(now);
        last.connector.get_or_insert_with(&self.0.open).clone()
    }

    /// Notes that a call ended at `now`: until then its connection was awake.
    pub(super) fn used(&self, now: Timestamp) {
        self.last().used_at = Some(now);
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connections")
    }
}
