//! The page's server: our own endpoint for the page, and scripts for what it calls.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard},
    thread,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, Method};
use serde_json::Value;
use suites::{gateway::Got, webview};
use tokio::{net::TcpListener, runtime, sync::oneshot};

/// A prefix as the stage of a real API has one.
const STAGE: &str = "/stage";
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// What a route answers.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    body: String,
    held: bool,
}

impl Reply {
    /// JSON with this status.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, &body.to_string())
    }

    /// Any text with this status.
    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self { status, body: body.to_owned(), held: false }
    }

    /// The same, not before [`Site::release`].
    pub(crate) fn held(self) -> Self {
        Self { held: true, ..self }
    }
}

/// A request that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: Method,
    /// Path below the stage, and query.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

#[derive(Default)]
struct Script {
    replies: BTreeMap<&'static str, Reply>,
    received: Vec<Received>,
    released: bool,
    injected: String,
}

/// What the server knows: the page, as our endpoint answered it, and the test's script.
struct Shared {
    page: Got,
    script: Mutex<Script>,
}

impl Shared {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("no test fails while it holds the script")
    }

    /// The page with every header that our endpoint gave it.
    fn page(&self) -> Response {
        let status = u16::try_from(self.page.status).expect("a status");
        let mut response = Response::builder().status(status);
        for (name, value) in &self.page.headers {
            response = response.header(name, value);
        }
        let end = format!("</main>{}", self.script().injected);
        response.body(Body::from(self.page.body.replacen("</main>", &end, 1))).expect("a response")
    }
}

/// A server on a port of its own, until it goes out of scope.
pub(crate) struct Site {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Site {
    /// Starts one that answers 404 to everything but the page.
    pub(crate) fn start() -> Self {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let page = runtime.block_on(webview::open());
        let shared = Arc::new(Shared { page, script: Mutex::default() });
        let listener =
            runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    served = axum::serve(listener, router) => served.expect("a server"),
                    _ = stopped => {}
                }
            });
        });
        Self { address, shared, stop: Some(stop), thread: Some(thread) }
    }

    /// Where everything of it is.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The page's address, without a session.
    pub(crate) fn page(&self) -> String {
        format!("{}{STAGE}{}", self.origin(), webview::PATH)
    }

    /// From now on `route` answers so.
    pub(crate) fn answers(&self, route: &'static str, reply: Reply) {
        let mut script = self.shared.script();
        script.released &= !reply.held;
        script.replies.insert(route, reply);
    }

    /// Lets go of every answer that was held.
    pub(crate) fn release(&self) {
        self.shared.script().released = true;
    }

    /// Puts HTML into the page, behind our back, with the page's own policy.
    pub(crate) fn inject(&self, html: &str) {
        html.clone_into(&mut self.shared.script().injected);
    }

    /// Every request so far, oldest first.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.script().received.clone()
    }

    /// How often `route` was called.
    pub(crate) fn calls(&self, route: &str) -> usize {
        self.received().iter().filter(|request| request.target == route).count()
    }

    /// Breaks every connection and takes no more.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to say: a request that went wrong there has failed its test already.
            let _ = thread.join();
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    let target = target.strip_prefix(STAGE).unwrap_or(target).to_owned();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    let body = String::from_utf8(body.into()).expect("a body of text");
    let path = head.uri.path().strip_prefix(STAGE).unwrap_or_default().to_owned();
    let reply = {
        let mut script = shared.script();
        script.received.push(Received { method: head.method, target, headers: head.headers, body });
        script.replies.get(path.as_str()).cloned()
    };
    if path == webview::PATH {
        return shared.page();
    }
    let reply = reply.unwrap_or_else(|| Reply::text(404, r#"{"message":"Not Found"}"#));
    while reply.held && !shared.script().released {
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    let response = Response::builder().status(reply.status).header("content-type", "application/json");
    response.body(Body::from(reply.body)).expect("a response")
}
