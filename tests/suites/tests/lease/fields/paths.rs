//! The order's id (R1), `source`, and what is around the fields.

use serde_json::{Value, json};
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, bodies, body, done, refused};

use super::{check_refusal, refused_for};

/// Every route of ours, with a body that it takes.
fn requests(order: &str) -> Vec<Request> {
    let post = |path, body: Value| Request::post(order, path).body(&body);
    vec![
        Request::put(order).body(&bodies::order()),
        Request::get(order, ""),
        post("/contract", bodies::contract()),
        post("/contract/seal", json!({})),
        post("/withhold-sign", json!({})),
        Request::get(order, "/withhold-sign"),
        Request::delete(order, "/withhold-sign"),
        post("/withhold-plan/cancel", json!({"cancel_reason": "RENTING_OUT"})),
        post("/unsign-confirm", json!({"operate": "AGREE"})),
        post("/close", json!({"reason": "FULFILLED"})),
        post("/sign-flow", bodies::contract()),
    ]
}

#[tokio::test(start_paused = true)]
async fn an_order_id_is_7_to_49_letters_digits_underscores_and_hyphens_on_every_route() {
    let lease = Lease::new().await;
    let too_long = "x".repeat(50);
    for bad in
        ["LEASE1", &too_long, "LEASE 0001", "LEASE/0001", "LEASE.0001", "租赁合同租赁合同", "LEASE-0001\n"]
    {
        for request in requests(bad) {
            refused_for(&lease, &request, "order_id").await;
        }
    }
    for good in ["LEASE12", &"x".repeat(49), "a_B-0000"] {
        done(&lease.put(good, &bodies::order()).await);
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_not_there_is_not_found_on_every_route_but_the_one_that_registers_it() {
    let lease = Lease::new().await;
    for request in requests(ORDER).into_iter().skip(1) {
        let got = lease.send(&request).await;
        assert_eq!(
            got.brief(),
            (404, r#"{"code":"ORDER_NOT_FOUND","message":"no such order"}"#),
            "{request:?}"
        );
    }
    assert!(lease.ant.calls().is_empty() && lease.world.effects().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_request_counts_before_the_order_is_looked_for() {
    let lease = Lease::new().await;
    for request in requests(ORDER).into_iter().skip(1) {
        refused_for(&lease, &request.query("shoe_size=44"), "shoe_size").await;
    }
    let close = json!({"reason": "BORED"});
    refused_for(&lease, &Request::post(ORDER, "/close").body(&close), "reason").await;
}

#[tokio::test(start_paused = true)]
async fn a_source_is_new_or_old_and_stands_where_the_fields_do() {
    let lease = Lease::new().await;
    let sourced = |source: Value| bodies::with(bodies::order(), "source", source);
    for bad in [json!("New"), json!(""), json!("newer"), json!(1), json!(true), json!(["new"])] {
        refused_for(&lease, &Request::put(ORDER).body(&sourced(bad)), "source").await;
    }
    for (number, good) in [json!("new"), json!("old"), Value::Null].into_iter().enumerate() {
        let order = format!("LEASE-000{number}");
        done(&lease.put(&order, &bodies::with(bodies::order(), "source", good.clone())).await);
    }
    for query in ["source=new", "source=old", ""] {
        done(&lease.send(&Request::get("LEASE-0001", "").query(query)).await);
    }
    for query in ["source=New", "source=", "source=new&source=old"] {
        let got = lease.send(&Request::get("LEASE-0001", "").query(query)).await;
        assert_eq!(refused(&got), (400, "INVALID_ARGUMENT".to_owned()), "{query}");
    }
    let body = Request::put(ORDER).body(&bodies::order()).query("source=new");
    refused_for(&lease, &body, "source").await;
}

#[tokio::test(start_paused = true)]
async fn a_source_goes_into_the_history_of_what_it_asked_for() {
    let lease = Lease::new().await;
    done(&lease.put(ORDER, &bodies::with(bodies::order(), "source", "old")).await);
    done(&lease.post(ORDER, "/contract", &bodies::contract()).await);
    let rows = lease.world.items(suites::lease::HISTORY);
    let sources: Vec<_> = rows.iter().map(|row| row["source"]["S"].as_str().expect("a source")).collect();
    assert_eq!(sources, ["old", "old", "new"]);
    assert!(rows.iter().all(|row| row["who"]["S"] == suites::lease::CALLER), "{rows:?}");
}

#[tokio::test(start_paused = true)]
async fn a_body_is_one_json_object_and_says_that_it_is_json() {
    let lease = Lease::new().await;
    for bad in ["", "[]", "null", "\"LEASE\"", "{", r#"{"a":1}{}"#, r#"{"a":1} x"#] {
        let got = lease.send(&Request::put(ORDER).text(bad)).await;
        check_refusal(&got, "", bad);
    }
    let request = Request::put(ORDER).body(&bodies::order());
    let got = lease.send(&request.clone().header("content-type", "text/plain")).await;
    check_refusal(&got, "content type", "text/plain");
    assert!(lease.world.effects().is_empty());
    done(&lease.send(&request.header("content-type", "application/json; charset=utf-8").base64()).await);
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_null_is_not_there() {
    let lease = Lease::new().await;
    let mut order = bodies::order();
    order["rentUnit"] = Value::Null;
    order["shoeSize"] = Value::Null;
    done(&lease.put(ORDER, &order).await);
    order["merchantId"] = Value::Null;
    refused_for(&lease, &Request::put("LEASE-0002").body(&order), "merchantId").await;
}

#[tokio::test(start_paused = true)]
async fn who_is_not_known_to_iam_is_nobody_on_every_route() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    lease.ant.heard();
    for request in requests(ORDER) {
        let got = lease.send(&request.anonymous()).await;
        assert_eq!(got.status, 403, "{}", got.body);
    }
    assert_eq!(lease.ant.heard(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_unknown_member_is_named_up_to_64_characters_and_its_value_is_not_told() {
    let lease = Lease::new().await;
    let name = "n".repeat(100);
    let got = lease.put(ORDER, &bodies::with(bodies::order(), &name, "a-secret-value")).await;
    check_refusal(&got, &"n".repeat(64), "a long name");
    assert!(!got.body.contains(&"n".repeat(65)) && !got.body.contains("a-secret-value"));
    assert!(body(&got)["message"].as_str().is_some_and(|message| message.ends_with("is unknown")));
}
