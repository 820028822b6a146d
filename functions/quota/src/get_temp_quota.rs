//! `POST /gw/generic/bt/{na,h5}/m/getTempQuotaInfo` (§4.1): the user's temporary quota. Members stand in the order of
//! the specification's examples.

use domain::quota::{Code, Listed, Operation, Wording};
use futures_util::future::join;
use http::StatusCode;
use platform::Scope;
use platform::aws::Aws;
use platform::http::{Answer, BodyRule, Caller, Endpoint, Refusal, Request};
use platform::metrics::Source;
use serde::{Deserialize, Serialize};
use tracing::error;

use crate::CONTEXT;
use crate::deps::Deps;
use crate::gateway::{self, Gateway, Settings};
use crate::paging::{Digits, page};
use crate::query::{self, Error, TempCredits};

/// The endpoint.
#[derive(Debug)]
pub struct GetTempQuota(pub Gateway<Deps>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRequest {
    page: Digits,
    page_size: Digits,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireAnswer<'a> {
    code: &'a str,
    #[serde(rename = "error_msg")]
    error_msg: &'a str,
    issuccess: u8,
    page: u32,
    page_num: usize,
    page_size: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    temp_quota_list: Option<Vec<WireGrant<'a>>>,
    total_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_temp_quota: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireGrant<'a> {
    business_id: &'a str,
    business_type: &'a str,
    invalid_time: String,
    temp_limit: String,
}

impl GetTempQuota {
    /// Builds the endpoint and opens two connections to DynamoDB: account and grants are read at once.
    pub async fn start(settings: Settings) -> Self {
        let with = async |deps: Deps, _: &Aws| {
            deps.store.warm().await;
            deps
        };
        // Boxed: the future of both is large.
        Self(Box::pin(Gateway::open(settings, with)).await)
    }

    fn shown(&self, credits: &TempCredits) -> Answer {
        let texts = self.0.texts.current();
        let wording = gateway::wording(&texts, Operation::Query, Code::Success);
        if wording.code != Code::Success.as_str() {
            return failure(StatusCode::OK, Code::Success, wording);
        }
        let body = WireAnswer {
            code: wording.code,
            error_msg: wording.text,
            issuccess: gateway::issuccess(wording),
            page: credits.page.number(),
            page_num: credits.page.pages_of(credits.total_count),
            page_size: credits.page.size(),
            temp_quota_list: Some(credits.grants.iter().map(wire_grant).collect()),
            total_count: credits.total_count,
            total_temp_quota: Some(credits.temp_total.two_decimals()),
        };
        Answer::json(StatusCode::OK, "shown", &body)
    }

    fn failed(&self, status: StatusCode, code: Code) -> Answer {
        let texts = self.0.texts.current();
        failure(status, code, gateway::wording(&texts, Operation::Query, code))
    }
}

/// The body of everything that goes out as no success: no page, no list, no total.
fn failure(status: StatusCode, code: Code, wording: Wording<'_>) -> Answer {
    let body = WireAnswer {
        code: wording.code,
        error_msg: wording.text,
        issuccess: gateway::issuccess(wording),
        page: 0,
        page_num: 0,
        page_size: 0,
        temp_quota_list: None,
        total_count: 0,
        total_temp_quota: None,
    };
    let answer = Answer::json(status, code.as_str(), &body);
    if code.is_our_fault() { answer.our_fault() } else { answer }
}

fn wire_grant(listed: &Listed) -> WireGrant<'_> {
    let grant = listed.grant();
    WireGrant {
        business_id: grant.id.business_id(),
        business_type: grant.id.business_type().as_str(),
        invalid_time: listed.expiry_date().to_string(),
        temp_limit: grant.change_limit.two_decimals(),
    }
}

impl Endpoint for GetTempQuota {
    type Caller = gateway::Caller;
    const SOURCE: Source = Source { context: CONTEXT, function: "get-temp-quota" };
    const BODY: BodyRule = BodyRule::JSON;

    fn gate(&self) -> &<Self::Caller as Caller>::Gate {
        &self.0.sessions
    }

    async fn answer(&self, scope: &Scope, request: Request<Self::Caller>) -> Result<Answer, Refusal> {
        let wire: WireRequest = request.json()?;
        let page = page(wire.page, wire.page_size)?;
        let Some(pin) = gateway::pin(request.caller) else {
            return Ok(self.failed(StatusCode::OK, Code::NotOpened));
        };
        let queried = query::handle(&self.0.deps, scope, &pin, page);
        // Boxed: the future of both is large.
        let (queried, ()) = Box::pin(join(queried, self.0.texts.refresh(scope))).await;
        Ok(match queried {
            Ok(credits) => self.shown(&credits),
            Err(failure) => {
                if let Error::Database(failure) = &failure {
                    let pin_fingerprint = crate::pin_fingerprint(pin.as_str());
                    error!(%failure, pin_fingerprint, "the temporary quota could not be read");
                }
                self.failed(StatusCode::OK, failure.code())
            }
        })
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        let (status, code) = gateway::refused(refusal, Code::Unreachable);
        self.failed(status, code)
    }
}
