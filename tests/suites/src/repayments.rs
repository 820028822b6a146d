//! Loans in a world, and the functions that tell of them and take wishes to repay. A test puts the loan that it is about;
//! how loans come to be is the business of others.

mod rows;
mod setting;

use std::ops::Deref;

use ::platform::http::Endpoint;
use ::platform::sqs::{Queue, QueueUrls};
use serde_json::{Value, json};
use world::{Delivery, World};

use self::setting::{Functions, functions};
use crate::gateway::Post;
use crate::marketplace::channels::{PLAIN, Signed, put_channel};
use crate::marketplace::{Answered, world};
use crate::orders::bodies::push;
use crate::orders::{ORDER, Orders, Platform};

pub use self::rows::{attempts, debited, loan, period, planned};
pub use self::setting::{furnish, start};

pub use crate::loans::LOANS;

/// What came of repayments, as the core tells.
pub const REPAY_RESULT: &str = "repay-result";
/// Its dead-letter queue.
pub const REPAY_RESULT_DEAD: &str = "repay-result-dead";

/// The functions over one world.
pub struct Repayments {
    orders: Orders,
    functions: Functions,
}

impl Deref for Repayments {
    type Target = Orders;

    fn deref(&self) -> &Orders {
        &self.orders
    }
}

impl Repayments {
    /// The functions in a world with one order, [`ORDER`], which has no loan yet.
    pub async fn new() -> Self {
        let world = world();
        furnish(&world);
        let platform = Platform::in_world(&world);
        let app = Self::over(world, platform).await;
        app.push(&push()).await;
        app
    }

    /// The functions in a world where that order has this loan.
    pub async fn of(loan: &Value) -> Self {
        let app = Self::new().await;
        app.lend(loan);
        app
    }

    /// A fresh process of each function in a `world` that has its tables and this platform.
    pub async fn over(world: World, platform: Platform) -> Self {
        let functions = functions(&world, crate::aws).await;
        Self { orders: Orders::over(world, platform).await, functions }
    }

    /// A process of its own.
    pub async fn another(&self) -> Self {
        Self::over(self.world.clone(), self.platform.clone()).await
    }

    /// The same with the SDK's own retries, as in production.
    pub async fn with_sdk_retries(&self) -> Self {
        let functions = functions(&self.world, crate::aws_with_retries).await;
        Self { orders: self.orders.with_sdk_retries().await, functions }
    }

    /// A fresh process of each function after channel 840 was configured with these members.
    pub async fn configured(&self, members: &Value) -> Self {
        put_channel(&self.world, PLAIN, members);
        self.another().await
    }

    /// Puts a loan, and its order where a confirmation leaves it.
    pub fn lend(&self, loan: &Value) {
        self.world.put_item(LOANS, loan);
        self.change(ORDER, |row| row["status"] = json!({"N": "1"}));
    }

    /// The loan's row.
    #[must_use]
    pub fn loan(&self) -> Option<Value> {
        self.world.items(LOANS).into_iter().find(|row| row["order"]["S"] == format!("840#{ORDER}").as_str())
    }

    /// Changes the loan's row past everything.
    ///
    /// # Panics
    /// When there is none.
    pub fn change_loan(&self, change: impl FnOnce(&mut Value)) {
        let mut row = self.loan().expect("a loan");
        change(&mut row);
        self.world.put_item(LOANS, &row);
    }

    /// Asks about the order, in channel 840.
    pub async fn ask(&self, op: &str) -> Answered {
        self.call(op, PLAIN, &json!({"orderId": ORDER}).to_string()).await
    }

    /// Asks about a period of it.
    pub async fn ask_of(&self, op: &str, period: i32) -> Answered {
        self.call(op, PLAIN, &json!({"orderId": ORDER, "period": period}).to_string()).await
    }

    /// Calls an operation with a business text.
    ///
    /// # Panics
    /// When there is no such operation, or it does not answer in the wire format.
    pub async fn call(&self, op: &str, channel: &str, business: &str) -> Answered {
        let functions = &self.functions;
        match op {
            "queryLoanResult" => self.at(&functions.loan_result_query, op, channel, business).await,
            "repay" => self.at(&functions.repay, op, channel, business).await,
            "repayTrial" => self.at(&functions.repay_trial, op, channel, business).await,
            "queryRepayResult" => self.at(&functions.repay_result_query, op, channel, business).await,
            "getRepayPlan" => self.at(&functions.repay_plan_query, op, channel, business).await,
            _ => panic!("no operation {op}"),
        }
    }

    /// A wish to repay a period, or −1.
    pub async fn repay(&self, period: i32) -> Answered {
        self.ask_of("repay", period).await
    }

    /// Has what the core tells of a repayment taken.
    pub async fn result(&self, message: &Value) -> Delivery {
        self.world.send(REPAY_RESULT, &message.to_string(), &[]);
        self.take_repay_results().await
    }

    /// Has Lambda's poller take one batch of what is visible in `repay-result`.
    pub async fn take_repay_results(&self) -> Delivery {
        let queue = Queue {
            client: crate::aws(&self.world).sqs(),
            urls: QueueUrls {
                source: World::queue_url(REPAY_RESULT),
                dead_letters: World::queue_url(REPAY_RESULT_DEAD),
            },
        };
        let consume = async |batch| self.consume(&self.functions.repay_result, &queue, batch).await;
        self.world.deliver(REPAY_RESULT, 10, consume).await
    }

    /// What the core was told to repay, as `2 attempt 1`.
    #[must_use]
    pub fn commanded(&self) -> Vec<String> {
        let commands = self.commands().into_iter().filter(|command| command["type"] == "repayment");
        commands.map(|command| format!("{} attempt {}", command["period"], command["attempt_no"])).collect()
    }

    async fn at(&self, endpoint: &impl Endpoint, op: &str, channel: &str, business: &str) -> Answered {
        let now = self.world.time().now().as_millisecond();
        let post = Post::anonymous(Signed::new(channel, now, business).body());
        let event = post.event(&format!("/openapi/rongshu/{op}"));
        Answered::of(channel, &Box::pin(self.respond(endpoint, event)).await)
    }
}
