//! The queue `infor-shards` (§5, §12): asks `InforCRM` about the waiting clients of a shard who are due.

mod consumer;

use std::num::NonZeroU64;
use std::time::Duration;

use domain::crm::{Attempt, Attempts, BackSystemId, Outcome, RequestId, Rules, Selection, judge};
use futures_util::future::join_all;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};
use platform::metrics::Count;
use platform::outbox::{Outbox, Pending};
use platform::sqs::{QueueSender, SendError};
use tracing::{error, warn};

use crate::infor;
use crate::store::{BackIdStore, ClientRow, RequestStore, Requested};
use crate::work::WorkItem;

pub use consumer::{InforRequest, Reason, Settings};

/// With less time left the rest of a shard is put back on the queue.
const LEAST_TIME: Duration = Duration::from_secs(10);
/// How many clients are read at once unless told otherwise: what is held in memory.
pub const PAGE_CLIENTS: i32 = 50;
/// How many requests are written at once: what one call to the queue takes.
const AT_ONCE: usize = 10;
const TRIES: u32 = 5;
const REQUESTED: Count = Count::of("infor.requested");

/// What the operation works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The organizations and the tasks.
    pub store: RequestStore,
    /// The ids in the back systems.
    pub back_ids: BackIdStore,
    /// Sends what is written.
    pub outbox: Outbox,
    /// The address of the queue that TIBCO takes from.
    pub outbound_url: String,
    /// Where the rest of a shard goes.
    pub shards: QueueSender,
    /// The numbers of the selection.
    pub rules: Rules,
    /// How many clients are read at once.
    pub page_clients: i32,
}

/// How a work item ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Every client who is due was looked at.
    Complete,
    /// The rest is on the queue again.
    Continued,
}

/// Why a work item is to come again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The index could not be read.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
    /// The rest of the shard could not be put back.
    #[error(transparent)]
    Queue(#[from] SendError),
    /// Some clients failed, each logged; the others are done.
    #[error("{0} clients failed")]
    Clients(usize),
}

/// Asks about every client of the shard who is due, a page at a time. Who got a row that day gets no second, so a work
/// item may come twice, be stopped anywhere, and run beside itself.
///
/// # Errors
/// Something is left; the work item comes again.
pub async fn handle(deps: &Deps, scope: &Scope, item: &WorkItem) -> Result<Done, Error> {
    let cutoff = deps.rules.cutoff(item.time);
    let (mut after, mut failed) = (item.after.clone(), 0);
    loop {
        let from = (after.as_ref(), deps.page_clients);
        let page = deps.store.clients.waiting(scope, item.shard, cutoff, from).await?;
        let mut rows = page.rows.into_iter();
        loop {
            let chunk: Vec<_> = rows.by_ref().take(AT_ONCE).collect();
            if chunk.is_empty() {
                break;
            }
            failed += ask_about(deps, scope, item, chunk).await;
        }
        after = page.next;
        if after.is_some() && scope.remaining() >= LEAST_TIME {
            continue;
        }
        // The whole item comes again, and passes over who is done: were the rest put back as well, each of its receives
        // would put it back once more.
        if failed > 0 {
            return Err(Error::Clients(failed));
        }
        if after.is_none() {
            return Ok(Done::Complete);
        }
        let rest = WorkItem { after, ..item.clone() };
        deps.shards.send(scope, &[rest.to_body()]).await?;
        return Ok(Done::Continued);
    }
}

/// Asks about some clients at once, and tells how many of them failed.
async fn ask_about(
    deps: &Deps,
    scope: &Scope,
    item: &WorkItem,
    rows: Vec<Result<ClientRow, DynamoDbError>>,
) -> usize {
    let asked = join_all(rows.into_iter().map(|row| async {
        let id = row.as_ref().ok().map(|row| row.client.organization_id.as_str().to_owned());
        let asked = ask(deps, scope, item, row).await;
        asked.inspect_err(
            |failure| error!(%failure, organization_id = id, "a client could not be asked about"),
        )
    }));
    let asked = asked.await;
    let (mut written, mut failed) = (Vec::new(), 0);
    for result in asked {
        match result {
            Ok(Some(request)) => written.push(request),
            Ok(None) => {}
            Err(_) => failed += 1,
        }
    }
    let (ids, messages): (Vec<RequestId>, Vec<Pending>) = written.into_iter().unzip();
    for _ in &ids {
        scope.count(REQUESTED);
    }
    if deps.outbox.deliver(scope, &messages).await == 0 {
        let marked = ids.iter().map(|id| deps.store.tasks.mark_sent(scope, id.as_str()));
        for failure in join_all(marked).await.into_iter().filter_map(Result::err) {
            warn!(%failure, "a request is sent, and its row does not say so");
        }
    }
    failed
}

/// Writes a request, unless the client is not to be asked about.
async fn ask(
    deps: &Deps,
    scope: &Scope,
    item: &WorkItem,
    row: Result<ClientRow, DynamoDbError>,
) -> Result<Option<(RequestId, Pending)>, DynamoDbError> {
    let mut row = row?;
    for tries in 1..=TRIES {
        let back_ids = back_ids(deps, scope, item, &row).await?;
        let data = match judge(&row.client, &back_ids, item.time, deps.rules) {
            Selection::Send(data) => data,
            Selection::Skip(reason) => {
                scope.count(Count::labelled("infor.skip", "reason", reason.as_str()));
                return Ok(None);
            }
            Selection::Pending
            | Selection::AttemptedToday
            | Selection::AttemptsExhausted
            | Selection::NotDue => return Ok(None),
        };
        data.warnings()
            .for_each(|warning| scope.count(Count::labelled("infor.warning", "field", warning.as_str())));
        let id = RequestId::new(&scope.uuid())
            .map_err(|error| DynamoDbError::incomplete("TransactWriteItems", &error))?;
        let body = infor::request(&id, item.time, &data);
        let attributes = [(infor::REQUEST_ID_ATTRIBUTE, id.as_str())];
        let message = deps.outbox.queue_message(scope, &deps.outbound_url, body, &attributes);
        match deps.store.request(scope, &row, (&id, attempt(&row, item)), &message).await {
            Ok(Requested::Now) => return Ok(Some((id, message))),
            Ok(Requested::Raced) => {}
            Err(error) if error.kind == ErrorKind::Contended && tries < TRIES => scope.pause(tries).await,
            Err(error) => return Err(error),
        }
        row = deps.store.clients.find(scope, &row.client.organization_id).await?;
    }
    Err(DynamoDbError::vanished("TransactWriteItems"))
}

/// The client's ids in the back systems, read only if it would be asked about.
async fn back_ids(
    deps: &Deps,
    scope: &Scope,
    item: &WorkItem,
    row: &ClientRow,
) -> Result<Vec<BackSystemId>, DynamoDbError> {
    match judge(&row.client, &[], item.time, deps.rules) {
        Selection::Send(data) => deps.back_ids.of(scope, data.mdm_id).await,
        Selection::Skip(_)
        | Selection::Pending
        | Selection::AttemptedToday
        | Selection::AttemptsExhausted
        | Selection::NotDue => Ok(Vec::new()),
    }
}

fn attempt(row: &ClientRow, item: &WorkItem) -> Attempt {
    let number = match &row.client.attempts {
        Attempts::Made(latest) => latest.number.saturating_add(1),
        Attempts::Never | Attempts::TaskCreated => NonZeroU64::MIN,
    };
    Attempt { requested_at: item.time, outcome: Outcome::Unanswered, number }
}
