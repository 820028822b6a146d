//! What a test declares of a table.

use serde_json::{Map, Value, json};

/// A table's name, keys, indexes and time to live.
///
/// ```
/// use world::{Projection, Table};
///
/// Table::new("contracts", "client_id:S")
///     .sort("sequence:N")
///     .index("by_number", "contract_number:S", None, Projection::KeysOnly)
///     .local_index("by_state", "state:S", Projection::All)
///     .time_to_live("expires_at");
/// ```
#[derive(Clone, Debug)]
pub struct Table {
    name: String,
    partition: Key,
    sort: Option<Key>,
    indexes: Vec<Index>,
    local_indexes: Vec<Index>,
    time_to_live: Option<String>,
}

/// What an index holds of a row beside the keys.
#[derive(Clone, Debug)]
pub enum Projection {
    /// Everything.
    All,
    /// Nothing more.
    KeysOnly,
    /// These attributes.
    Include(Vec<String>),
}

#[derive(Clone, Debug)]
struct Index {
    name: String,
    partition: Key,
    sort: Option<Key>,
    projection: Projection,
}

#[derive(Clone, Debug, PartialEq)]
struct Key {
    name: String,
    kind: String,
}

impl Table {
    /// A table with this partition key, written `name:S`, `name:N` or `name:B`.
    ///
    /// # Panics
    /// When the key is not written so.
    #[must_use]
    pub fn new(name: &str, partition: &str) -> Self {
        let (name, partition) = (name.to_owned(), Key::parse(partition));
        Self {
            name,
            partition,
            sort: None,
            indexes: Vec::new(),
            local_indexes: Vec::new(),
            time_to_live: None,
        }
    }

    /// Adds a sort key, written like the partition key.
    ///
    /// # Panics
    /// When the key is not written so.
    #[must_use]
    pub fn sort(mut self, key: &str) -> Self {
        self.sort = Some(Key::parse(key));
        self
    }

    /// Adds a global secondary index.
    ///
    /// # Panics
    /// When a key is not written like the table's.
    #[must_use]
    pub fn index(mut self, name: &str, partition: &str, sort: Option<&str>, projection: Projection) -> Self {
        let (name, partition, sort) = (name.to_owned(), Key::parse(partition), sort.map(Key::parse));
        self.indexes.push(Index { name, partition, sort, projection });
        self
    }

    /// Adds a local secondary index: the table's partition key, and a sort key of its own. The table must have a
    /// sort key too.
    ///
    /// # Panics
    /// When the key is not written like the table's.
    #[must_use]
    pub fn local_index(mut self, name: &str, sort: &str, projection: Projection) -> Self {
        let (name, partition) = (name.to_owned(), self.partition.clone());
        self.local_indexes.push(Index { name, partition, sort: Some(Key::parse(sort)), projection });
        self
    }

    /// Names the attribute that holds a row's time to live.
    #[must_use]
    pub fn time_to_live(mut self, attribute: &str) -> Self {
        self.time_to_live = Some(attribute.to_owned());
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The names of the table's own keys.
    pub(crate) fn keys(&self) -> Vec<String> {
        [Some(&self.partition), self.sort.as_ref()]
            .into_iter()
            .flatten()
            .map(|key| key.name.clone())
            .collect()
    }

    pub(super) fn create_request(&self) -> Value {
        let mut request = json!({
            "TableName": self.name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": key_schema(&self.partition, self.sort.as_ref()),
            "AttributeDefinitions": self.attribute_definitions(),
        });
        for (member, indexes) in
            [("GlobalSecondaryIndexes", &self.indexes), ("LocalSecondaryIndexes", &self.local_indexes)]
        {
            if !indexes.is_empty() {
                request[member] = indexes.iter().map(Index::request).collect();
            }
        }
        request
    }

    pub(super) fn time_to_live_request(&self) -> Option<Value> {
        let attribute = self.time_to_live.as_ref()?;
        Some(json!({
            "TableName": self.name,
            "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true},
        }))
    }

    fn attribute_definitions(&self) -> Value {
        let indexes = self.indexes.iter().chain(&self.local_indexes);
        let of_indexes = indexes.flat_map(|index| [Some(&index.partition), index.sort.as_ref()]);
        let all = [Some(&self.partition), self.sort.as_ref()].into_iter().chain(of_indexes).flatten();
        let mut distinct: Vec<&Key> = Vec::new();
        for key in all {
            if !distinct.contains(&key) {
                distinct.push(key);
            }
        }
        distinct.iter().map(|key| json!({"AttributeName": key.name, "AttributeType": key.kind})).collect()
    }
}

impl Index {
    fn request(&self) -> Value {
        let projection = match &self.projection {
            Projection::All => json!({"ProjectionType": "ALL"}),
            Projection::KeysOnly => json!({"ProjectionType": "KEYS_ONLY"}),
            Projection::Include(attributes) => {
                json!({"ProjectionType": "INCLUDE", "NonKeyAttributes": attributes})
            }
        };
        let key_schema = key_schema(&self.partition, self.sort.as_ref());
        json!({"IndexName": self.name, "KeySchema": key_schema, "Projection": projection})
    }
}

impl Key {
    fn parse(written: &str) -> Self {
        let Some((name, kind @ ("S" | "N" | "B"))) = written.rsplit_once(':') else {
            panic!("a key is written name:S, name:N or name:B, not {written}");
        };
        Self { name: name.to_owned(), kind: kind.to_owned() }
    }
}

fn key_schema(partition: &Key, sort: Option<&Key>) -> Value {
    let hash = json!({"AttributeName": partition.name, "KeyType": "HASH"});
    let range = sort.map(|key| json!({"AttributeName": key.name, "KeyType": "RANGE"}));
    std::iter::once(hash).chain(range).collect()
}

/// Places a row among its table's: by partition key, then by sort key, numbers by value.
pub(super) fn sort_key(item: &Value, keys: &[String]) -> Vec<(usize, String)> {
    keys.iter()
        .map(|key| {
            let text = key_text(&item[key]);
            let digits = item[key].get("N").map_or(0, |_| text.len());
            (digits, text)
        })
        .collect()
}

/// A row's key as the effect log shows it.
pub(crate) fn readable_key(item: &Map<String, Value>, keys: &[String]) -> String {
    let shown = keys.iter().filter_map(|key| Some(format!("{key}={}", key_text(item.get(key)?))));
    shown.collect::<Vec<_>>().join(" ")
}

/// What stands in a key attribute, whatever its type.
fn key_text(attribute: &Value) -> String {
    let value = attribute.as_object().and_then(|typed| typed.values().next());
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}
