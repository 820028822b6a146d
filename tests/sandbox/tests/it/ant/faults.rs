//! What can go wrong with a call.

use serde_json::{Value, json};
use ureq::Error;

use super::caller::{
    Caller, FORM, ORDER, QUERY, UNBIND, encoded, opened, pairs, sign, signature, unsigned_query,
};
use super::secrets::FIRST_KEY;
use crate::running::Answer;

/// Plans `fault` for the next unbinding, and sends one.
fn unbind(fault: &str) -> (Caller, Result<Answer, Error>) {
    let caller = Caller::start();
    caller.set(ORDER, &json!({"withhold_status": "SIGNED"}));
    caller.faults(&json!([{"method": UNBIND, "fault": fault}]));
    let answer = caller.send(UNBIND, &pairs([("order_id", ORDER)]));
    let entry = caller.newest();
    assert_eq!(entry["outcome"], format!("fault:{fault}"));
    assert_eq!((&entry["verified"], &entry["order"]), (&json!(true), &json!(ORDER)));
    (caller, answer)
}

fn effects(caller: &Caller) -> Value {
    caller.order(ORDER)["effects"][UNBIND].clone()
}

#[test]
fn a_result_code_comes_signed_and_without_effect() {
    let (caller, answer) = unbind("result_code:SYSTEM_ERROR");
    let (response, signed) = opened(&answer.expect("an answer").body, FIRST_KEY.1);
    assert!(signed && response["result_code"] == "SYSTEM_ERROR", "{response}");
    assert!(!response["result_msg"].as_str().expect("a text").is_empty());
    assert_eq!(effects(&caller), Value::Null);
    assert_eq!(caller.newest()["response"]["response"], response);
}

#[test]
fn an_answer_comes_with_the_signature_of_another_text_or_none() {
    let (caller, answer) = unbind("bad_signature");
    let (response, signed) = opened(&answer.expect("an answer").body, FIRST_KEY.1);
    assert!(!signed && response["result_code"] == "OK", "{response}");
    assert_eq!(effects(&caller), 1);
    let (caller, answer) = unbind("missing_signature");
    let answer = answer.expect("an answer").json();
    assert_eq!((&answer["response"]["result_code"], answer.get("sign")), (&json!("OK"), None));
    assert_eq!(effects(&caller), 1);
}

