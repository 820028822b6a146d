//! The JSON texts within a form.

use serde_json::{Value, json};

use super::caller::{CLOSE, Caller, ORDER, SUBMIT, SYNC, TRADE, contract, full_order, opened};
use super::secrets::{FIRST_KEY, sealed};

fn sync_code(caller: &Caller, content: &str) -> String {
    caller.code(SYNC, [("type", "orderFullInfo"), ("biz_content", content)])
}

#[test]
fn an_order_is_held_against_its_rules() {
    let caller = Caller::start();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut order = full_order(ORDER);
        change(&mut order);
        sync_code(&caller, &order.to_string())
    };
    let goods: [&dyn Fn(&mut Value); 3] = [&|_| {}, &|order| order["rentUnit"] = json!("MONTH"), &|order| {
        order["repayStrategyList"][0]["payDay"] = json!("2025-02-03");
    }];
    for good in goods {
        assert_eq!(changed(good), "OK");
    }
    for name in
        ["orderId", "merchantId", "orderCreateTime", "rentTerm", "totalRentMoney", "repayStrategyList"]
    {
        let code = changed(&|order| {
            order.as_object_mut().expect("an object").remove(name);
        });
        assert_eq!(code, "PARAM_INVALID", "without {name}");
    }
    for (pointer, value) in [
        ("/orderId", json!("LEASE")),
        ("/merchantId", json!("")),
        ("/orderCreateTime", json!("2025-01-03 18:00:00")),
        ("/orderCreateTime", json!("2025-02-30 18:00:00.000")),
        ("/rentTerm", json!(2)),
        ("/rentTerm", json!("3")),
        ("/rentUnit", json!("DAY")),
        ("/totalRentMoney", json!(3501)),
        ("/totalRentMoney", json!(3500.0)),
        ("/repayStrategyList/0/termIndex", json!(4)),
        ("/repayStrategyList/0/termIndex", json!(1)),
        ("/repayStrategyList/0/rentalMoney", json!(true)),
        ("/repayStrategyList/0/payDay", json!("2025-02-31")),
        ("/repayStrategyList/0/payDay", json!("2025-05-03")),
        ("/repayStrategyList", json!([])),
        ("/orderUserInfo", json!("张三")),
        ("/orderProductInfoList", json!({})),
    ] {
        let code = changed(&|order| *order.pointer_mut(pointer).expect(pointer) = value.clone());
        assert_eq!(code, "PARAM_INVALID", "{pointer} = {value}");
    }
    for (first, second) in [(0, 2334), (u64::MAX, 1168)] {
        let code = changed(&|order| {
            order["repayStrategyList"][0]["rentalMoney"] = json!(first);
            order["repayStrategyList"][1]["rentalMoney"] = json!(second);
        });
        assert_eq!(code, "PARAM_INVALID", "no term is free, and no sum overflows");
    }
    assert_eq!(changed(&|order| order["depositPrice"] = json!(1)), "PARAM_INVALID", "an unknown member");
    for text in ["{", "[]", "null", "orderId"] {
        assert_eq!(sync_code(&caller, text), "PARAM_INVALID", "{text}");
    }
}

#[test]
fn questions_and_closings_name_order_merchant_and_reason() {
    let caller = Caller::start();
    caller.sync(ORDER);
    let asked = |content: &Value| {
        caller.code(TRADE, [("type", "orderFullInfo"), ("biz_content", &content.to_string())])
    };
    let question = json!({"orderId": ORDER, "merchantId": "2088001"});
    assert_eq!(asked(&question), "OK");
    let mut another = question.clone();
    another["merchantId"] = json!("2088002");
    assert_eq!(asked(&another), "PARAM_INVALID", "another merchant's order");
    let mut more = question.clone();
    more["closeReason"] = json!("FULFILLED");
    assert_eq!(asked(&more), "PARAM_INVALID");
    assert_eq!(asked(&json!({"orderId": ORDER})), "PARAM_INVALID");
    let closed =
        |content: &Value| caller.code(CLOSE, [("type", "orderClose"), ("biz_content", &content.to_string())]);
    for reason in ["FULFILLED", "RENTING_AND_RESALE", "RENTING_OUT"] {
        more["closeReason"] = json!(reason);
        assert_eq!(closed(&more), "OK", "{reason}");
    }
    more["closeReason"] = json!("BORED");
    assert_eq!(closed(&more), "PARAM_INVALID");
    assert_eq!(closed(&question), "PARAM_INVALID");
}

