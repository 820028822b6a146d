//! `InforCRM` behind TIBCO: the wire format (§3), known to this file and `infor/inbound.rs` alone. Requests are compact
//! JSON with their keys in the seed's order; what comes in is read leniently.

mod inbound;

use domain::crm::{Kpp, Okpo, RequestData, RequestId, dt};
use jiff::Timestamp;
use serde::Serialize;

pub use inbound::{Inbound, Malformed, Pushed, Replied, read};

/// The message attribute that repeats the request's id for TIBCO.
pub const REQUEST_ID_ATTRIBUTE: &str = "requestID";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireRequest<'a> {
    #[serde(rename = "requestID")]
    request_id: &'a str,
    dt: String,
    client_id_list: Vec<WireId<'a>>,
    inn: &'a str,
    ogrn: &'a str,
    kpp: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    okpo: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireId<'a> {
    system_code: &'static str,
    id: &'a str,
}

/// The body of a request (§3.1), whose `dt` is `time`.
#[must_use]
pub fn request(id: &RequestId, time: Timestamp, data: &RequestData<'_>) -> String {
    let wire = WireRequest {
        request_id: id.as_str(),
        dt: dt(time),
        client_id_list: data.ids().map(|(system, id)| WireId { system_code: system.as_str(), id }).collect(),
        inn: data.inn.as_str(),
        ogrn: data.ogrn.as_str(),
        kpp: data.kpp.map_or("", Kpp::as_str),
        okpo: data.okpo.map(Okpo::as_str),
    };
    serde_json::to_string(&wire).unwrap_or_default()
}