#[test]
fn a_good_answer_may_have_another_sign_in_it_or_its_signature_first() {
    let (caller, answer) = unbind("nested_sign_key");
    let body = answer.expect("an answer").body;
    let (response, signed) = opened(&body, FIRST_KEY.1);
    assert!(signed && response["result_code"] == "OK", "{response}");
    let text = str::from_utf8(&body).expect("text");
    let (first, last) = (text.find(r#""sign""#).expect("one"), text.rfind(r#""sign""#).expect("one"));
    assert!(first < last && text[first..last].contains('}'), "the first is within the response: {text}");
    assert_eq!(effects(&caller), 1);

    let (caller, answer) = unbind("sign_first");
    let body = answer.expect("an answer").body;
    let text = str::from_utf8(&body).expect("text");
    let rest = text.strip_prefix(r#"{"sign":""#).and_then(|rest| rest.strip_suffix('}')).expect(text);
    let (signed, response) = rest.split_once(r#"","response":"#).expect(text);
    assert_eq!(signed, signature(FIRST_KEY.1, response));
    assert_eq!(effects(&caller), 1);
}

#[test]
fn an_answer_may_be_none() {
    let (caller, answer) = unbind("garbage");
    let answer = answer.expect("an answer");
    assert_eq!((answer.status, effects(&caller)), (200, json!(1)));
    assert!(serde_json::from_slice::<Value>(&answer.body).is_err(), "garbage is no JSON");
    let (caller, answer) = unbind("http_500");
    assert_eq!((answer.expect("an answer").status, effects(&caller)), (500, Value::Null));
}

#[test]
fn a_timeout_leaves_the_caller_without_an_answer_with_or_without_an_effect() {
    for (fault, expected) in [("timeout", Value::Null), ("timeout_after_effect", json!(1))] {
        let (caller, answer) = unbind(fault);
        assert!(matches!(answer, Err(Error::Timeout(_))), "{fault}");
        assert_eq!((effects(&caller), &caller.newest()["response"]), (expected, &Value::Null), "{fault}");
    }
}

#[test]
fn faults_are_used_up_in_their_order_by_the_calls_that_they_are_for() {
    let caller = Caller::start();
    for order_id in [ORDER, "LEASE-0002"] {
        caller.set(order_id, &json!({}));
    }
    caller.faults(&json!([
        {"method": QUERY, "order": "LEASE-0002", "fault": "result_code:SECOND"},
        {"method": QUERY, "fault": "result_code:TWICE", "times": 2},
        {"method": QUERY, "fault": "result_code:LAST"},
        {"method": UNBIND, "fault": "result_code:UNBIND"},
    ]));
    let code = |order_id: &str| caller.code(QUERY, [("order_id", order_id)]);
    let codes = [code(ORDER), code("LEASE-0002"), code("LEASE-0002"), code(ORDER), code(ORDER)];
    assert_eq!(codes, ["TWICE", "SECOND", "TWICE", "LAST", "OK"]);
    assert_eq!(caller.code(UNBIND, [("order_id", ORDER)]), "UNBIND");
}

#[test]
fn a_call_that_is_refused_uses_up_no_fault() {
    let caller = Caller::start();
    caller.set(ORDER, &json!({}));
    caller.faults(&json!([{"method": QUERY, "fault": "result_code:LATER"}]));
    let form = pairs([("order_id", ORDER)]);
    let mut query = unsigned_query(QUERY);
    sign(&mut query, &form, "another secret");
    let path = format!("/ant/gateway.do?{}", encoded(&query));
    let answer = caller.sandbox.post_as(FORM, &path, encoded(&form).as_bytes()).expect("an answer");
    assert_eq!(answer.json()["response"]["result_code"], "SIGNATURE_INVALID");
    assert_eq!(caller.code(QUERY, [("order_id", "")]), "PARAM_INVALID");
    assert_eq!(caller.code(QUERY, [("order_id", ORDER)]), "LATER");
}

#[test]
fn a_list_of_faults_replaces_the_one_before_and_a_reset_forgets_it() {
    let caller = Caller::start();
    let planned = json!([{"method": QUERY, "fault": "result_code:FIRST", "times": 9}]);
    let code = || {
        caller.set(ORDER, &json!({}));
        caller.code(QUERY, [("order_id", ORDER)])
    };
    caller.faults(&planned);
    caller.faults(&json!([{"method": QUERY, "fault": "result_code:OTHER", "times": 9}]));
    assert_eq!(code(), "OTHER");
    caller.faults(&json!([]));
    assert_eq!(code(), "OK");
    caller.faults(&planned);
    caller.sandbox.post("/_control/reset");
    assert_eq!(code(), "OK");
}

#[test]
fn a_fault_that_ant_does_not_have_is_refused_with_an_explanation() {
    let caller = Caller::start();
    for (faults, reason) in [
        (json!([{"method": QUERY, "fault": "fire"}]), "timeout_after_effect"),
        (json!([{"method": QUERY, "fault": "result_code:"}]), "result_code:X"),
        (json!([{"method": QUERY, "fault": "result_code:OK"}]), "result_code:X"),
        (json!([{"method": "withhold.sign.query", "fault": "garbage"}]), QUERY),
        (json!([{"method": QUERY, "fault": "garbage", "times": 0}]), "times is at least 1"),
        (json!([{"method": QUERY, "fault": "garbage", "colour": "red"}]), "colour"),
        (json!({"method": QUERY, "fault": "garbage"}), "sequence"),
    ] {
        let answer = caller.sandbox.put("/_control/ant/faults", faults.to_string().as_bytes());
        assert_eq!(answer.status, 400, "{faults}");
        let error = answer.json()["error"].as_str().expect("a reason").to_owned();
        assert!(error.contains(reason), "{error}");
    }
}
