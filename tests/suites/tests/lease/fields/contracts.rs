//! The fields of a contract (§5, front.sign.submit).

use serde_json::{Value, json};
use suites::lease::bodies::{contract, full_contract, with};
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, done};

use super::{NO_NUMBERS, json_of, long, refused_for};

/// Text fields with the fewest and the most characters that each may have.
const TEXTS: [(&str, usize, usize); 19] = [
    ("business_scene", 2, 200),
    ("signed_redirect_url", 1, 2_048),
    ("merchant_name", 1, 256),
    ("merchant_tag", 2, 32),
    ("merchant_seal_id", 1, 256),
    ("user_org_id_type", 1, 64),
    ("user_org_name", 1, 256),
    ("user_type", 1, 64),
    ("alipay_user_id", 4, 24),
    ("user_open_id", 1, 64),
    ("merchant_app_id", 1, 32),
    // What is encrypted must fit the key: 245 bytes, 81 of these characters.
    ("user_id_number", 1, 81),
    ("user_name", 1, 81),
    ("user_mobile", 1, 81),
    ("user_email", 1, 81),
    ("merchant_id_number", 1, 81),
    ("merchant_legal_name", 1, 81),
    ("merchant_legal_id_number", 1, 81),
    ("user_org_id_number", 1, 81),
];

async fn is_refused(lease: &Lease, contract: &Value, field: &str) {
    refused_for(lease, &Request::post(ORDER, "/contract").body(contract), field).await;
}

/// Checks that each of these contracts is submitted.
async fn are_taken(contracts: impl IntoIterator<Item = Value>) {
    let lease = Lease::new().await;
    for (number, contract) in contracts.into_iter().enumerate() {
        let order = format!("LEASE-{number:04}");
        lease.synced(&order).await;
        done(&lease.post(&order, "/contract", &contract).await);
    }
}

#[tokio::test(start_paused = true)]
async fn eight_fields_must_be_there_and_the_others_need_not() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    let needed = [
        "user_id_type",
        "user_id_number",
        "user_name",
        "business_scene",
        "template_list",
        "merchant_name",
        "merchant_id_type",
        "merchant_id_number",
    ];
    for name in needed {
        is_refused(&lease, &with(full_contract(), name, Value::Null), name).await;
    }
    let members = full_contract();
    let optional =
        members.as_object().expect("an object").keys().filter(|name| !needed.contains(&name.as_str()));
    are_taken(optional.map(|name| with(full_contract(), name, Value::Null))).await;
}

#[tokio::test(start_paused = true)]
async fn texts_have_the_lengths_that_ant_takes() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    for (name, fewest, most) in TEXTS {
        for bad in [json!(long(fewest - 1)), json!(long(most + 1)), json!(1), json!(["x"]), json!(false)] {
            is_refused(&lease, &with(full_contract(), name, bad), name).await;
        }
    }
    are_taken(TEXTS.into_iter().flat_map(|(name, fewest, most)| {
        [fewest, most].map(|length| with(full_contract(), name, long(length)))
    }))
    .await;
}

#[tokio::test(start_paused = true)]
async fn identity_data_is_as_long_in_bytes_as_the_key_encrypts() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    let too_long = ["x".repeat(246), "é".repeat(123), "😀".repeat(62)];
    for text in too_long {
        is_refused(&lease, &with(full_contract(), "user_name", text), "user_name").await;
    }
    let longest = ["x".repeat(245), "é".repeat(122), "😀".repeat(61)];
    are_taken(longest.map(|text| with(full_contract(), "user_name", text))).await;
}

#[tokio::test(start_paused = true)]
async fn kinds_are_among_those_that_ant_knows() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    for (name, kinds) in [
        (
            "user_id_type",
            &[
                "CRED_PSN_CH_IDCARD",
                "CRED_PSN_CH_TWCARD",
                "CRED_PSN_CH_MACAO",
                "CRED_PSN_CH_HONGKONG",
                "CRED_PSN_PASSPORT",
            ][..],
        ),
        ("merchant_id_type", &["CRED_ORG_USCC", "CRED_ORG_REGCODE"]),
        ("flow_notify_type", &["1", "2"]),
    ] {
        for bad in [json!("CRED_PSN_UNKNOWN"), json!(kinds[0].to_lowercase() + "x"), json!(""), json!(1)] {
            is_refused(&lease, &with(contract(), name, bad), name).await;
        }
        are_taken(kinds.iter().map(|kind| with(contract(), name, *kind))).await;
    }
    let company = with(contract(), "merchant_id_type", "CRED_PSN_CH_IDCARD");
    is_refused(&lease, &company, "merchant_id_type").await;
}

