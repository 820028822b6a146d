//! What an order is judged by: its items, its raw data, its user (§11, Admission).

use domain::marketplace::{Admission, IdNumber, ParseOutcome, PushedOrder};
use jiff::Timestamp;
use platform::Scope;
use platform::object_store::ObjectErrorKind;
use platform::seal::SealError;
use tracing::warn;

use super::{Deps, NotJudged};
use crate::admission::{self, Lookup};
use crate::channel::Channel;
use crate::json;
use crate::store::{DataKind, NoRawData, StoredOrder};

/// Judges an order as of `time`. What is not asked for any more is not read.
pub(super) async fn judge(
    deps: &Deps,
    scope: &Scope,
    channel: &Channel,
    (order, time): (&StoredOrder, Timestamp),
) -> Result<ParseOutcome, NotJudged> {
    let unasked = Admission::default();
    if !order.items.missing().is_empty() {
        return Ok(ParseOutcome::of(&order.items, false, &unasked));
    }
    let Some(id_number) = id_number(deps, scope, order).await? else {
        return Ok(ParseOutcome::of(&order.items, false, &unasked));
    };
    let lookup = Lookup {
        first: Some(&order.content.lookup.id_number),
        phone: Some(&order.content.lookup.phone),
        birthday: Some(id_number.birthday()),
    };
    let admission = admission::judge(&deps.customers, scope, &channel.config.admission, lookup, time).await?;
    Ok(ParseOutcome::of(&order.items, true, &admission))
}

/// The id number in the push; `None` if that cannot be read, now or ever.
async fn id_number(deps: &Deps, scope: &Scope, order: &StoredOrder) -> Result<Option<IdNumber>, NotJudged> {
    let Some(key) = order.data_keys.get(&DataKind::Push) else {
        return Ok(None);
    };
    let content = match deps.raw_data.get(scope, key).await {
        Ok(content) => content,
        Err(failure) if is_for_ever(&failure) => {
            warn!(%failure, order = %order.key, "the push is not there");
            return Ok(None);
        }
        Err(failure) => return Err(failure.into()),
    };
    let read = || {
        let text = std::str::from_utf8(&content).ok()?;
        PushedOrder::of(json::read(text).ok()?).ok()
    };
    let pushed = read();
    if pushed.is_none() {
        warn!(order = %order.key, "the push cannot be read");
    }
    Ok(pushed.map(|pushed| pushed.id_number))
}

/// A key that is not known may be so new that this process has not yet read it.
fn is_for_ever(failure: &NoRawData) -> bool {
    match failure {
        NoRawData::Store(failure) => match failure.kind {
            ObjectErrorKind::Missing | ObjectErrorKind::TooLong => true,
            ObjectErrorKind::Busy | ObjectErrorKind::Unanswered | ObjectErrorKind::Refused => false,
        },
        NoRawData::Seal(failure) => match failure {
            SealError::Altered | SealError::TooLong => true,
            SealError::UnknownKey(_) | SealError::Random(_) => false,
        },
    }
}
