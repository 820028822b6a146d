//! What each method's form must have.

use serde_json::json;

use super::caller::{
    AUTH, CLOSE, CONFIRM, CREATE, Caller, FLOW, ORDER, PLAN_CANCEL, Pairs, QUERY, SUBMIT, SYNC, TEMPLATES,
    TRADE, UNBIND, contract, opened, pairs,
};
use super::secrets::{FIRST_KEY, sealed};

fn response(caller: &Caller, method: &str, form: &Pairs) -> serde_json::Value {
    let answer = caller.send(method, form).expect("an answer");
    opened(&answer.body, FIRST_KEY.1).0
}

/// Sends `form` with one field changed, or left out, and gives the code.
fn changed(caller: &Caller, method: &str, form: &Pairs, (name, value): (&str, Option<&str>)) -> String {
    let mut form = form.clone();
    form.remove(name);
    form.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    let response = response(caller, method, &form);
    let text = response["result_msg"].as_str().expect("a text");
    let code = response["result_code"].as_str().expect("a code").to_owned();
    assert!(code != "PARAM_INVALID" || text.contains(name), "the text names {name}: {text}");
    code
}

#[test]
fn every_method_asks_for_its_fields_and_takes_no_other() {
    let caller = Caller::start();
    caller.sync(ORDER);
    let order = ("order_id", ORDER);
    let content = r#"{"orderId":"LEASE-0001","merchantId":"2088001"}"#;
    let closing = r#"{"orderId":"LEASE-0001","merchantId":"2088001","closeReason":"FULFILLED"}"#;
    let full = super::caller::full_order(ORDER).to_string();
    let asked = pairs([("type", "orderFullInfo"), ("biz_content", content)]);
    let cases = [
        (SYNC, pairs([("type", "orderFullInfo"), ("biz_content", &full)]), 0),
        (TRADE, asked, 0),
        (CLOSE, pairs([("type", "orderClose"), ("biz_content", closing)]), 0),
        (CREATE, pairs([order]), 0),
        (QUERY, pairs([order]), 0),
        (UNBIND, pairs([order]), 0),
        (PLAN_CANCEL, pairs([order, ("cancel_reason", "RENTING_OUT")]), 0),
        (CONFIRM, pairs([order, ("operate", "AGREE")]), 0),
        (FLOW, pairs([("sign_no", "SN0000")]), 0),
        (AUTH, pairs([("sign_no", "SN0000")]), 0),
        (TEMPLATES, pairs([]), 0),
        // What was needed in the older SDKs only.
        (SUBMIT, contract(ORDER), 2),
    ];
    for (method, form, optional) in cases {
        let code = response(&caller, method, &form)["result_code"].clone();
        assert!(code == "OK" || code == "SIGN_FLOW_NOT_EXIST", "{method}: {code}");
        let needed =
            form.keys().filter(|name| changed(&caller, method, &form, (name, None)) == "PARAM_INVALID");
        assert_eq!(needed.count() + optional, form.len(), "{method}");
        for name in form.keys() {
            assert_eq!(changed(&caller, method, &form, (name, Some(""))), "PARAM_INVALID", "{method} {name}");
        }
        assert_eq!(changed(&caller, method, &form, ("colour", Some("red"))), "PARAM_INVALID", "{method}");
        let common = changed(&caller, method, &form, ("product_instance_id", Some("p-1")));
        assert_ne!(common, "PARAM_INVALID", "{method}");
    }
}

#[test]
fn lengths_are_counted_in_characters() {
    let caller = Caller::start();
    caller.sync(ORDER);
    let create = pairs([("order_id", ORDER)]);
    for (name, most) in [
        ("alipay_merchant_id", 20),
        ("alipay_merchant_name", 50),
        ("alipay_merchant_service_name", 50),
        ("alipay_merchant_service_description", 150),
        ("alipay_user_id", 128),
        ("return_url", 256),
        ("user_open_id", 128),
        ("merchant_app_id", 32),
    ] {
        assert_eq!(changed(&caller, CREATE, &create, (name, Some(&"租".repeat(most)))), "OK", "{name}");
        let over = changed(&caller, CREATE, &create, (name, Some(&"租".repeat(most + 1))));
        assert_eq!(over, "PARAM_INVALID", "{name}");
    }
    let contract = contract(ORDER);
    for (name, least, most) in
        [("business_scene", 2, 200), ("alipay_user_id", 4, 24), ("merchant_tag", 2, 32)]
    {
        for (length, expected) in
            [(least, "OK"), (most, "OK"), (least - 1, "PARAM_INVALID"), (most + 1, "PARAM_INVALID")]
        {
            let code = changed(&caller, SUBMIT, &contract, (name, Some(&"租".repeat(length))));
            assert_eq!(code, expected, "{name} {length}");
        }
    }
    for (method, name, length) in [
        (QUERY, "order_id", 51),
        (SUBMIT, "order_id", 3),
        (SUBMIT, "order_id", 65),
        (AUTH, "sign_no", 5),
        (AUTH, "sign_no", 65),
        (AUTH, "tag", 1),
        (AUTH, "biz_flow_id", 3),
        (AUTH, "account_id", 65),
    ] {
        let form = if method == SUBMIT { contract.clone() } else { pairs([("sign_no", "SN0000")]) };
        let form = if method == QUERY { create.clone() } else { form };
        let code = changed(&caller, method, &form, (name, Some(&"x".repeat(length))));
        assert_eq!(code, "PARAM_INVALID", "{method} {name} {length}");
    }
}

