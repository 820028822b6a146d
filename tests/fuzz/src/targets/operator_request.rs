//! What operators ask about callbacks: queries with cursors, and bodies. A page's cursor leads on in its own list alone.

use std::cell::RefCell;

use serde_json::Value;
use suites::callbacks::{Callbacks, ORDER};
use suites::gateway::Post;

use crate::Target;
use crate::input::{chosen_text, run, seed};

pub(super) const TARGET: Target = Target { name: "operator-request", hold, seeds };

pub(super) enum Route {
    List,
    Resend,
}

/// Each with the operation of docs/openapi.yaml that it is.
pub(super) const ROUTES: [(&str, Route); 2] =
    [("callback-list", Route::List), ("callback-resend", Route::Resend)];

fn hold(data: &[u8]) {
    thread_local! {
        /// Nothing that is asked here changes anything: no callback is dead.
        static CALLBACKS: RefCell<Option<Callbacks>> = const { RefCell::new(None) };
    }
    let Some(((_, route), text)) = chosen_text(&ROUTES, data) else { return };
    CALLBACKS.with_borrow_mut(|callbacks| {
        run(async {
            if callbacks.is_none() {
                let fresh = Callbacks::new().await;
                fresh.cause(ORDER, 4, &[1]).await;
                fresh.cause(ORDER, 5, &[2]).await;
                *callbacks = Some(fresh);
            }
            let callbacks = callbacks.as_ref().expect("callbacks");
            match route {
                Route::List => list(callbacks, text).await,
                Route::Resend => resend(callbacks, text).await,
            }
        });
    });
}

async fn list(callbacks: &Callbacks, query: &str) {
    let got = callbacks.list(query).await;
    assert!([200, 400].contains(&got.status), "{} {}", got.status, got.body);
    let told: Value = serde_json::from_str(&got.body).expect("JSON");
    if got.status == 200
        && let Some(cursor) = told["next"].as_str()
    {
        let rest: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("cursor")).collect();
        let next = callbacks.list(&format!("{}&cursor={cursor}", rest.join("&"))).await;
        assert_eq!(next.status, 200, "{query}: {cursor}: {}", next.body);
    }
}

async fn resend(callbacks: &Callbacks, body: &str) {
    let before = callbacks.rows(ORDER);
    let got = callbacks.post(Post::signed(body)).await;
    assert!(got.status < 500, "{} {}", got.status, got.body);
    assert!(serde_json::from_str::<Value>(&got.body).is_ok_and(|told| told.is_object()), "{}", got.body);
    assert_eq!(callbacks.rows(ORDER), before, "nothing was dead");
}

fn seeds() -> Vec<Vec<u8>> {
    let queries = [
        "state=pending",
        "state=dead&limit=1",
        "order=840%23120522&limit=1",
        "order=840%23120522&cursor=eyJvcmRlciI6Ijg0MCMxMjA1MjIiLCJzZXEiOiIwMDAwMDAwMDAwMDAwMDAwMDAwNC0wMDAifQ",
    ];
    let bodies = [
        r#"{"callback_id":"840#120522#00000000000000000004-000"}"#,
        r#"{"dead_since":"2018-08-08T06:37:39Z"}"#,
    ];
    queries.map(|query| seed(0, query)).into_iter().chain(bodies.map(|body| seed(1, body))).collect()
}
