//! What loans need of a world, and how the functions are configured in it.

use std::time::Duration;

use marketplace::asked_loan::Loans;
use marketplace::channel;
use marketplace::deps::Base;
use marketplace::endpoint::Exposed;
use marketplace::loan_message::{self, LoanConsumer};
use marketplace::loan_result_query::LoanResultQuery;
use marketplace::loan_settings::LoanReadSettings;
use marketplace::repay::{self, Repay};
use marketplace::repay_plan_query::RepayPlanQuery;
use marketplace::repay_result::RepayResult;
use marketplace::repay_result_query::RepayResultQuery;
use marketplace::repay_trial::RepayTrial;
use platform::aws::Aws;
use platform::random::Random;
use world::{Table, World};

use super::{LOANS, REPAY_RESULT, REPAY_RESULT_DEAD};
use crate::host::BUS;
use crate::marketplace::environment;
use crate::orders;

/// The functions over one world.
pub(super) struct Functions {
    pub(super) loan_result_query: Exposed<LoanResultQuery>,
    pub(super) repay: Exposed<Repay>,
    pub(super) repay_result: LoanConsumer<RepayResult>,
    pub(super) repay_trial: Exposed<RepayTrial>,
    pub(super) repay_result_query: Exposed<RepayResultQuery>,
    pub(super) repay_plan_query: Exposed<RepayPlanQuery>,
}

/// Gives `world` what orders and loans need.
pub fn furnish(world: &World) {
    orders::furnish(world);
    world.table(Table::new(LOANS, "order:S"));
    world.bus(BUS);
    world.queue(world::Queue::new(REPAY_RESULT_DEAD));
    let results = world::Queue::new(REPAY_RESULT).visibility(Duration::from_mins(3));
    world.queue(results.dead_letters(REPAY_RESULT_DEAD, 20));
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
        repay: Exposed::new(channels(), repay(&base)),
        repay_result: repay_result(world, aws).await,
        repay_trial: Exposed::new(channels(), RepayTrial { loans: loans() }),
        repay_result_query: Exposed::new(channels(), RepayResultQuery { loans: loans() }),
        repay_plan_query: Exposed::new(channels(), RepayPlanQuery { loans: loans() }),
    }
}

async fn base(world: &World, aws: fn(&World) -> Aws) -> Base {
    let channels = environment(REPAY_RESULT).load(channel::Settings::read).expect("channels");
    let loaded = Base::load(aws(world), world.clock(), Random::seeded(7), channels, &[]).await;
    loaded.expect("the secrets")
}

fn loans(base: &Base) -> Loans {
    environment(REPAY_RESULT).load(LoanReadSettings::read).expect("a configuration").own.loans(base)
}

fn repay(base: &Base) -> Repay {
    environment(REPAY_RESULT).load(repay::Settings::read).expect("a configuration").own.operation(base)
}

async fn repay_result(world: &World, aws: fn(&World) -> Aws) -> LoanConsumer<RepayResult> {
    let settings =
        environment(REPAY_RESULT).load(loan_message::Settings::<RepayResult>::read).expect("a configuration");
    settings.consumer(&aws(world), world.clock(), Random::seeded(8)).await.expect("the secrets")
}

/// Opens one function's secrets and connections, as its start does.
///
/// # Panics
/// When there is no such function.
pub async fn start(world: &World, function: &str) {
    let loans = loans(&base(world, crate::aws).await);
    match function {
        "loan-result-query" | "repay-trial" | "repay-result-query" | "repay-plan-query" | "repay" => {
            loans.loans.warm().await;
        }
        _ => panic!("no function {function}"),
    }
}
