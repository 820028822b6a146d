//! The fields of a withhold agreement (§5, withhold.sign.create).

use serde_json::{Value, json};
use suites::lease::bodies::with;
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, done};

use super::{long, refused_for};

/// Text fields with the most characters that each may have.
const TEXTS: [(&str, usize); 9] = [
    ("alipay_merchant_id", 20),
    ("alipay_merchant_name", 50),
    ("alipay_merchant_service_name", 50),
    ("alipay_merchant_service_description", 150),
    ("alipay_user_id", 128),
    ("return_url", 256),
    ("user_open_id", 128),
    ("merchant_app_id", 32),
    ("withhold_sign_scene", 64),
];

#[tokio::test(start_paused = true)]
async fn texts_have_1_to_as_many_characters_as_ant_takes() {
    let lease = Lease::new().await;
    lease.contract_signing(ORDER).await;
    for (name, most) in TEXTS {
        for bad in [json!(""), json!(long(most + 1)), json!(1), json!({}), json!(true)] {
            let body = with(json!({}), name, bad);
            refused_for(&lease, &Request::post(ORDER, "/withhold-sign").body(&body), name).await;
        }
        for length in [1, most] {
            done(&lease.post(ORDER, "/withhold-sign", &with(json!({}), name, long(length))).await);
        }
    }
    let sent: Value = TEXTS.iter().map(|(name, most)| ((*name).to_owned(), json!(long(*most)))).collect();
    done(&lease.post(ORDER, "/withhold-sign", &sent).await);
    let last = lease.ant.calls().pop().expect("a call");
    assert_eq!(last.form.len(), TEXTS.len() + 1, "{:?}", last.form);
}

#[tokio::test(start_paused = true)]
async fn unknown_fields_are_refused_those_of_the_contract_too() {
    let lease = Lease::new().await;
    lease.contract_signing(ORDER).await;
    for name in ["order_id", "user_name", "alipayUserId", "tag", "override"] {
        let body = with(json!({}), name, "LEASE-0001");
        refused_for(&lease, &Request::post(ORDER, "/withhold-sign").body(&body), name).await;
    }
}
