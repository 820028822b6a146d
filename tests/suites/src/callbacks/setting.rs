//! What callbacks need of a world, and how their functions are configured in it.

use std::time::Duration;

use delivery::callback_list::CallbackList;
use delivery::callback_resend::CallbackResend;
use delivery::outbox_relay::OutboxRelay;
use marketplace::channel;
use marketplace::deps::Base;
use marketplace::partner_callback::{self, PartnerCallback};
use marketplace::rongshu::{CALLBACK_BYTES, Rongshu};
use platform::callbacks::{CallbackStore, WakeUps};
use platform::outbox::OutboxSettings;
use platform::partner::{Limits, PartnerClient};
use platform::random::Random;
use platform::sqs::{Queue, QueueUrls};
use serde_json::json;
use world::{Table, World};

use super::{CALLBACKS, PARTNER_CALLBACK, PARTNER_CALLBACK_DEAD};
use crate::host::{BUS, OUTBOX};
use crate::marketplace::channels::{AES, PLAIN, put_channel};
use crate::marketplace::environment;

/// The functions over one world.
pub(super) struct Functions {
    pub(super) partner_callback: PartnerCallback,
    pub(super) relay: OutboxRelay,
    pub(super) list: CallbackList,
    pub(super) resend: CallbackResend,
}

/// Gives `world` the table, the queues and the channels.
pub fn furnish(world: &World) {
    world.table(super::table());
    world.table(Table::new(OUTBOX, "shard:N").sort("entry:S"));
    world.bus(BUS);
    world.queue(world::Queue::new(PARTNER_CALLBACK_DEAD));
    let wake_ups = world::Queue::new(PARTNER_CALLBACK).visibility(Duration::from_mins(6));
    world.queue(wake_ups.dead_letters(PARTNER_CALLBACK_DEAD, 5));
    for channel in [PLAIN, AES] {
        put_channel(world, channel, &json!({}));
    }
}

/// The queue of wake-ups as its consumer has it.
pub(super) fn queue(world: &World) -> Queue {
    let urls = QueueUrls {
        source: World::queue_url(PARTNER_CALLBACK),
        dead_letters: World::queue_url(PARTNER_CALLBACK_DEAD),
    };
    Queue { client: crate::aws(world).sqs(), urls }
}

/// One process of each function; `seed` is what they draw from.
///
/// # Panics
/// When the configuration or the secrets are not what they take.
pub(super) async fn functions(world: &World, seed: u64) -> Functions {
    let (aws, table) = (crate::aws(world), || CALLBACKS.to_owned());
    let url = || World::queue_url(PARTNER_CALLBACK);
    let outbox = OutboxSettings { table: OUTBOX.into(), bus: BUS.into() };
    let store = || CallbackStore::new(aws.dynamodb(), table());
    Functions {
        partner_callback: partner_callback(world, seed).await,
        relay: OutboxRelay::over(&aws, outbox).waking(&aws, table(), url()),
        list: CallbackList { store: store() },
        resend: CallbackResend { store: store(), wake_ups: WakeUps::new(aws.sqs(), url()) },
    }
}

async fn partner_callback(world: &World, seed: u64) -> PartnerCallback {
    let own =
        environment(PARTNER_CALLBACK).load(partner_callback::Settings::read).expect("a configuration").own;
    let channels = environment(PARTNER_CALLBACK).load(channel::Settings::read).expect("channels");
    let random = Random::seeded(seed);
    let base = Base::load(crate::aws(world), world.clock(), random, channels, &[]).await.expect("secrets");
    let limits = Limits { timeout: Duration::from_secs(8), answer_bytes: CALLBACK_BYTES };
    let client = PartnerClient::over(world.connector(), limits);
    let rongshu = Rongshu::new(client, base.random.clone(), base.channels.stage());
    let wake_ups = WakeUps::new(base.aws.sqs(), World::queue_url(PARTNER_CALLBACK));
    PartnerCallback { worker: own.worker(&base, rongshu).expect("a plan"), wake_ups }
}

/// Opens one function's secrets and connections, as its start does.
///
/// # Panics
/// When there is no such function.
pub async fn start(world: &World, function: &str) {
    let functions = functions(world, 1).await;
    match function {
        "partner-callback" => functions.partner_callback.worker.store.warm().await,
        "callback-list" | "callback-resend" => functions.list.store.warm().await,
        _ => panic!("no function {function}"),
    }
}
