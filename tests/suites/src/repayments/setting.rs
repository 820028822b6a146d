//! What loans need of a world, and how the functions are configured in it.

use marketplace::asked_loan::Loans;
use marketplace::channel;
use marketplace::deps::Base;
use marketplace::endpoint::Exposed;
use marketplace::loan_result_query::LoanResultQuery;
use marketplace::loan_settings::LoanReads;
use marketplace::repay_plan_query::RepayPlanQuery;
use marketplace::repay_result_query::RepayResultQuery;
use marketplace::repay_trial::RepayTrial;
use platform::aws::Aws;
use platform::config::Environment;
use platform::random::Random;
use world::{Table, World};

use super::LOANS;
use crate::host::OUTBOX;
use crate::marketplace::channels::{AES, PLAIN, PREFIX};
use crate::orders::{self, CONVERSION, CORE_COMMANDS, DATA, HISTORY, ORDERS, PULL_LOG, USERS};

/// The functions over one world.
pub(super) struct Functions {
    pub(super) loan_result_query: Exposed<LoanResultQuery>,
    pub(super) repay_trial: Exposed<RepayTrial>,
    pub(super) repay_result_query: Exposed<RepayResultQuery>,
    pub(super) repay_plan_query: Exposed<RepayPlanQuery>,
}

/// Gives `world` what orders and loans need.
pub fn furnish(world: &World) {
    orders::furnish(world);
    world.table(Table::new(LOANS, "order:S"));
}

fn environment() -> Environment {
    let core_commands = World::queue_url(CORE_COMMANDS);
    Environment::of([
        ("RONGSHU_CHANNELS", [PLAIN, AES].join(",").as_str()),
        ("RONGSHU_PARAMETER_PREFIX", PREFIX),
        ("RONGSHU_DEFAULT_CHANNEL", PLAIN),
        ("THIRD_ORDERS_TABLE", ORDERS),
        ("THIRD_ORDER_HISTORY_TABLE", HISTORY),
        ("THIRD_ORDER_CONVERSION_TABLE", CONVERSION),
        ("THIRD_ORDER_DATA_TABLE", DATA),
        ("RONGSHU_USERS_TABLE", USERS),
        ("RONGSHU_CREDIT_DATA_PULL_LOG_TABLE", PULL_LOG),
        ("CL_BORROW_TABLE", LOANS),
        ("OUTBOX_TABLE", OUTBOX),
        ("CORE_COMMANDS_QUEUE_URL", core_commands.as_str()),
    ])
}

/// One process of each function.
///
/// # Panics
/// When the configuration or the secrets are not what they take.
pub(super) async fn functions(world: &World, aws: fn(&World) -> Aws) -> Functions {
    let base = base(world, aws).await;
    let channels = || base.channels.clone();
    let loans = || loans(&base);
    Functions {
        loan_result_query: Exposed::new(channels(), LoanResultQuery { loans: loans() }),
        repay_trial: Exposed::new(channels(), RepayTrial { loans: loans() }),
        repay_result_query: Exposed::new(channels(), RepayResultQuery { loans: loans() }),
        repay_plan_query: Exposed::new(channels(), RepayPlanQuery { loans: loans() }),
    }
}

async fn base(world: &World, aws: fn(&World) -> Aws) -> Base {
    let channels = environment().load(channel::Settings::read).expect("channels");
    let loaded = Base::load(aws(world), world.clock(), Random::seeded(7), channels, &[]).await;
    loaded.expect("the secrets")
}

fn loans(base: &Base) -> Loans {
    environment().load(LoanReads::read).expect("tables").loans(base)
}

/// Opens one function's secrets and connections, as its start does.
///
/// # Panics
/// When there is no such function.
pub async fn start(world: &World, function: &str) {
    let loans = loans(&base(world, crate::aws).await);
    match function {
        "loan-result-query" => {
            loans.orders.warm().await;
            loans.loans.warm().await;
        }
        "repay-trial" | "repay-result-query" | "repay-plan-query" | "repay" => loans.loans.warm().await,
        _ => panic!("no function {function}"),
    }
}
