//! A consumer in a world, whichever queue it takes from.

use serde_json::{Value, json};
use suites::callbacks::Callbacks;
use suites::confirmations::Confirmations;
use suites::crm::{self, Crm};
use suites::instalment::Instalment;
use suites::loans::Loans;
use suites::marketplace::Marketplace;
use suites::orders::Orders;
use suites::quota::Quota;
use world::World;

pub(super) enum App {
    Instalment(Instalment),
    Quota(Quota),
    /// With the id of the request that was made.
    Crm(Crm, String),
    People(Marketplace),
    Credit(Orders),
    Loans(Loans),
    Accounts(Confirmations),
    Callbacks(Callbacks),
}

impl App {
    /// The consumer of a queue in a world where little has happened.
    pub(super) async fn new(queue: &str) -> Self {
        match queue {
            "contract-events" => Self::Instalment(Instalment::new()),
            "credit-events" => Self::Quota(Quota::new().await),
            "client-events" | "infor-shards" => Self::Crm(Crm::new(), String::new()),
            "infor-inbound" => {
                let app = Crm::new();
                let request = app.asked().await;
                Self::Crm(app, request)
            }
            "customer-events" => Self::People(Marketplace::new().await),
            "credit-result" => Self::Credit(Orders::new().await),
            "depository-events" => Self::Accounts(Confirmations::new().await),
            "partner-callback" => Self::Callbacks(Callbacks::new().await),
            _ => Self::Loans(Loans::new().await),
        }
    }

    /// The same where things stand so that an example can be taken.
    pub(super) async fn ready_for(queue: &str, example: &Value) -> Self {
        let app = match queue {
            "audit-result" | "loan-result" | "repay-plan" => Self::Loans(Loans::confirmed().await),
            "overdue" | "repay-result" => Self::Loans(Loans::disbursed().await),
            _ => Self::new(queue).await,
        };
        match &app {
            Self::Credit(orders) => orders.in_review().await,
            Self::Quota(quota) => quota.take(&[suites::quota::opened("p-0")]).await,
            // News of a task come after the reply that created it.
            Self::Crm(crm, request) if example.get("taskStatus").is_some() => {
                crm.take(&[crm::created(request)]).await;
            }
            Self::Instalment(_)
            | Self::Crm(..)
            | Self::People(_)
            | Self::Loans(_)
            | Self::Accounts(_)
            | Self::Callbacks(_) => {}
        }
        app
    }

    /// An example that is about what there is.
    pub(super) fn fitted(&self, mut example: Value) -> Value {
        if let Self::Crm(_, request) = self
            && example.get("replyUID").is_some()
        {
            example["replyUID"] = json!(request);
        }
        example
    }

    /// Has a message taken: whether it is handled, and why it is a dead letter, if it is one.
    pub(super) async fn take(&self, queue: &str, message: &Value) -> (bool, Option<String>) {
        let world = self.world();
        let dead_letters = format!("{queue}-dead");
        let before = world.messages(&dead_letters).len();
        world.send(queue, &message.to_string(), &[]);
        let delivery = match self {
            Self::Instalment(app) => {
                app.deliver_one().await;
                let failed = !app.world.messages(queue).is_empty();
                let dead = world.messages(&dead_letters).into_iter().nth(before);
                return (!failed, dead.as_ref().map(reason));
            }
            Self::Quota(app) => app.deliver().await,
            Self::Crm(app, _) => app.deliver(queue).await,
            Self::People(app) => app.deliver().await,
            Self::Credit(app) => app.take_results().await,
            Self::Loans(app) => app.take(queue).await,
            Self::Accounts(app) => app.take().await,
            Self::Callbacks(app) => app.work().await,
        };
        let dead = world.messages(&dead_letters).into_iter().nth(before);
        (delivery.failed.is_empty(), dead.as_ref().map(reason))
    }

    fn world(&self) -> &World {
        match self {
            Self::Instalment(app) => &app.world,
            Self::Quota(app) => &app.world,
            Self::Crm(app, _) => &app.world,
            Self::People(app) => &app.world,
            Self::Credit(app) => &app.world,
            Self::Loans(app) => &app.world,
            Self::Accounts(app) => &app.world,
            Self::Callbacks(app) => &app.world,
        }
    }
}

fn reason(letter: &world::Message) -> String {
    letter.attribute("dead_letter_reason").expect("a reason").to_owned()
}
