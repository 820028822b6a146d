//! queryAuditResult (1.8, item 9; §2.3, §8).

use serde_json::json;
use suites::marketplace::channels::{AES, PLAIN};
use suites::orders::bodies::push;
use suites::orders::{ORDER, Orders};

const APPROVED: &str = concat!(
    r#"{"status":6001,"remark":"初审通过","amountLimit":{"maxLoan":12000.00,"minLoan":5000.00,"maxPeriod":12,"minPeriod":6},"#,
    r#""amountOption":[{"min":5000.00,"max":12000.00,"step":100.00,"periods":[6,12]}]}"#
);
const OF_PRODUCT: &str = concat!(
    r#"{"status":6001,"remark":"初审通过","amountLimit":{"maxLoan":15000.00,"minLoan":5000.00,"maxPeriod":12,"minPeriod":12},"#,
    r#""amountOption":[{"min":5000.00,"max":15000.00,"step":100.00,"periods":[12]}]}"#
);

async fn pushed() -> Orders {
    let app = Orders::new().await;
    app.push(&push()).await;
    app
}

#[tokio::test(start_paused = true)]
async fn every_status_has_its_answer() {
    let app = pushed().await;
    for (statuses, answer) in [
        (&[0, 2, 3, 10, 11][..], r#"{"status":6003,"remark":"审核中"}"#),
        (&[4, 5], r#"{"status":6004,"remark":"资质不符"}"#),
        (&[1, 13], r#"{"status":6001,"remark":"初审通过"}"#),
        (&[12], OF_PRODUCT),
    ] {
        for status in statuses {
            app.change(ORDER, |row| row["status"] = json!({"N": status.to_string()}));
            let got = app.audit(ORDER).await;
            assert_eq!((got.code, got.response.as_str()), (0, answer), "{status}");
            assert_eq!(app.status(ORDER), Some(*status), "a question changes nothing");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_credit_was_approved_for_is_told_as_native_numbers_with_two_decimals() {
    let app = pushed().await;
    app.change(ORDER, |row| {
        row["status"] = json!({"N": "12"});
        row["amount_limit"] = json!({"M": {
            "max_loan": {"S": "12000.00"}, "min_loan": {"S": "5000.00"},
            "max_period": {"N": "12"}, "min_period": {"N": "6"},
        }});
        row["amount_option"] = json!({"L": [{"M": {
            "min": {"S": "5000.00"}, "max": {"S": "12000.00"}, "step": {"S": "100.00"},
            "periods": {"L": [{"N": "6"}, {"N": "12"}]},
        }}]});
    });
    assert_eq!(app.audit(ORDER).await.response, APPROVED);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_unknown_or_another_channels_is_10002() {
    let app = pushed().await;
    for (channel, order) in [(PLAIN, "120523"), (AES, ORDER)] {
        for op in ["queryAuditResult", "getContracts"] {
            let answer = app.send(op, channel, &json!({"orderId": order}).to_string()).await;
            assert_eq!((answer.code, answer.message.as_str()), (10_002, "orderId: unknown order"), "{op}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_must_be_named() {
    let app = pushed().await;
    for (text, problem) in [
        ("{}", "orderId: missing, or of a wrong kind"),
        (r#"{"orderId":null}"#, "orderId: missing, or of a wrong kind"),
        (r#"{"orderId":1.5}"#, "orderId: missing, or of a wrong kind"),
        (r#"{"orderId":["120522"]}"#, "orderId: missing, or of a wrong kind"),
        (r#"{"orderId":""}"#, "orderId: not 1 to 64 characters long"),
        (r#"{"orderId":"12 05"}"#, "orderId: a character that is no letter, digit, _ or -"),
        ("[]", "request: not a JSON object"),
    ] {
        for op in ["queryAuditResult", "getContracts"] {
            let answer = app.send(op, PLAIN, text).await;
            assert_eq!((answer.code, answer.message.as_str()), (10_002, problem), "{text}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_cannot_be_read_is_10001() {
    let app = pushed().await;
    app.change(ORDER, |row| row["status"] = json!({"N": "14"}));
    let answer = app.audit(ORDER).await;
    assert_eq!((answer.code, answer.message.as_str()), (10_001, "internal error"));
    assert_eq!(app.logged("ERROR").len(), 1);
}
