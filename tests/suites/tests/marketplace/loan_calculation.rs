//! loanCalculation (1.2, item 2): what a loan would cost (§3, §11 Loan calculation).

use serde_json::{Value, json};
use suites::marketplace::Marketplace;
use suites::marketplace::channels::{AES, PLAIN};

/// The example of §3, byte for byte: every amount with two decimals, the plan in a text.
#[tokio::test(start_paused = true)]
async fn fifteen_thousand_over_twelve_months_at_30_percent() {
    let app = Marketplace::new().await;
    let business =
        json!({"loanAmount": 15000, "loanPeriod": 12, "periodUnit": 2, "rate": 0.3, "repayMethod": "1"});
    for channel in [PLAIN, AES] {
        let answered = app.call(channel, "loanCalculation", &business).await;
        let period = |number: u32, amount: &str| {
            format!(r#"{{\"periodNo\":{number},\"amount\":{amount},\"repayAmount\":{amount}}}"#)
        };
        let mut periods: Vec<_> = (1..=11).map(|number| period(number, "1462.31")).collect();
        periods.push(period(12, "1462.28"));
        let expected = format!(
            r#"{{"refundAmount":17547.69,"actualAmount":15000.00,"remark":"试算成功","repayPlan":"[{}]"}}"#,
            periods.join(",")
        );
        assert_eq!((answered.code, answered.response), (0, expected));
    }
}

#[tokio::test(start_paused = true)]
async fn numbers_may_be_texts_and_what_is_left_open_is_the_products() {
    let app = Marketplace::new().await;
    let whole = app.call(PLAIN, "loanCalculation", &json!({"loanAmount": 5000.00, "loanPeriod": 12})).await;
    for business in [
        r#"{"loanAmount":"5000","loanPeriod":"12","periodUnit":"2","rate":"0.30"}"#,
        r#"{"loanAmount":5000.0,"loanPeriod":12,"periodUnit":null,"rate":0.300000}"#,
        r#"{"loanAmount":5e3,"loanPeriod":12,"more":{"x":[]}}"#,
    ] {
        assert_eq!(app.say(PLAIN, "loanCalculation", business).await, whole, "{business}");
    }
    assert_eq!(whole.code, 0);
}

#[tokio::test(start_paused = true)]
async fn what_the_product_does_not_lend_is_10002_with_the_field() {
    let app = Marketplace::new().await;
    for (business, message) in [
        (json!({"loanPeriod": 12}), "loanAmount: missing"),
        (json!({"loanAmount": null, "loanPeriod": 12}), "loanAmount: missing"),
        (json!({"loanAmount": 4999.99, "loanPeriod": 12}), "loanAmount: amount out of range"),
        (json!({"loanAmount": 15000.01, "loanPeriod": 12}), "loanAmount: amount out of range"),
        (json!({"loanAmount": 5050, "loanPeriod": 12}), "loanAmount: amount between two steps"),
        (json!({"loanAmount": "5000.000", "loanPeriod": 12}), "loanAmount: more than two decimals"),
        (json!({"loanAmount": -5000, "loanPeriod": 12}), "loanAmount: negative"),
        (json!({"loanAmount": "many", "loanPeriod": 12}), "loanAmount: not a decimal"),
        (json!({"loanAmount": [5000], "loanPeriod": 12}), "loanAmount: neither text nor number"),
        (json!({"loanAmount": 5000}), "loanPeriod: missing"),
        (json!({"loanAmount": 5000, "loanPeriod": 6}), "loanPeriod: no such period"),
        (json!({"loanAmount": 5000, "loanPeriod": -12}), "loanPeriod: not a whole number"),
        (json!({"loanAmount": 5000, "loanPeriod": "+12"}), "loanPeriod: not a whole number"),
        (json!({"loanAmount": 5000, "loanPeriod": 65548}), "loanPeriod: not a whole number"),
        (
            json!({"loanAmount": 5000, "loanPeriod": 12, "periodUnit": "month"}),
            "periodUnit: not a whole number",
        ),
        (json!({"loanAmount": 5000, "loanPeriod": 12, "periodUnit": 1}), "periodUnit: no such period unit"),
        (json!({"loanAmount": 5000, "loanPeriod": 12, "periodUnit": 9}), "periodUnit: no such period unit"),
        (json!({"loanAmount": 5000, "loanPeriod": 12, "rate": 0.24}), "rate: another rate"),
        (
            json!({"loanAmount": 5000, "loanPeriod": 12, "rate": "30%"}),
            "rate: no decimal of 0 to 1 with at most 6 decimals",
        ),
    ] {
        let answered = app.call(PLAIN, "loanCalculation", &business).await;
        assert_eq!((answered.code, answered.message.as_str()), (10002, message), "{business}");
    }
    for business in ["", "[]", "{", "5000"] {
        let answered =
            app.say(PLAIN, "loanCalculation", if business.is_empty() { " " } else { business }).await;
        assert_eq!(answered.code, 10002, "{business}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_payments_come_to_what_is_refunded() {
    let app = Marketplace::new().await;
    for amount in (5000..=15000).step_by(500) {
        let business = json!({"loanAmount": amount, "loanPeriod": 12});
        let said = app.call(PLAIN, "loanCalculation", &business).await;
        let cents = |text: &str| text.replace('.', "").parse::<u64>().expect("two decimals");
        let plan: Vec<Value> = serde_json::from_str(said.said()["repayPlan"].as_str().unwrap()).unwrap();
        let text = said.said()["repayPlan"].as_str().unwrap().to_owned();
        let payments = text.split("\"amount\":").skip(1).map(|rest| cents(rest.split(',').next().unwrap()));
        let refund = said.response.split("\"refundAmount\":").nth(1).unwrap().split(',').next().unwrap();
        assert_eq!((plan.len(), payments.sum::<u64>()), (12, cents(refund)), "{amount}");
    }
}
