//! The work items of the queue `infor-shards`: which shard of the waiting clients is to be asked about, as of when, and
//! from where on.

use jiff::Timestamp;
use platform::{json, rfc3339};
use serde::{Deserialize, Serialize};

use crate::store::{Cursor, SHARDS};

/// A part of a day's run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkItem {
    /// The run's now: the `time` of the schedule's event.
    pub time: Timestamp,
    /// The shard, below [`SHARDS`].
    pub shard: u32,
    /// Behind which client it goes on; `None` from the beginning.
    pub after: Option<Cursor>,
}

#[derive(Deserialize, Serialize)]
struct Wire {
    time: String,
    shard: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<WireCursor>,
}

#[derive(Deserialize, Serialize)]
struct WireCursor {
    waiting_since: String,
    organization_id: String,
}

impl WorkItem {
    /// The body of its message.
    #[must_use]
    pub fn to_body(&self) -> String {
        let after = self.after.as_ref().map(|cursor| WireCursor {
            waiting_since: cursor.waiting_since.clone(),
            organization_id: cursor.organization_id.clone(),
        });
        let wire = Wire { time: rfc3339::sortable(self.time), shard: self.shard, after };
        serde_json::to_string(&wire).unwrap_or_default()
    }

    /// Reads a message's body; `None` if it is none of ours.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        let wire: Wire = json::object(body.as_bytes()).ok()?;
        let after = wire.after.map(|cursor| Cursor {
            waiting_since: cursor.waiting_since,
            organization_id: cursor.organization_id,
        });
        let shard = Some(wire.shard).filter(|shard| *shard < SHARDS)?;
        Some(Self { time: rfc3339::parse(&wire.time)?, shard, after })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::WorkItem;
    use crate::store::Cursor;

    #[test]
    fn a_work_item_is_read_as_it_was_written() {
        let after =
            Cursor { waiting_since: "2026-01-02T03:04:05.000000000Z".into(), organization_id: "1".into() };
        for after in [None, Some(after)] {
            let item = WorkItem { time: Timestamp::UNIX_EPOCH, shard: 15, after };
            assert_eq!(WorkItem::read(&item.to_body()), Some(item));
        }
    }

    #[test]
    fn what_is_no_work_item_is_not_read() {
        for body in
            ["", "{}", r#"{"time":"2026-01-02T03:04:05Z","shard":16}"#, r#"{"time":"soon","shard":1}"#]
        {
            assert_eq!(WorkItem::read(body), None, "{body}");
        }
    }
}
