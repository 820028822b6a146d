//! What is looked up before an operation is judged (§12): the order, and whether its request was answered before.

use domain::lease::OrderId;
use futures_util::future::try_join;
use platform::Scope;

use crate::change::Caller;
use crate::deps::Deps;
use crate::failure::Failure;
use crate::store::{Progress, RequestRow, StoredOrder};

/// The order, unless the request was answered before or still runs.
///
/// # Errors
/// The request's answer, that it runs, that its key is another's, or the database failed.
pub async fn admit(
    deps: &Deps,
    scope: &Scope,
    caller: &Caller,
    id: &OrderId,
) -> Result<Option<StoredOrder>, Failure> {
    let Some(key) = &caller.request else {
        return Ok(deps.store.order(scope, id).await?);
    };
    let order = async { deps.store.order(scope, id).await.map_err(Failure::from) };
    let row = async { deps.store.request(scope, id, key).await.map_err(Failure::from) };
    let (order, row) = try_join(order, row).await?;
    if let Some(row) = row {
        judge(scope, &row, &key.fingerprint)?;
    }
    Ok(order)
}

fn judge(scope: &Scope, row: &RequestRow, fingerprint: &str) -> Result<(), Failure> {
    if row.fingerprint != fingerprint {
        return Err(Failure::KeyMismatch);
    }
    match &row.progress {
        Progress::Answered(answered) => Err(Failure::Answered(answered.clone())),
        Progress::Running { until } if scope.now() < *until => Err(Failure::KeyRunning),
        // Whoever ran it is gone. If its outcome is unknown, the order says so.
        Progress::Running { .. } => Ok(()),
    }
}
