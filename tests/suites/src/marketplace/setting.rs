//! What these functions need of a world: a table, a queue, secrets; and how they are configured in it.

use std::time::Duration;

use marketplace::bank_list::BankList;
use marketplace::channel::{self, Channels};
use marketplace::customer_events::CustomerEvents;
use marketplace::deps::Base;
use marketplace::endpoint::Exposed;
use marketplace::loan_calculation::LoanCalculation;
use marketplace::store::CustomerStore;
use marketplace::user_check::UserCheck;
use platform::aws::Aws;
use platform::config::Environment;
use platform::random::Random;
use serde_json::json;
use world::{Table, World};

use super::channels::{AES, PLAIN, PREFIX, put_channel};
use super::{CUSTOMER_EVENTS, CUSTOMER_EVENTS_DEAD, CUSTOMERS, DIGEST_SECRET};

/// The functions.
pub struct Parts {
    /// The channels.
    pub channels: Channels,
    /// userCheck
    pub user_check: Exposed<UserCheck>,
    /// loanCalculation
    pub loan_calculation: Exposed<LoanCalculation>,
    /// getBankList
    pub bank_list: Exposed<BankList>,
    /// The queue `customer-events`.
    pub customer_events: CustomerEvents,
}

/// Gives `world` the context's tables, queue, bucket and secrets, and the two channels of the tests.
pub fn furnish(world: &World) {
    world.table(Table::new(CUSTOMERS, "digest:S").sort("customer:S"));
    world.queue(world::Queue::new(CUSTOMER_EVENTS_DEAD));
    world.queue(
        world::Queue::new(CUSTOMER_EVENTS)
            .visibility(Duration::from_mins(3))
            .dead_letters(CUSTOMER_EVENTS_DEAD, 10),
    );
    let key = json!({"keys": [{"id": "digest-1", "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]});
    world.put_parameter(DIGEST_SECRET, &key.to_string());
    for channel in [PLAIN, AES] {
        put_channel(world, channel, &json!({}));
    }
}

/// The functions in `world`, with these channels, of which the first is the default, as they are after their start.
///
/// # Panics
/// When the configuration or the secrets are not what they take.
pub async fn parts(world: &World, aws: Aws, channels: &[&str]) -> Parts {
    let channels = channels.join(",");
    let first = channels.split(',').next().unwrap_or_default().to_owned();
    let variables = [
        ("RONGSHU_CHANNELS", channels.as_str()),
        ("RONGSHU_PARAMETER_PREFIX", PREFIX),
        ("RONGSHU_DEFAULT_CHANNEL", first.as_str()),
    ];
    let settings = Environment::of(variables).load(channel::Settings::read).expect("channels");
    let load = Base::load(aws, world.clock(), Random::seeded(7), settings, &[DIGEST_SECRET]);
    let base = load.await.expect("the secrets");
    let user_check = UserCheck::over(&base, CUSTOMERS.to_owned(), DIGEST_SECRET).expect("a key");
    let customer_events = CustomerEvents {
        customers: CustomerStore::new(base.aws.dynamodb(), CUSTOMERS.to_owned()),
        digest_key: base.secrets.secret(DIGEST_SECRET).expect("a key"),
    };
    let channels = || base.channels.clone();
    Parts {
        channels: channels(),
        user_check: Exposed::new(channels(), user_check),
        loan_calculation: Exposed::new(channels(), LoanCalculation),
        bank_list: Exposed::new(channels(), BankList),
        customer_events,
    }
}
