//! infor-inbound as a Lambda.

use platform::Scope;
use platform::aws::{Aws, AwsSettings};
use platform::config::{Environment, Variable};
use platform::metrics::Source;
use platform::outbox::OutboxSettings;
use platform::sqs::{Consumer, Done, Failed, Queue, QueueUrls, Record, Waits};

use super::{Deps, Error, Outcome, handle};
use crate::CONTEXT;
use crate::infor::{self, Malformed};
use crate::store::{ClientStore, InboundStore, TaskStore};

const INFOR_PUSH_RETRY_SECONDS: Variable = Variable {
    name: "INFOR_PUSH_RETRY_SECONDS",
    meaning: "The waits of a push that finds no task, one after the other.",
    default: Some("60,120,300,900,1800"),
};

/// Why a message can never be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No JSON object, or a member that is neither a text nor a number.
    Unreadable,
    /// Neither a reply nor a push.
    NeitherReplyNorPush,
    /// A reply without `statusCode`.
    NoStatusCode,
    /// An id is longer than 200 characters.
    TooLong,
    /// No request of ours has the reply's `replyUID`.
    UnknownRequest,
    /// A second reply names another task.
    OtherTask,
    /// A push names another task than its row.
    TaskMismatch,
    /// A push found no task, for as long as it waits.
    PushWithoutTask,
}

impl From<Reason> for &'static str {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Unreadable => "unreadable",
            Reason::NeitherReplyNorPush => "neither_reply_nor_push",
            Reason::NoStatusCode => "no_status_code",
            Reason::TooLong => "too_long",
            Reason::UnknownRequest => "unknown_request",
            Reason::OtherTask => "other_task",
            Reason::TaskMismatch => "task_mismatch",
            Reason::PushWithoutTask => "push_without_task",
        }
    }
}

impl From<Malformed> for Reason {
    fn from(malformed: Malformed) -> Self {
        match malformed {
            Malformed::Unreadable => Self::Unreadable,
            Malformed::NeitherReplyNorPush => Self::NeitherReplyNorPush,
            Malformed::NoStatusCode => Self::NoStatusCode,
            Malformed::TooLong => Self::TooLong,
        }
    }
}

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    aws: AwsSettings,
    tasks: String,
    clients: String,
    outbox: OutboxSettings,
    queue: QueueUrls,
    waits: Waits,
}

/// The consumer.
#[derive(Debug)]
pub struct InforInbound {
    /// What the operation works with.
    pub deps: Deps,
    /// How long a push waits for its task.
    pub waits: Waits,
}

impl Settings {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let tasks = TaskStore::read_table(environment);
        let clients = ClientStore::read_table(environment);
        let outbox = OutboxSettings::read(environment);
        let queue = QueueUrls::read(environment);
        let waits = environment.read(INFOR_PUSH_RETRY_SECONDS);
        Some(Self {
            aws: aws?,
            tasks: tasks?,
            clients: clients?,
            outbox: outbox?,
            queue: queue?,
            waits: waits?,
        })
    }
}

impl InforInbound {
    /// Builds the consumer and opens its connection to DynamoDB.
    pub async fn start(settings: Settings) -> (Self, Queue) {
        let aws = Aws::connect(settings.aws);
        let tasks = TaskStore::new(aws.dynamodb(), settings.tasks);
        tasks.warm().await;
        let clients = ClientStore::new(aws.dynamodb(), settings.clients);
        let deps = Deps { store: InboundStore { tasks, clients }, outbox: settings.outbox.connect(&aws) };
        (Self { deps, waits: settings.waits }, Queue { client: aws.sqs(), urls: settings.queue })
    }
}

impl Consumer for InforInbound {
    type Reason = Reason;
    const SOURCE: Source = Source { context: CONTEXT, function: "infor-inbound" };

    async fn consume(&self, scope: &Scope, record: Record<'_>) -> Result<Done, Failed<Reason>> {
        let inbound = infor::read(record.body).map_err(|malformed| Failed::Dead(malformed.into()))?;
        match handle(&self.deps, scope, &inbound).await {
            Ok(Outcome::Created) => Ok(Done("created")),
            Ok(Outcome::Rejected) => Ok(Done("rejected")),
            Ok(Outcome::Named) => Ok(Done("named")),
            Ok(Outcome::Pushed) => Ok(Done("pushed")),
            Ok(Outcome::Repeated) => Ok(Done("repeated")),
            Ok(Outcome::Contradicted) => Ok(Done("contradicted")),
            Err(Error::Refused(reason)) => Err(Failed::Dead(reason)),
            Err(Error::NoTask) => match self.waits.next(record.age) {
                Some(wait) => Err(Failed::Waits(wait)),
                None => Err(Failed::Dead(Reason::PushWithoutTask)),
            },
            Err(error @ (Error::Raced | Error::Database(_))) => Err(Failed::Retry(error.to_string())),
        }
    }
}
