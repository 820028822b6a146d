//! infor-request as a Lambda.

use std::num::NonZeroU64;

use domain::crm::Rules;
use platform::Scope;
use platform::aws::{Aws, AwsSettings};
use platform::config::{Environment, Variable};
use platform::metrics::Source;
use platform::outbox::Outbox;
use platform::sqs::{self, Consumer, Failed, Queue, QueueSender, QueueUrls, Record};

use super::{Deps, Done, PAGE_CLIENTS, handle};
use crate::CONTEXT;
use crate::store::{BackIdStore, ClientStore, RequestStore, TaskStore};
use crate::work::WorkItem;

const INFOR_OUTBOUND_QUEUE_URL: Variable = Variable {
    name: "INFOR_OUTBOUND_QUEUE_URL",
    meaning: "The queue from which TIBCO takes requests.",
    default: None,
};
const WAITING_DAYS: Variable = Variable {
    name: "WAITING_DAYS",
    meaning: "After how many full days in one status of the Wizard a client is asked about.",
    default: Some("7"),
};
const PENDING_DAYS: Variable = Variable {
    name: "PENDING_DAYS",
    meaning: "For how many full days a request without a reply holds back the next.",
    default: Some("3"),
};
const MAX_ATTEMPTS: Variable = Variable {
    name: "MAX_ATTEMPTS",
    meaning: "How many requests there may be about a client; 0 is without limit.",
    default: Some("0"),
};
const SEND_EMPTY_KPP: Variable = Variable {
    name: "SEND_EMPTY_KPP",
    meaning: "Whether a client without a kpp is asked about, with an empty one.",
    default: Some("false"),
};

/// Why a work item can never be worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is none of ours.
    Unreadable,
}

impl From<Reason> for &'static str {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Unreadable => "unreadable",
        }
    }
}

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    aws: AwsSettings,
    clients: String,
    back_ids: String,
    tasks: String,
    outbox: String,
    outbound_url: String,
    queue: QueueUrls,
    rules: Rules,
}

/// The consumer.
#[derive(Debug)]
pub struct InforRequest(pub Deps);

impl Settings {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let clients = ClientStore::read_table(environment);
        let back_ids = BackIdStore::read_table(environment);
        let tasks = TaskStore::read_table(environment);
        let outbox = Outbox::read_table(environment);
        let outbound_url = environment.read(INFOR_OUTBOUND_QUEUE_URL);
        let queue = QueueUrls::read(environment);
        let rules = rules(environment);
        Some(Self {
            aws: aws?,
            clients: clients?,
            back_ids: back_ids?,
            tasks: tasks?,
            outbox: outbox?,
            outbound_url: outbound_url?,
            queue: queue?,
            rules: rules?,
        })
    }
}

fn rules(environment: &mut Environment) -> Option<Rules> {
    let waiting_days = environment.read(WAITING_DAYS);
    let pending_days = environment.read(PENDING_DAYS);
    let max_attempts: Option<u16> = environment.read(MAX_ATTEMPTS);
    let send_empty_kpp = environment.read(SEND_EMPTY_KPP);
    Some(Rules {
        waiting_days: waiting_days?,
        pending_days: pending_days?,
        max_attempts: NonZeroU64::new(max_attempts?.into()),
        send_empty_kpp: send_empty_kpp?,
    })
}

impl InforRequest {
    /// Builds the consumer and opens its connection to DynamoDB.
    pub async fn start(settings: Settings) -> (Self, Queue) {
        let aws = Aws::connect(settings.aws);
        let clients = ClientStore::new(aws.dynamodb(), settings.clients);
        clients.warm().await;
        let tasks = TaskStore::new(aws.dynamodb(), settings.tasks);
        let deps = Deps {
            store: RequestStore { clients, tasks },
            back_ids: BackIdStore::new(aws.dynamodb(), settings.back_ids),
            outbox: Outbox::new(aws.dynamodb(), settings.outbox).with_queues(aws.sqs()),
            outbound_url: settings.outbound_url,
            shards: QueueSender { client: aws.sqs(), url: settings.queue.source.clone() },
            rules: settings.rules,
            page_clients: PAGE_CLIENTS,
        };
        (Self(deps), Queue { client: aws.sqs(), urls: settings.queue })
    }
}

impl Consumer for InforRequest {
    type Reason = Reason;
    const SOURCE: Source = Source { context: CONTEXT, function: "infor-request" };

    async fn consume(&self, scope: &Scope, record: Record<'_>) -> Result<sqs::Done, Failed<Reason>> {
        let item = WorkItem::read(record.body).ok_or(Failed::Dead(Reason::Unreadable))?;
        match handle(&self.0, scope, &item).await {
            Ok(Done::Complete) => Ok(sqs::Done("complete")),
            Ok(Done::Continued) => Ok(sqs::Done("continued")),
            Err(error) => Err(Failed::Retry(error.to_string())),
        }
    }
}
