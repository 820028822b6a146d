//! What Ant receives, byte for byte (§2, §5): one golden file for each method. What is encrypted is different with each
//! padding: in its place the files have the clear text, and none has a signature, which the tests' Ant checks by itself.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suites::lease::ant::{Call, Spoil};
use suites::lease::{ANT, Lease, ORDER, bodies, decrypted, done};

/// The method, and what is sent for it in [`everything`].
const GOLDEN: [(&str, &str); 11] = [
    ("antchain.ato.front.trade.sync", include_str!("../../golden/lease/requests/front.trade.sync.txt")),
    ("antchain.ato.front.sign.submit", include_str!("../../golden/lease/requests/front.sign.submit.txt")),
    ("antchain.ato.withhold.sign.create", include_str!("../../golden/lease/requests/sign.create.txt")),
    ("antchain.ato.withhold.sign.query", include_str!("../../golden/lease/requests/sign.query.txt")),
    ("antchain.ato.sign.flow.auth", include_str!("../../golden/lease/requests/sign.flow.auth.txt")),
    ("antchain.ato.sign.flow.get", include_str!("../../golden/lease/requests/sign.flow.get.txt")),
    ("antchain.ato.withhold.plan.cancel", include_str!("../../golden/lease/requests/plan.cancel.txt")),
    ("antchain.ato.trade.get", include_str!("../../golden/lease/requests/trade.get.txt")),
    (
        "antchain.ato.withhold.signasyncunsign.confirm",
        include_str!("../../golden/lease/requests/confirm.txt"),
    ),
    ("antchain.ato.trade.sync", include_str!("../../golden/lease/requests/trade.sync.txt")),
    ("antchain.ato.withhold.sign.unbind", include_str!("../../golden/lease/requests/sign.unbind.txt")),
];

/// A withhold agreement with everything that can be in one.
fn full_withhold() -> Value {
    json!({
        "alipay_merchant_id": "2088000000000001", "alipay_merchant_name": "杭州租赁",
        "alipay_merchant_service_name": "相机租赁 *~", "alipay_merchant_service_description": "按月/扣款",
        "alipay_user_id": "2088123412341234", "return_url": "https://upstream.invalid/signed?a=1&b=2",
        "user_open_id": "open-1", "merchant_app_id": "app-1", "withhold_sign_scene": "LEASE",
    })
}

/// An order's life in which every method is called, with every field that it takes.
async fn everything() -> Lease {
    let lease = Lease::new().await;
    lease.contract_signing_with(ORDER, &bodies::full_contract()).await;
    done(&lease.post(ORDER, "/withhold-sign", &full_withhold()).await);
    lease.ant.user_signs_withhold(ORDER);
    done(&lease.get(ORDER, "/withhold-sign").await);
    let flow = lease.ant.order(ORDER).flow.expect("a contract").number;
    let (flow_id, account_id) = (format!("FLOW{flow:06}"), format!("ACCT{flow:06}"));
    let seal = json!({"tag": bodies::MERCHANT_TAG, "biz_flow_id": flow_id, "account_id": account_id});
    done(&lease.post(ORDER, "/contract/seal", &seal).await);
    done(&lease.post(ORDER, "/contract/seal", &json!({"tag": bodies::THIRD_TAG})).await);
    lease.ant.user_applies_to_unsign(ORDER);
    done(&lease.get(ORDER, "").await);
    let refuse =
        json!({"operate": "REFUSE", "refuse_reason_code": "USER_IN_SERVICE", "user_in_service": "相机 X"});
    done(&lease.post(ORDER, "/unsign-confirm", &refuse).await);
    done(&lease.post(ORDER, "/withhold-plan/cancel", &json!({"cancel_reason": "RENTING_OUT"})).await);
    let close = json!({"reason": "RENTING_OUT", "return_confirmed": true, "evidence_id": "return-1"});
    done(&lease.post(ORDER, "/close", &close).await);
    done(&lease.delete(ORDER, "/withhold-sign").await);
    lease
}

/// A request as text: the line, the headers, an empty line, and the body; query and body with a parameter a line.
fn shown(request: &http::Request<impl AsRef<[u8]>>) -> String {
    let body = str::from_utf8(request.body().as_ref()).expect("a form");
    let (form, encrypted) = without_ciphertexts(body);
    let query = request.uri().query().unwrap_or_default();
    let query = query.split('&').map(|pair| match pair.split_once('=') {
        Some(("sign", _)) if encrypted => "sign=<of what is encrypted>",
        _ => pair,
    });
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        format!("{name}: {}", value.to_str().expect("a header of text"))
    };
    let mut headers: Vec<String> = request.headers().iter().map(header).collect();
    headers.sort();
    let (query, headers) = (query.collect::<Vec<_>>().join("\n&"), headers.join("\n"));
    format!("{} {}?\n{query}\n{headers}\n\n{form}\n", request.method(), request.uri().path())
}

/// A form with clear text in the place of ciphertexts, and whether it has any. In Base64 only `+`, `/` and `=` are
/// percent-encoded.
fn without_ciphertexts(form: &str) -> (String, bool) {
    let mut encrypted = false;
    let mut shown = Vec::new();
    for pair in form.split('&') {
        let mut pair = pair.to_owned();
        for candidate in pair.clone().split("%22").flat_map(|part| part.split('=')) {
            let base64 = candidate.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
            if let Some(clear) = decrypted(&base64) {
                encrypted = true;
                pair = pair.replace(candidate, &format!("<{clear}>"));
            }
        }
        shown.push(pair);
    }
    (shown.join("\n&"), encrypted)
}

