//! What follows when it becomes known without the user that there is an account: the order whose confirmation waits for it
//! is confirmed, and of every other the account is noted.

use domain::marketplace::{AdmissionRule, Step};
use futures_util::future::try_join;
use jiff::Timestamp;
use platform::Scope;

use super::{Deps, NotCompleted, Standing, TRIES, complete, look, opened, tell_refusal};
use crate::channel::Channel;
use crate::store::{Committed, StoredRegister};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The account was known already.
    Known,
    /// It is noted: no confirmation waited, or the order is confirmed already.
    Noted,
    /// The order is confirmed.
    Confirmed,
    /// The user may not borrow any more: the account is noted, and the order stays.
    Refused(AdmissionRule),
}

/// There is an account for what was `read`.
///
/// # Errors
/// It may succeed later.
pub async fn account_found(
    deps: &Deps,
    scope: &Scope,
    channel: &Channel,
    (read, time): (&StoredRegister, Timestamp),
    source: &'static str,
) -> Result<Opened, NotCompleted> {
    let mut read = read.clone();
    for tries in 1..=TRIES {
        if read.register.is_open() {
            return Ok(Opened::Known);
        }
        if let Some(found) = once(deps, scope, channel, (&read, time), source).await? {
            return Ok(found);
        }
        scope.pause(tries).await;
        match deps.registers.register(scope, &read.key).await? {
            Some(again) => read = again,
            // Rows are never deleted.
            None => return Ok(Opened::Known),
        }
    }
    Err(NotCompleted::Raced)
}

/// One try; `None` if others changed something at the same time.
async fn once(
    deps: &Deps,
    scope: &Scope,
    channel: &Channel,
    (read, time): (&StoredRegister, Timestamp),
    source: &'static str,
) -> Result<Option<Opened>, NotCompleted> {
    let key = &read.key.order;
    let (order, log) = try_join(deps.store.order(scope, key), deps.logs.log(scope, key)).await?;
    let waiting = log.as_ref().and_then(|log| Some((log, log.waiting_terms()?)));
    let goes = order.filter(|order| order.status.confirmation_step() == Step::Go);
    let (Some(order), Some((log, terms))) = (goes, waiting) else {
        return note(deps, scope, read, Opened::Noted).await;
    };
    let user = look(deps, scope, channel, (&order, time)).await?;
    if let Some(rule) = user.admission.refused {
        let noted = note(deps, scope, read, Opened::Refused(rule)).await?;
        if noted.is_some() {
            tell_refusal(scope, &order, rule);
        }
        return Ok(noted);
    }
    let standing = Standing { order: &order, register: Some(read), log: Some(log) };
    let committed = complete(deps, scope, standing, (terms, user.card), source).await?;
    Ok((committed == Committed::Applied).then_some(Opened::Confirmed))
}

/// Notes the account alone.
async fn note(
    deps: &Deps,
    scope: &Scope,
    read: &StoredRegister,
    outcome: Opened,
) -> Result<Option<Opened>, NotCompleted> {
    let rows: Vec<_> = opened(deps, read, scope.now()).into_iter().collect();
    let committed = deps.registers.write(scope, &rows).await?;
    Ok((committed == Committed::Applied).then_some(outcome))
}
