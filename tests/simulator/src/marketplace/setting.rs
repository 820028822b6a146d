//! What the marketplace needs of a world, and how its functions are configured in it.

use std::time::Duration;

use delivery::outbox_relay::OutboxRelay;
use marketplace::asked_loan::Loans;
use marketplace::audit_result::AuditResult;
use marketplace::audit_result_query::AuditResultQuery;
use marketplace::bind_card::{self, BindCard};
use marketplace::channel;
use marketplace::confirm_loan::{self, ConfirmLoan};
use marketplace::credit_application::{self, CreditApplication};
use marketplace::credit_result::{self, CreditResult};
use marketplace::customer_events::CustomerEvents;
use marketplace::depository_check::{self, DepositoryCheck};
use marketplace::depository_events::{self, DepositoryEvents};
use marketplace::deps::Base;
use marketplace::endpoint::Exposed;
use marketplace::loan_message::{Kind, LoanConsumer, Settings};
use marketplace::loan_result::LoanResult;
use marketplace::loan_result_query::LoanResultQuery;
use marketplace::loan_settings::LoanReadSettings;
use marketplace::operator_pull::{self, OperatorPull};
use marketplace::overdue::Overdue;
use marketplace::partner_callback::{self, PartnerCallback};
use marketplace::push_order::{self, PushOrder};
use marketplace::push_order_parse::{self, PushOrderParse};
use marketplace::repay::{self, Repay};
use marketplace::repay_plan::RepayPlan;
use marketplace::repay_result::RepayResult;
use marketplace::rongshu::{CALLBACK_BYTES, PULL_BYTES, Rongshu};
use marketplace::store::{CustomerStore, OrderStore, OrderTables};
use platform::callbacks::WakeUps;
use platform::partner::{Limits, PartnerClient};
use platform::random::Random;
use suites::callbacks::{PARTNER_CALLBACK, PARTNER_CALLBACK_DEAD};
use suites::host::BUS;
use suites::loans::QUEUES;
use suites::marketplace::environment;
use suites::orders::{CALLBACKS, CREDIT_RESULT, CREDIT_RESULT_DEAD, CUSTOMERS, DIGEST_SECRET};
use world::{Queue, World};

use crate::outbox;
use crate::sources::dead;

/// The functions of the whole life of an order.
pub(super) struct Functions {
    pub(super) push_order: Exposed<PushOrder>,
    pub(super) audit_result_query: Exposed<AuditResultQuery>,
    pub(super) bind_card: Exposed<BindCard>,
    pub(super) confirm_loan: Exposed<ConfirmLoan>,
    pub(super) loan_result_query: Exposed<LoanResultQuery>,
    pub(super) repay: Exposed<Repay>,
    pub(super) operator_pull: OperatorPull,
    pub(super) push_order_parse: PushOrderParse,
    pub(super) credit_application: CreditApplication,
    pub(super) depository_check: DepositoryCheck,
    pub(super) credit_result: CreditResult,
    pub(super) depository_events: DepositoryEvents,
    pub(super) customer_events: CustomerEvents,
    pub(super) audit_result: LoanConsumer<AuditResult>,
    pub(super) loan_result: LoanConsumer<LoanResult>,
    pub(super) repay_plan: LoanConsumer<RepayPlan>,
    pub(super) overdue: LoanConsumer<Overdue>,
    pub(super) repay_result: LoanConsumer<RepayResult>,
    pub(super) partner_callback: PartnerCallback,
    pub(super) relay: OutboxRelay,
}

/// Gives `world` every table, queue, bus, bucket and secret of the context.
pub(super) fn furnish(world: &World) {
    suites::confirmations::furnish(world);
    for queue in QUEUES {
        world.queue(Queue::new(&dead(queue)));
        let of_messages = Queue::new(queue).visibility(Duration::from_mins(3));
        world.queue(of_messages.dead_letters(&dead(queue), 20));
    }
    world.queue(Queue::new(PARTNER_CALLBACK_DEAD));
    let wake_ups = Queue::new(PARTNER_CALLBACK).visibility(Duration::from_mins(6));
    world.queue(wake_ups.dead_letters(PARTNER_CALLBACK_DEAD, 5));
    world.bus(BUS);
}

