//! The partners' stand-ins, over plain HTTP on loopback.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    contexts,
    http::{Reply, Request},
    stand_ins::Calls,
};

/// The lender MKK: every line is closed.
pub(super) fn lender(calls: Calls) -> impl Fn(Request) -> Option<Reply> + Send + Sync + 'static {
    move |request| {
        calls.add("MKK");
        let number = request.path.rsplit('/').next().unwrap_or_default();
        let line = json!({
            "contract_number": number,
            "status": "CLOSED",
            "line_limit": "50000.00",
            "line_balance": "50000.00",
        });
        Some(in_json(line.to_string().as_bytes()))
    }
}

/// Ant's gateway.
pub(super) fn gateway(calls: Calls) -> impl Fn(Request) -> Option<Reply> + Send + Sync + 'static {
    move |request| {
        let form = String::from_utf8_lossy(&request.body);
        let (method, call) = transmission(&request.path, &form);
        calls.add(&call);
        let headers = vec![("content-type", "application/json".to_owned())];
        Some(match contexts::ant::answer(method, &form) {
            Some(answer) => Reply { status: 200, headers, body: answer.into() },
            None => Reply { status: 404, headers, body: b"{}".to_vec() },
        })
    }
}

/// The marketplace's platform: it takes every callback.
pub(super) fn platform(calls: Calls) -> impl Fn(Request) -> Option<Reply> + Send + Sync + 'static {
    move |request| {
        calls.add(&told(&request.path, &request.body));
        Some(in_json(br#"{"code":0,"message":"success"}"#))
    }
}

/// The depository XW: whoever is asked about has an account.
pub(super) fn depository(calls: Calls) -> impl Fn(Request) -> Option<Reply> + Send + Sync + 'static {
    move |request| {
        calls.add(&format!("XW {} {}", request.method, request.path));
        Some(in_json(br#"{"state":"open"}"#))
    }
}

/// The bank: it binds every card.
pub(super) fn bank(calls: Calls) -> impl Fn(Request) -> Option<Reply> + Send + Sync + 'static {
    move |request| {
        let card: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        calls.add(&format!("bank {} {} {}", request.method, request.path, names(&card)));
        Some(in_json(br#"{"status":"bound","card_ref":"ref-2"}"#))
    }
}

fn in_json(body: &[u8]) -> Reply {
    let headers = vec![("content-type", "application/json".to_owned())];
    Reply { status: 200, headers, body: body.to_vec() }
}

/// How a call to the platform is remembered: where it goes, its members' names, and what is said.
fn told(path: &str, body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    format!("{path} {} {}", names(&body), body["request"].as_str().unwrap_or_default())
}

/// The names of an object's members, in order.
fn names(body: &Value) -> String {
    let names: BTreeSet<&str> =
        body.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    names.into_iter().collect::<Vec<_>>().join(",")
}

/// The method that Ant is asked for, and how that is remembered: the names of all that is said in query and form.
fn transmission<'a>(path: &'a str, form: &str) -> (&'a str, String) {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let method = pairs(query).find(|(name, _)| *name == "method").map_or("", |(_, method)| method);
    let names = |text| pairs(text).map(|(name, _)| name).collect::<Vec<_>>().join(",");
    (method, format!("{method} {} {}", names(query), names(form)))
}

/// The names and values of a query or a form, as they are written.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('&').filter_map(|pair| pair.split_once('='))
}

#[cfg(test)]
mod tests {
    use super::{told, transmission};

    #[test]
    fn a_transmission_to_ant_is_remembered_with_the_names_of_what_it_says() {
        let (method, call) = transmission("/gateway.do?method=a.b&sign=c%3D", "order_id=LEASE-0001&type=x");
        assert_eq!((method, call.as_str()), ("a.b", "a.b method,sign order_id,type"));
        assert_eq!(transmission("/", "").0, "");
    }

    #[test]
    fn a_call_to_the_platform_is_remembered_with_what_it_says() {
        let body = br#"{"timestamp":"1","sign":"x","request":"{\"orderId\":\"1\"}","appId":"10001"}"#;
        let remembered = told("/api/v2/order/feedback.do", body);
        assert_eq!(remembered, r#"/api/v2/order/feedback.do appId,request,sign,timestamp {"orderId":"1"}"#);
        assert_eq!(told("/", b"x"), "/  ");
    }
}
