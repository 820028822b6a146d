//! The controls of what pulls return, and of faults.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::faults;
use super::kind::Kind;
use crate::control::{Refused, decoded, done, read};
use crate::{Shared, lock};

const DATA: &str = "/_control/rongshu/data/";

/// What Rongshu knows of a user, kind by kind; what is absent or null is not ready.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Data {
    operator: Option<Box<RawValue>>,
    credit_card: Option<Box<RawValue>>,
    device: Option<Box<RawValue>>,
}

impl Data {
    /// What a pull of that kind gives, as a text: that of a JSON string, and of anything else its JSON as it came.
    pub(super) fn of(&self, kind: Kind) -> Option<String> {
        let known = match kind {
            Kind::Operator => &self.operator,
            Kind::CreditCard => &self.credit_card,
            Kind::Device => &self.device,
            Kind::Audit | Kind::Loan | Kind::Repay | Kind::Plan => &None,
        };
        let raw = known.as_ref()?.get();
        Some(serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned()))
    }
}

pub(super) async fn set_data(
    State(sandbox): State<Shared>,
    uri: Uri,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let uid = decoded(uri.path().strip_prefix(DATA).unwrap_or_default())?;
    let data = read(&body)?;
    lock(&sandbox.rongshu.mind).data.insert(uid, data);
    Ok(done())
}

pub(super) async fn set_faults(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, Refused> {
    let faults = faults::read(&body)?;
    lock(&sandbox.rongshu.mind).faults = faults;
    Ok(done())
}
