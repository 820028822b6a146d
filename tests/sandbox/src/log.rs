//! What the partners received, oldest first.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::control::Refused;
use crate::lock;

/// Whom a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Partner {
    Mkk,
    Infor,
    Ant,
    Rongshu,
    Bank,
    Xw,
    Core,
}

impl Partner {
    pub(crate) fn named(name: &str) -> Result<Self, Refused> {
        match name {
            "mkk" => Ok(Self::Mkk),
            "infor" => Ok(Self::Infor),
            "ant" => Ok(Self::Ant),
            "rongshu" => Ok(Self::Rongshu),
            "bank" => Ok(Self::Bank),
            "xw" => Ok(Self::Xw),
            "core" => Ok(Self::Core),
            _ => {
                let known = "mkk, infor, ant, rongshu, bank, xw, core";
                Err(Refused::Impossible(format!("no partner is called {name:?}; there are: {known}")))
            }
        }
    }
}

/// One request as `GET /_control/requests` shows it. What has no meaning for a partner is null: MKK's calls
/// are unsigned GETs, so they have no `timestamp`, `form`, `body` or `decrypted`, and nothing about them
/// can fail verification, and XW's are so too; what `InforCRM` receives came through a queue; Ant's have a form and no body, Rongshu's
/// a body and no form.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) partner: Partner,
    /// The order, uid or contract number that the request is about.
    pub(crate) order: Option<String>,
    /// Rongshu's id of the user whom that order is of, once it is known; what concerns none does not have the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uid: Option<String>,
    /// Which of the partner's calls it is; `unknown` when none.
    pub(crate) kind: &'static str,
    /// HTTP's; `SQS` for what came through a queue.
    pub(crate) method: String,
    /// The queue's name, or the path as it came, percent-encoding included.
    pub(crate) path: String,
    /// When it arrived, RFC 3339.
    pub(crate) at: String,
    /// The time that the request itself states and signs.
    pub(crate) timestamp: Option<String>,
    pub(crate) query: Option<BTreeMap<String, String>>,
    /// Lower-case names; not part of what a partner looks at. A queue's message has its attributes here,
    /// under their own names.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) form: Option<BTreeMap<String, String>>,
    /// JSON where it is JSON, in its own characters, else the text.
    pub(crate) body: Option<Box<RawValue>>,
    /// What was sealed, opened, in its own characters.
    pub(crate) decrypted: Option<Box<RawValue>>,
    pub(crate) verified: bool,
    /// `answered`, or why not: a fault's name, or what the partner refused. Ant's calls that change an order have
    /// `effect`, or `repeated` when they changed nothing; what went wrong is `refused:CODE` or `fault:NAME`.
    /// Rongshu's are so too, with `not_ready` for a pull of what is not there yet. The core's are `accepted`, or `repeated`
    /// when it knows the command, until something is told of their order. The bank's have `effect` where a card was bound,
    /// and `repeated` where it had been.
    pub(crate) outcome: Cow<'static, str>,
    /// What was answered, JSON where it is JSON; null when nothing was. To what came through a queue, an array
    /// of all messages that were put on the other one, so far.
    pub(crate) response: Option<Box<RawValue>>,
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
            && self
                .order
                .as_ref()
                .is_none_or(|order| [&entry.order, &entry.uid].into_iter().flatten().any(|own| own == order))
    }
}

/// Names an entry for as long as the sandbox lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Serial(u64);

/// The log itself.
#[derive(Default)]
pub(crate) struct RequestLog(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    next: Serial,
    all: Vec<(Serial, Entry)>,
}

impl RequestLog {
    pub(crate) fn add(&self, entry: Entry) -> Serial {
        let mut entries = lock(&self.0);
        let serial = entries.next;
        entries.next = Serial(serial.0 + 1);
        entries.all.push((serial, entry));
        serial
    }

    /// Changes an entry, unless it was forgotten meanwhile.
    pub(crate) fn change(&self, serial: Serial, change: impl FnOnce(&mut Entry)) {
        if let Some((_, entry)) = lock(&self.0).all.iter_mut().find(|(own, _)| *own == serial) {
            change(entry);
        }
    }

    pub(crate) fn matching(&self, filter: &Filter) -> Vec<Entry> {
        let entries = lock(&self.0);
        entries.all.iter().map(|(_, entry)| entry).filter(|entry| filter.admits(entry)).cloned().collect()
    }

    pub(crate) fn reset(&self) {
        lock(&self.0).all.clear();
    }
}
