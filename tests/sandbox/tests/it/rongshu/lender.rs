//! A lender of the tests' own: a stand-in for our routes, and calls as we make them.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use ureq::Error;

use super::keys::{Channel, PLAIN, contents};
use crate::running::{Answer, Running};
use crate::stand_in::serve;

pub(super) const JSON: &str = "application/json";
pub(super) const AUDIT: &str = "api/v2/order/feedback.do";
pub(super) const LOAN: &str = "api/v2/loan/feedback.do";
pub(super) const REPAY: &str = "api/v2/refund/feedback.do";
pub(super) const PLAN: &str = "api/v2/repayPlan/feedback.do";
pub(super) const OPERATOR: &str = "api/v2/data/operator.do";
pub(super) const CREDIT_CARD: &str = "api/v2/data/creditCard.do";
pub(super) const DEVICE: &str = "api/v2/data/device.do";
pub(super) const ORDER: &str = "120522";
pub(super) const UID: &str = "12394129";

/// A sandbox with secrets, and who is called by its Rongshu and calls it.
pub(super) struct Lender {
    pub(super) sandbox: Running,
    ours: Ours,
}

/// Our routes, as far as these tests need any.
#[derive(Clone, Default)]
struct Ours(Arc<Mutex<Routes>>);

#[derive(Default)]
struct Routes {
    received: Vec<Sent>,
    answer: Option<(StatusCode, String)>,
}

/// What the platform sent.
pub(super) struct Sent {
    pub(super) path: String,
    pub(super) content_type: String,
    pub(super) body: Bytes,
}

impl Sent {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

async fn keep(
    State(ours): State<Ours>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    assert_eq!(method, Method::POST);
    let content_type = headers["content-type"].to_str().expect("text").to_owned();
    let mut routes = ours.0.lock().expect("the routes");
    routes.received.push(Sent { path: uri.path().to_owned(), content_type, body });
    routes.answer.clone().unwrap_or((StatusCode::OK, r#"{"code":10001,"message":"none"}"#.to_owned()))
}

/// A file with that text, to be removed again.
pub(super) fn file(text: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("rongshu-{}-{}.json", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("a file");
    path
}

/// A sandbox whose Rongshu has secrets; their file is gone again once it runs.
pub(super) fn sandbox() -> Running {
    let path = file(&contents().to_string());
    let sandbox = Running::start_with(&["--rongshu-secrets", path.to_str().expect("a path")]);
    fs::remove_file(path).expect("it was there");
    sandbox
}

/// The instant so many seconds from now, as an envelope states it.
#[expect(clippy::disallowed_methods, reason = "the sandbox is a real process in real time")]
pub(super) fn millis_from_now(seconds: i64) -> String {
    (Timestamp::now() + SignedDuration::from_secs(seconds)).as_millisecond().to_string()
}

impl Lender {
    pub(super) fn start() -> Self {
        let (sandbox, ours) = (sandbox(), Ours::default());
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let told =
            json!({"http_url": format!("http://{}/base", listener.local_addr().expect("its address"))});
        let routes = Router::new().fallback(keep).with_state(ours.clone());
        thread::spawn(move || serve(listener, routes));
        assert_eq!(sandbox.put("/_control/target", told.to_string().as_bytes()).status, 200);
        Self { sandbox, ours }
    }

    /// What our routes answer from now on.
    pub(super) fn answers(&self, status: u16, body: &str) {
        let status = StatusCode::from_u16(status).expect("a status");
        self.ours.0.lock().expect("the routes").answer = Some((status, body.to_owned()));
    }

    /// The only call since the last look.
    pub(super) fn only(&self) -> Sent {
        let mut received = std::mem::take(&mut self.ours.0.lock().expect("the routes").received);
        assert_eq!(received.len(), 1);
        received.remove(0)
    }

    /// Has the platform call us.
    pub(super) fn call(&self, op_and_query: &str, body: &[u8]) -> Answer {
        let path = format!("/_control/rongshu/call/{op_and_query}");
        self.sandbox.call("POST", &path, body).expect("an answer")
    }

    /// Calls Rongshu as it should be.
    pub(super) fn send(&self, channel: &Channel, path: &str, clear: &str) -> Result<Answer, Error> {
        let (timestamp, request) = (millis_from_now(0), channel.carried(clear));
        let sign = channel.sign(&timestamp, &request);
        let body = json!({"appId": channel.app_id, "timestamp": timestamp, "request": request, "sign": sign});
        self.post(channel, path, &body)
    }

    pub(super) fn post(&self, channel: &Channel, path: &str, body: &Value) -> Result<Answer, Error> {
        self.post_as(JSON, channel, path, body.to_string().as_bytes())
    }

    pub(super) fn post_as(
        &self,
        content_type: &str,
        channel: &Channel,
        path: &str,
        body: &[u8],
    ) -> Result<Answer, Error> {
        self.sandbox.post_as(content_type, &format!("/rongshu/{}/{path}", channel.name), body)
    }

    /// The answer to a good envelope in the plain channel.
    pub(super) fn ask(&self, path: &str, clear: &Value) -> Value {
        let answer = self.send(&PLAIN, path, &clear.to_string()).expect("an answer");
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json;charset=UTF-8"));
        answer.json()
    }

    pub(super) fn faults(&self, faults: &Value) -> Answer {
        self.sandbox.put("/_control/rongshu/faults", faults.to_string().as_bytes())
    }

    pub(super) fn data(&self, uid: &str, data: &str) -> Answer {
        self.sandbox.put(&format!("/_control/rongshu/data/{uid}"), data.as_bytes())
    }

    /// What the log says of the newest call.
    pub(super) fn newest(&self) -> Value {
        self.sandbox.requests("?partner=rongshu").pop().expect("a call")
    }
}
