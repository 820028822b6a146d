//! The marketplace's envelope and what it knows of people, in a world: channels, keys, customers, and the functions that
//! need no order. Those that do are in `orders`.

pub mod channels;
mod environment;
pub mod keys;
mod setting;

use std::ops::Deref;

use marketplace::bank_list::BankList;
use marketplace::channel::Channels;
use marketplace::customer_events::CustomerEvents;
use marketplace::endpoint::Exposed;
use marketplace::loan_calculation::LoanCalculation;
use marketplace::user_check::UserCheck;
use platform::http::Endpoint;
use platform::sqs::QueueUrls;
use serde_json::Value;
use world::{Delivery, World};

pub use self::environment::{dead, environment};
pub use self::setting::{Parts, furnish, parts};

use self::channels::{AES, AES_KEY, PLAIN, Signed, decrypted};
use crate::gateway::{Got, Post};
use crate::host::Host;

/// What is known of people.
pub const CUSTOMERS: &str = "rongshu_customers";
/// What our house knows of people.
pub const CUSTOMER_EVENTS: &str = "customer-events";
/// Its dead-letter queue.
pub const CUSTOMER_EVENTS_DEAD: &str = "customer-events-dead";
/// The parameter of the key that digests are made under.
pub const DIGEST_SECRET: &str = "/tenor/test/digest";
/// When the tests begin, in milliseconds: the timestamp of the specification's example.
pub const NOW: i64 = 1_533_710_259_153;

/// The context's functions over one world.
pub struct Marketplace {
    host: Host,
    channels: Channels,
    user_check: Exposed<UserCheck>,
    loan_calculation: Exposed<LoanCalculation>,
    bank_list: Exposed<BankList>,
    customer_events: CustomerEvents,
}

impl Deref for Marketplace {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

/// An answer, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// `code`
    pub code: i64,
    /// `message`
    pub message: String,
    /// `response`, decrypted; empty if it is absent.
    pub response: String,
}

impl Answered {
    /// Reads an answer in a channel.
    ///
    /// # Panics
    /// When it is none: not 200, not JSON, or with members that it should not have.
    #[must_use]
    pub fn of(channel: &str, got: &Got) -> Self {
        assert_eq!(got.status, 200, "{}", got.body);
        let body: Value = serde_json::from_str(&got.body).expect("an answer of JSON");
        let code = body["code"].as_i64().expect("a code");
        let members = if code == 0 { 3 } else { 2 };
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(members), "{body}");
        let response = body.get("response").map_or("", |text| text.as_str().expect("a text"));
        let response =
            if channel == AES && code == 0 { decrypted(AES_KEY, response) } else { response.to_owned() };
        Self { code, message: body["message"].as_str().expect("a message").to_owned(), response }
    }

    /// What it says, parsed.
    ///
    /// # Panics
    /// When it says nothing, or no JSON.
    #[must_use]
    pub fn said(&self) -> Value {
        assert_eq!((self.code, self.message.as_str()), (0, "success"), "{self:?}");
        serde_json::from_str(&self.response).expect("JSON in a text")
    }
}

impl Marketplace {
    /// The context in an empty world at the instant of the specification's example.
    ///
    /// # Panics
    /// Never: that is an instant.
    pub async fn new() -> Self {
        Self::within(world()).await
    }

    /// The context in `world`, which must not have its tables yet.
    pub async fn within(world: World) -> Self {
        furnish(&world);
        Self::over(world).await
    }

    /// A fresh process of each function in a `world` that has its tables: what a restart is.
    pub async fn over(world: World) -> Self {
        Self::with(world, &[PLAIN, AES]).await
    }

    /// The same, configured with these channels.
    pub async fn with(world: World, channels: &[&str]) -> Self {
        let aws = crate::aws(&world);
        let Parts { channels, user_check, loan_calculation, bank_list, customer_events } =
            parts(&world, aws, channels).await;
        Self { host: Host::over(world), channels, user_check, loan_calculation, bank_list, customer_events }
    }

    /// The present instant, in milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.world.clock().now().as_millisecond()
    }

    /// The platform calls in a channel, signed now.
    pub async fn call(&self, channel: &str, op: &str, business: &Value) -> Answered {
        self.say(channel, op, &business.to_string()).await
    }

    /// The same with the text of the business JSON.
    pub async fn say(&self, channel: &str, op: &str, business: &str) -> Answered {
        let body = Signed::new(channel, self.now(), business).body();
        Answered::of(channel, &self.send(op, body).await)
    }

    /// Sends a body to an operation.
    pub async fn send(&self, op: &str, body: impl Into<Vec<u8>>) -> Got {
        self.post(op, &Post::anonymous(body)).await
    }

    /// Sends a request to an operation.
    pub async fn post(&self, op: &str, post: &Post) -> Got {
        self.respond_to(op, post.event(&format!("/openapi/rongshu/{op}"))).await
    }

    /// Sends an event to an operation's function.
    ///
    /// # Panics
    /// When there is no such operation.
    pub async fn respond_to(&self, op: &str, event: Value) -> Got {
        match op {
            "userCheck" => self.at(&self.user_check, event).await,
            "loanCalculation" => self.at(&self.loan_calculation, event).await,
            "getBankList" => self.at(&self.bank_list, event).await,
            other => panic!("no operation {other}"),
        }
    }

    /// The body of a call of ours in a channel that says `business`, now.
    ///
    /// # Panics
    /// When there is no such channel, or it cannot be signed.
    #[must_use]
    pub fn our_call(&self, channel: &str, business: &str) -> String {
        let channel = self.channels.get(channel).expect("a channel");
        let now = self.world.clock().now();
        let random = platform::Random::seeded(11);
        marketplace::envelope::request(&channel.config, &random, now, business.to_owned()).expect("signed")
    }

    async fn at(&self, endpoint: &impl Endpoint, event: Value) -> Got {
        Box::pin(self.respond(endpoint, event)).await
    }

    /// Has Lambda's poller take one batch of what is visible in `customer-events`.
    pub async fn deliver(&self) -> Delivery {
        let queue = platform::sqs::Queue {
            client: crate::aws(&self.world).sqs(),
            urls: QueueUrls {
                source: World::queue_url(CUSTOMER_EVENTS),
                dead_letters: World::queue_url(CUSTOMER_EVENTS_DEAD),
            },
        };
        let consume = async |batch| self.consume(&self.customer_events, &queue, batch).await;
        self.world.deliver(CUSTOMER_EVENTS, 10, consume).await
    }

    /// Tells what our house knows of people, one message each, and has each taken.
    pub async fn tell(&self, events: &[Value]) {
        for event in events {
            self.world.send(CUSTOMER_EVENTS, &event.to_string(), &[]);
            self.deliver().await;
        }
    }
}

/// An empty world at the instant of the specification's example.
///
/// # Panics
/// Never: that is an instant.
#[must_use]
pub fn world() -> World {
    World::starting_at(jiff::Timestamp::from_millisecond(NOW).expect("an instant"))
}
