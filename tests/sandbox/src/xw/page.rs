//! The page on which a user opens his account: `GET /xw/open?uid=…[&back=…]` shows it, its button opens the account,
//! has XW tell us and leads back, if there is somewhere to lead to.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::{Account, EVENTS, Event, Opening};
use crate::control::Refused;
use crate::log::Partner;
use crate::received::Received;
use crate::{Sandbox, Shared};

/// Whose account, and where he came from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Visit {
    uid: String,
    back: Option<String>,
}

const PAGE: &str = r#"<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>新网存管</title>
<h1>开通存管账户</h1>
<form method="post"><button>开通</button></form>
</html>
"#;

type Asked = Result<Query<Visit>, QueryRejection>;

pub(super) async fn show(State(sandbox): State<Shared>, visit: Asked, received: Received) -> Response {
    match entered(&sandbox, visit, &received) {
        Ok(_) => Html(PAGE).into_response(),
        Err(refused) => refused.into_response(),
    }
}

pub(super) async fn open(State(sandbox): State<Shared>, visit: Asked, received: Received) -> Response {
    let Visit { uid, back } = match entered(&sandbox, visit, &received) {
        Ok(visit) => visit,
        Err(refused) => return refused.into_response(),
    };
    sandbox.xw.set(&uid, Account::Open);
    let told = Event { state: Opening::Open, event_id: None, occurred_at: None };
    let event = sandbox.xw.event(&uid, told).to_string();
    let sent = match sandbox.queues.named(EVENTS) {
        Ok(queue) => queue.send(&event).await.map_err(Refused::Failed),
        Err(too_early) => Err(too_early),
    };
    match (sent, back) {
        (Ok(()), Some(back)) => (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response(),
        (Ok(()), None) => Html(PAGE).into_response(),
        (Err(refused), _) => refused.into_response(),
    }
}

/// Who came; it stands in the log.
fn entered(sandbox: &Sandbox, visit: Asked, received: &Received) -> Result<Visit, Refused> {
    let mut entry = received.entry(Partner::Xw);
    let visit = visit.map_err(|rejection| Refused::Impossible(rejection.body_text()));
    let visit = visit.and_then(|Query(visit)| {
        let is_whole =
            !visit.uid.is_empty() && visit.back.as_ref().is_none_or(|back| back.parse::<http::Uri>().is_ok());
        if is_whole { Ok(visit) } else { Err(Refused::Impossible("uid or back says nothing".to_owned())) }
    });
    entry.kind = "page";
    if let Ok(visit) = &visit {
        sandbox.about(visit.uid.clone(), "page", &mut entry);
        entry.outcome = "answered".into();
    } else {
        (entry.outcome, entry.verified) = ("refused:malformed".into(), false);
    }
    sandbox.log.add(entry);
    visit
}