#[test]
fn enumerations_and_numbers_are_closed() {
    let caller = Caller::start();
    caller.sync(ORDER);
    let contract = contract(ORDER);
    for (name, good, bad) in [
        ("user_id_type", "CRED_PSN_PASSPORT", "CRED_ORG_USCC"),
        ("merchant_id_type", "CRED_ORG_REGCODE", "CRED_ORG_CODE"),
        ("flow_notify_type", "1", "3"),
        ("sign_validity", "1735898400000", "2025-01-03"),
        ("merchant_sign_order", "1", "1.0"),
        ("need_face", "true", "yes"),
    ] {
        assert_eq!(changed(&caller, SUBMIT, &contract, (name, Some(good))), "OK", "{name}={good}");
        assert_eq!(changed(&caller, SUBMIT, &contract, (name, Some(bad))), "PARAM_INVALID", "{name}={bad}");
    }
    let cancel = pairs([("order_id", ORDER), ("cancel_reason", "RENTING_OUT")]);
    assert_eq!(changed(&caller, PLAN_CANCEL, &cancel, ("cancel_reason", Some("FULFILLED"))), "PARAM_INVALID");
    let templates = pairs([("fund_type", "FINANCE")]);
    assert_eq!(changed(&caller, TEMPLATES, &templates, ("fund_type", Some("NONE"))), "PARAM_INVALID");
    let trade = pairs([("type", "orderFullInfo"), ("biz_content", "{}")]);
    assert_eq!(changed(&caller, TRADE, &trade, ("type", Some("orderClose"))), "PARAM_INVALID");
}

#[test]
fn an_unsign_answer_has_what_belongs_to_it_and_nothing_else() {
    let caller = Caller::start();
    caller.sync(ORDER);
    for (rest, expected) in [
        (pairs([("operate", "AGREE")]), "OK"),
        (debt("12345"), "OK"),
        (service("手机租赁"), "OK"),
        (pairs([("operate", "REFUSE")]), "PARAM_INVALID"),
        (pairs([("operate", "REFUSE"), ("refuse_reason_code", "USER_OWE_MONEY")]), "PARAM_INVALID"),
        (pairs([("operate", "REFUSE"), ("refuse_reason_code", "USER_IN_SERVICE")]), "PARAM_INVALID"),
        (debt("0"), "PARAM_INVALID"),
        (debt("012"), "PARAM_INVALID"),
        (debt("-1"), "PARAM_INVALID"),
        (debt("12.5"), "PARAM_INVALID"),
        (debt("9223372036854775808"), "PARAM_INVALID"),
        (service(&"租".repeat(129)), "PARAM_INVALID"),
        (with(debt("1"), ("user_in_service", "x")), "PARAM_INVALID"),
        (with(service("x"), ("user_owe_money", "1")), "PARAM_INVALID"),
        (with(pairs([("operate", "AGREE")]), ("refuse_reason_code", "USER_OWE_MONEY")), "PARAM_INVALID"),
        (with(debt("1"), ("operate", "AGREE")), "PARAM_INVALID"),
        (with(debt("1"), ("refuse_reason_code", "USER_IS_NICE")), "PARAM_INVALID"),
    ] {
        let form = with(rest, ("order_id", ORDER));
        assert_eq!(response(&caller, CONFIRM, &form)["result_code"], expected, "{form:?}");
    }
}

fn debt(fen: &str) -> Pairs {
    pairs([("operate", "REFUSE"), ("refuse_reason_code", "USER_OWE_MONEY"), ("user_owe_money", fen)])
}

fn service(name: &str) -> Pairs {
    pairs([("operate", "REFUSE"), ("refuse_reason_code", "USER_IN_SERVICE"), ("user_in_service", name)])
}

fn with(mut form: Pairs, (name, value): (&str, &str)) -> Pairs {
    form.insert(name.to_owned(), value.to_owned());
    form
}

#[test]
fn identity_data_goes_sealed_and_the_log_shows_it_opened() {
    let caller = Caller::start();
    caller.sync(ORDER);
    let sealed_fields = [
        "user_id_number",
        "user_name",
        "user_mobile",
        "user_email",
        "merchant_id_number",
        "merchant_legal_name",
        "merchant_legal_id_number",
        "user_org_id_number",
    ];
    let mut form = contract(ORDER);
    for name in sealed_fields {
        let garbled = sealed("13800138000").replacen(|letter: char| letter.is_ascii_lowercase(), "A", 3);
        for clear in ["13800138000", "MTM4MDAxMzgwMDA=", &garbled] {
            let code = changed(&caller, SUBMIT, &form, (name, Some(clear)));
            assert_eq!(code, "PARAM_INVALID", "{name}={clear}");
            let text = caller.newest()["response"].to_string();
            assert!(!text.contains("13800138000"), "what may be identity data is not quoted: {text}");
        }
        form.insert(name.to_owned(), sealed(&format!("the {name} 张")));
    }
    let signer = json!([
        {"tag": "guarantor", "orgName": "担保", "orgIdType": "CRED_ORG_USCC",
         "orgIdNumber": sealed("9111"), "orgLegalName": sealed("李四"), "sealIds": "S1,S2", "signOrder": 2},
        {"tag": "funder", "orgName": "资方", "orgLegalIdNumber": sealed("1101"), "sealIds": ["S1"]},
    ]);
    form.insert("third_signer".to_owned(), signer.to_string());
    assert_eq!(response(&caller, SUBMIT, &form)["result_code"], "OK");
    let mut decrypted = json!({
        "third_signer": [{"orgIdNumber": "9111", "orgLegalName": "李四"}, {"orgLegalIdNumber": "1101"}],
    });
    for name in sealed_fields {
        decrypted[name] = json!(format!("the {name} 张"));
    }
    assert_eq!(caller.newest()["decrypted"], decrypted);
}