#[test]
fn templates_and_signers_are_lists_of_what_they_should_be() {
    let caller = Caller::start();
    caller.sync(ORDER);
    let code = |name: &str, value: &Value| {
        let mut form = contract(ORDER);
        form.insert(name.to_owned(), value.to_string());
        let answer = caller.send(SUBMIT, &form).expect("an answer");
        opened(&answer.body, FIRST_KEY.1).0["result_code"].as_str().expect("a code").to_owned()
    };
    let template = json!({"templateId": "T"});
    assert_eq!(code("template_list", &json!([template, template])), "OK");
    for bad in [
        json!([]),
        template,
        json!([{"templateId": ""}]),
        json!([{"templateArgs": {}}]),
        json!([{"templateId": "T", "templateArgs": {"price": 1}}]),
        json!([{"templateId": "T", "colour": "red"}]),
    ] {
        assert_eq!(code("template_list", &bad), "PARAM_INVALID", "{bad}");
    }
    let signer = |change: (&str, Value)| {
        let mut signer = json!({"tag": "funder", "orgName": "资方"});
        signer[change.0] = change.1;
        json!([signer])
    };
    for good in [("orgIdType", json!("CRED_ORG_USCC")), ("sealIds", json!("S1")), ("signOrder", json!(1))] {
        assert_eq!(code("third_signer", &signer(good.clone())), "OK", "{good:?}");
    }
    for bad in [
        ("tag", json!("f")),
        ("tag", json!(null)),
        ("orgName", json!("")),
        ("orgIdType", json!("CRED_PSN_PASSPORT")),
        ("orgIdNumber", json!("9111")),
        ("orgLegalName", json!("李四")),
        ("orgLegalIdNumber", json!(sealed("1101")[1..])),
        ("sealIds", json!([])),
        ("sealIds", json!("")),
        ("signOrder", json!(0)),
        ("colour", json!("red")),
    ] {
        assert_eq!(code("third_signer", &signer(bad.clone())), "PARAM_INVALID", "{bad:?}");
    }
    assert_eq!(code("third_signer", &json!([{"tag": "funder"}])), "OK", "a tag is enough");
    let twice = json!([{"tag": "funder", "orgName": "a"}, {"tag": "funder", "orgName": "b"}]);
    assert_eq!(code("third_signer", &twice), "PARAM_INVALID");
}

#[test]
fn what_is_sealed_of_the_user_is_shown_opened_and_the_same_under_another_seal() {
    let caller = Caller::start();
    let synced = |name: &str| {
        let mut order = full_order(ORDER);
        order["orderUserInfo"] = json!({"userName": sealed(name), "alipayUid": "2088123"});
        assert_eq!(sync_code(&caller, &order.to_string()), "OK");
        let entry = caller.newest();
        assert_eq!(entry["decrypted"], json!({"biz_content": {"orderUserInfo": {"userName": name}}}));
        (order["orderUserInfo"].clone(), caller.outcome())
    };
    let (sent, outcome) = synced("张三");
    assert_eq!(outcome, "effect");
    assert_eq!(caller.trade(ORDER)["orderUserInfo"], sent, "it comes back as it was sent");
    assert_eq!(synced("张三").1, "repeated");
    assert_eq!(synced("李四").1, "effect");
    assert_eq!(
        (sync_code(&caller, &full_order(ORDER).to_string()), caller.newest()["decrypted"].clone()),
        ("OK".into(), Value::Null)
    );
}