#[tokio::test(start_paused = true)]
async fn a_validity_is_milliseconds_in_a_text_and_a_sign_order_is_a_number() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    for bad in [
        json!("soon"),
        json!("176732304500"),
        json!("17673230450000"),
        json!("1767323045000.0"),
        json!("-1"),
        json!(""),
        json!(1_767_323_045_000_u64),
    ] {
        is_refused(&lease, &with(contract(), "sign_validity", bad), "sign_validity").await;
    }
    for bad in NO_NUMBERS {
        is_refused(&lease, &with(contract(), "merchant_sign_order", json_of(bad)), "merchant_sign_order")
            .await;
    }
    let validity = with(contract(), "sign_validity", "1767323045000");
    are_taken([validity, with(contract(), "merchant_sign_order", 2)]).await;
}

#[tokio::test(start_paused = true)]
async fn unknown_fields_are_refused_those_of_the_withhold_agreement_too() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    for name in ["order_id", "userName", "return_url", "withhold_sign_scene", "override", "tag"] {
        is_refused(&lease, &with(contract(), name, "x"), name).await;
    }
}

#[tokio::test(start_paused = true)]
async fn templates_are_a_list_of_ids_with_texts() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    for (bad, field) in [
        (json!([]), "template_list"),
        (json!("[]"), "template_list"),
        (json!({"templateId": "T"}), "template_list"),
        (json!(["T"]), "template_list"),
        (json!([{}]), "templateId"),
        (json!([{"templateId": ""}]), "templateId"),
        (json!([{"templateId": 1}]), "templateId"),
        (json!([{"templateId": long(129)}]), "templateId"),
        (json!([{"templateId": "T", "templateArgs": []}]), "templateArgs"),
        (json!([{"templateId": "T", "templateArgs": {"price": 1}}]), "templateArgs"),
        (json!([{"templateId": "T", "template_args": {}}]), "template_args"),
    ] {
        is_refused(&lease, &with(contract(), "template_list", bad), field).await;
    }
    let good = [
        json!([{"templateId": "T"}]),
        json!([{"templateId": "T", "templateArgs": {}}]),
        json!([{"templateId": long(128), "templateArgs": {"a": "", "b": "x"}}, {"templateId": "T-2"}]),
    ];
    are_taken(good.map(|list| with(contract(), "template_list", list))).await;
}

#[tokio::test(start_paused = true)]
async fn other_signers_have_a_tag_and_members_of_their_own() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    let signer = |name: &str, value: Value| json!([with(json!({"tag": "guarantor"}), name, value)]);
    for (bad, field) in [
        (json!({}), "third_signer"),
        (json!(["guarantor"]), "third_signer"),
        (json!([{}]), "tag"),
        (signer("tag", json!("g")), "tag"),
        (signer("tag", json!(long(33))), "tag"),
        (signer("orgName", json!("")), "orgName"),
        (signer("orgName", json!(long(257))), "orgName"),
        (signer("orgIdType", json!("CRED_PSN_PASSPORT")), "orgIdType"),
        (signer("orgIdNumber", json!(long(82))), "orgIdNumber"),
        (signer("orgLegalName", json!(1)), "orgLegalName"),
        (signer("orgLegalIdNumber", json!("")), "orgLegalIdNumber"),
        (signer("sealIds", json!(["s"])), "sealIds"),
        (signer("signOrder", json!("2")), "signOrder"),
        (signer("signOrder", json_of("2.0")), "signOrder"),
        (signer("org_name", json!("x")), "org_name"),
    ] {
        is_refused(&lease, &with(contract(), "third_signer", bad), field).await;
    }
    let good = [
        json!([]),
        json!([{"tag": "gg"}]),
        json!([{"tag": long(32), "signOrder": 2, "sealIds": "s-1,s-2", "orgIdType": "CRED_ORG_REGCODE"}, {"tag": "h2"}]),
    ];
    are_taken(good.map(|list| with(contract(), "third_signer", list))).await;
}
