//! What calls make of an order.

use serde_json::{Value, json};

use super::caller::{
    AUTH, CLOSE, CONFIRM, CREATE, Caller, FLOW, FLOW_CANCEL, ORDER, PLAN_CANCEL, QUERY, SUBMIT, TEMPLATES,
    TRADE, UNBIND, contract, full_order, opened,
};
use super::secrets::FIRST_KEY;

fn submit(caller: &Caller, tags: &[&str]) -> Value {
    let mut form = contract(ORDER);
    if let [own, others @ ..] = tags {
        form.insert("merchant_tag".to_owned(), (*own).to_owned());
        let signer = |tag: &&str| json!({"tag": tag, "orgName": "另一方"});
        form.insert("third_signer".to_owned(), others.iter().map(signer).collect::<Value>().to_string());
    }
    let answer = caller.send(SUBMIT, &form).expect("an answer");
    opened(&answer.body, FIRST_KEY.1).0
}

fn text(response: &Value, name: &str) -> String {
    response[name].as_str().unwrap_or_else(|| panic!("{name} in {response}")).to_owned()
}

fn parsed(response: &Value, name: &str) -> Value {
    serde_json::from_str(&text(response, name)).expect("JSON")
}

#[test]
fn a_whole_lease_runs_from_its_order_to_its_end() {
    let caller = Caller::start();
    let order = [("order_id", ORDER)];
    caller.sync(ORDER);
    assert_eq!(caller.outcome(), "effect");
    let contract = submit(&caller, &[]);
    let sign_no = text(&contract, "sign_no");
    assert_eq!(parsed(&contract, "sign_info")[0]["tag"], Value::Null);
    assert_eq!(caller.ok(QUERY, order)["status"], "UNSIGNED");
    let sign_str = text(&caller.ok(CREATE, order), "sign_str");
    assert!(sign_str.starts_with("alipay_sdk="), "{sign_str}");
    assert_eq!(caller.outcome(), "effect");
    caller.set(ORDER, &json!({"withhold_status": "SIGNED"}));
    let signed = caller.ok(QUERY, order);
    assert_eq!(signed["status"], "SIGNED");
    for name in ["agreement_no", "sign_time", "valid_time", "invalid_time"] {
        assert!(!text(&signed, name).is_empty(), "{name}");
    }
    assert_eq!(text(&signed, "sign_time").len(), "2025-01-03T10:00:00Z".len());
    let flow = [("sign_no", sign_no.as_str())];
    assert_eq!(caller.ok(FLOW, flow)["status"], "SIGNING");
    caller.ok(AUTH, flow);
    assert_eq!((caller.outcome(), caller.newest()["order"].clone()), ("effect".to_owned(), json!(ORDER)));
    assert_eq!(caller.ok(FLOW, flow)["status"], "FINISH");
    caller.ok(PLAN_CANCEL, [("order_id", ORDER), ("cancel_reason", "RENTING_OUT")]);
    let closing = json!({"orderId": ORDER, "merchantId": "2088001", "closeReason": "RENTING_OUT"});
    caller.ok(CLOSE, [("type", "orderClose"), ("biz_content", &closing.to_string())]);
    caller.ok(UNBIND, order);
    assert_eq!(caller.ok(QUERY, order)["status"], "TERMINATED");
    let mut shown = caller.order(ORDER);
    for name in ["flow_id", "account_id", "sign_no"] {
        assert_eq!(shown[name].take(), contract[name], "{name}");
    }
    let term =
        |index: u32, money: u32| json!({"term_index": index, "status": "CANCEL", "rental_money": money});
    let expected = json!({
        "order_id": ORDER, "withhold_status": "TERMINATED", "flow_status": "FINISH", "sign_no": null,
        "flow_id": null, "account_id": null, "parties": [{"tag": null, "sealed": true}],
        "terms": [term(1, 1167), term(2, 1167), term(3, 1166)], "closed": true, "plan_cancelled": true,
        "unsign_pending": false,
        "effects": {
            "antchain.ato.front.trade.sync": 1, "antchain.ato.front.sign.submit": 1,
            "antchain.ato.withhold.sign.create": 1, "antchain.ato.sign.flow.auth": 1,
            "antchain.ato.withhold.plan.cancel": 1, "antchain.ato.trade.sync": 1,
            "antchain.ato.withhold.sign.unbind": 1,
        },
    });
    assert_eq!(shown, expected);
}

