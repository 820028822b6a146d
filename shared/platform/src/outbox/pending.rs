use std::collections::{BTreeMap, HashMap};
use std::fmt;

use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Put};
use jiff::Timestamp;

use crate::dynamodb::{Item, Row, RowError, SCHEMA_VERSION, STAMP, number, text};
use crate::shards::shard_of_digits;
use crate::{Scope, rfc3339};

/// Into how many partitions the outbox is split. One takes 1,000 write units a second, which is about 330 rows written
/// and deleted; the relay asks each of them every minute.
pub const SHARDS: u32 = 4;

pub(super) const SHARD: &str = "shard";
pub(super) const ENTRY: &str = "entry";
const DESTINATION: &str = "destination";
const QUEUE_URL: &str = "queue_url";
const SOURCE: &str = "source";
const DETAIL_TYPE: &str = "detail_type";
const BODY: &str = "body";
const ATTRIBUTES: &str = "attributes";
/// The version that is written now.
const CURRENT_SCHEMA: u64 = 1;

/// A message that is to go out once its row is committed.
#[derive(Clone, PartialEq, Eq)]
pub struct Pending {
    table: String,
    shard: u32,
    entry: String,
    pub(super) destination: Destination,
    pub(super) body: String,
    pub(super) attributes: BTreeMap<String, String>,
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To a queue.
    Queue {
        /// Its address.
        url: String,
    },
    /// To the bus, as an event.
    Bus {
        /// Who tells it, e.g. `tenor.instalment`.
        source: String,
        /// What kind of event it is.
        detail_type: String,
    },
}

impl Pending {
    pub(super) fn new(table: String, scope: &Scope, destination: Destination) -> Self {
        let id = scope.stamp();
        let shard = shard_of_digits(&id, SHARDS);
        let entry = format!("{}#{id}", rfc3339::sortable(scope.now()));
        Self { table, shard, entry, destination, body: String::new(), attributes: BTreeMap::new() }
    }

    /// Its id, which of an event is the `event_id`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.entry.split_once('#').map_or("", |(_, id)| id)
    }

    /// Where it goes.
    #[must_use]
    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Its row, for the operation's own transaction; `stamp` is the transaction's.
    #[must_use]
    pub fn put(&self, stamp: &str) -> PutBuilder {
        let attributes = self.attributes.iter().map(|(name, value)| (name.clone(), text(value)));
        Put::builder()
            .table_name(&self.table)
            .item(SHARD, number(self.shard))
            .item(ENTRY, text(&self.entry))
            .item(DESTINATION, AttributeValue::M(self.destination.to_item()))
            .item(BODY, text(&self.body))
            .item(ATTRIBUTES, AttributeValue::M(attributes.collect()))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#entry)")
            .expression_attribute_names("#entry", ENTRY)
    }

    /// Reads a row of `table`; the problem of one that cannot be read names its key.
    pub(super) fn read(table: &str, item: &Item) -> Result<Self, RowError> {
        let key = Row::new(item);
        let (shard, entry) = (key.number(SHARD)?, key.text(ENTRY)?);
        Self::read_keyed(table, item, shard, entry).map_err(|error| {
            RowError::new(error.attribute, &format!("{} (shard {shard}, entry {entry})", error.problem))
        })
    }

    fn read_keyed(table: &str, item: &Item, shard: u64, entry: &str) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        let attributes = map(item, ATTRIBUTES)?.iter().map(|(name, value)| match value.as_s() {
            Ok(value) => Ok((name.clone(), value.clone())),
            Err(_) => Err(RowError::new(ATTRIBUTES, &"holds what is no string")),
        });
        Ok(Self {
            table: table.to_owned(),
            shard: u32::try_from(shard).map_err(|error| RowError::new(SHARD, &error))?,
            entry: entry.to_owned(),
            destination: Destination::read(map(item, DESTINATION)?)?,
            body: row.text(BODY)?.to_owned(),
            attributes: attributes.collect::<Result<_, _>>()?,
        })
    }

    /// Its row's key.
    pub(super) fn key(&self) -> Item {
        HashMap::from([(SHARD.to_owned(), number(self.shard)), (ENTRY.to_owned(), text(&self.entry))])
    }

    /// When it was made.
    pub(super) fn created_at(&self) -> Option<Timestamp> {
        self.entry.split_once('#').and_then(|(created_at, _)| rfc3339::parse(created_at))
    }
}

