//! What the orders need of a world: tables, a bucket, secrets; and how the functions are configured in it.

use std::time::Duration;

use marketplace::audit_result_query::AuditResultQuery;
use marketplace::channel;
use marketplace::contract_list::ContractList;
use marketplace::credit_application::{self, CreditApplication};
use marketplace::credit_result::{self, CreditResult};
use marketplace::deps::Base;
use marketplace::endpoint::Exposed;
use marketplace::operator_pull::{self, OperatorPull};
use marketplace::push_order::{self, PushOrder};
use marketplace::push_order_parse::{self, PushOrderParse};
use marketplace::rongshu::{PULL_BYTES, Rongshu};
use marketplace::store::{OrderStore, OrderTables};
use platform::aws::Aws;
use platform::partner::{Limits, PartnerClient};
use platform::random::Random;
use world::{Projection, Table, World};

use super::raw::SEALING_KEYS;
use super::{
    BUCKET, CONVERSION, CORE_COMMANDS, CREDIT_RESULT, CREDIT_RESULT_DEAD, DATA, HISTORY, MESSAGES, ORDERS,
    PARTNER_CALLBACK, PULL_LOG, SEALING_SECRET, USERS,
};
use crate::host::OUTBOX;
use crate::marketplace::environment;

/// The functions over one world.
pub(super) struct Functions {
    pub(super) push_order: Exposed<PushOrder>,
    pub(super) audit_result_query: Exposed<AuditResultQuery>,
    pub(super) contract_list: Exposed<ContractList>,
    pub(super) operator_pull: OperatorPull,
    pub(super) push_order_parse: PushOrderParse,
    pub(super) credit_application: CreditApplication,
    pub(super) credit_result: CreditResult,
}

/// Gives `world` what the context needs, the tables and the bucket of orders included.
pub fn furnish(world: &World) {
    crate::marketplace::furnish(world);
    let work = Projection::KeysOnly;
    world.table(Table::new(ORDERS, "order:S").index("work", "work_shard:S", Some("work_at:S"), work));
    world.table(Table::new(HISTORY, "order:S").sort("version:N"));
    world.table(Table::new(CONVERSION, "third_order_no:S"));
    world.table(Table::new(DATA, "order:S").sort("kind:S"));
    world.table(Table::new(USERS, "user:S"));
    let pull_log = Table::new(PULL_LOG, "third_order_no:S");
    world.table(pull_log.index("due", "due_shard:N", Some("next_pull_at:S"), Projection::All));
    world.table(crate::callbacks::table());
    world.table(Table::new(MESSAGES, "order:S").sort("message:S"));
    world.table(Table::new(OUTBOX, "shard:N").sort("entry:S"));
    world.queue(world::Queue::new(CORE_COMMANDS));
    world.queue(world::Queue::new(PARTNER_CALLBACK));
    world.queue(world::Queue::new(CREDIT_RESULT_DEAD));
    let results = world::Queue::new(CREDIT_RESULT).visibility(Duration::from_mins(3));
    world.queue(results.dead_letters(CREDIT_RESULT_DEAD, 20));
    world.bucket(BUCKET);
    world.put_parameter(SEALING_SECRET, SEALING_KEYS);
}

/// One process of each function; `seed` is what they draw from.
///
/// # Panics
/// When the configuration or the secrets are not what they take.
pub(super) async fn functions(world: &World, aws: fn(&World) -> Aws, seed: u64) -> Functions {
    let exposed = base(world, aws, seed, &[]).await;
    let tables = environment(CREDIT_RESULT).load(OrderTables::read).expect("tables");
    let store = || OrderStore::new(exposed.aws.dynamodb(), tables.clone());
    let channels = || exposed.channels.clone();
    Functions {
        push_order: Exposed::new(channels(), push_order(world, aws, seed).await),
        audit_result_query: Exposed::new(channels(), AuditResultQuery { store: store() }),
        contract_list: Exposed::new(channels(), ContractList { store: store() }),
        operator_pull: operator_pull(world, aws, seed).await,
        push_order_parse: push_order_parse(world, aws, seed).await,
        credit_application: credit_application(world, aws, seed).await,
        credit_result: credit_result(world, aws, seed).await,
    }
}

