//! What loans need of a world beside what orders do, and how the functions are configured in it.

use std::time::Duration;

use marketplace::audit_result::AuditResult;
use marketplace::loan_message::{Kind, LoanConsumer, Settings};
use marketplace::loan_result::LoanResult;
use marketplace::overdue::Overdue;
use marketplace::repay_plan::RepayPlan;
use marketplace::repay_result::RepayResult;
use platform::aws::Aws;
use platform::random::Random;
use platform::sqs::{Consumer, Queue, QueueUrls};
use world::{Delivery, Table, World};

use super::{AUDIT_RESULT, LOAN_RESULT, LOANS, Loans, OVERDUE, QUEUES, REPAY_PLAN, REPAY_RESULT};
use crate::host::BUS;
use crate::marketplace::{dead, environment};
use crate::orders::TABLES;

/// Every table that holds something of a loan or its order.
pub const LOAN_TABLES: [&str; 9] = {
    let [orders, history, conversion, data, users, pull_log, callbacks, messages] = TABLES;
    [orders, history, conversion, data, users, pull_log, callbacks, messages, LOANS]
};

/// One process of each function.
pub(super) struct Consumers {
    audit_result: LoanConsumer<AuditResult>,
    loan_result: LoanConsumer<LoanResult>,
    repay_plan: LoanConsumer<RepayPlan>,
    overdue: LoanConsumer<Overdue>,
    repay_result: LoanConsumer<RepayResult>,
}

/// Gives `world` what the context needs, the tables and queues of loans included.
pub fn furnish(world: &World) {
    crate::orders::furnish(world);
    world.table(Table::new(LOANS, "order:S"));
    for queue in QUEUES {
        world.queue(world::Queue::new(&dead(queue)));
        let of_messages = world::Queue::new(queue).visibility(Duration::from_mins(3));
        world.queue(of_messages.dead_letters(&dead(queue), 20));
    }
    world.bus(BUS);
}

/// One process of each function; `seed` is what they draw from.
pub(super) async fn consumers(world: &World, aws: fn(&World) -> Aws, seed: u64) -> Consumers {
    Consumers {
        audit_result: consumer(world, aws, seed).await,
        loan_result: consumer(world, aws, seed).await,
        repay_plan: consumer(world, aws, seed).await,
        overdue: consumer(world, aws, seed).await,
        repay_result: consumer(world, aws, seed).await,
    }
}

async fn consumer<K: Kind>(world: &World, aws: fn(&World) -> Aws, seed: u64) -> LoanConsumer<K> {
    let settings = environment(K::SOURCE.function).load(Settings::<K>::read).expect("a configuration");
    let consumer = settings.consumer(&aws(world), world.clock(), Random::seeded(seed + 5_000)).await;
    consumer.expect("the secrets")
}

impl Consumers {
    /// Has a batch of what is visible in a queue taken.
    pub(super) async fn take(&self, app: &Loans, queue: &str) -> Delivery {
        match queue {
            AUDIT_RESULT => take(&self.audit_result, app, queue).await,
            LOAN_RESULT => take(&self.loan_result, app, queue).await,
            REPAY_PLAN => take(&self.repay_plan, app, queue).await,
            OVERDUE => take(&self.overdue, app, queue).await,
            REPAY_RESULT => take(&self.repay_result, app, queue).await,
            _ => panic!("no queue {queue}"),
        }
    }
}

async fn take(consumer: &impl Consumer, app: &Loans, queue: &str) -> Delivery {
    let urls = QueueUrls { source: World::queue_url(queue), dead_letters: World::queue_url(&dead(queue)) };
    let source = Queue { client: crate::aws(&app.world).sqs(), urls };
    app.world.deliver(queue, 10, async |batch| app.consume(consumer, &source, batch).await).await
}

/// Opens one function's secrets and connections, as its start does.
///
/// # Panics
/// When there is no such function.
pub async fn start(world: &World, function: &str) {
    match function {
        AUDIT_RESULT => warm::<AuditResult>(world).await,
        LOAN_RESULT => warm::<LoanResult>(world).await,
        REPAY_PLAN => warm::<RepayPlan>(world).await,
        OVERDUE => warm::<Overdue>(world).await,
        REPAY_RESULT => warm::<RepayResult>(world).await,
        _ => panic!("no function {function}"),
    }
}

async fn warm<K: Kind>(world: &World) {
    consumer::<K>(world, crate::aws, 1).await.deps.loans.warm().await;
}