#[test]
fn what_is_asked_for_again_is_repeated_and_not_a_second_effect() {
    let caller = Caller::start();
    let order = ("order_id", ORDER);
    caller.sync(ORDER);
    let sign_no = text(&submit(&caller, &[]), "sign_no");
    let closing = json!({"orderId": ORDER, "merchantId": "2088001", "closeReason": "FULFILLED"}).to_string();
    let repeated = |call: &dyn Fn()| {
        for expected in ["effect", "repeated", "repeated"] {
            call();
            assert_eq!(caller.outcome(), expected);
        }
    };
    caller.sync(ORDER);
    assert_eq!(caller.outcome(), "repeated");
    repeated(&|| drop(caller.ok(CREATE, [order])));
    repeated(&|| drop(caller.ok(AUTH, [("sign_no", &sign_no)])));
    repeated(&|| drop(caller.ok(PLAN_CANCEL, [order, ("cancel_reason", "RENTING_OUT")])));
    repeated(&|| drop(caller.ok(CLOSE, [("type", "orderClose"), ("biz_content", &closing)])));
    caller.set(ORDER, &json!({"unsign_pending": true}));
    let debt =
        [order, ("operate", "REFUSE"), ("refuse_reason_code", "USER_OWE_MONEY"), ("user_owe_money", "1")];
    repeated(&|| drop(caller.ok(CONFIRM, debt)));
    repeated(&|| drop(caller.ok(UNBIND, [order])));
    let effects = caller.order(ORDER)["effects"].as_object().expect("effects").clone();
    assert!(effects.values().all(|count| count == 1) && effects.len() == 8, "{effects:?}");
    submit(&caller, &[]);
    assert_eq!(caller.outcome(), "effect", "a second contract is one");
    assert_eq!(caller.order(ORDER)["effects"][SUBMIT], 2);
}

#[test]
fn creating_while_unsigned_gives_another_text_and_what_is_signed_stays_signed() {
    let caller = Caller::start();
    let order = [("order_id", ORDER)];
    caller.sync(ORDER);
    let sign_str = || text(&caller.ok(CREATE, order), "sign_str");
    assert_ne!(sign_str(), sign_str());
    caller.set(ORDER, &json!({"withhold_status": "SIGNED"}));
    let number = caller.ok(QUERY, order)["agreement_no"].clone();
    sign_str();
    let signed = caller.ok(QUERY, order);
    assert_eq!((&signed["status"], &signed["agreement_no"]), (&json!("SIGNED"), &number));
    caller.ok(UNBIND, order);
    assert_eq!(caller.ok(QUERY, order)["agreement_no"], number, "an ended agreement has its number");
    sign_str();
    assert_eq!(caller.ok(QUERY, order).get("agreement_no"), None);
}

