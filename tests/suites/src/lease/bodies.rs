//! What upstream sends in most tests. Every identity datum is one of [`IDENTITIES`].

use serde_json::{Value, json};

/// The merchant's tag in [`contract_of_two`].
pub const MERCHANT_TAG: &str = "merchant";
/// The other signer's tag in it.
pub const THIRD_TAG: &str = "guarantor";

/// What must never be seen in clear text.
pub const IDENTITIES: [&str; 12] = [
    "张三租客",
    "13800138001",
    "110101199003074578",
    "lessee@mail.invalid",
    "91310000MA1K00001X",
    "李四法人",
    "310101198001018888",
    "91440300MA5D00002Y",
    "王五保人",
    "440301197505056666",
    "93330100MA2H00003Z",
    "13900139002",
];

/// The front order of the specification's example: three terms, 3500 fen.
#[must_use]
pub fn order() -> Value {
    json!({
        "merchantId": "2088000000000001",
        "orderCreateTime": "2025-01-03 17:59:00.000",
        "rentTerm": 3,
        "rentUnit": "MONTH",
        "totalRentMoney": 3500,
        "repayStrategyList": [
            {"termIndex": 1, "rentalMoney": 1167, "payDay": "2025-02-03"},
            {"termIndex": 2, "rentalMoney": 1167, "payDay": "2025-03-03"},
            {"termIndex": 3, "rentalMoney": 1166, "payDay": "2025-04-03"},
        ],
        "orderUserInfo": {
            "userName": IDENTITIES[0], "userPhoneNumber": IDENTITIES[1], "alipayUid": "2088123412341234",
        },
        "orderProductInfoList": [{"productId": "P-1", "productName": "相机", "productNumber": 1}],
    })
}

/// A contract of the merchant alone, without a tag.
#[must_use]
pub fn contract() -> Value {
    json!({
        "user_id_type": "CRED_PSN_CH_IDCARD",
        "user_id_number": IDENTITIES[2],
        "user_name": IDENTITIES[0],
        "business_scene": "相机租赁合同",
        "template_list": [{"templateId": "TPL-0001", "templateArgs": {"lessee": "相机 (一台)"}}],
        "merchant_name": "杭州租赁有限公司",
        "merchant_id_type": "CRED_ORG_USCC",
        "merchant_id_number": IDENTITIES[4],
    })
}

/// A contract with everything that can be in one.
///
/// # Panics
/// Never: it is an object.
#[must_use]
pub fn full_contract() -> Value {
    let mut contract = contract_of_two();
    let more = json!({
        "user_mobile": IDENTITIES[1],
        "user_email": IDENTITIES[3],
        "sign_validity": "1767323045000",
        "flow_notify_type": "1",
        "signed_redirect_url": "https://upstream.invalid/signed?a=1&b=2",
        "alipay_user_id": "2088123412341234",
        "merchant_seal_id": "seal-1",
        "merchant_sign_order": 1,
        "merchant_legal_name": IDENTITIES[5],
        "merchant_legal_id_number": IDENTITIES[6],
        "user_open_id": "open-1",
        "merchant_app_id": "app-1",
        "user_type": "COMPANY",
        "user_org_id_number": IDENTITIES[10],
        "user_org_id_type": "CRED_ORG_USCC",
        "user_org_name": "深圳承租有限公司",
    });
    for (name, value) in more.as_object().expect("an object") {
        contract[name] = value.clone();
    }
    contract
}

/// A contract that the merchant and another company seal.
#[must_use]
pub fn contract_of_two() -> Value {
    let mut contract = contract();
    contract["merchant_tag"] = MERCHANT_TAG.into();
    contract["third_signer"] = json!([{
        "tag": THIRD_TAG, "orgName": "上海担保有限公司", "orgIdType": "CRED_ORG_USCC",
        "orgIdNumber": IDENTITIES[7], "orgLegalName": IDENTITIES[8], "orgLegalIdNumber": IDENTITIES[9],
    }]);
    contract
}

/// `body` with this member in place of its own; null takes it away.
///
/// # Panics
/// When it is no object.
#[must_use]
pub fn with(mut body: Value, member: &str, value: impl Into<Value>) -> Value {
    let value = value.into();
    if value.is_null() {
        body.as_object_mut().expect("an object").remove(member);
    } else {
        body[member] = value;
    }
    body
}
