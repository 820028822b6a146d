//! What the partners received, oldest first.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Serialize;
use serde_json::Value;

use crate::control::Refused;
use crate::lock;

/// Whom a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Partner {
    Mkk,
}

impl Partner {
    pub(crate) fn named(name: &str) -> Result<Self, Refused> {
        match name {
            "mkk" => Ok(Self::Mkk),
            _ => Err(Refused(format!("no partner is called {name:?}; there is: mkk"))),
        }
    }
}

/// One request as `GET /_control/requests` shows it. What has no meaning for a partner is null: MKK's calls
/// are unsigned GETs, so they have no `timestamp`, `form`, `body` or `decrypted`, and nothing about them
/// can fail verification.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) partner: Partner,
    /// The order, uid or contract number that the request is about.
    pub(crate) order: Option<String>,
    /// Which of the partner's calls it is; `unknown` when none.
    pub(crate) kind: &'static str,
    pub(crate) method: String,
    /// As it came, percent-encoding included.
    pub(crate) path: String,
    /// When it arrived, RFC 3339.
    pub(crate) at: String,
    /// The time that the request itself states and signs.
    pub(crate) timestamp: Option<String>,
    pub(crate) query: Option<BTreeMap<String, String>>,
    /// Lower-case names; not part of what a partner looks at.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) form: Option<BTreeMap<String, String>>,
    /// JSON where it is JSON, else the text.
    pub(crate) body: Option<Value>,
    pub(crate) decrypted: Option<Value>,
    pub(crate) verified: bool,
    /// `answered`, or why not: a fault's name, or what the partner refused.
    pub(crate) outcome: &'static str,
    /// What was answered, JSON where it is JSON; null when nothing was.
    pub(crate) response: Option<Value>,
}

/// Which requests someone asks for.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) partner: Option<Partner>,
    pub(crate) order: Option<String>,
}

impl Filter {
    fn admits(&self, entry: &Entry) -> bool {
        self.partner.is_none_or(|partner| partner == entry.partner)
            && self.order.as_ref().is_none_or(|order| Some(order) == entry.order.as_ref())
    }
}

/// The log itself.
#[derive(Default)]
pub(crate) struct RequestLog(Mutex<Vec<Entry>>);

impl RequestLog {
    pub(crate) fn add(&self, entry: Entry) {
        lock(&self.0).push(entry);
    }

    pub(crate) fn matching(&self, filter: &Filter) -> Vec<Entry> {
        lock(&self.0).iter().filter(|entry| filter.admits(entry)).cloned().collect()
    }

    pub(crate) fn reset(&self) {
        lock(&self.0).clear();
    }
}
