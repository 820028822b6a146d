//! getBankList (1.15, item 10): the banks by the channel's codes (§3).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use suites::marketplace::Marketplace;
use suites::marketplace::channels::{AES, PLAIN, put_channel};

/// What the platform calls the seventeen banks.
const WIRE: &str = "ABC BCM ICBC PSBC CGB PAB CMB BOC CCB CEB CIB CITIC HXB SPDB BOB BOSC CMBC";
const OURS: &str = "ABC BCOM ICBC PSBC GDB PAB CMB BOC CCB CEB CIB CITIC HXB SPDB BOB BOSC CMBC";

async fn codes(app: &Marketplace, channel: &str) -> Vec<(String, String)> {
    let said = app.call(channel, "getBankList", &json!({})).await.said();
    let banks = said.as_array().unwrap().iter().map(|bank| {
        assert_eq!((&bank["cardType"], bank.as_object().unwrap().len()), (&json!(0), 3), "{bank}");
        let text = |name: &str| bank[name].as_str().unwrap().to_owned();
        (text("bankCode"), text("bankName"))
    });
    banks.collect()
}

fn joined(codes: &[(String, String)]) -> String {
    codes.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>().join(" ")
}

#[tokio::test(start_paused = true)]
async fn guangfa_and_the_bank_of_communications_have_the_platforms_codes() {
    let app = Marketplace::new().await;
    for channel in [PLAIN, AES] {
        let codes = codes(&app, channel).await;
        assert_eq!(joined(&codes), WIRE);
        let names: BTreeMap<_, _> = codes.into_iter().collect();
        assert_eq!((&*names["CGB"], &*names["BCM"]), ("广发银行", "交通银行"));
    }
    let answered = app.call(PLAIN, "getBankList", &json!({})).await;
    let first = r#"[{"bankCode":"ABC","bankName":"中国农业银行","cardType":0},{"bankCode":"BCM","#;
    assert!(answered.response.starts_with(first), "{}", answered.response);
}

#[tokio::test(start_paused = true)]
async fn a_channel_may_have_our_codes() {
    let app = Marketplace::new().await;
    put_channel(&app.world, AES, &json!({"bank_codes": {}}));
    let app = Marketplace::over(app.world.clone()).await;
    assert_eq!(joined(&codes(&app, AES).await), OURS);
    assert_eq!(joined(&codes(&app, PLAIN).await), WIRE);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_object_is_10002_and_what_stands_in_it_does_not_matter() {
    let app = Marketplace::new().await;
    for (business, code) in
        [("[]", 10002), ("null", 10002), ("{} {}", 10002), (r#"{"x":1}"#, 0), (" {}\n", 0)]
    {
        assert_eq!(app.say(PLAIN, "getBankList", business).await.code, code, "{business}");
    }
    let answered: Value = serde_json::from_str(&app.say(PLAIN, "getBankList", "{}").await.response).unwrap();
    assert_eq!(answered.as_array().map(Vec::len), Some(17));
}
