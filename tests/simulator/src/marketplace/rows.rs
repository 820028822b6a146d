//! What stands in the tables, read for the invariants.

use std::collections::BTreeMap;

use serde_json::Value;
use suites::confirmations::{CARDS, LOANS, LOGS, REGISTERS};
use suites::host::OUTBOX;
use suites::orders::{CALLBACKS, CORE_COMMANDS, HISTORY, MESSAGES, ORDERS};
use world::World;

use crate::rows::{attribute, number, rows_by};

/// A callback's row.
#[derive(Clone, Debug)]
pub(super) struct Callback {
    /// Its kind.
    pub(super) kind: String,
    /// What it says.
    pub(super) body: String,
    /// `pending`, `delivered` or `dead`.
    pub(super) state: String,
}

/// A step of an order.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Where it stood; none of the first.
    pub(super) from: Option<u64>,
    /// Where it stands then.
    pub(super) to: Option<u64>,
}

/// Everything of one world, read at one moment.
pub(super) struct Rows {
    orders: BTreeMap<String, Value>,
    loans: BTreeMap<String, Value>,
    logs: BTreeMap<String, Value>,
    registers: BTreeMap<String, Value>,
    history: BTreeMap<String, Vec<Step>>,
    callbacks: BTreeMap<String, Vec<Callback>>,
    heads: BTreeMap<String, Value>,
    messages: BTreeMap<String, Vec<(String, String, String)>>,
    commands: BTreeMap<String, Vec<Value>>,
    outbox: usize,
    cards: Vec<Value>,
}

impl Rows {
    /// Reads them.
    #[must_use]
    pub(super) fn of(world: &World) -> Self {
        let by_order = |table: &str| rows_by(world, table, "order");
        let (callbacks, heads) = callbacks(world);
        let (commands, outbox) = commands(world);
        Self {
            orders: by_order(ORDERS),
            loans: by_order(LOANS),
            logs: by_order(LOGS),
            registers: by_order(REGISTERS),
            history: history(world),
            callbacks,
            heads,
            messages: messages(world),
            commands,
            outbox,
            cards: world.items(CARDS),
        }
    }

    /// Where an order stands.
    #[must_use]
    pub(super) fn status(&self, order: &str) -> Option<u64> {
        number(self.orders.get(order)?, "status")
    }

    /// The loan of an order.
    #[must_use]
    pub(super) fn loan(&self, order: &str) -> Option<&Value> {
        self.loans.get(order)
    }

    /// Where the loan of an order stands.
    #[must_use]
    pub(super) fn loan_status(&self, order: &str) -> Option<u64> {
        number(self.loan(order)?, "status")
    }

    /// The confirmation of an order that waits, or waited.
    #[must_use]
    pub(super) fn log(&self, order: &str) -> Option<&Value> {
        self.logs.get(order)
    }

    /// How it stands with the account that an order waits for.
    #[must_use]
    pub(super) fn register(&self, order: &str) -> Option<String> {
        self.registers.get(order).map(|row| attribute(row, "state"))
    }

    /// The steps of an order, oldest first; those of its loan alone are left out.
    #[must_use]
    pub(super) fn history(&self, order: &str) -> &[Step] {
        self.history.get(order).map_or(&[], Vec::as_slice)
    }

    /// The callbacks of an order in their order.
    #[must_use]
    pub(super) fn callbacks(&self, order: &str) -> &[Callback] {
        self.callbacks.get(order).map_or(&[], Vec::as_slice)
    }

    /// The heads that something is due of.
    #[must_use]
    pub(super) fn due(&self) -> usize {
        self.heads.values().filter(|head| head.get("due_at").is_some()).count()
    }

    /// Whether an order is to be looked at by the worker.
    #[must_use]
    pub(super) fn is_due(&self, order: &str) -> bool {
        let head = self.heads.get(order);
        head.is_some_and(|head| {
            ["due_at", "due_shard", "waits_since"].iter().all(|name| head.get(*name).is_some())
        })
    }

    /// The messages of the core about an order that were taken: kind, what it told, what came of it.
    #[must_use]
    pub(super) fn messages(&self, order: &str) -> &[(String, String, String)] {
        self.messages.get(order).map_or(&[], Vec::as_slice)
    }