async fn base(world: &World, seed: u64, others: &[&str]) -> Base {
    let channels = environment(CREDIT_RESULT).load(channel::Settings::read).expect("channels");
    let loaded = Base::load(suites::aws(world), world.clock(), Random::seeded(seed), channels, others);
    loaded.await.expect("the secrets")
}

fn client(world: &World, timeout: Duration, answer_bytes: usize) -> PartnerClient {
    PartnerClient::over(world.connector(), Limits { timeout, answer_bytes })
}

/// One process of each function.
///
/// # Panics
/// When the configuration or the secrets are not what they take.
pub(super) async fn functions(world: &World) -> Functions {
    let exposed = base(world, 1, &[DIGEST_SECRET]).await;
    let reads = environment(CREDIT_RESULT).load(LoanReadSettings::read).expect("a configuration").own;
    let tables = environment(CREDIT_RESULT).load(OrderTables::read).expect("tables");
    let channels = || exposed.channels.clone();
    let loans = || -> Loans { reads.loans(&exposed) };
    let repay = environment(CREDIT_RESULT).load(repay::Settings::read).expect("a configuration").own;
    let audit_result_query = AuditResultQuery { store: OrderStore::new(exposed.aws.dynamodb(), tables) };
    Functions {
        push_order: Exposed::new(channels(), push_order(world).await),
        audit_result_query: Exposed::new(channels(), audit_result_query),
        bind_card: Exposed::new(channels(), bind_card(world).await),
        confirm_loan: Exposed::new(channels(), confirm_loan(world).await),
        loan_result_query: Exposed::new(channels(), LoanResultQuery { loans: loans() }),
        repay: Exposed::new(channels(), repay.operation(&exposed)),
        operator_pull: operator_pull(world).await,
        push_order_parse: push_order_parse(world).await,
        credit_application: credit_application(world).await,
        depository_check: depository_check(world).await,
        credit_result: credit_result(world).await,
        depository_events: depository_events(world).await,
        customer_events: CustomerEvents {
            customers: CustomerStore::new(exposed.aws.dynamodb(), CUSTOMERS.to_owned()),
            digest_key: exposed.secrets.secret(DIGEST_SECRET).expect("a key"),
        },
        audit_result: consumer(world).await,
        loan_result: consumer(world).await,
        repay_plan: consumer(world).await,
        overdue: consumer(world).await,
        repay_result: consumer(world).await,
        partner_callback: partner_callback(world).await,
        relay: relay(world),
    }
}

async fn push_order(world: &World) -> PushOrder {
    let own = environment(CREDIT_RESULT).load(push_order::Settings::read).expect("a configuration").own;
    own.operation(&base(world, 2, &own.parameters()).await).expect("the secrets")
}

async fn operator_pull(world: &World) -> OperatorPull {
    let own = environment(CREDIT_RESULT).load(operator_pull::Settings::read).expect("a configuration").own;
    let base = base(world, 3, &own.parameters()).await;
    let client = client(world, Duration::from_secs(8), PULL_BYTES);
    let rongshu = Rongshu::new(client, base.random.clone(), base.channels.stage());
    OperatorPull(own.deps(&base, rongshu).expect("the secrets"))
}

async fn push_order_parse(world: &World) -> PushOrderParse {
    let own = environment(CREDIT_RESULT).load(push_order_parse::Settings::read).expect("a configuration").own;
    PushOrderParse(own.deps(&base(world, 4, &own.parameters()).await).expect("the secrets"))
}

async fn credit_application(world: &World) -> CreditApplication {
    let own =
        environment(CREDIT_RESULT).load(credit_application::Settings::read).expect("a configuration").own;
    CreditApplication(own.deps(&base(world, 5, &own.parameters()).await).expect("the secrets"))
}

