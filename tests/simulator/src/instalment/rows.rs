//! What stands in the tables and on the bus, read for the invariants.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use suites::host::{BUS, OUTBOX};
use suites::instalment::{CONTRACTS, EVENT_IDS, NUMBERS};
use world::World;

use crate::rows::{attribute, number, rows_by};

/// A row of `contracts`; its sequence is its place among the client's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Contract {
    pub(super) number: Option<String>,
    pub(super) state: String,
    /// When what onboarding told of it occurred; a renewal's row has none.
    pub(super) occurred_at: Option<Timestamp>,
    /// How often it was written.
    pub(super) version: u64,
    /// The number of the contract before it, of a renewal's row.
    pub(super) previous: Option<String>,
}

impl Contract {
    /// Whether it is over (§4).
    #[must_use]
    pub(super) fn is_over(&self) -> bool {
        ["cancel", "reject", "CLOSED"].contains(&self.state.as_str())
    }

    /// Whether onboarding is under way, and has no number yet (§13).
    #[must_use]
    pub(super) fn awaits_number(&self) -> bool {
        !self.is_over() && self.number.is_none()
    }
}

/// Everything of one world, read at one moment.
pub(super) struct Rows {
    contracts: BTreeMap<String, Vec<Contract>>,
    numbers: BTreeMap<String, String>,
    /// The ids of events that were handled, by client, with when they are forgotten.
    known: BTreeMap<String, BTreeMap<String, u64>>,
    events: BTreeMap<String, Vec<Value>>,
    outbox: usize,
}

impl Rows {
    /// Reads them.
    ///
    /// # Panics
    /// When the sequences of a client's rows have a gap.
    #[must_use]
    pub(super) fn of(world: &World) -> Self {
        let mut contracts = BTreeMap::<String, Vec<Contract>>::new();
        for row in world.items(CONTRACTS) {
            let of_client = contracts.entry(attribute(&row, "client_id")).or_default();
            of_client.push(contract(&row));
            let place = u64::try_from(of_client.len()).ok();
            assert_eq!(number(&row, "sequence"), place, "rows stand one after the other");
        }
        let mut known = BTreeMap::<String, BTreeMap<String, u64>>::new();
        for row in world.items(EVENT_IDS) {
            let forgotten = number(&row, "expires_at").unwrap_or_default();
            known
                .entry(attribute(&row, "client_id"))
                .or_default()
                .insert(attribute(&row, "event_id"), forgotten);
        }
        let numbers = rows_by(world, NUMBERS, "contract_number").into_iter();
        let (events, outbox) = events(world);
        let numbers = numbers.map(|(number, row)| (number, attribute(&row, "client_id"))).collect();
        Self { contracts, numbers, known, events, outbox }
    }

    /// A client's contracts, oldest first.
    #[must_use]
    pub(super) fn contracts(&self, client: &str) -> &[Contract] {
        self.contracts.get(client).map_or(&[], Vec::as_slice)
    }

    /// Which client each number belongs to.
    #[must_use]
    pub(super) fn numbers(&self) -> &BTreeMap<String, String> {
        &self.numbers
    }

    /// The ids of a client's events that are remembered, with the second in which they may be forgotten.
    #[must_use]
    pub(super) fn known(&self, client: &str) -> BTreeMap<String, u64> {
        self.known.get(client).cloned().unwrap_or_default()
    }

    /// What was told, or is to be told, under each event id: as often as it was.
    #[must_use]
    pub(super) fn events(&self) -> &BTreeMap<String, Vec<Value>> {
        &self.events
    }

    /// How many rows the outbox has.
    #[must_use]
    pub(super) fn outbox(&self) -> usize {
        self.outbox
    }
}

fn contract(row: &Value) -> Contract {
    let text = |name: &str| row.get(name).map(|_| attribute(row, name));
    Contract {
        number: text("contract_number"),
        state: attribute(row, "state"),
        occurred_at: text("occurred_at").map(|at| at.parse().expect("rows hold instants")),
        version: number(row, "version").unwrap_or_default(),
        previous: text("previous_contract_number"),
    }
}

/// What is on the bus and in the outbox, and how many rows that has.
fn events(world: &World) -> (BTreeMap<String, Vec<Value>>, usize) {
    let unsent = world.items(OUTBOX);
    let left = unsent.len();
    let unsent = unsent.iter().map(|row| serde_json::from_str(&attribute(row, "body")).unwrap_or_default());
    let mut events = BTreeMap::<String, Vec<Value>>::new();
    for event in world.events(BUS).into_iter().map(|event| event.detail).chain(unsent) {
        let id = event["event_id"].as_str().unwrap_or_default().to_owned();
        events.entry(id).or_default().push(event);
    }
    (events, left)
}
