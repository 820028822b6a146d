//! What confirmations need of a world beside what orders do, and how the functions are configured in it.

use std::time::Duration;

use marketplace::bind_card::{self, BindCard};
use marketplace::channel;
use marketplace::confirm_loan::{self, ConfirmLoan};
use marketplace::depository_check::{self, DepositoryCheck};
use marketplace::depository_events::{self, DepositoryEvents};
use marketplace::deps::Base;
use marketplace::endpoint::Exposed;
use platform::aws::Aws;
use platform::partner::{Limits, PartnerClient};
use platform::random::Random;
use world::{Projection, Table, World};

use super::{CARDS, DEPOSITORY_EVENTS, DEPOSITORY_EVENTS_DEAD, LOANS, LOGS, REGISTERS};
use crate::marketplace::environment;
use crate::orders::TABLES;

/// Every table that holds something of an order, its confirmation or its cards.
pub const CONFIRMATION_TABLES: [&str; 12] = {
    let [orders, history, conversion, data, users, pull_log, callbacks, messages] = TABLES;
    [orders, history, conversion, data, users, pull_log, callbacks, messages, LOANS, CARDS, LOGS, REGISTERS]
};

/// One process of each function.
pub(super) struct Functions {
    pub(super) bind_card: Exposed<BindCard>,
    pub(super) confirm_loan: Exposed<ConfirmLoan>,
    pub(super) depository_check: DepositoryCheck,
    pub(super) depository_events: DepositoryEvents,
}

/// Gives `world` what the context needs, the tables and the queue of confirmations included.
pub fn furnish(world: &World) {
    crate::orders::furnish(world);
    world.table(Table::new(LOANS, "order:S"));
    world.table(Table::new(CARDS, "user:S").sort("card:S"));
    world.table(Table::new(LOGS, "order:S"));
    let registers = Table::new(REGISTERS, "uid:S").sort("order:S");
    world.table(registers.index("due", "due_shard:N", Some("due_at:S"), Projection::KeysOnly));
    world.queue(world::Queue::new(DEPOSITORY_EVENTS_DEAD));
    let events = world::Queue::new(DEPOSITORY_EVENTS).visibility(Duration::from_mins(3));
    world.queue(events.dead_letters(DEPOSITORY_EVENTS_DEAD, 10));
}

/// One process of each function; `seed` is what they draw from.
pub(super) async fn functions(world: &World, aws: fn(&World) -> Aws, seed: u64) -> Functions {
    let (bind_card, channels) = bind_card(world, aws, seed + 6_000).await;
    let (confirm_loan, _) = confirm_loan(world, aws, seed + 7_000).await;
    Functions {
        bind_card: Exposed::new(channels.clone(), bind_card),
        confirm_loan: Exposed::new(channels, confirm_loan),
        depository_check: depository_check(world, aws, seed + 8_000).await,
        depository_events: depository_events(world, aws, seed + 9_000).await,
    }
}

async fn base(world: &World, aws: fn(&World) -> Aws, seed: u64, others: &[&str]) -> Base {
    let channels = environment(DEPOSITORY_EVENTS).load(channel::Settings::read).expect("channels");
    let loaded = Base::load(aws(world), world.clock(), Random::seeded(seed), channels, others).await;
    loaded.expect("the secrets")
}

fn client(world: &World, limits: Limits) -> PartnerClient {
    PartnerClient::over(world.connector(), limits)
}

async fn bind_card(world: &World, aws: fn(&World) -> Aws, seed: u64) -> (BindCard, channel::Channels) {
    let settings = environment(DEPOSITORY_EVENTS).load(bind_card::Settings::read).expect("a configuration");
    let base = base(world, aws, seed, &settings.own.parameters()).await;
    let bank = settings.bank.over(client(world, settings.bank.limits()));
    let xw = settings.xw.over(client(world, settings.xw.limits()));
    (settings.own.operation(&base, bank, xw).expect("the secrets"), base.channels)
}

async fn confirm_loan(world: &World, aws: fn(&World) -> Aws, seed: u64) -> (ConfirmLoan, channel::Channels) {
    let settings =
        environment(DEPOSITORY_EVENTS).load(confirm_loan::Settings::read).expect("a configuration");
    let base = base(world, aws, seed, &settings.own.parameters()).await;
    let deps = settings.own.deps(&base).expect("the secrets");
    let xw = settings.xw.over(client(world, settings.xw.limits()));
    (ConfirmLoan { deps, xw }, base.channels)
}

async fn depository_check(world: &World, aws: fn(&World) -> Aws, seed: u64) -> DepositoryCheck {
    let settings =
        environment(DEPOSITORY_EVENTS).load(depository_check::Settings::read).expect("a configuration");
    let base = base(world, aws, seed, &settings.own.parameters()).await;
    let confirmation = settings.own.deps(&base).expect("the secrets");
    let xw = settings.xw.over(client(world, settings.xw.limits()));
    DepositoryCheck(depository_check::Deps { channels: base.channels, confirmation, xw })
}

async fn depository_events(world: &World, aws: fn(&World) -> Aws, seed: u64) -> DepositoryEvents {
    let settings =
        environment(DEPOSITORY_EVENTS).load(depository_events::Settings::read).expect("a configuration");
    let base = base(world, aws, seed, &settings.own.parameters()).await;
    let confirmation = settings.own.deps(&base).expect("the secrets");
    DepositoryEvents(depository_events::Deps { channels: base.channels, confirmation })
}

/// Opens one function's secrets and connections, as its start does.
///
/// # Panics
/// When there is no such function.
pub async fn start(world: &World, function: &str) {
    let aws = crate::aws;
    match function {
        "bind-card" => bind_card(world, aws, 1).await.0.warm().await,
        "confirm-loan" => confirm_loan(world, aws, 1).await.0.deps.warm().await,
        "depository-check" => depository_check(world, aws, 1).await.0.confirmation.registers.warm().await,
        "depository-events" => depository_events(world, aws, 1).await.0.confirmation.registers.warm().await,
        _ => panic!("no function {function}"),
    }
}