async fn credit_result(world: &World) -> CreditResult {
    let settings = environment(CREDIT_RESULT).load(credit_result::Settings::read).expect("a configuration");
    let random = Random::seeded(6);
    settings.consumer(&suites::aws(world), world.clock(), random).await.expect("the secrets")
}

async fn bind_card(world: &World) -> BindCard {
    let settings = environment(CREDIT_RESULT).load(bind_card::Settings::read).expect("a configuration");
    let base = base(world, 7, &settings.own.parameters()).await;
    let over = |limits| PartnerClient::over(world.connector(), limits);
    let (bank, xw) =
        (settings.bank.over(over(settings.bank.limits())), settings.xw.over(over(settings.xw.limits())));
    settings.own.operation(&base, bank, xw).expect("the secrets")
}

async fn confirm_loan(world: &World) -> ConfirmLoan {
    let settings = environment(CREDIT_RESULT).load(confirm_loan::Settings::read).expect("a configuration");
    let base = base(world, 8, &settings.own.parameters()).await;
    let xw = settings.xw.over(PartnerClient::over(world.connector(), settings.xw.limits()));
    ConfirmLoan { deps: settings.own.deps(&base).expect("the secrets"), xw }
}

async fn depository_check(world: &World) -> DepositoryCheck {
    let settings =
        environment(CREDIT_RESULT).load(depository_check::Settings::read).expect("a configuration");
    let base = base(world, 9, &settings.own.parameters()).await;
    let xw = settings.xw.over(PartnerClient::over(world.connector(), settings.xw.limits()));
    let confirmation = settings.own.deps(&base).expect("the secrets");
    DepositoryCheck(depository_check::Deps { channels: base.channels, confirmation, xw })
}

async fn depository_events(world: &World) -> DepositoryEvents {
    let settings = environment(suites::confirmations::DEPOSITORY_EVENTS)
        .load(depository_events::Settings::read)
        .expect("a configuration");
    let base = base(world, 10, &settings.own.parameters()).await;
    let confirmation = settings.own.deps(&base).expect("the secrets");
    DepositoryEvents(depository_events::Deps { channels: base.channels, confirmation })
}

async fn consumer<K: Kind>(world: &World) -> LoanConsumer<K> {
    let settings = environment(K::SOURCE.function).load(Settings::<K>::read).expect("a configuration");
    let consumer = settings.consumer(&suites::aws(world), world.clock(), Random::seeded(11)).await;
    consumer.expect("the secrets")
}

async fn partner_callback(world: &World) -> PartnerCallback {
    let own =
        environment(PARTNER_CALLBACK).load(partner_callback::Settings::read).expect("a configuration").own;
    let base = base(world, 12, &[]).await;
    let client = client(world, Duration::from_secs(8), CALLBACK_BYTES);
    let rongshu = Rongshu::new(client, base.random.clone(), base.channels.stage());
    let wake_ups = WakeUps::new(base.aws.sqs(), World::queue_url(PARTNER_CALLBACK));
    PartnerCallback { worker: own.worker(&base, rongshu).expect("a plan"), wake_ups }
}

fn relay(world: &World) -> OutboxRelay {
    let wakes = World::queue_url(PARTNER_CALLBACK);
    outbox::relay(world).waking(&suites::aws(world), CALLBACKS.to_owned(), wakes)
}

/// The queues that functions take from, besides that of wake-ups, each with how many messages a batch has.
pub(super) const SOURCES: &[&str] = &{
    let [audit_result, loan_result, repay_plan, overdue, repay_result] = QUEUES;
    let others =
        [CREDIT_RESULT, suites::confirmations::DEPOSITORY_EVENTS, suites::marketplace::CUSTOMER_EVENTS];
    let [credit_result, depository_events, customer_events] = others;
    [
        audit_result,
        loan_result,
        repay_plan,
        overdue,
        repay_result,
        credit_result,
        depository_events,
        customer_events,
    ]
};

/// That the names of dead-letter queues are what [`dead`] says.
const _: &str = CREDIT_RESULT_DEAD;
