//! Whom the other partners are called about, as the platform's calls tell.

use serde_json::{Value, json};

use super::lender::{JSON, Lender, ORDER, UID};

const CID: &str = "11010119900307123X";

fn bind(lender: &Lender) {
    let request = json!({
        "request_id": "r-1", "name": "张三", "cid": CID, "phone": "13800138016", "bank_code": "ICBC",
        "card_no": "622202020011",
    });
    let body = request.to_string();
    assert_eq!(lender.sandbox.post_as(JSON, "/bank/cards", body.as_bytes()).expect("an answer").status, 200);
}

fn about(lender: &Lender, partner: &str) -> Value {
    let entry = lender.sandbox.requests(&format!("?partner={partner}")).pop().expect("an entry");
    json!([entry["order"], entry["uid"]])
}

#[test]
fn a_push_tells_whose_card_and_account_it_is() {
    let lender = Lender::start();
    bind(&lender);
    assert_eq!(about(&lender, "bank"), json!([null, null]));
    let push = json!({"orderId": ORDER, "uid": UID, "idInfo": {"cid": CID}});
    lender.call("pushOrder", push.to_string().as_bytes());
    bind(&lender);
    lender.sandbox.get(&format!("/xw/users/{UID}"));
    assert_eq!((about(&lender, "bank"), about(&lender, "xw")), (json!([ORDER, UID]), json!([ORDER, UID])));
}

#[test]
fn a_binding_tells_whose_card_it_is() {
    let lender = Lender::start();
    let call = json!({"orderId": ORDER, "uid": UID, "cid": CID});
    lender.call("bindCard?tamper=sign", call.to_string().as_bytes());
    bind(&lender);
    assert_eq!(about(&lender, "bank"), json!([null, null]), "what was tampered with tells nothing");
    lender.call("bindCard", call.to_string().as_bytes());
    bind(&lender);
    assert_eq!(about(&lender, "bank"), json!([ORDER, UID]));
}
