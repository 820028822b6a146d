//! Notifications that Ant sends us.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::caller::{Caller, ORDER, Pairs, encoded, signature};
use super::secrets::{FIRST_KEY, SECOND_KEY};
use crate::running::Answer;
use crate::stand_in::serve;

/// A stand-in for our own routes: keeps what it gets, and answers as one that is not content.
struct Ours {
    url: String,
    received: Shelf,
}

type Shelf = Arc<Mutex<Vec<(Method, Uri, String, Bytes)>>>;

impl Ours {
    fn start() -> Self {
        let received = Shelf::default();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/base/", listener.local_addr().expect("its address"));
        let routes = Router::new().fallback(keep).with_state(Arc::clone(&received));
        thread::spawn(move || serve(listener, routes));
        Self { url, received }
    }

    /// The only call so far: its content type and its body.
    fn only(&self) -> (String, Bytes) {
        let calls = std::mem::take(&mut *self.received.lock().expect("the calls"));
        let [(method, uri, content_type, body)] = &calls[..] else { panic!("{calls:?}") };
        assert_eq!((method, uri.path()), (&Method::POST, "/base/antchain/ato/notify"));
        (content_type.clone(), body.clone())
    }

    /// The fields of a form, and what it was signed with.
    fn form(&self) -> (Pairs, String) {
        let (content_type, body) = self.only();
        assert_eq!(content_type, "application/x-www-form-urlencoded; charset=UTF-8");
        let text = |text: &str| percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned();
        let body = str::from_utf8(&body).expect("text");
        let fields = body.split('&').filter_map(|pair| pair.split_once('='));
        let mut fields: Pairs = fields.map(|(name, value)| (text(name), text(value))).collect();
        let sign = fields.remove("sign").expect("a signature");
        (fields, sign)
    }
}

async fn keep(
    State(received): State<Shelf>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let content_type = headers["content-type"].to_str().expect("text").to_owned();
    received.lock().expect("the calls").push((method, uri, content_type, body));
    (StatusCode::UNAUTHORIZED, r#"{"result_code":"SIGNATURE_INVALID"}"#)
}

fn tell(caller: &Caller, url: &str) -> u16 {
    caller.sandbox.put("/_control/target", json!({"http_url": url}).to_string().as_bytes()).status
}

fn ask(caller: &Caller, more: &Value) -> Answer {
    let mut wanted = json!({
        "order_id": ORDER, "msg_publish_type": "ASYNC_UNSIGN_APPLY", "msg_content": "解约 *~é+&=",
    });
    wanted.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let body = wanted.to_string();
    caller.sandbox.call("POST", "/_control/ant/notify", body.as_bytes()).expect("an answer")
}

fn started() -> (Caller, Ours) {
    let (caller, ours) = (Caller::start(), Ours::start());
    assert_eq!(tell(&caller, &ours.url), 200);
    caller.set(ORDER, &json!({"withhold_status": "SIGNED"}));
    (caller, ours)
}

#[test]
fn a_notification_goes_out_signed_as_a_form_and_our_answer_comes_back() {
    let (caller, ours) = started();
    let mut answer = ask(&caller, &json!({})).json();
    let msg_id = answer["msg_id"].take();
    let expected = json!({"http_status": 401, "body": {"result_code": "SIGNATURE_INVALID"}, "msg_id": null});
    assert_eq!(answer, expected);
    let (fields, sign) = ours.form();
    assert_eq!(fields["msg_id"].len(), "5a17c0de-0000-4000-8000-000000000000".len());
    let expected = json!({
        "msg_id": msg_id, "msg_publish_type": "ASYNC_UNSIGN_APPLY", "order_id": ORDER,
        "msg_content": "解约 *~é+&=",
    });
    assert_eq!(json!(fields), expected);
    assert_eq!(sign, signature(FIRST_KEY.1, &encoded(&fields)));
    assert_eq!(caller.order(ORDER)["unsign_pending"], true);
    ask(&caller, &json!({}));
    assert_ne!(json!(ours.form().0["msg_id"]), msg_id, "each has an id of its own");
}

#[test]
fn a_notification_goes_out_as_json_with_the_id_and_the_key_that_were_asked_for() {
    let (caller, ours) = started();
    let content = json!({"status": "SIGNED"});
    ask(&caller, &json!({"as": "json", "msg_id": "m-1", "key": 2, "msg_content": content}));
    let (content_type, body) = ours.only();
    assert_eq!(content_type, "application/json; charset=UTF-8");
    let mut fields: Pairs = serde_json::from_slice(&body).expect("an object of texts");
    let sign = fields.remove("sign").expect("a signature");
    assert_eq!(sign, signature(SECOND_KEY.1, &encoded(&fields)));
    assert_eq!(
        (fields["msg_id"].as_str(), fields["msg_content"].as_str()),
        ("m-1", r#"{"status":"SIGNED"}"#)
    );
}

#[test]
fn a_forged_notification_has_a_wrong_signature_and_tells_of_nothing_that_has_happened() {
    let (caller, ours) = started();
    ask(&caller, &json!({"tamper": "sign"}));
    let (fields, sign) = ours.form();
    let good = signature(FIRST_KEY.1, &encoded(&fields));
    assert!(sign != good && sign.len() == good.len(), "{sign}");
    assert_eq!(caller.order(ORDER)["unsign_pending"], false);
}

#[test]
fn only_an_unsign_application_makes_one_pending_and_of_an_order_that_there_is() {
    let (caller, ours) = started();
    ask(&caller, &json!({"msg_publish_type": "ORDER_STATUS_CHANGE"}));
    ours.only();
    assert_eq!(caller.order(ORDER)["unsign_pending"], false);
    assert_eq!(ask(&caller, &json!({"order_id": "LEASE-0002"})).status, 200);
    ours.only();
    assert_eq!(caller.sandbox.get("/_control/ant/orders/LEASE-0002").status, 404);
}

#[test]
fn a_notification_that_cannot_be_sent_is_refused_with_an_explanation() {
    let caller = Caller::start();
    let refused = |answer: &Answer, status: u16, reason: &str| {
        assert_eq!(answer.status, status, "{reason}");
        let error = answer.json()["error"].as_str().expect("a reason").to_owned();
        assert!(error.contains(reason), "{error}");
    };
    refused(&ask(&caller, &json!({})), 409, "PUT /_control/target");
    assert_eq!(tell(&caller, "http://127.0.0.1:1"), 200);
    caller.sandbox.post("/_control/reset");
    refused(&ask(&caller, &json!({})), 502, "http://127.0.0.1:1/antchain/ato/notify");
    for (more, reason) in [
        (json!({"tamper": "content"}), "tamper"),
        (json!({"as": "xml"}), "xml"),
        (json!({"key": 3}), "no key 3"),
        (json!({"key": 0}), "no key 0"),
        (json!({"colour": "red"}), "colour"),
    ] {
        let answer = ask(&caller, &more);
        assert_eq!(answer.status, 400, "{reason}");
    }
    for url in ["https://127.0.0.1:1", "somewhere", "http://127.0.0.1:1/?a=b"] {
        assert_eq!(tell(&caller, url), 400, "{url}");
    }
}