    /// The commands about an order that lie in the outbox or on their way.
    #[must_use]
    pub(super) fn commands(&self, order: &str) -> &[Value] {
        self.commands.get(order).map_or(&[], Vec::as_slice)
    }

    /// How many rows the outbox has.
    #[must_use]
    pub(super) fn outbox(&self) -> usize {
        self.outbox
    }

    /// Whether a user has a card.
    #[must_use]
    pub(super) fn has_card(&self, user: &str) -> bool {
        self.cards.iter().any(|row| attribute(row, "user") == user && attribute(row, "card") != "default")
    }

    /// The attempts of an order's loan: period, how many are closed, and whether one is open.
    #[must_use]
    pub(super) fn attempts(&self, order: &str) -> Vec<(i64, usize, bool)> {
        let attempts = self.loan(order).and_then(|loan| loan["attempts"]["M"].as_object());
        let read = |(period, of): (&String, &Value)| {
            let closed = of["M"]["closed"]["L"].as_array().map_or(0, Vec::len);
            (period.parse().unwrap_or_default(), closed, of["M"]["is_open"]["BOOL"] == true)
        };
        attempts.into_iter().flatten().map(read).collect()
    }

    /// The plan of an order's loan, in the members of the core's.
    #[must_use]
    pub(super) fn plan(&self, order: &str) -> Option<Vec<BTreeMap<String, String>>> {
        let plan = self.loan(order)?.get("plan")?["L"].as_array()?;
        let period = |of: &Value| {
            let members = of["M"].as_object().into_iter().flatten();
            members.map(|(name, _)| (name.clone(), attribute(&of["M"], name))).collect()
        };
        Some(plan.iter().map(period).collect())
    }
}

fn callbacks(world: &World) -> (BTreeMap<String, Vec<Callback>>, BTreeMap<String, Value>) {
    let (mut callbacks, mut heads) = (BTreeMap::<String, Vec<Callback>>::new(), BTreeMap::new());
    for row in world.items(CALLBACKS) {
        if attribute(&row, "seq") == "head" {
            heads.insert(attribute(&row, "order"), row);
            continue;
        }
        let [kind, body, state] = ["kind", "body", "state"].map(|name| attribute(&row, name));
        callbacks.entry(attribute(&row, "order")).or_default().push(Callback { kind, body, state });
    }
    (callbacks, heads)
}

fn history(world: &World) -> BTreeMap<String, Vec<Step>> {
    let mut history = BTreeMap::<String, Vec<Step>>::new();
    for row in world.items(HISTORY).into_iter().filter(|row| row.get("to").is_some()) {
        let step = Step { from: number(&row, "from"), to: number(&row, "to") };
        history.entry(attribute(&row, "order")).or_default().push(step);
    }
    history
}

fn messages(world: &World) -> BTreeMap<String, Vec<(String, String, String)>> {
    let mut messages = BTreeMap::<String, Vec<_>>::new();
    for row in world.items(MESSAGES) {
        let kind = attribute(&row, "message").split('#').next().unwrap_or_default().to_owned();
        let told = (kind, attribute(&row, "told"), attribute(&row, "taken"));
        messages.entry(attribute(&row, "order")).or_default().push(told);
    }
    messages
}

/// What is to be done by the core, in the outbox and on its way, and how much the outbox holds of everything.
fn commands(world: &World) -> (BTreeMap<String, Vec<Value>>, usize) {
    let rows = world.items(OUTBOX);
    let left = rows.len();
    let unsent = rows.into_iter().map(|row| attribute(&row, "body"));
    let sent = world.messages(CORE_COMMANDS).into_iter().map(|message| message.body);
    let mut commands = BTreeMap::<String, Vec<Value>>::new();
    for command in unsent.chain(sent).filter_map(|text| serde_json::from_str::<Value>(&text).ok()) {
        let said = |name: &str| command[name].as_str().unwrap_or_default().to_owned();
        if !command["command_id"].is_null() {
            commands.entry(format!("{}#{}", said("channel_id"), said("order_id"))).or_default().push(command);
        }
    }
    (commands, left)
}
