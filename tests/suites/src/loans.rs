//! Loans in a world: orders that were confirmed, and the functions that take what the core tells of them.

pub mod messages;
mod setting;

use std::ops::Deref;

use ::platform::aws::Aws;
use serde_json::{Value, json};
use world::{Delivery, World};

pub use self::messages::{audit, loan_result, of, overdue, paid_off, plan, repay_plan, repay_result};
pub use self::setting::{LOAN_TABLES, furnish, start};

use self::setting::{Consumers, consumers};
use crate::host::BUS;
use crate::marketplace::dead;
use crate::orders::credit::decision;
use crate::orders::{CALLBACKS, HISTORY, ORDER, ORDERS, Orders, Platform};

/// The table of loans.
pub const LOANS: &str = "cl_borrow";
/// The queue of item 15, whose name is also its function's.
pub const AUDIT_RESULT: &str = "audit-result";
/// The queue of item 16.
pub const LOAN_RESULT: &str = "loan-result";
/// The queue of item 19.
pub const REPAY_PLAN: &str = "repay-plan";
/// The queue of item 20.
pub const OVERDUE: &str = "overdue";
/// The queue of item 23.
pub const REPAY_RESULT: &str = "repay-result";
/// Every queue of what the core tells of loans.
pub const QUEUES: [&str; 5] = [AUDIT_RESULT, LOAN_RESULT, REPAY_PLAN, OVERDUE, REPAY_RESULT];

/// The functions over one world.
pub struct Loans {
    orders: Orders,
    consumers: Consumers,
}

impl Deref for Loans {
    type Target = Orders;

    fn deref(&self) -> &Orders {
        &self.orders
    }
}

impl Loans {
    /// The functions in a world without orders.
    pub async fn new() -> Self {
        let world = crate::marketplace::world();
        furnish(&world);
        let platform = Platform::in_world(&world);
        Self::over(world, platform).await
    }

    /// The functions in a world where an order is confirmed, and its loan in review.
    pub async fn confirmed() -> Self {
        let app = Self::new().await;
        app.confirm().await;
        app
    }

    /// The same with a loan that stands at `status`.
    pub async fn at(status: u16) -> Self {
        let app = Self::confirmed().await;
        app.change_loan(|row| row["status"] = json!({"N": status.to_string()}));
        app
    }

    /// The same with a loan that has its plan.
    ///
    /// # Panics
    /// When it is not taken.
    pub async fn disbursed() -> Self {
        let app = Self::confirmed().await;
        app.tell(REPAY_PLAN, &repay_plan()).await;
        assert_eq!(app.loan_status(), 30);
        app
    }

    /// A fresh process of each function in a `world` that has its tables and this platform.
    pub async fn over(world: World, platform: Platform) -> Self {
        let orders = Orders::over(world, platform).await;
        let consumers = consumers(&orders.world, crate::aws, 7).await;
        Self { orders, consumers }
    }

    /// The same, with what draws random bytes from another seed: a process of its own.
    pub async fn another(&self) -> Self {
        self.another_with(crate::aws, 8).await
    }

    async fn another_with(&self, aws: fn(&World) -> Aws, seed: u64) -> Self {
        let orders = self.orders.another().await;
        let consumers = consumers(&orders.world, aws, seed).await;
        Self { orders, consumers }
    }

    /// Has the order of most tests approved.
    ///
    /// # Panics
    /// When it is not.
    pub async fn approve(&self) {
        self.in_review().await;
        self.told(&decision(ORDER, "approved")).await;
        assert_eq!(self.status(ORDER), Some(12));
    }

    /// Has it approved and confirmed, as a confirmation leaves it.
    ///
    /// # Panics
    /// When there is no order.
    pub async fn confirm(&self) {
        self.approve().await;
        self.change(ORDER, |row| {
            row["status"] = json!({"N": "1"});
            row["version"] = json!({"N": "8"});
        });
        self.world.put_item(LOANS, &messages::stored());
    }

    /// Has a message of the core taken.
    pub async fn tell(&self, queue: &str, message: &Value) -> Delivery {
        self.world.send(queue, &message.to_string(), &[]);
        self.take(queue).await
    }

    /// Has Lambda's poller take one batch of what is visible in a queue.
    pub async fn take(&self, queue: &str) -> Delivery {
        self.consumers.take(self, queue).await
    }

    /// The row of the loan of most tests.
    #[must_use]
    pub fn loan(&self) -> Option<Value> {
        self.world.items(LOANS).into_iter().find(|row| row["order"]["S"] == format!("840#{ORDER}").as_str())
    }

