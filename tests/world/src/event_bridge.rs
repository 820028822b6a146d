//! `EventBridge`: buses in memory, on the world's clock, behind its JSON protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use jiff::Timestamp;
use platform::clock::ManualTime;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::reply::ERROR_TYPE;
use crate::{Reply, lock};

const MOST_ENTRIES: usize = 10;
/// Of all entries of a request together.
const LARGEST_REQUEST: usize = 256 * 1024;
/// What an entry's time counts for in its size.
const TIME_SIZE: usize = 14;
const DEFAULT_BUS: &str = "default";

/// An event on a bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `EventBridge`'s id.
    pub id: String,
    /// Who says it.
    pub source: String,
    /// What kind of event it is.
    pub detail_type: String,
    /// What it says.
    pub detail: Value,
    /// When it happened, to the second; when it was put, if the entry did not say.
    pub time: Timestamp,
}

/// Every bus of one world.
pub(crate) struct EventBridge {
    time: ManualTime,
    buses: Mutex<Buses>,
}

#[derive(Default)]
struct Buses {
    by_name: BTreeMap<String, Vec<Event>>,
    put: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    time: Option<serde_json::Number>,
    source: Option<String>,
    detail_type: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    event_bus_name: Option<String>,
}

/// Why an entry is not taken.
struct Refusal {
    code: &'static str,
    message: String,
}

impl EventBridge {
    pub(crate) fn new(time: ManualTime) -> Self {
        Self { time, buses: Mutex::default() }
    }

    pub(crate) fn create(&self, bus: &str) {
        lock(&self.buses).by_name.entry(bus.to_owned()).or_default();
    }

    pub(crate) fn names(&self) -> Vec<String> {
        lock(&self.buses).by_name.keys().cloned().collect()
    }

    pub(crate) fn events(&self, bus: &str) -> Vec<Event> {
        let buses = lock(&self.buses);
        let events = buses.by_name.get(bus);
        events.unwrap_or_else(|| panic!("there is no bus {bus}: create it with World::bus")).clone()
    }

    /// Answers a request of the code under test; the entries at the places `failing` fail at the service.
    pub(crate) fn answer(&self, operation: &str, request: &Value, failing: &[usize]) -> Reply {
        assert_eq!(operation, "PutEvents", "the world's EventBridge does nothing else");
        let entries: Vec<Entry> = match Deserialize::deserialize(&request["Entries"]) {
            Ok(entries) => entries,
            Err(problem) => return error(400, "SerializationException", &problem.to_string()),
        };
        if let Some(refusal) = refused_whole(&entries) {
            return refusal;
        }
        let (mut answers, mut failed) = (Vec::new(), 0);
        for (place, entry) in entries.into_iter().enumerate() {
            let put = if failing.contains(&place) {
                Err(Refusal::new("InternalFailure", "The service failed."))
            } else {
                lock(&self.buses).put(entry, self.time.now())
            };
            answers.push(match put {
                Ok(id) => json!({"EventId": id}),
                Err(refusal) => {
                    failed += 1;
                    json!({"ErrorCode": refusal.code, "ErrorMessage": refusal.message})
                }
            });
        }
        amz_json(200, &json!({"FailedEntryCount": failed, "Entries": answers}))
    }
}

impl Buses {
    /// Takes one entry, and tells its id. AWS takes an entry for a bus that does not exist as well, and drops it
    /// without a word (github.com/aws/aws-cli/issues/9186); here it fails, so that a wrong name is found.
    fn put(&mut self, entry: Entry, now: Timestamp) -> Result<String, Refusal> {
        let bus = bus_name(entry.event_bus_name.as_deref()).to_owned();
        let source = required("Source", entry.source)?;
        let detail_type = required("DetailType", entry.detail_type)?;
        let detail = serde_json::from_str(&required("Detail", entry.detail)?)
            .ok()
            .filter(Value::is_object)
            .ok_or_else(|| Refusal::new("MalformedDetail", "Detail is malformed."))?;
        if source.starts_with("aws.") {
            let message = format!("Not authorized for the source {source}.");
            return Err(Refusal::new("NotAuthorizedForSourceException", message));
        }
        let events = self.by_name.get_mut(&bus).ok_or_else(|| {
            Refusal::new(
                "InvalidArgument",
                format!("Event bus {bus} does not exist: AWS would drop the event."),
            )
        })?;
        self.put += 1;
        let id = format!("00000000-0000-4000-9000-{:012}", self.put);
        let time = entry.time.map_or(now, |time| second(&time));
        events.push(Event { id: id.clone(), source, detail_type, detail, time });
        Ok(id)
    }
}

impl Entry {
    fn size(&self) -> usize {
        let texts = [&self.source, &self.detail_type, &self.detail];
        let resources = self.resources.iter().map(String::len).sum::<usize>();
        let time = self.time.as_ref().map_or(0, |_| TIME_SIZE);
        texts.into_iter().flatten().map(String::len).sum::<usize>() + resources + time
    }
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// What of a request keeps all of its entries from being looked at.
fn refused_whole(entries: &[Entry]) -> Option<Reply> {
    let invalid = |message: &str| Some(error(400, "ValidationException", message));
    if entries.is_empty() || entries.len() > MOST_ENTRIES {
        return invalid("1 validation error detected: 'entries' must have between 1 and 10 members");
    }
    if entries.iter().map(Entry::size).sum::<usize>() > LARGEST_REQUEST {
        return invalid("Total size of the entries in the request is over the limit.");
    }
    None
}

fn required(name: &str, value: Option<String>) -> Result<String, Refusal> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| {
        let message = format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
        Refusal::new("InvalidArgument", message)
    })
}

/// The whole seconds of a time as the wire has it.
fn second(time: &serde_json::Number) -> Timestamp {
    let text = time.to_string();
    let whole = text.split('.').next().and_then(|whole| whole.parse().ok());
    whole.and_then(|second| Timestamp::from_second(second).ok()).expect("a time in seconds")
}

/// A bus by its name or its ARN.
fn bus_name(named: Option<&str>) -> &str {
    named.map_or(DEFAULT_BUS, |name| name.rsplit('/').next().unwrap_or(name))
}

/// The buses that a request names.
pub(crate) fn buses_of(request: &Value) -> Vec<String> {
    let entries = request["Entries"].as_array().into_iter().flatten();
    let buses: BTreeSet<_> = entries.map(|entry| bus_name(entry["EventBusName"].as_str())).collect();
    buses.into_iter().map(str::to_owned).collect()
}

/// An error answer in `EventBridge`'s wire form.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Reply {
    amz_json(status, &json!({"__type": code, "message": message})).header(ERROR_TYPE, code)
}

fn amz_json(status: u16, body: &Value) -> Reply {
    Reply::new(status, body.to_string()).header("content-type", "application/x-amz-json-1.1")
}
