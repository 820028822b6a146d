//! What a lender tells of an order.

use serde_json::{Value, json};

use super::keys::{PLAIN, SEALED};
use super::lender::{AUDIT, LOAN, Lender, ORDER, PLAN, REPAY, UID};

const MONEY: &str = r#""loanAmount":15000.00,"receiveAmount":15000.00,"repayAmount":17547.69"#;

/// A plan of a paid and an unpaid period, as a text.
fn plan() -> Value {
    let period = |number: u32, status: u32, more: &str| {
        format!(
            r#"{{"periodNo":{number},"payType":4,"amount":1462.31,"repayAmount":1462.31,"alreadyRepayAmount":0.00,"overdueFee":0.00,"status":{status},"dueTime":1533710259153,"canRepayTime":1533710259153{more}}}"#
        )
    };
    let paid = period(1, 2, r#","successTime":1533710259153"#);
    json!(format!("[{paid},{}]", period(2, 1, "")))
}

fn audit() -> String {
    r#"{"orderId":"120522","status":6001,"remark":"初审通过","amountLimit":{"maxLoan":15000.00,"minLoan":5000.00,"maxPeriod":12,"minPeriod":12},"amountOption":[{"min":5000.00,"max":15000.00,"step":100.00,"periods":[12]}]}"#.to_owned()
}

fn loan() -> String {
    format!(
        r#"{{"orderId":"120522","status":7001,"remark":"ok","contractId":"C-1",{MONEY},"repayPlan":{}}}"#,
        plan()
    )
}

fn repay() -> String {
    r#"{"orderId":"120522","period":3,"status":8001,"alreadyRepayAmount":1462.31,"willRepayAmount":0.00,"remark":"ok","repayTime":1533710259153}"#.to_owned()
}

fn repayment_plan() -> String {
    format!(
        r#"{{"orderId":"120522","status":9001,"bankName":"招商银行","bankCard":"1234","bankCode":"CMB","receiveAmount":15000.00,"totalRepayAmount":17547.69,"repayPlan":{}}}"#,
        plan()
    )
}

fn all() -> [(&'static str, &'static str, String); 4] {
    [
        (AUDIT, "audit", audit()),
        (LOAN, "loan", loan()),
        (REPAY, "repay", repay()),
        (PLAN, "plan", repayment_plan()),
    ]
}

#[test]
fn every_kind_is_taken_in_every_channel_and_logged() {
    let lender = Lender::start();
    for channel in [&*PLAIN, &*SEALED] {
        for (path, kind, clear) in all() {
            let answer = lender.send(channel, path, &clear).expect("an answer");
            assert_eq!(answer.json(), json!({"code": 0, "message": "success"}), "{clear}");
            let mut entry = lender.newest();
            assert!(entry["timestamp"] == entry["body"]["timestamp"] && entry["timestamp"].is_string());
            assert_eq!(entry["body"]["request"], channel.carried(&clear));
            for varying in ["at", "timestamp", "headers", "body"] {
                entry[varying].take();
            }
            let expected = json!({
                "partner": "rongshu", "order": ORDER, "kind": kind, "method": "POST",
                "path": format!("/rongshu/{}/{path}", channel.name), "at": null, "timestamp": null,
                "query": null, "headers": null, "form": null, "body": null, "verified": true,
                "decrypted": serde_json::from_str::<Value>(&clear).expect("JSON"),
                "outcome": "answered", "response": {"code": 0, "message": "success"},
            });
            assert_eq!(entry, expected);
        }
    }
}

#[test]
fn the_log_shows_every_digit_of_what_was_sealed() {
    let lender = Lender::start();
    lender.send(&SEALED, REPAY, &repay()).expect("an answer");
    let log = lender.sandbox.get(&format!("/_control/requests?partner=rongshu&order={ORDER}"));
    let log = String::from_utf8(log.body).expect("text");
    assert!(log.contains(&format!(r#""decrypted":{}"#, repay())), "{log}");
}

#[test]
fn a_callback_is_found_by_the_user_whose_order_was_pushed() {
    let lender = Lender::start();
    lender.call("pushOrder", json!({"uid": UID, "orderId": ORDER}).to_string().as_bytes());
    lender.send(&PLAIN, AUDIT, &audit()).expect("an answer");
    lender.send(&SEALED, AUDIT, &audit()).expect("an answer");
    let found = lender.sandbox.requests(&format!("?order={UID}"));
    assert_eq!(found.len(), 1, "an order of that number in another channel is another");
    assert_eq!((&found[0]["order"], &found[0]["uid"]), (&json!(ORDER), &json!(UID)));
}

#[test]
fn less_is_enough_where_less_is_known() {
    let lender = Lender::start();
    for (path, clear) in [
        (AUDIT, r#"{"orderId":"120522","status":6004,"remark":"资质不符"}"#),
        (LOAN, r#"{"orderId":"120522","status":7003,"remark":null,"contractId":null}"#),
        (REPAY, r#"{"orderId":"120522","period":-1,"status":8003,"unknown":{}}"#),
        (
            PLAN,
            r#"{"orderId":"120522","status":9001,"receiveAmount":1.00,"totalRepayAmount":1.00,"repayPlan":"[]"}"#,
        ),
    ] {
        assert_eq!(lender.send(&PLAIN, path, clear).expect("an answer").json()["code"], 0, "{clear}");
    }
}

#[test]
fn what_is_not_as_the_wire_lays_down_is_refused_and_named() {
    let lender = Lender::start();
    let cases = [
        (AUDIT, audit(), r#""120522""#, "120522", "orderId"),
        (AUDIT, audit(), r#""120522""#, r#""12 522""#, "orderId"),
        (AUDIT, audit(), "orderId", "orderNo", "has no orderId"),
        (AUDIT, audit(), "6001", r#""6001""#, "status"),
        (AUDIT, audit(), "6001", "6003", "status"),
        (AUDIT, audit(), r#""初审通过""#, "1", "remark"),
        (AUDIT, audit(), "15000.00,\"minLoan", "15000,\"minLoan", "amountLimit maxLoan"),
        (AUDIT, audit(), "100.00", "100.0", "amountOption step"),
        (AUDIT, audit(), "[12]", "[0]", "amountOption periods"),
        (AUDIT, audit(), r#"[{"min""#, "[", "JSON object"),
        (LOAN, loan(), "contractId", "contract", "has no contractId"),
        (LOAN, loan(), "17547.69", r#""17547.69""#, "repayAmount"),
        (LOAN, loan(), "17547.69", "-17547.69", "repayAmount"),
        (LOAN, loan(), "7001", "7002", "status"),
        (LOAN, loan(), r#"\"status\":1"#, r#"\"status\":4"#, "repayPlan status"),
        (LOAN, loan(), r#"\"status\":2"#, r#"\"status\":3"#, "successTime"),
        (LOAN, loan(), r#"1462.31,\"already"#, r#"1462.310,\"already"#, "repayPlan repayAmount"),
        (REPAY, repay(), r#""period":3"#, r#""period":0"#, "period"),
        (REPAY, repay(), "8001", "8006", "status"),
        (REPAY, repay(), "1533710259153", "1533710259", "repayTime"),
        (PLAN, repayment_plan(), "9001", "8001", "status"),
        (PLAN, repayment_plan(), "totalRepayAmount", "total", "has no totalRepayAmount"),
    ];
    for (path, good, from, to, reason) in cases {
        let start = good.find(from).expect(from);
        let bad = format!("{}{to}{}", &good[..start], &good[start + from.len()..]);
        let answer = lender.send(&PLAIN, path, &bad).expect("an answer").json();
        let message = answer["message"].as_str().expect("a message");
        assert!(answer["code"] == 10002 && message.contains(reason), "{bad}: {message}");
        let entry = lender.newest();
        let told = json!([entry["outcome"], entry["verified"], entry["response"]]);
        assert_eq!(told, json!(["refused:10002", true, answer]));
    }
    let native: Value = serde_json::from_str(plan().as_str().expect("text")).expect("JSON");
    let native = loan().replace(&plan().to_string(), &native.to_string());
    let answer = lender.send(&PLAIN, LOAN, &native).expect("an answer").json();
    assert!(answer["message"].as_str().expect("a message").contains("repayPlan is no text"), "{answer}");
}
