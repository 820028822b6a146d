//! Requests of our own systems about leases: paths, queries, bodies and Idempotency-Keys. Each is answered in the API's
//! own format, and a repeat under the same key is told the same.

use serde_json::{Value, json};
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER};

use crate::input::{chosen_text, run, seed};
use crate::{Target, seeds};

pub(super) const TARGET: Target = Target { name: "lease-request", hold, seeds };

pub(super) type Method = fn(&str, &str) -> Request;

/// Each with the operation of docs/openapi.yaml that it is.
pub(super) const ROUTES: [(&str, Method, &str); 11] = [
    ("pre-order-sync", |order, _| Request::put(order), ""),
    ("order-query", |order, _| Request::get(order, ""), ""),
    ("contract-sign", Request::post, "/contract"),
    ("contract-seal", Request::post, "/contract/seal"),
    ("withhold-sign", Request::post, "/withhold-sign"),
    ("withhold-query", Request::get, "/withhold-sign"),
    ("withhold-unsign", Request::delete, "/withhold-sign"),
    ("withhold-plan-cancel", Request::post, "/withhold-plan/cancel"),
    ("unsign-confirm", Request::post, "/unsign-confirm"),
    ("lease-close", Request::post, "/close"),
    ("sign-flow", Request::post, "/sign-flow"),
];
/// Those without a body.
const BODILESS: [&str; 3] = ["order-query", "withhold-query", "withhold-unsign"];

/// An input is a route, and in lines: the order, the Idempotency-Key (none where the line is empty), the query, the body.
fn hold(data: &[u8]) {
    let Some(((_, method, path), rest)) = chosen_text(&ROUTES, data) else { return };
    let mut lines = rest.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (order, key, query, body) = (line(), line(), line(), line());
    let mut request = method(order, path).query(query).text(body);
    if !key.is_empty() {
        request = request.key(key);
    }
    let (first, again) = run(async {
        let lease = Lease::new().await;
        (lease.send(&request).await, lease.send(&request).await)
    });
    // Whether it is one of the described answers is seen where it is read.
    assert!(first.status < 500, "{}", first.body);
    let told: Value = serde_json::from_str(&first.body).expect("JSON");
    assert!(told.is_object(), "{told}");
    if !key.is_empty() && first.status == 200 {
        assert_eq!((first.status, first.body), (again.status, again.body));
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let bodies = (0..).zip(&ROUTES).filter(|(_, (operation, ..))| !BODILESS.contains(operation));
    let posts = bodies.map(|(place, (operation, ..))| {
        seed(place, format!("{ORDER}\nkey-1\n\n{}", seeds::request(operation)))
    });
    let others = [
        seed(1, format!("{ORDER}\n\nrefresh=true&source=old\n")),
        seed(5, format!("{ORDER}\n\n\n")),
        seed(6, format!("{ORDER}\nkey-2\nsource=new\n")),
        seed(0, format!("no order\n\n\n{}", json!({"source": 7}))),
    ];
    posts.chain(others).collect()
}