#[test]
fn several_parties_seal_one_after_the_other() {
    let caller = Caller::start();
    caller.sync(ORDER);
    let contract = submit(&caller, &["lessor", "guarantor", "funder"]);
    let (sign_no, flow_id) = (text(&contract, "sign_no"), text(&contract, "flow_id"));
    let account_id = text(&contract, "account_id");
    let links = parsed(&contract, "sign_info");
    let tags: Vec<_> = links.as_array().expect("links").iter().map(|link| link["tag"].clone()).collect();
    assert_eq!(tags, ["lessor", "guarantor", "funder"]);
    assert!(text(&links[2], "url").starts_with("https://"));
    let seal = |tag: &str| caller.code(AUTH, [("sign_no", &sign_no), ("tag", tag)]);
    assert_eq!(caller.code(AUTH, [("sign_no", &sign_no)]), "TAG_NOT_EXIST");
    assert_eq!(
        (seal("stranger"), caller.outcome()),
        ("TAG_NOT_EXIST".into(), "refused:TAG_NOT_EXIST".into())
    );
    assert_eq!(seal("guarantor"), "OK");
    assert_eq!((seal("guarantor"), caller.outcome()), ("OK".into(), "repeated".into()));
    let flow = caller.ok(FLOW, [("sign_no", &sign_no)]);
    let sealed: Vec<_> = parsed(&flow, "sign_info")
        .as_array()
        .expect("links")
        .iter()
        .map(|link| link["sealed"].clone())
        .collect();
    assert_eq!((sealed, &flow["status"]), (vec![json!(false), json!(true), json!(false)], &json!("SIGNING")));
    assert_eq!((&flow["order_id"], &flow["flow_id"]), (&json!(ORDER), &json!(flow_id)));
    assert!(parsed(&flow, "doc_list").is_array());
    let with = |name: &str, value: &str| {
        caller.code(AUTH, [("sign_no", &sign_no), ("tag", "lessor"), (name, value)])
    };
    assert_eq!(with("biz_flow_id", "FL00"), "PARAM_INVALID");
    assert_eq!(with("account_id", &flow_id), "PARAM_INVALID");
    assert_eq!((with("biz_flow_id", &flow_id), with("account_id", &account_id)), ("OK".into(), "OK".into()));
    assert_eq!(seal("funder"), "OK");
    assert_eq!(caller.order(ORDER)["flow_status"], "FINISH");
    assert_eq!((seal("funder"), caller.outcome()), ("OK".into(), "repeated".into()));
    assert_eq!(submit(&caller, &["lessor", "lessor"])["result_code"], "PARAM_INVALID");
}

#[test]
fn a_contract_that_is_over_is_not_sealed_and_a_new_one_may_be_submitted() {
    let caller = Caller::start();
    caller.sync(ORDER);
    let sign_no = text(&submit(&caller, &[]), "sign_no");
    for status in ["DRAFT", "UNDO", "TERMINATE", "EXPIRE", "REJECTED", "CANCELLED"] {
        caller.set(ORDER, &json!({"flow_status": status}));
        assert_eq!(caller.code(AUTH, [("sign_no", &sign_no)]), "FLOW_STATUS_INVALID", "{status}");
    }
    let again = text(&submit(&caller, &[]), "sign_no");
    assert_ne!(again, sign_no);
    assert_eq!(caller.code(FLOW, [("sign_no", &sign_no)]), "SIGN_FLOW_NOT_EXIST");
    assert_eq!(caller.newest()["order"], Value::Null);
    assert_eq!(caller.code(FLOW_CANCEL, [("sign_no", &again)]), "OK");
    assert_eq!(caller.ok(FLOW, [("sign_no", &again)])["status"], "UNDO");
    caller.set(ORDER, &json!({"flow_status": "FINISH"}));
    assert_eq!(caller.code(FLOW_CANCEL, [("sign_no", &again)]), "FLOW_STATUS_INVALID");
}

#[test]
fn an_order_that_ant_does_not_have_is_refused_everywhere() {
    let caller = Caller::start();
    let order = ("order_id", ORDER);
    let question = json!({"orderId": ORDER, "merchantId": "2088001"});
    let mut closing = question.clone();
    closing["closeReason"] = json!("FULFILLED");
    let (question, closing) = (question.to_string(), closing.to_string());
    for code in [
        caller.code(CREATE, [order]),
        caller.code(QUERY, [order]),
        caller.code(UNBIND, [order]),
        caller.code(PLAN_CANCEL, [order, ("cancel_reason", "RENTING_OUT")]),
        caller.code(CONFIRM, [order, ("operate", "AGREE")]),
        caller.code(TRADE, [("type", "orderFullInfo"), ("biz_content", &question)]),
        caller.code(CLOSE, [("type", "orderClose"), ("biz_content", &closing)]),
        submit(&caller, &[])["result_code"].as_str().expect("a code").to_owned(),
    ] {
        assert_eq!(code, "ORDER_NOT_EXIST");
    }
    assert_eq!(caller.newest()["response"]["response"]["result_msg"], "订单不存在");
    assert_eq!(caller.sandbox.requests(&format!("?order={ORDER}")).len(), 8, "each names the order");
    assert_eq!(caller.code(AUTH, [("sign_no", "SN0000")]), "SIGN_FLOW_NOT_EXIST");
    assert_eq!(caller.sandbox.get(&format!("/_control/ant/orders/{ORDER}")).status, 404);
}

