//! How an operation whose outcome is not known is stored, within its order's row.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::lease::{CancelReason, CloseReason, Intent, Method, Source, Unknown};
use platform::dynamodb::{Item, Row, RowError, text};
use platform::rfc3339;

use super::order_row::{OnBehalf, known, parties, parties_item};

const METHOD: &str = "method";
const SINCE: &str = "since";
const RUNNING_UNTIL: &str = "running_until";
const PARTIES: &str = "parties";
const TAG: &str = "tag";
const REASON: &str = "reason";
const EVIDENCE: &str = "evidence";
const AGREE: &str = "agree";
const WHO: &str = "who";
const SOURCE: &str = "source";
const OPERATION: &str = "operation";
const WHY: &str = "why";
const REQUEST: &str = "request";
const FINGERPRINT: &str = "fingerprint";

pub(super) fn to_item(unknown: &Unknown, on_behalf: Option<&OnBehalf>) -> Item {
    let mut item = intent_item(&unknown.intent);
    let mut put = |name: &str, value: &str| {
        item.insert(name.to_owned(), text(value));
    };
    put(METHOD, unknown.intent.method().as_str());
    put(SINCE, &rfc3339::sortable(unknown.since));
    put(RUNNING_UNTIL, &rfc3339::sortable(unknown.running_until));
    if let Some(OnBehalf { who, source, operation, why, request }) = on_behalf {
        put(WHO, who);
        put(SOURCE, source.as_str());
        put(OPERATION, operation);
        put(WHY, why);
        if let Some((request, fingerprint)) = request {
            put(REQUEST, request);
            put(FINGERPRINT, fingerprint);
        }
    }
    item
}

fn intent_item(intent: &Intent) -> Item {
    let pairs = match intent {
        Intent::Sync | Intent::CreateWithhold | Intent::Unbind => vec![],
        Intent::SubmitContract { parties } => vec![(PARTIES, parties_item(parties))],
        Intent::Seal { tag } => tag.iter().map(|tag| (TAG, text(tag))).collect(),
        Intent::CancelPlan { reason } => vec![(REASON, text(reason.as_str()))],
        Intent::Close { reason, evidence } => {
            vec![(REASON, text(reason.as_str())), (EVIDENCE, AttributeValue::Bool(*evidence))]
        }
        Intent::ConfirmUnsign { agree } => vec![(AGREE, AttributeValue::Bool(*agree))],
    };
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(super) fn read(item: &Item) -> Result<(Unknown, Option<OnBehalf>), RowError> {
    let row = Row::new(item);
    let unknown = Unknown {
        intent: intent(item)?,
        since: row.instant(SINCE)?,
        running_until: row.instant(RUNNING_UNTIL)?,
    };
    Ok((unknown, on_behalf(row)?))
}

fn on_behalf(row: Row<'_>) -> Result<Option<OnBehalf>, RowError> {
    let Some(who) = row.optional_text(WHO)? else {
        return Ok(None);
    };
    let request = match row.optional_text(REQUEST)? {
        Some(request) => Some((request.to_owned(), row.text(FINGERPRINT)?.to_owned())),
        None => None,
    };
    Ok(Some(OnBehalf {
        who: who.to_owned(),
        source: known(row, SOURCE, Source::parse)?.unwrap_or_default(),
        operation: row.text(OPERATION)?.to_owned(),
        why: row.text(WHY)?.to_owned(),
        request,
    }))
}

fn intent(item: &Item) -> Result<Intent, RowError> {
    let row = Row::new(item);
    let method = known(row, METHOD, Method::parse)?.ok_or_else(|| RowError::new(METHOD, &"is missing"))?;
    let flag = |name| item.get(name).and_then(|value| value.as_bool().ok()).copied().unwrap_or_default();
    let missing = || RowError::new(REASON, &"is missing");
    Ok(match method {
        Method::FrontTradeSync => Intent::Sync,
        Method::FrontSignSubmit => Intent::SubmitContract { parties: parties(item)? },
        Method::WithholdSignCreate => Intent::CreateWithhold,
        Method::SignFlowAuth => Intent::Seal { tag: row.optional_text(TAG)?.map(str::to_owned) },
        Method::WithholdPlanCancel => {
            Intent::CancelPlan { reason: known(row, REASON, CancelReason::parse)?.ok_or_else(missing)? }
        }
        Method::TradeSync => Intent::Close {
            reason: known(row, REASON, CloseReason::parse)?.ok_or_else(missing)?,
            evidence: flag(EVIDENCE),
        },
        Method::WithholdSignUnbind => Intent::Unbind,
        Method::SignAsyncUnsignConfirm => Intent::ConfirmUnsign { agree: flag(AGREE) },
    })
}
