//! A request for a communication task, as `InforCRM` reads it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plan::moscow;

/// The systems whose ids a request may carry, in their order, each with whether it must.
const SYSTEMS: [(&str, bool); 4] =
    [("vtb_mdm_id", true), ("IBSO", false), ("ehd_id", true), ("INFOR", false)];
/// The system whose id is the organization's, under which the log keeps a request.
const ORGANIZATION: &str = "ehd_id";
const INDIVIDUAL_INN_DIGITS: usize = 12;

/// What could be read of a request, however malformed it is.
pub(super) struct Request<'a> {
    text: &'a str,
    /// Its requestID.
    pub(super) id: Option<String>,
    /// Its dt.
    pub(super) dt: Option<String>,
    /// The id of the organization that it is about.
    pub(super) order: Option<String>,
}

/// The contract: every member, in its order.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Contract {
    #[serde(rename = "requestID")]
    request_id: String,
    dt: String,
    #[serde(rename = "clientIdList")]
    ids: Vec<ClientId>,
    inn: String,
    ogrn: String,
    kpp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    okpo: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ClientId {
    #[serde(rename = "systemCode")]
    system: String,
    id: String,
}

impl<'a> Request<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let json: Value = serde_json::from_str(text).unwrap_or_default();
        let string = |value: &Value| value.as_str().map(str::to_owned);
        let ids = json["clientIdList"].as_array().into_iter().flatten();
        let order = ids.filter(|id| id["systemCode"] == ORGANIZATION).find_map(|id| string(&id["id"]));
        Self { text, id: string(&json["requestID"]), dt: string(&json["dt"]), order }
    }

    /// Whether it is what the contract says, byte for byte: written again from what was read, in the
    /// contract's order and without white space, it must be the same.
    pub(super) fn is_well_formed(&self) -> bool {
        let Ok(read) = serde_json::from_str::<Contract>(self.text) else { return false };
        serde_json::to_string(&read).is_ok_and(|again| again == self.text) && read.is_complete()
    }
}

impl Contract {
    fn is_complete(&self) -> bool {
        let required = [&self.request_id, &self.inn, &self.ogrn];
        let values = required.into_iter().chain(&self.okpo).chain(self.ids.iter().map(|id| &id.id));
        let dt = self.dt.parse::<Timestamp>();
        values.into_iter().all(|value| is_value(value))
            && dt.is_ok_and(|dt| moscow(dt) == self.dt)
            && self.has_kpp()
            && self.has_ids()
    }

    /// An individual entrepreneur has no kpp, and may be sent with an empty one.
    fn has_kpp(&self) -> bool {
        is_value(&self.kpp) || (self.kpp.is_empty() && self.inn.len() == INDIVIDUAL_INN_DIGITS)
    }

    fn has_ids(&self) -> bool {
        let sent: Vec<_> = self.ids.iter().map(|id| id.system.as_str()).collect();
        let known = SYSTEMS.iter().filter(|(system, required)| *required || sent.contains(system));
        known.map(|(system, _)| *system).eq(sent.iter().copied())
    }
}

/// Not empty, and trimmed.
fn is_value(text: &str) -> bool {
    !text.is_empty() && text.trim() == text
}