    /// Where it stands.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn loan_status(&self) -> u16 {
        let row = self.loan().expect("a loan");
        row["status"]["N"].as_str().and_then(|code| code.parse().ok()).expect("a status")
    }

    /// Changes its row past everything.
    ///
    /// # Panics
    /// When there is none.
    pub fn change_loan(&self, change: impl FnOnce(&mut Value)) {
        let mut row = self.loan().expect("a loan");
        change(&mut row);
        self.world.put_item(LOANS, &row);
    }

    /// Opens an attempt to repay a period, as a wish to repay leaves it.
    pub fn open_attempt(&self, period: i32) {
        self.change_loan(|row| {
            if row.get("attempts").is_none() {
                row["attempts"] = json!({"M": {}});
            }
            let closed = row["attempts"]["M"][period.to_string()]["M"]["closed"].clone();
            let closed = if closed.is_null() { json!({"L": []}) } else { closed };
            row["attempts"]["M"][period.to_string()] =
                json!({"M": {"closed": closed, "is_open": {"BOOL": true}}});
        });
    }

    /// The periods whose attempts are open.
    #[must_use]
    pub fn open_attempts(&self) -> Vec<String> {
        let row = self.loan().unwrap_or_default();
        let attempts = row["attempts"]["M"].as_object().cloned().unwrap_or_default();
        let open = attempts.into_iter().filter(|(_, of)| of["M"]["is_open"]["BOOL"] == true);
        open.map(|(period, _)| period).collect()
    }

    /// The callbacks that the core's messages about the loan led to, oldest first: kind and body, read.
    ///
    /// # Panics
    /// When one is no JSON.
    #[must_use]
    pub fn loan_callbacks(&self) -> Vec<(String, Value)> {
        let read = |(kind, body): (String, String)| (kind, serde_json::from_str(&body).expect("JSON"));
        self.callbacks(ORDER).into_iter().filter(|(kind, _)| kind != "audit").map(read).collect()
    }

    /// Their kinds and statuses, as `loan 7003`.
    #[must_use]
    pub fn called_back(&self) -> Vec<String> {
        let callbacks = self.loan_callbacks();
        callbacks.iter().map(|(kind, body)| format!("{kind} {}", body["status"])).collect()
    }

    /// The places of all of the order's callbacks.
    #[must_use]
    pub fn places(&self) -> Vec<String> {
        let rows = self.world.items(CALLBACKS);
        let places = rows.iter().filter_map(|row| row["seq"]["S"].as_str());
        places.filter(|place| *place != "head").map(str::to_owned).collect()
    }

    /// The steps of the loan, oldest first, as `0>27 loan-result: result of the disbursement`.
    #[must_use]
    pub fn loan_history(&self) -> Vec<String> {
        let text = |row: &Value, name: &str| {
            row[name]["S"].as_str().or(row[name]["N"].as_str()).unwrap_or("-").to_owned()
        };
        let rows = self.world.items(HISTORY).into_iter().filter(|row| row.get("loan_to").is_some());
        let step = |row: &Value| format!("{}>{}", text(row, "loan_from"), text(row, "loan_to"));
        rows.map(|row| format!("{} {}: {}", step(&row), text(&row, "source"), text(&row, "reason"))).collect()
    }

    /// The messages about the loan that were taken, as `audit_result#e-1 refused: applied`.
    #[must_use]
    pub fn loan_messages(&self) -> Vec<String> {
        self.messages().into_iter().filter(|message| !message.starts_with("credit_result")).collect()
    }

    /// Why messages of a queue can never be taken.
    #[must_use]
    pub fn dead_of(&self, queue: &str) -> Vec<String> {
        let messages = self.world.messages(&dead(queue));
        let reason = |message: &world::Message| {
            message.attributes.get("dead_letter_reason").and_then(|reason| reason.string_value.clone())
        };
        messages.iter().filter_map(reason).collect()
    }

    /// The names of the events on the bus, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<String> {
        self.world.events(BUS).into_iter().map(|event| event.detail_type).collect()
    }

    /// Everything that a message could change.
    #[must_use]
    pub fn shown(&self) -> [Vec<Value>; 5] {
        [LOANS, ORDERS, HISTORY, CALLBACKS, crate::orders::CUSTOMERS].map(|table| self.world.items(table))
    }

    /// The outcome of the record that was handled last.
    #[must_use]
    pub fn outcome(&self) -> String {
        self.outcomes().pop().unwrap_or_default()
    }
}
