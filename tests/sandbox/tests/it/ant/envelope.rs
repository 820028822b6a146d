//! What is around a call: who signs it, when, and that it comes once.

use serde_json::{Value, json};

use super::caller::{
    Caller, FORM, ORDER, Pairs, QUERY, encoded, opened, pairs, seconds_from_now, sign, unsigned_query,
};
use super::secrets::{FIRST_KEY, SECOND_KEY};

/// The result code of a call that was put together by hand.
fn code(caller: &Caller, query: &Pairs, form: &Pairs) -> String {
    let answer = caller.post(query, form).expect("an answer");
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    answer["response"]["result_code"].as_str().expect("a code").to_owned()
}

fn caller_with_order() -> (Caller, Pairs) {
    let caller = Caller::start();
    caller.set(ORDER, &json!({"withhold_status": "UNSIGNED"}));
    (caller, pairs([("order_id", ORDER)]))
}

#[test]
fn a_good_call_is_answered_signed_and_logged_with_every_field() {
    let (caller, form) = caller_with_order();
    let mut query = unsigned_query(QUERY);
    sign(&mut query, &form, FIRST_KEY.1);
    let answer = caller.post(&query, &form).expect("an answer");
    let (response, signed) = opened(&answer.body, FIRST_KEY.1);
    assert!(signed);
    let expected = json!({
        "req_msg_id": query["req_msg_id"], "result_code": "OK", "result_msg": "OK", "status": "UNSIGNED",
    });
    assert_eq!(response, expected);
    let mut entry = caller.newest();
    assert!(entry["at"].take().as_str().expect("an instant").ends_with('Z'));
    assert!(entry["headers"].take().is_object());
    let expected = json!({
        "partner": "ant", "order": ORDER, "kind": QUERY, "method": "POST", "path": "/ant/gateway.do",
        "at": null, "timestamp": query["req_time"], "query": query, "headers": null,
        "form": {"order_id": ORDER}, "body": null, "decrypted": null, "verified": true,
        "outcome": "answered", "response": answer.json(),
    });
    assert_eq!(entry, expected);
    assert_eq!(caller.sandbox.requests(&format!("?partner=ant&order={ORDER}")).len(), 1);
    assert_eq!(caller.sandbox.requests("?partner=ant&order=LEASE-0002"), Vec::<Value>::new());
}

#[test]
fn the_gateway_is_also_where_the_official_sdks_look_for_it_and_nowhere_else() {
    let (caller, form) = caller_with_order();
    let mut query = unsigned_query(QUERY);
    sign(&mut query, &form, FIRST_KEY.1);
    let path = format!("/gateway.do?{}", encoded(&query));
    let answer =
        caller.sandbox.post_as("application/x-www-form-urlencoded", &path, encoded(&form).as_bytes());
    assert_eq!(answer.expect("an answer").json()["response"]["result_code"], "OK");
    for (verb, path) in [("POST", "/ant/gateway"), ("GET", "/ant/gateway.do"), ("PUT", "/gateway.do")] {
        assert_eq!(caller.sandbox.call(verb, path, b"").expect("an answer").status, 404, "{verb} {path}");
        assert_eq!(caller.outcome(), "unknown_call");
    }
}

#[test]
fn each_key_is_good_and_signs_the_answers_to_its_own_calls() {
    let (caller, form) = caller_with_order();
    let mut query = unsigned_query(QUERY);
    query.insert("access_key".to_owned(), SECOND_KEY.0.to_owned());
    sign(&mut query, &form, SECOND_KEY.1);
    let answer = caller.post(&query, &form).expect("an answer");
    let (response, signed) = opened(&answer.body, SECOND_KEY.1);
    assert!(signed && response["result_code"] == "OK", "{response}");
}

#[test]
fn a_call_that_is_not_signed_or_signed_wrongly_is_refused_and_has_no_effect() {
    let (caller, form) = caller_with_order();
    let refused = |query: &Pairs, form: &Pairs, expected: &str| {
        assert_eq!(code(&caller, query, form), expected);
        let entry = caller.newest();
        assert_eq!((&entry["verified"], &entry["order"]), (&json!(false), &json!(ORDER)));
        assert_eq!(entry["outcome"], format!("refused:{expected}"));
    };
    let unbind = || unsigned_query("antchain.ato.withhold.sign.unbind");
    refused(&unbind(), &form, "SIGNATURE_INVALID");
    let mut another_secret = unbind();
    sign(&mut another_secret, &form, SECOND_KEY.1);
    refused(&another_secret, &form, "SIGNATURE_INVALID");
    let mut another_form = unbind();
    sign(&mut another_form, &pairs([("order_id", "LEASE-0002")]), FIRST_KEY.1);
    refused(&another_form, &form, "SIGNATURE_INVALID");
    let mut unknown_key = unbind();
    unknown_key.insert("access_key".to_owned(), "AK-third".to_owned());
    sign(&mut unknown_key, &form, FIRST_KEY.1);
    refused(&unknown_key, &form, "ACCESS_KEY_INVALID");
    for name in unbind().keys() {
        let mut changed = unbind();
        sign(&mut changed, &form, FIRST_KEY.1);
        changed.entry(name.clone()).and_modify(|value| value.push('1'));
        let expected = if name == "access_key" { "ACCESS_KEY_INVALID" } else { "SIGNATURE_INVALID" };
        refused(&changed, &form, expected);
    }
    assert_eq!(caller.order(ORDER)["effects"], json!({}));
}

