//! An order is pushed: `pushOrder` (1.3, item 4; §3.1, §7.9).

mod pushed;
mod settings;

use bytes::Bytes;
use domain::marketplace::{PushJudgement, PushStatus, judge_push};
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use platform::metrics::Source;
use platform::secrets::Secret;
use serde::Serialize;

use self::pushed::Pushed;
use crate::CONTEXT;
use crate::channel::{Channel, Wording, Words};
use crate::digest::DigestKey;
use crate::endpoint::{Failure, Operation, Reply};
use crate::store::{
    Commit, Committed, DataKind, Entry, OrderStore, Pulls, RawData, RawObject, Sealing, StoredOrder,
};

pub use self::settings::{Own, Settings};

/// What Lambda's event leaves of a body (design §3).
const BODY_BYTES: usize = 6_291_456;
/// How often a push is judged anew because somebody else was at its order.
const TRIES: u32 = 5;

/// The operation.
#[derive(Debug)]
pub struct PushOrder {
    /// The orders.
    pub store: OrderStore,
    /// Where pushes are put.
    pub raw_data: RawData,
    /// What contents and persons are told apart by.
    pub digests: Secret<DigestKey>,
    /// What persons are sealed with.
    pub sealing: Sealing,
}

#[derive(Serialize)]
struct Wire<'a> {
    status: u16,
    remark: &'a str,
}

/// What a push came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It was judged so, and what follows is written.
    Judged(PushJudgement),
    /// The channel's product is switched off: nothing is taken on.
    SwitchedOff,
}

impl Operation for PushOrder {
    const OP: &'static str = "pushOrder";
    const SOURCE: Source = Source { context: CONTEXT, function: "push-order" };
    const BODY_BYTES: usize = BODY_BYTES;
    type Input = String;

    fn read(_: &Channel, text: String) -> Result<String, Failure> {
        Ok(text)
    }

    async fn handle(&self, scope: &Scope, channel: &Channel, text: String) -> Result<Reply, Failure> {
        let content = Bytes::from(text);
        let pushed = Pushed::read(&content, channel, &self.digests.current(), &self.sealing)?;
        let outcome = self.take(scope, channel, &pushed, content).await?;
        Ok(Reply::json(outcome.word(), &outcome.wire(&channel.config.wording)))
    }
}

impl PushOrder {
    /// Reads the order, judges the push by it, and writes what follows, on condition that the order is what was read.
    async fn take(
        &self,
        scope: &Scope,
        channel: &Channel,
        pushed: &Pushed,
        content: Bytes,
    ) -> Result<Outcome, Failure> {
        let (mut put, mut content) = (None, Some(content));
        for attempt in 1..=TRIES {
            let existing = self.store.order(scope, &pushed.key).await?;
            let same = |order: &StoredOrder| (order.status, order.content.digest == pushed.content.digest);
            let judgement = judge_push(existing.as_ref().map(same));
            match judgement {
                PushJudgement::Repeat | PushJudgement::AlreadyProcessing => {
                    return Ok(Outcome::Judged(judgement));
                }
                PushJudgement::Accepted | PushJudgement::Overwrite => {}
            }
            if !channel.config.product_is_on {
                return Ok(Outcome::SwitchedOff);
            }
            // Once, however often the order turns out to be another.
            let object = match &put {
                Some(object) => object,
                None => put.insert(self.put(pushed, content.take().unwrap_or_default()).await?),
            };
            if self.write(scope, existing.as_ref(), pushed, object).await? == Committed::Applied {
                return Ok(Outcome::Judged(judgement));
            }
            scope.pause(attempt).await;
        }
        Err(DynamoDbError::raced("TransactWriteItems").into())
    }

    async fn put(&self, pushed: &Pushed, content: Bytes) -> Result<RawObject, Failure> {
        let put = self.raw_data.put(&pushed.key, DataKind::Push, content).await;
        put.map_err(|error| Failure::Internal(error.to_string()))
    }

    async fn write(
        &self,
        scope: &Scope,
        existing: Option<&StoredOrder>,
        pushed: &Pushed,
        object: &RawObject,
    ) -> Result<Committed, Failure> {
        let order = match existing {
            None => pushed.begun(scope, object),
            Some(existing) => pushed.over(existing, object),
        };
        let is_same_user = existing.is_some_and(|existing| existing.content.uid == pushed.content.uid);
        let had = existing.into_iter().flat_map(|existing| existing.data_keys.keys().copied());
        let dropped: Vec<_> = had.filter(|kind| !order.data_keys.contains_key(kind)).collect();
        let commit = Commit {
            entry: Some(Entry {
                from: existing.map(|existing| existing.status),
                source: Self::SOURCE.function,
                reason: if existing.is_some() { "pushed with other content" } else { "pushed" }.to_owned(),
            }),
            objects: std::slice::from_ref(object),
            dropped: &dropped,
            user: Some(&pushed.user),
            pulls: if is_same_user { Pulls::Unchanged } else { Pulls::Begun },
            ..Commit::of(existing.map(|existing| existing.version), &order)
        };
        Ok(self.store.commit(scope, commit).await?)
    }
}

impl Outcome {
    /// The log's word.
    fn word(self) -> &'static str {
        match self {
            Self::Judged(PushJudgement::Accepted) => "accepted",
            Self::Judged(PushJudgement::Overwrite) => "overwritten",
            Self::Judged(PushJudgement::Repeat) => "repeated",
            Self::Judged(PushJudgement::AlreadyProcessing) => "already_processing",
            Self::SwitchedOff => "switched_off",
        }
    }

    fn wire(self, wording: &Wording) -> Wire<'_> {
        let status = match self {
            Self::Judged(judgement) => judgement.status(),
            Self::SwitchedOff => PushStatus::Failed,
        };
        let words = match status {
            PushStatus::Accepted => Words::PushAccepted,
            PushStatus::AlreadyProcessing => Words::AlreadyProcessing,
            PushStatus::Failed => Words::ProductOff,
        };
        Wire { status: status.code(), remark: wording.text(words) }
    }
}
