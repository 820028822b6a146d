use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use http::Method;
use jiff::Timestamp;

use crate::aws::connector;

const PARTNER_ROOTS: &[u8] = include_bytes!("../../roots/partners.pem");
/// Lambda freezes a process between invocations; a connection that slept longer than this may be dead
/// without knowing it, since the monotonic clock stood still too.
const FRESH: Duration = Duration::from_secs(3);

/// What partners' clients of a process connect with: it trusts the bundled public roots. Reading them is dear, and partners
/// are often called at the same time, so one that was just made serves them all.
#[derive(Clone, Debug, Default)]
pub struct Connectors(Arc<Mutex<Option<Made>>>);

#[derive(Debug)]
struct Made {
    connector: SharedHttpConnector,
    connect_timeout: Duration,
    at: Timestamp,
}

impl Connectors {
    /// One without a connection that slept: it was made so short a time ago that none in it is old enough.
    fn fresh(&self, now: Timestamp, connect_timeout: Duration) -> SharedHttpConnector {
        let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = newest
            .as_ref()
            .filter(|made| made.connect_timeout == connect_timeout && !is_asleep(made.at, now));
        if let Some(made) = known {
            return made.connector.clone();
        }
        let connector = connector(PARTNER_ROOTS, connect_timeout);
        *newest = Some(Made { connector: connector.clone(), connect_timeout, at: now });
        connector
    }
}

/// Whether what was last awake at `then` may have slept since.
fn is_asleep(then: Timestamp, now: Timestamp) -> bool {
    now.duration_since(then).unsigned_abs() > FRESH
}

/// A partner's open connections, and how to make new ones.
#[derive(Clone)]
pub(super) struct Connections(Arc<Parts>);

struct Parts {
    open: Box<dyn Fn(Timestamp) -> SharedHttpConnector + Send + Sync>,
    last: Mutex<Last>,
}

struct Last {
    /// Made for the first call: most starts end without one, and reading the roots is dear.
    connector: Option<SharedHttpConnector>,
    used_at: Option<Timestamp>,
}

impl Connections {
    /// Connections that are made as `connectors` make them.
    pub(super) fn of(connectors: Connectors, connect_timeout: Duration) -> Self {
        Self::new(move |now| connectors.fresh(now, connect_timeout))
    }

    /// Connections of this connector.
    pub(super) fn over(connector: SharedHttpConnector) -> Self {
        Self::new(move |_| connector.clone())
    }

    fn new(open: impl Fn(Timestamp) -> SharedHttpConnector + Send + Sync + 'static) -> Self {
        let last = Mutex::new(Last { connector: None, used_at: None });
        Self(Arc::new(Parts { open: Box::new(open), last }))
    }

    /// What a call that begins at `now` goes through. A call that has an effect gets connections that were not asleep: on
    /// a dead one its outcome would be unknown, and it could not be repeated.
    pub(super) fn at(&self, now: Timestamp, method: &Method) -> SharedHttpConnector {
        let mut last = self.last();
        if last.used_at.is_some_and(|used_at| is_asleep(used_at, now)) && !method.is_safe() {
            last.connector = None;
        }
        last.used_at = Some(now);
        last.connector.get_or_insert_with(|| (self.0.open)(now)).clone()
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
