//! getContracts (1.14, item 3).

use serde_json::json;
use suites::marketplace::channels::{AES, PLAIN};
use suites::orders::bodies::push;
use suites::orders::{ORDER, Orders};

const QUESTION: &str = r#"{"orderId":"120522","uid":"12394129","optType":1}"#;

async fn pushed() -> Orders {
    let app = Orders::new().await;
    for channel in [PLAIN, AES] {
        app.push_in(channel, &push()).await;
    }
    app
}

#[tokio::test(start_paused = true)]
async fn two_contracts_are_shown_of_any_order_where_none_are_configured() {
    let app = pushed().await;
    for status in [0, 1, 2, 3, 4, 5, 10, 11, 12, 13] {
        app.change(ORDER, |row| row["status"] = json!({"N": status.to_string()}));
        let contracts = app.send("getContracts", PLAIN, QUESTION).await.said();
        let contracts = contracts.as_array().unwrap();
        assert_eq!(contracts.len(), 2, "{status}");
        assert!(contracts.iter().all(|contract| contract.as_object().unwrap().len() == 1));
    }
    assert_eq!(app.send("getContracts", AES, QUESTION).await.said().as_array().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn contracts_are_written_in_the_channels_shape() {
    let contracts = json!([{"title": "借款协议", "url": "https://lender.test/1"}]);
    for (shape, expected) in [
        ("title_url", r#"[{"借款协议":"https://lender.test/1"}]"#),
        ("key_value", r#"[{"key":"借款协议","value":"https://lender.test/1"}]"#),
    ] {
        let config = json!({"contract_shape": shape, "contracts": contracts});
        let app = pushed().await.configured(&config).await;
        assert_eq!(app.send("getContracts", PLAIN, QUESTION).await.response, expected);
    }
}
