//! What the account must be (§5 Q1, Q2), and its total.

use serde_json::{Value, json};
use suites::quota::{FIRST_PAGE, Quota, granted, opened, with};

use super::{failure, lasting, with_grants};

const NOW: &str = "2019-06-25T12:00:00+08:00";

/// The code for an account in this state and of this type, that has a grant to show.
async fn code_of(state: &str, account_type: &str) -> String {
    let account = with(with(opened("p-1"), "state", state), "account_type", account_type);
    let app = Quota::new().await;
    app.take(&[account, lasting("2104", "1")]).await;
    let got = app.query("p-1", FIRST_PAGE).await;
    let code = serde_json::from_str::<Value>(&got.body).unwrap()["code"].as_str().unwrap().to_owned();
    if code != "1111" {
        assert_eq!(got.brief(), (200, failure(&code).as_str()));
        assert_eq!(app.counted("internal_error"), 0);
    }
    code
}

#[tokio::test(start_paused = true)]
async fn the_state_is_judged_before_the_type_each_with_its_own_code() {
    for (state, account_type, code) in [
        ("open", "NORMAL", "1111"),
        ("not_opened", "NORMAL", "1006"),
        ("not_opened", "KDB", "1006"),
        ("closed", "NORMAL", "1110"),
        ("closed", "KDB", "1110"),
        ("temporarily_closed", "NORMAL", "1117"),
        ("temporarily_closed", "KDB", "1117"),
        ("open", "KDB", "10012"),
    ] {
        assert_eq!(code_of(state, account_type).await, code, "{state} {account_type}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pin_without_an_account_or_with_nothing_but_grants_is_not_opened() {
    let app = Quota::new().await;
    assert_eq!(app.query("p-1", FIRST_PAGE).await.brief(), (200, failure("1006").as_str()));
    app.take(&[lasting("2104", "1")]).await;
    assert_eq!(app.query("p-1", FIRST_PAGE).await.brief(), (200, failure("1006").as_str()));
    app.take(&[opened("p-1")]).await;
    assert!(app.query("p-1", FIRST_PAGE).await.body.contains(r#""totalTempQuota":"80.00"}"#));
}

#[tokio::test(start_paused = true)]
async fn the_total_is_the_accounts_and_never_the_lists_sum() {
    let app = with_grants(NOW, &[lasting("2104", "1"), lasting("2004", "pledge")]).await;
    let total = async || {
        let body: Value = serde_json::from_str(&app.query("p-1", FIRST_PAGE).await.body).unwrap();
        (body["totalCount"].as_u64().unwrap(), body["totalTempQuota"].as_str().unwrap().to_owned())
    };
    assert_eq!(total().await, (1, "160.00".into()), "a pledge counts and is not shown");
    let corrected = json!({
        "event_id": "e-2", "type": "account_changed", "pin": "p-1", "state": "open",
        "account_type": "NORMAL", "occurred_at": "2019-06-21T00:00:00+08:00", "temp_total": "12.3400",
    });
    app.take(&[corrected]).await;
    assert_eq!(total().await, (1, "12.34".into()));
    app.take(&[lasting("2104", "2")]).await;
    assert_eq!(total().await, (2, "92.34".into()));
    app.cancel("p-1", "2104", "2").await;
    assert_eq!(total().await, (1, "12.34".into()));
}

#[tokio::test(start_paused = true)]
async fn amounts_have_two_decimals_cut_toward_zero() {
    for (change_limit, shown) in [
        ("80.9999", "80.99"),
        ("80.9900", "80.99"),
        ("80.995", "80.99"),
        ("0.0099", "0.00"),
        ("0.0001", "0.00"),
        ("7", "7.00"),
        ("99999999999999.9999", "99999999999999.99"),
    ] {
        let app = with_grants(NOW, &[with(lasting("2104", "1"), "change_limit", change_limit)]).await;
        let body = app.query("p-1", FIRST_PAGE).await.body;
        assert!(body.contains(&format!(r#""tempLimit":"{shown}"}}"#)), "{body}");
        assert!(body.contains(&format!(r#""totalTempQuota":"{shown}"}}"#)), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_total_is_summed_exactly_before_it_is_cut() {
    let limits = ["0.0050", "0.0050", "99999999999999.9999", "99999999999999.9999", "0.0001"];
    let grants =
        limits.iter().enumerate().map(|(number, limit)| granted("p-1", "2101", &number.to_string(), limit));
    let app = with_grants(NOW, &grants.collect::<Vec<_>>()).await;
    let body = app.query("p-1", FIRST_PAGE).await.body;
    assert!(body.contains(r#""totalTempQuota":"200000000000000.00"}"#), "{body}");
    assert_eq!(app.total("p-1").as_deref(), Some("200000000000000.0099"));
}