#[test]
fn an_order_that_is_asked_for_says_what_it_has() {
    let caller = Caller::start();
    caller.sync(ORDER);
    let term = |index: u32, status: &str, money: u32| json!({"termIndex": index, "status": status, "rentalMoney": money});
    let synced = json!({
        "orderId": ORDER, "orderStatus": "NORMAL", "unsignPending": false, "orderUserInfo": {"userName": "张三"},
        "terms": [term(1, "NOT_RETURN", 1167), term(2, "NOT_RETURN", 1167), term(3, "NOT_RETURN", 1166)],
    });
    assert_eq!(caller.trade(ORDER), synced);
    let contract = submit(&caller, &[]);
    caller.set(
        ORDER,
        &json!({
            "terms": [
                {"term_index": 1, "status": "RETURN_FULL", "rental_money": 1167},
                {"term_index": 2, "status": "NOT_RETURN", "rental_money": 1},
            ],
            "unsign_pending": true, "closed": true,
        }),
    );
    caller.ok(PLAN_CANCEL, [("order_id", ORDER), ("cancel_reason", "RENTING_OUT")]);
    let later = json!({
        "orderId": ORDER, "orderStatus": "CLOSED", "unsignPending": true, "orderUserInfo": {"userName": "张三"},
        "signNo": contract["sign_no"], "flowId": contract["flow_id"], "accountId": contract["account_id"],
        "terms": [term(1, "RETURN_FULL", 1167), term(2, "CANCEL", 1)],
    });
    assert_eq!(caller.trade(ORDER), later);
}

#[test]
fn an_order_that_is_synchronised_with_another_plan_is_replaced() {
    let caller = Caller::start();
    caller.sync(ORDER);
    let mut other = full_order(ORDER);
    other["rentTerm"] = json!(1);
    other["totalRentMoney"] = json!(99);
    other["repayStrategyList"] = json!([{"termIndex": 1, "rentalMoney": 99, "payDay": "2025-02-03"}]);
    let form = [("type", "orderFullInfo"), ("biz_content", &other.to_string())];
    caller.ok("antchain.ato.front.trade.sync", form);
    assert_eq!(caller.outcome(), "effect");
    let shown = caller.order(ORDER);
    assert_eq!(shown["terms"], json!([{"term_index": 1, "status": "NOT_RETURN", "rental_money": 99}]));
    assert_eq!(shown["effects"], json!({"antchain.ato.front.trade.sync": 2}));
}

#[test]
fn an_unsign_application_is_agreed_to_or_refused() {
    let caller = Caller::start();
    caller.set(ORDER, &json!({"withhold_status": "SIGNED", "unsign_pending": true}));
    let service = [
        ("order_id", ORDER),
        ("operate", "REFUSE"),
        ("refuse_reason_code", "USER_IN_SERVICE"),
        ("user_in_service", "手机"),
    ];
    caller.ok(CONFIRM, service);
    let refused = caller.order(ORDER);
    assert_eq!((&refused["unsign_pending"], &refused["withhold_status"]), (&json!(false), &json!("SIGNED")));
    caller.set(ORDER, &json!({"unsign_pending": true}));
    caller.ok(CONFIRM, [("order_id", ORDER), ("operate", "AGREE")]);
    let agreed = caller.order(ORDER);
    assert_eq!(
        (&agreed["unsign_pending"], &agreed["withhold_status"]),
        (&json!(false), &json!("TERMINATED"))
    );
}

#[test]
fn there_are_templates() {
    let caller = Caller::start();
    let templates = parsed(&caller.ok(TEMPLATES, [("fund_type", "NON_FINANCE")]), "template_list");
    assert_eq!(templates[0]["templateId"], "TPL-0001");
    assert_eq!((caller.outcome(), caller.newest()["order"].clone()), ("answered".to_owned(), Value::Null));
}
