//! The gateway that the partner sandbox plays, held against `AntChain`'s own SDK: what that sends is accepted, and it
//! accepts what is answered. So a call of ours that the sandbox accepts is one that the SDK would have sent.

mod gateway;

use serde_json::{Value, json};

use crate::gateway::{Gateway, SECRET};

const ORDER: &str = "LEASE-0001";

fn contract(gateway: &Gateway) -> Value {
    json!({
        "order_id": ORDER,
        "user_id_type": "CRED_PSN_CH_IDCARD",
        "user_id_number": gateway.sealed("110101199001011237"),
        "user_name": gateway.sealed("张三"),
        "business_scene": "租赁 *~-_.+&=%/é contract",
        "template_list": r#"[{"templateId":"TPL-0001","templateArgs":{"lessee":"张 三"}}]"#,
        "merchant_name": "某某租赁",
        "merchant_tag": "lessor",
        "merchant_sign_order": 1,
        "merchant_id_type": "CRED_ORG_USCC",
        "merchant_id_number": gateway.sealed("91110000100000000A"),
        "third_signer": json!([{"tag": "funder", "orgName": "资方", "orgIdNumber": gateway.sealed("9111")}])
            .to_string(),
        "need_face": null,
    })
}

fn full_order() -> String {
    let plan = json!([
        {"termIndex": 1, "rentalMoney": 1750, "payDay": "2025-02-03"},
        {"termIndex": 2, "rentalMoney": 1750, "payDay": "2025-03-03"},
    ]);
    let order = json!({
        "orderId": ORDER, "merchantId": "2088001", "orderCreateTime": "2025-01-03 18:00:00.000", "rentTerm": 2,
        "rentUnit": "MONTH", "totalRentMoney": 3500, "repayStrategyList": plan,
    });
    order.to_string()
}

#[test]
fn every_call_of_the_sdk_is_accepted_and_its_answer_is_accepted_by_the_sdk() {
    let gateway = Gateway::start();
    let content = |more: Value| {
        let mut content = json!({"orderId": ORDER, "merchantId": "2088001"});
        content.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        content.to_string()
    };
    let begun = gateway.ok(&json!([
        ["all_sign_template", {}],
        ["sync_front_trade", {"type": "orderFullInfo", "biz_content": full_order()}],
        ["submit_front_sign", contract(&gateway)],
        ["create_withhold_sign", {"order_id": ORDER, "return_url": "https://shop.example/a?b=c d"}],
        ["query_withhold_sign", {"order_id": ORDER}],
    ]));
    assert_eq!(begun[4]["status"], "UNSIGNED");
    gateway.control(&format!("/ant/orders/{ORDER}"), &json!({"withhold_status": "SIGNED"}));
    let sign_no = &begun[2]["sign_no"];
    let owed = json!({
        "order_id": ORDER, "operate": "REFUSE", "refuse_reason_code": "USER_OWE_MONEY", "user_owe_money": 12345,
    });
    let ended = gateway.ok(&json!([
        ["query_withhold_sign", {"order_id": ORDER}],
        ["auth_sign_flow", {"sign_no": sign_no, "tag": "lessor", "biz_flow_id": begun[2]["flow_id"]}],
        ["auth_sign_flow", {"sign_no": sign_no, "tag": "funder", "account_id": begun[2]["account_id"]}],
        ["get_sign_flow", {"sign_no": sign_no}],
        ["confirm_withhold_signasyncunsign", owed],
        ["cancel_withhold_plan", {"order_id": ORDER, "cancel_reason": "RENTING_AND_RESALE"}],
        ["get_trade", {"type": "orderFullInfo", "biz_content": content(json!({}))}],
        ["sync_trade", {
            "type": "orderClose", "biz_content": content(json!({"closeReason": "RENTING_AND_RESALE"})),
        }],
        ["unbind_withhold_sign", {"order_id": ORDER}],
    ]));
    assert_eq!((&ended[0]["status"], &ended[3]["status"]), (&json!("SIGNED"), &json!("FINISH")));
    let received = gateway.received();
    assert_eq!(received.len(), 14);
    for entry in &received {
        assert_eq!((&entry["verified"], &entry["method"]), (&json!(true), &json!("POST")), "{entry}");
        assert_eq!(entry["query"]["sdk_version"], "1.20.21");
    }
    assert_eq!(received[2]["form"]["business_scene"], "租赁 *~-_.+&=%/é contract");
    let decrypted = json!({
        "user_id_number": "110101199001011237", "user_name": "张三", "merchant_id_number": "91110000100000000A",
        "third_signer": [{"orgIdNumber": "9111"}],
    });
    assert_eq!(received[2]["decrypted"], decrypted);
}

#[test]
fn a_call_that_the_sdk_signs_with_another_secret_is_refused() {
    let gateway = Gateway::start();
    gateway.control(&format!("/ant/orders/{ORDER}"), &json!({}));
    let made = gateway.call("another secret", &json!([["unbind_withhold_sign", {"order_id": ORDER}]]));
    assert_eq!(made[0]["answer"]["result_code"], "SIGNATURE_INVALID");
    let entry = &gateway.received()[0];
    assert_eq!((&entry["verified"], &entry["outcome"]), (&json!(false), &json!("refused:SIGNATURE_INVALID")));
}

/// The last two are good answers; the SDK looks for `"sign"` in the text, and ours must not (lease §2).
#[test]
fn the_sdk_turns_down_what_is_signed_badly_and_what_it_cannot_find_the_signature_of() {
    let gateway = Gateway::start();
    gateway.control(&format!("/ant/orders/{ORDER}"), &json!({}));
    let faults = ["bad_signature", "missing_signature", "garbage", "nested_sign_key", "sign_first"];
    let planned = faults.map(|fault| json!({"method": "antchain.ato.withhold.sign.query", "fault": fault}));
    gateway.control("/ant/faults", &json!(planned));
    let ask = json!(["query_withhold_sign", {"order_id": ORDER}]);
    let made = gateway.call(SECRET, &json!([ask, ask, ask, ask, ask, ask]));
    for (fault, made) in faults.iter().zip(&made) {
        assert!(made["error"].is_string(), "{fault}: {made}");
    }
    assert_eq!(made[5]["answer"]["result_code"], "OK", "what is not spoilt is accepted");
}

/// The SDK tells a code other than OK as an answer, and does not look at its signature (lease §2).
#[test]
fn the_sdk_takes_a_refusal_for_an_answer() {
    let gateway = Gateway::start();
    let made = gateway.call(SECRET, &json!([["query_withhold_sign", {"order_id": ORDER}]]));
    assert_eq!(made[0]["answer"]["result_code"], "ORDER_NOT_EXIST");
    assert_eq!(made[0]["answer"]["result_msg"], "订单不存在");
}