impl Destination {
    fn to_item(&self) -> Item {
        let members = match self {
            Self::Queue { url } => vec![(QUEUE_URL, url)],
            Self::Bus { source, detail_type } => vec![(SOURCE, source), (DETAIL_TYPE, detail_type)],
        };
        members.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect()
    }

    fn read(item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        if let Some(url) = row.optional_text(QUEUE_URL)? {
            return Ok(Self::Queue { url: url.to_owned() });
        }
        let (source, detail_type) = (row.text(SOURCE)?.to_owned(), row.text(DETAIL_TYPE)?.to_owned());
        Ok(Self::Bus { source, detail_type })
    }
}

/// What a message says is not for a log.
impl fmt::Debug for Pending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Pending");
        shown.field("entry", &self.entry).field("destination", &self.destination).finish_non_exhaustive()
    }
}

fn map<'a>(item: &'a Item, attribute: &'static str) -> Result<&'a Item, RowError> {
    let value = item.get(attribute).ok_or_else(|| RowError::new(attribute, &"is missing"))?;
    value.as_m().map_err(|_| RowError::new(attribute, &"is no map"))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::{Destination, Item, Pending, SHARDS};
    use crate::dynamodb::{number, text};
    use crate::{Clock, Scope};

    fn scope() -> Scope {
        let (clock, _) = Clock::manual("2026-01-02T03:04:05Z".parse().unwrap());
        Scope::new("r-1".into(), "c-1".into(), clock.now(), clock)
    }

    fn pending(destination: Destination) -> Pending {
        Pending::new("outbox".into(), &scope(), destination)
    }

    fn stored(pending: &Pending) -> Item {
        pending.put("stamp").build().unwrap().item
    }

    fn queue() -> Destination {
        Destination::Queue { url: "https://sqs/q".into() }
    }

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let bus = Destination::Bus { source: "tenor.test".into(), detail_type: "closed".into() };
        for destination in [queue(), bus] {
            let mut pending = pending(destination);
            pending.body = "hello".into();
            pending.attributes.insert("kind".into(), "a".into());
            assert_eq!(Pending::read("outbox", &stored(&pending)).ok(), Some(pending));
        }
    }

    #[test]
    fn the_key_is_the_shard_of_the_id_and_the_instant_before_it() {
        let scope = scope();
        let mut shards = [0; SHARDS as usize];
        for _ in 0..1000 {
            let pending = Pending::new("outbox".into(), &scope, queue());
            assert_eq!(pending.entry, format!("2026-01-02T03:04:05.000000000Z#{}", pending.id()));
            assert_eq!(pending.id().len(), 32);
            assert_eq!(pending.created_at(), Some(scope.now()));
            shards[usize::try_from(pending.shard).unwrap()] += 1;
        }
        assert!(shards.iter().all(|rows| *rows > 20), "{shards:?}");
    }

    #[test]
    fn a_row_that_cannot_be_read_says_why_and_which_it_is() {
        let pending = pending(queue());
        let problem = |attribute: &str, value| {
            let mut row = stored(&pending);
            row.insert(attribute.into(), value);
            Pending::read("outbox", &row).unwrap_err().to_string()
        };
        let which = format!(" (shard {}, entry {})", pending.shard, pending.entry);
        assert_eq!(
            problem("schema_version", number(2)),
            format!("attribute schema_version: is 2, not one of ours{which}")
        );
        assert_eq!(problem("destination", text("q")), format!("attribute destination: is no map{which}"));
        assert_eq!(problem("body", number(1)), format!("attribute body: is no string{which}"));
    }

    #[test]
    fn what_a_message_says_does_not_print() {
        let mut pending = pending(queue());
        pending.body = "personal".into();
        assert!(!format!("{pending:?}").contains("personal"));
    }
}
