//! The control of Ant's orders.

use serde_json::{Value, json};

use super::caller::{Caller, FLOW, ORDER, QUERY};

#[test]
fn the_keys_that_are_given_replace_and_the_rest_stays() {
    let caller = Caller::start();
    let terms = json!([{"term_index": 1, "status": "NOT_RETURN", "rental_money": 1167}]);
    let mut expected = json!({
        "order_id": ORDER, "withhold_status": "UNSIGNED", "flow_status": null, "sign_no": null, "flow_id": null,
        "account_id": null, "parties": null, "terms": [], "closed": false, "plan_cancelled": false,
        "unsign_pending": false, "effects": {},
    });
    caller.set(ORDER, &json!({}));
    assert_eq!(caller.order(ORDER), expected);
    for (name, value) in [
        ("terms", terms),
        ("withhold_status", json!("SIGNED")),
        ("plan_cancelled", json!(true)),
        ("unsign_pending", json!(true)),
        ("closed", json!(true)),
        ("terms", json!([])),
        ("unsign_pending", json!(false)),
    ] {
        caller.set(ORDER, &json!({name: value}));
        expected[name] = value;
        assert_eq!(caller.order(ORDER), expected, "a control is no call's effect");
    }
}

#[test]
fn a_contract_that_a_control_begins_is_one_and_what_finishes_is_sealed() {
    let caller = Caller::start();
    caller.set(ORDER, &json!({"flow_status": "SIGNING"}));
    let sign_no = caller.order(ORDER)["sign_no"].as_str().expect("a number").to_owned();
    caller.set(ORDER, &json!({"flow_status": "FINISH"}));
    let flow = caller.ok(FLOW, [("sign_no", &sign_no)]);
    assert_eq!(flow["status"], "FINISH");
    let links: Value = serde_json::from_str(flow["sign_info"].as_str().expect("text")).expect("JSON");
    assert_eq!(links[0]["sealed"], true);
}

#[test]
fn a_status_may_be_unheard_of_but_not_anything() {
    let caller = Caller::start();
    caller.set(ORDER, &json!({"withhold_status": "APPLY_TERMINATE", "flow_status": "FROZEN"}));
    assert_eq!(caller.ok(QUERY, [("order_id", ORDER)])["status"], "APPLY_TERMINATE");
    for bad in [
        json!({"withhold_status": "signed"}),
        json!({"flow_status": ""}),
        json!({"terms": [{"term_index": 1, "status": "Not returned", "rental_money": 1}]}),
        json!({"terms": [{"term_index": 1, "status": "CANCEL"}]}),
        json!({"terms": [{"term_index": 1, "status": "CANCEL", "rental_money": 1.5}]}),
        json!({"closed": "yes"}),
        json!({"colour": "red"}),
        json!([]),
    ] {
        let path = format!("/_control/ant/orders/{ORDER}");
        let answer = caller.sandbox.put(&path, bad.to_string().as_bytes());
        assert_eq!(answer.status, 400, "{bad}");
        assert!(answer.json()["error"].is_string());
    }
    assert_eq!(caller.order(ORDER)["flow_status"], "FROZEN", "nothing was set");
}

#[test]
fn a_reset_forgets_orders_and_calls() {
    let caller = Caller::start();
    caller.sync(ORDER);
    assert_eq!(caller.sandbox.post("/_control/reset").status, 200);
    assert_eq!(caller.sandbox.requests("?partner=ant"), Vec::<Value>::new());
    assert_eq!(caller.code(QUERY, [("order_id", ORDER)]), "ORDER_NOT_EXIST");
    caller.sync(ORDER);
    assert_eq!(caller.order(ORDER)["effects"], json!({"antchain.ato.front.trade.sync": 1}));
}