#[tokio::test(start_paused = true)]
async fn every_method_is_called_as_it_always_was() {
    let lease = everything().await;
    let (calls, requests) = (lease.ant.calls(), lease.world.received(ANT));
    assert_eq!(calls.len(), requests.len());
    for (method, golden) in GOLDEN {
        let at = calls.iter().position(|call| call.method == method).expect("a call");
        assert_eq!(shown(&requests[at]), golden, "{method}");
    }
    let called: BTreeSet<&str> = calls.iter().map(|call| call.method.as_str()).collect();
    assert_eq!(called, GOLDEN.iter().map(|(method, _)| *method).collect());
}

#[tokio::test(start_paused = true)]
async fn what_the_caller_does_not_say_is_not_sent() {
    let lease = Lease::new().await;
    lease.unbound(ORDER).await;
    let fields = |method: &str| {
        let call = lease.ant.calls().into_iter().find(|call| call.method == method).expect("a call");
        call.form.into_keys().collect::<Vec<_>>().join(" ")
    };
    for (method, sent) in [
        ("antchain.ato.front.trade.sync", "biz_content type"),
        (
            "antchain.ato.front.sign.submit",
            "business_scene merchant_id_number merchant_id_type merchant_name order_id template_list \
             user_id_number user_id_type user_name",
        ),
        ("antchain.ato.withhold.sign.create", "order_id"),
        ("antchain.ato.withhold.sign.query", "order_id"),
        ("antchain.ato.sign.flow.auth", "sign_no"),
        ("antchain.ato.sign.flow.get", "sign_no"),
        ("antchain.ato.trade.get", "biz_content type"),
        ("antchain.ato.trade.sync", "biz_content type"),
        ("antchain.ato.withhold.sign.unbind", "order_id"),
    ] {
        assert_eq!(fields(method), sent, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn optional_parts_of_a_front_order_are_left_out_where_there_are_none() {
    let lease = Lease::new().await;
    let order = bodies::order();
    let bare = ["rentUnit", "orderUserInfo", "orderProductInfoList"];
    let bare = bare.into_iter().fold(order, |order, name| bodies::with(order, name, Value::Null));
    done(&lease.put(ORDER, &bare).await);
    let content = &lease.ant.calls()[0].form["biz_content"];
    let expected = concat!(
        r#"{"orderId":"LEASE-0001","merchantId":"2088000000000001","#,
        r#""orderCreateTime":"2025-01-03 17:59:00.000","rentTerm":3,"rentUnit":"MONTH","totalRentMoney":3500,"#,
        r#""repayStrategyList":[{"termIndex":1,"rentalMoney":1167,"payDay":"2025-02-03"},"#,
        r#"{"termIndex":2,"rentalMoney":1167,"payDay":"2025-03-03"},"#,
        r#"{"termIndex":3,"rentalMoney":1166,"payDay":"2025-04-03"}]}"#,
    );
    assert_eq!(content, expected);
}

#[tokio::test(start_paused = true)]
async fn terms_are_sent_in_the_order_of_their_index() {
    let lease = Lease::new().await;
    let mut order = bodies::order();
    order["repayStrategyList"].as_array_mut().expect("a list").reverse();
    done(&lease.put(ORDER, &order).await);
    let sent = lease.ant.calls()[0].clear["biz_content"]["repayStrategyList"].clone();
    assert_eq!(sent, bodies::order()["repayStrategyList"]);
}

#[tokio::test(start_paused = true)]
async fn identity_fields_arrive_as_they_were_given_whoever_holds_the_key() {
    let lease = Lease::new().await;
    lease.contract_signing_with(ORDER, &bodies::full_contract()).await;
    let calls = lease.ant.calls();
    let [sync, submit] = calls.as_slice() else { panic!("two calls") };
    assert_eq!(sync.clear["biz_content"]["orderUserInfo"], bodies::order()["orderUserInfo"]);
    let given = bodies::full_contract();
    for (name, value) in submit.clear.iter().filter(|(name, _)| *name != "order_id") {
        let number = |value: &Value| value.as_str().and_then(|text| text.parse::<u64>().ok());
        let same =
            *value == given[name] || value.as_u64().is_some_and(|sent| number(&given[name]) == Some(sent));
        assert!(same, "{name}: {value} for {}", given[name]);
    }
    assert_eq!(submit.clear.len(), given.as_object().map_or(0, serde_json::Map::len) + 1);
}

#[tokio::test(start_paused = true)]
async fn the_same_text_is_never_encrypted_to_the_same_bytes() {
    let lease = Lease::new().await;
    for order in [ORDER, "LEASE-0002"] {
        lease.contract_signing(order).await;
    }
    let sent = lease.ant.calls().into_iter().filter_map(|call| call.form.get("user_name").cloned());
    let sent: Vec<String> = sent.collect();
    assert_eq!(sent.len(), 2);
    assert_ne!(sent[0], sent[1]);
}

fn ids(calls: &[Call]) -> BTreeSet<String> {
    calls.iter().map(|call| call.query["req_msg_id"].clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn every_transmission_has_an_id_of_its_own_a_repeat_too() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.fail_times("antchain.ato.trade.get", Spoil::Http(503), 3);
    done(&lease.get(ORDER, "").await);
    let calls = lease.ant.calls();
    let asked = calls.iter().filter(|call| call.method == "antchain.ato.trade.get").count();
    assert_eq!(asked, 4);
    assert_eq!(ids(&calls).len(), calls.len());
}

#[tokio::test(start_paused = true)]
async fn the_time_of_a_call_is_that_of_its_transmission() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.heard();
    lease.ant.fail("antchain.ato.trade.get", Spoil::Timeout);
    done(&lease.get(ORDER, "").await);
    let times: Vec<String> = lease.ant.calls().iter().map(|call| call.query["req_time"].clone()).collect();
    assert_eq!(times, ["2025-01-03T10:00:00Z", "2025-01-03T10:00:08Z"]);
}
