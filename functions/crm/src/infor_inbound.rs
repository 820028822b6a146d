//! The queue `infor-inbound` (§8, §13): replies and pushes of `InforCRM`. What comes of a task never touches the status of
//! the migration or of the Wizard.

mod consumer;
mod events;

use domain::crm::{
    Answer, LastPush, Progress, Push, PushEffect, ReplyEffect, TaskId, Text, is_known, judge_push,
    judge_reply,
};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};
use platform::metrics::Count;
use platform::outbox::Outbox;
use tracing::{error, warn};

use crate::CONTEXT;
use crate::infor::{Inbound, Pushed, Replied};
use crate::store::{InboundStore, Stored, TaskRow};

pub use consumer::{InforInbound, Reason, Settings};

const TRIES: u32 = 5;

/// What the operation works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The tasks and the organizations.
    pub store: InboundStore,
    /// Tells of what happened.
    pub outbox: Outbox,
}

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A task was created.
    Created,
    /// None was.
    Rejected,
    /// The task of an earlier reply is named.
    Named,
    /// A push is stored.
    Pushed,
    /// It came before, or something newer did: nothing changed.
    Repeated,
    /// It contradicts what stands: nothing changed.
    Contradicted,
}

/// Why a message is not handled.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It can never be.
    #[error("refused: {0:?}")]
    Refused(Reason),
    /// The push has no task yet: its reply may still come.
    #[error("no task yet")]
    NoTask,
    /// Its row was changed by others at every try.
    #[error("raced {TRIES} times")]
    Raced,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
}

/// A try's end.
enum Tried {
    /// It is decided.
    Done(Outcome),
    /// The row changed meanwhile: as it stands.
    Again(Box<TaskRow>),
}

/// Takes a reply or a push.
///
/// # Errors
/// Whether it may be taken later is told by [`Error`]'s variant.
pub async fn handle(deps: &Deps, scope: &Scope, inbound: &Inbound) -> Result<Outcome, Error> {
    let mut row = match inbound {
        Inbound::Reply(replied) => {
            let row = deps.store.tasks.of_request(scope, &replied.request_id).await?;
            row.ok_or(Error::Refused(Reason::UnknownRequest))?
        }
        Inbound::Push(pushed) => find(deps, scope, pushed).await?.ok_or(Error::NoTask)?,
    };
    for tries in 1..=TRIES {
        let tried = match inbound {
            Inbound::Reply(replied) => reply(deps, scope, &row, replied).await,
            Inbound::Push(pushed) => push(deps, scope, &row, pushed).await,
        };
        match tried {
            Ok(Tried::Done(outcome)) => return Ok(outcome),
            Ok(Tried::Again(stands)) => row = *stands,
            Err(Error::Database(error)) if error.kind == ErrorKind::Contended && tries < TRIES => {
                scope.pause(tries).await;
            }
            Err(error) => return Err(error),
        }
    }
    Err(Error::Raced)
}

async fn reply(deps: &Deps, scope: &Scope, row: &TaskRow, replied: &Replied) -> Result<Tried, Error> {
    let reply = &replied.reply;
    let (stored, outcome) = match judge_reply(&row.task, reply) {
        ReplyEffect::Create | ReplyEffect::CreateAfterRejected => {
            return create(deps, scope, row, replied).await;
        }
        ReplyEffect::Reject => (deps.store.rejected(scope, row, reply).await?, Outcome::Rejected),
        ReplyEffect::NameTask => (deps.store.named(scope, row, named(&reply.answer)).await?, Outcome::Named),
        ReplyEffect::Repeated => return Ok(Tried::Done(Outcome::Repeated)),
        ReplyEffect::IgnoredAfterCreated | ReplyEffect::StaysRejected => {
            warn!(request_id = row.request_id.as_str(), "a reply contradicts an earlier one, which stands");
            return Ok(Tried::Done(Outcome::Contradicted));
        }
        ReplyEffect::OtherTask => return Err(Error::Refused(Reason::OtherTask)),
    };
    if let Stored::Raced(stands) = stored {
        return Ok(Tried::Again(stands));
    }
    if let Answer::Rejected(rejection) = &reply.answer {
        scope.count(Count::labelled("infor.rejected", "reason", events::reason(rejection)));
    }
    warn_if_cut(row, replied.was_cut);
    Ok(Tried::Done(outcome))
}