#[test]
fn every_parameter_of_the_query_is_judged() {
    let (caller, form) = caller_with_order();
    let changed = |name: &str, value: Option<&str>| {
        let mut query = unsigned_query(QUERY);
        query.remove(name);
        query.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        sign(&mut query, &form, FIRST_KEY.1);
        code(&caller, &query, &form)
    };
    for name in unsigned_query(QUERY).keys() {
        assert_eq!(changed(name, None), "PARAM_INVALID", "{name} is missing");
        assert_eq!(caller.newest()["verified"], name == "method", "{name}");
    }
    for (name, value) in [
        ("version", "1.1"),
        ("sign_type", "HmacSHA256"),
        ("base_sdk_version", "TeaSDK-3.0"),
        ("_prod_code", "BOT"),
        ("_prod_channel", ""),
        ("sdk_version", "newest"),
        ("req_time", "2025-01-03T10:00:00.000Z"),
        ("req_time", "2025-01-03 10:00:00"),
        ("req_time", "2025-01-03T18:00:00+08:00"),
        ("req_msg_id", "0123456789abcdef"),
        ("req_msg_id", "0123456789abcdef-123456789abcdef"),
        ("colour", "red"),
    ] {
        assert_eq!(changed(name, Some(value)), "PARAM_INVALID", "{name}={value}");
    }
    assert_eq!(changed("method", Some("antchain.ato.trade.delete")), "METHOD_INVALID");
    for (seconds, expected) in
        [(-590, "OK"), (590, "OK"), (-610, "REQ_TIME_INVALID"), (615, "REQ_TIME_INVALID")]
    {
        assert_eq!(changed("req_time", Some(&seconds_from_now(seconds))), expected, "{seconds} s");
    }
    assert_eq!(changed("security_token", Some("token")), "OK");
    assert_eq!(changed("sdk_version", Some("1.20.21")), "OK");
}

#[test]
fn a_call_comes_once_until_a_reset() {
    let (caller, form) = caller_with_order();
    let mut query = unsigned_query(QUERY);
    let mut forged = query.clone();
    forged.insert("sign".to_owned(), "bm90IGEgc2lnbmF0dXJl".to_owned());
    assert_eq!(code(&caller, &forged, &form), "SIGNATURE_INVALID", "which uses up no id");
    sign(&mut query, &form, FIRST_KEY.1);
    assert_eq!(code(&caller, &query, &form), "OK");
    assert_eq!(code(&caller, &query, &form), "REQ_MSG_ID_REPEATED");
    assert_eq!(caller.newest()["verified"], false);
    caller.sandbox.post("/_control/reset");
    assert_eq!(code(&caller, &query, &form), "ORDER_NOT_EXIST");
}

#[test]
fn what_is_no_form_or_ambiguous_is_refused() {
    let (caller, form) = caller_with_order();
    let mut query = unsigned_query(QUERY);
    sign(&mut query, &form, FIRST_KEY.1);
    let query = encoded(&query);
    let refused = |content_type: &str, query: &str, body: &[u8]| {
        let path = format!("/ant/gateway.do?{query}");
        let answer = caller.sandbox.post_as(content_type, &path, body).expect("an answer").json();
        assert_eq!(answer["response"]["result_code"], "PARAM_INVALID", "{content_type} {query} {body:?}");
        assert_eq!(caller.newest()["verified"], false);
    };
    let body = b"order_id=LEASE-0001".as_slice();
    refused("application/json", &query, body);
    refused("application/x-www-form-urlencoded; charset=GBK", &query, body);
    refused("", &query, body);
    for body in [b"order_id".as_slice(), b"order_id=%4", b"order_id=%zz", b"order_id=%FF", b"order_id=\xff"] {
        refused(FORM, &query, body);
    }
    refused(FORM, &query, b"order_id=LEASE-0001&order_id=LEASE-0001");
    refused(FORM, &query, b"order_id=LEASE-0001&version=1.0");
    refused(FORM, &query, b"order_id=LEASE-0001&sign=");
    refused(FORM, &format!("{query}&version=1.0"), body);
    let answer = caller.sandbox.post_as(FORM, &format!("/ant/gateway.do?{query}"), body);
    assert_eq!(answer.expect("an answer").json()["response"]["result_code"], "OK", "none used up the id");
}

#[test]
fn a_plus_is_a_space_and_the_signature_is_over_what_was_meant() {
    let caller = Caller::start();
    caller.set("LEASE 1*~é", &json!({}));
    let form = pairs([("order_id", "LEASE 1*~é")]);
    let mut query = unsigned_query(QUERY);
    sign(&mut query, &form, FIRST_KEY.1);
    let path = format!("/ant/gateway.do?{}", encoded(&query));
    let answer = caller.sandbox.post_as(FORM, &path, b"order_id=LEASE+1*%7E%C3%A9").expect("an answer");
    assert_eq!(answer.json()["response"]["result_code"], "OK");
}
