//! Requests of our own systems about leases: paths, queries, bodies and Idempotency-Keys. Each is answered in the API's
//! own format, and a repeat under the same key is told the same.

use serde_json::{Value, json};
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER};

use crate::input::{chosen_text, run, seed};
use crate::{Target, seeds};

pub(super) const TARGET: Target = Target { name: "lease-request", hold, seeds };

type Method = fn(&str, &str) -> Request;

const ROUTES: [(Method, &str); 11] = [
    (|order, _| Request::put(order), ""),
    (|order, _| Request::get(order, ""), ""),
    (Request::post, "/contract"),
    (Request::post, "/contract/seal"),
    (Request::post, "/withhold-sign"),
    (Request::get, "/withhold-sign"),
    (Request::delete, "/withhold-sign"),
    (Request::post, "/withhold-plan/cancel"),
    (Request::post, "/unsign-confirm"),
    (Request::post, "/close"),
    (Request::post, "/sign-flow"),
];

/// An input is a route, and in lines: the order, the Idempotency-Key (none where the line is empty), the query, the body.
fn hold(data: &[u8]) {
    let Some(((method, path), rest)) = chosen_text(&ROUTES, data) else { return };
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
    let bodies = [
        (0, "pre-order-sync"),
        (2, "contract-sign"),
        (3, "contract-seal"),
        (4, "withhold-sign"),
        (7, "withhold-plan-cancel"),
        (8, "unsign-confirm"),
        (9, "lease-close"),
        (10, "sign-flow"),
    ];
    let posts =
        bodies.map(|(place, name)| seed(place, format!("{ORDER}\nkey-1\n\n{}", seeds::request(name))));
    let others = [
        seed(1, format!("{ORDER}\n\nrefresh=true&source=old\n")),
        seed(5, format!("{ORDER}\n\n\n")),
        seed(6, format!("{ORDER}\nkey-2\nsource=new\n")),
        seed(0, format!("no order\n\n\n{}", json!({"source": 7}))),
    ];
    posts.into_iter().chain(others).collect()
}