async fn create(deps: &Deps, scope: &Scope, row: &TaskRow, replied: &Replied) -> Result<Tried, Error> {
    let reply = &replied.reply;
    let task_id = named(&reply.answer);
    let event = deps.outbox.event(scope, CONTEXT, &events::task_created(scope.now(), row, task_id));
    if let Stored::Raced(stands) = deps.store.created(scope, row, (reply, task_id), &event).await? {
        return Ok(Tried::Again(stands));
    }
    deps.outbox.deliver(scope, &[event]).await;
    warn_if_cut(row, replied.was_cut);
    if task_id.is_none() {
        alert(scope, row, "a task was created, and the reply does not name it");
    }
    Ok(Tried::Done(Outcome::Created))
}

fn named(answer: &Answer) -> Option<&TaskId> {
    match answer {
        Answer::Created { task_id } => task_id.as_ref(),
        Answer::Rejected(_) => None,
    }
}

async fn push(deps: &Deps, scope: &Scope, row: &TaskRow, pushed: &Pushed) -> Result<Tried, Error> {
    match judge_push(&row.task, &pushed.push) {
        PushEffect::Store { names_task, becomes_done, alert: alerts } => {
            let stored = store_push(deps, scope, row, (pushed, names_task, becomes_done)).await?;
            if let Stored::Raced(stands) = stored {
                return Ok(Tried::Again(stands));
            }
            if alerts {
                alert(scope, row, "a push has a statusCode other than 0, or an unknown taskStatus");
            }
            Ok(Tried::Done(Outcome::Pushed))
        }
        PushEffect::Duplicate | PushEffect::Older => Ok(Tried::Done(Outcome::Repeated)),
        PushEffect::UnreadableDt => {
            warn!(
                request_id = row.request_id.as_str(),
                "a push without a readable dt; the row shows another"
            );
            Ok(Tried::Done(Outcome::Contradicted))
        }
        PushEffect::TaskMismatch => Err(Error::Refused(Reason::TaskMismatch)),
        PushEffect::NoTask => Err(Error::NoTask),
    }
}

/// The row by the task, or else by the reply's id: a reply need not name the task, and a push is never looked up among
/// our own requests (§8).
async fn find(deps: &Deps, scope: &Scope, pushed: &Pushed) -> Result<Option<TaskRow>, DynamoDbError> {
    if let Some(task_id) = &pushed.push.task_id
        && let Some(row) = deps.store.tasks.of_task(scope, task_id).await?
    {
        return Ok(Some(row));
    }
    match &pushed.push.message_id {
        Some(message_id) => deps.store.tasks.of_message(scope, message_id).await,
        None => Ok(None),
    }
}

async fn store_push(
    deps: &Deps,
    scope: &Scope,
    row: &TaskRow,
    (pushed, names_task, becomes_done): (&Pushed, bool, bool),
) -> Result<Stored, Error> {
    let push = &pushed.push;
    let event = becomes_done
        .then(|| deps.outbox.event(scope, CONTEXT, &events::task_finished(scope.now(), row, push)));
    let ended = becomes_done || has_ended(&row.task.progress);
    let stored = deps.store.pushed(scope, row, (push, names_task, ended), event.as_ref()).await?;
    if stored == Stored::Now {
        if let Some(event) = event {
            deps.outbox.deliver(scope, &[event]).await;
        }
        warn_if_cut(row, pushed.was_cut);
        count_unknown(scope, push);
    }
    Ok(stored)
}

fn count_unknown(scope: &Scope, push: &Push) {
    let [first, second, _] = push.reactions.each_ref().map(|reaction| reaction.as_ref().map(Text::as_str));
    if !is_known(push.exec_description.as_ref().map(Text::as_str), first, second) {
        scope.count(Count::of("infor.unknown_reaction"));
    }
}

fn has_ended(progress: &Progress) -> bool {
    match progress {
        Progress::Created { push: Some(LastPush { ended, .. }), .. } => *ended,
        Progress::Created { push: None, .. } | Progress::Unanswered | Progress::Rejected(_) => false,
    }
}

fn warn_if_cut(row: &TaskRow, was_cut: bool) {
    if was_cut {
        warn!(request_id = row.request_id.as_str(), "a text is longer than its column, and cut");
    }
}

/// Somebody has to look: counted, and alarmed.
fn alert(scope: &Scope, row: &TaskRow, what: &str) {
    error!(request_id = row.request_id.as_str(), "{what}");
    scope.count(Count::of("infor.alert"));
}
