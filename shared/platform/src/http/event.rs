use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Refusal;
use super::target::Target;
use crate::Masked;

/// What the entry point reads of a payload 2.0 event. Everything may be absent: an event made by hand and
/// invoked is answered like one of API Gateway's.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Event<'a> {
    headers: Option<BTreeMap<String, String>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
    #[serde(borrow)]
    request_context: Option<&'a RawValue>,
    #[serde(borrow)]
    path_parameters: Option<&'a RawValue>,
    #[serde(borrow)]
    raw_query_string: Option<&'a RawValue>,
    #[serde(borrow)]
    query_string_parameters: Option<&'a RawValue>,
}

/// What the entry point works with of an event.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    pub(super) presented: Presented<'a>,
    pub(super) target: Target,
    pub(super) body: RawBody,
}

/// What a request presents to show who calls.
#[derive(Debug, Default)]
pub struct Presented<'a> {
    /// Its headers.
    pub headers: Headers,
    context: Option<&'a RawValue>,
}

/// Whom API Gateway's IAM authorizer let through.
#[derive(Debug)]
pub(super) struct IamIdentity {
    pub(super) arn: Option<Masked<String>>,
}

/// A request's headers; names are found in any case.
#[derive(Debug, Default)]
pub struct Headers(BTreeMap<String, String>);

/// A request's body as it came.
#[derive(Debug, Default)]
pub(super) struct RawBody {
    pub(super) text: String,
    pub(super) is_base64: bool,
}

impl<'a> Event<'a> {
    /// Reads an event.
    pub(super) fn read(event: &'a RawValue) -> Result<Self, Refusal> {
        serde_json::from_str(event.get()).map_err(|_| Refusal::Event)
    }

    /// Who calls, and the body.
    pub(super) fn into_parts(self) -> Parts<'a> {
        let headers = self.headers.unwrap_or_default().into_iter();
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        let text = self.body.unwrap_or_default();
        Parts {
            presented: Presented { headers: Headers(headers), context: self.request_context },
            target: Target::of(self.path_parameters, self.raw_query_string, self.query_string_parameters),
            body: RawBody { text, is_base64: self.is_base64_encoded.unwrap_or_default() },
        }
    }
}

impl Presented<'_> {
    /// `requestContext.authorizer.iam`, which only API Gateway's IAM authorizer sets. Looked for when a route
    /// asks, so that the others do not pay for it, and step by step, so that an event made by hand is denied
    /// and not unreadable.
    pub(super) fn iam(&self) -> Option<IamIdentity> {
        let iam = member(member(self.context?, "authorizer")?, "iam")?;
        let iam: BTreeMap<String, &RawValue> = serde_json::from_str(iam.get()).ok()?;
        let arn = match iam.get("userArn") {
            None => None,
            Some(arn) => serde_json::from_str::<Option<String>>(arn.get()).ok()?,
        };
        Some(IamIdentity { arn: arn.map(Masked::new) })
    }
}

fn member<'a>(object: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    serde_json::from_str::<BTreeMap<String, &RawValue>>(object.get()).ok()?.remove(name)
}

impl Headers {
    /// The header of this lower-case name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
