//! `POST /credit/temp-credit/query` (`TempCreditResource#queryTempCreditInfo`, §3.1). Members stand in the order of the
//! specification's table.

use domain::quota::{AccountType, Code, Grant, Listed};
use futures_util::future::join;
use http::StatusCode;
use platform::Scope;
use platform::config::Environment;
use platform::http::{Answer, BodyRule, Caller, Endpoint, Refusal, Request};
use platform::metrics::Source;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tracing::error;

use crate::CONTEXT;
use crate::credit_man::{self, WireResult};
use crate::deps::{self, Deps};
use crate::paging::{Digits, page};
use crate::query::{self, Error, TempCredits};

/// The endpoint.
#[derive(Debug)]
pub struct QueryTempCredit(pub Deps);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRequest {
    pin: String,
    page: Digits,
    page_size: Digits,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireAnswer<'a> {
    page: u32,
    page_size: u32,
    total_count: usize,
    page_num: usize,
    result: WireResult,
    temp_credit_list: Vec<WireGrant<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_temp_quota: Option<Box<RawValue>>,
    account_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireGrant<'a> {
    temp_limit: Option<Box<RawValue>>,
    effective_time: String,
    invalid_time: Option<String>,
    business_type: &'a str,
    business_id: &'a str,
}

impl QueryTempCredit {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<deps::Settings> {
        deps::Settings::read(environment)
    }

    /// Builds the endpoint and opens two connections to DynamoDB: account and grants are read at once.
    pub async fn start(settings: deps::Settings) -> Self {
        let (deps, _) = settings.connect();
        // Boxed: the future of both is large.
        Box::pin(join(deps.store.warm(), deps.store.warm())).await;
        Self(deps)
    }
}

fn shown(credits: &TempCredits) -> Answer {
    let body = WireAnswer {
        page: credits.page.number(),
        page_size: credits.page.size(),
        total_count: credits.total_count,
        page_num: credits.page.pages_of(credits.total_count),
        result: Code::Success.into(),
        temp_credit_list: credits.grants.iter().map(Listed::grant).map(wire_grant).collect(),
        total_temp_quota: credit_man::amount(credits.temp_total),
        account_type: AccountType::Normal.as_str(),
    };
    Answer::json(StatusCode::OK, "shown", &body)
}

fn wire_grant(grant: &Grant) -> WireGrant<'_> {
    WireGrant {
        temp_limit: credit_man::amount(grant.change_limit),
        effective_time: credit_man::instant(grant.effective_time),
        invalid_time: grant.invalid_time.map(credit_man::instant),
        business_type: grant.id.business_type().as_str(),
        business_id: grant.id.business_id(),
    }
}

fn failure(code: Code, account_type: AccountType) -> WireAnswer<'static> {
    WireAnswer {
        page: 0,
        page_size: 0,
        total_count: 0,
        page_num: 0,
        result: code.into(),
        temp_credit_list: Vec::new(),
        total_temp_quota: None,
        account_type: account_type.as_str(),
    }
}

impl Endpoint for QueryTempCredit {
    type Caller = credit_man::Caller;
    const SOURCE: Source = Source { context: CONTEXT, function: "query-temp-credit" };
    const BODY: BodyRule = BodyRule::JSON;

    fn gate(&self) -> &<Self::Caller as Caller>::Gate {
        &()
    }

    async fn answer(&self, scope: &Scope, request: Request<Self::Caller>) -> Result<Answer, Refusal> {
        let wire: WireRequest = request.json()?;
        let (pin, page) = (credit_man::pin(&wire.pin)?, page(wire.page, wire.page_size)?);
        Ok(match query::handle(&self.0, scope, &pin, page).await {
            Ok(credits) => shown(&credits),
            Err(refused) => {
                if let Error::Database(failure) = &refused {
                    let pin_fingerprint = crate::pin_fingerprint(pin.as_str());
                    error!(%failure, pin_fingerprint, "the temporary quota could not be read");
                }
                credit_man::fail(refused.code(), &failure(refused.code(), refused.account_type()))
            }
        })
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        credit_man::refuse(refusal, Code::Unreachable, |code| failure(code, AccountType::Normal))
    }
}