async fn base(world: &World, aws: fn(&World) -> Aws, seed: u64, others: &[&str]) -> Base {
    let channels = environment(CREDIT_RESULT).load(channel::Settings::read).expect("channels");
    let loaded = Base::load(aws(world), world.clock(), Random::seeded(seed), channels, others).await;
    loaded.expect("the secrets")
}

async fn push_order(world: &World, aws: fn(&World) -> Aws, seed: u64) -> PushOrder {
    let own = environment(CREDIT_RESULT).load(push_order::Settings::read).expect("a configuration").own;
    let base = base(world, aws, seed, &own.parameters()).await;
    own.operation(&base).expect("the secrets")
}

async fn operator_pull(world: &World, aws: fn(&World) -> Aws, seed: u64) -> OperatorPull {
    let own = environment(CREDIT_RESULT).load(operator_pull::Settings::read).expect("a configuration").own;
    let base = base(world, aws, seed + 1_000, &own.parameters()).await;
    let limits = Limits { timeout: Duration::from_secs(8), answer_bytes: PULL_BYTES };
    let client = PartnerClient::over(world.connector(), limits);
    let rongshu = Rongshu::new(client, base.random.clone(), base.channels.stage());
    OperatorPull(own.deps(&base, rongshu).expect("the secrets"))
}

async fn push_order_parse(world: &World, aws: fn(&World) -> Aws, seed: u64) -> PushOrderParse {
    let own = environment(CREDIT_RESULT).load(push_order_parse::Settings::read).expect("a configuration").own;
    let base = base(world, aws, seed + 2_000, &own.parameters()).await;
    PushOrderParse(own.deps(&base).expect("the secrets"))
}

async fn credit_application(world: &World, aws: fn(&World) -> Aws, seed: u64) -> CreditApplication {
    let own =
        environment(CREDIT_RESULT).load(credit_application::Settings::read).expect("a configuration").own;
    let base = base(world, aws, seed + 3_000, &own.parameters()).await;
    CreditApplication(own.deps(&base).expect("the secrets"))
}

async fn credit_result(world: &World, aws: fn(&World) -> Aws, seed: u64) -> CreditResult {
    let settings = environment(CREDIT_RESULT).load(credit_result::Settings::read).expect("a configuration");
    let random = Random::seeded(seed + 4_000);
    settings.consumer(&aws(world), world.clock(), random).await.expect("the secrets")
}

/// Opens one function's secrets and connections, as its start does.
///
/// # Panics
/// When there is no such function.
pub async fn start(world: &World, function: &str) {
    let aws = crate::aws;
    match function {
        "push-order" => {
            let PushOrder { store, raw_data, .. } = push_order(world, aws, 1).await;
            store.warm().await;
            raw_data.warm().await;
        }
        "operator-pull" => {
            let OperatorPull(deps) = operator_pull(world, aws, 1).await;
            deps.store.warm().await;
            deps.raw_data.warm().await;
        }
        "push-order-parse" => {
            let PushOrderParse(deps) = push_order_parse(world, aws, 1).await;
            deps.store.warm().await;
            deps.raw_data.warm().await;
        }
        "credit-application" => credit_application(world, aws, 1).await.0.store.warm().await,
        "credit-result" => credit_result(world, aws, 1).await.deps.store.warm().await,
        "audit-result-query" | "contract-list" => {
            let base = base(world, aws, 1, &[]).await;
            let tables = environment(CREDIT_RESULT).load(OrderTables::read).expect("tables");
            OrderStore::new(base.aws.dynamodb(), tables).warm().await;
        }
        _ => panic!("no function {function}"),
    }
}
