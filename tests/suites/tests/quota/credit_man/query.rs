//! `POST /credit/temp-credit/query` (§3.1).

use serde_json::json;
use suites::gateway::Post;
use suites::quota::{ACCOUNTS, FIRST_PAGE, GRANTS, Quota, by, granted, opened, with};
use suites::session::Key;
use world::{Fault, On, Units};

use super::{EXPIRY, FORBIDDEN, lasting, with_grants};

const QUERY: &str = r#"{"pin":"p-1","page":1,"pageSize":10}"#;

/// The failure's body, byte for byte: `info` is §3.3's meaning of the code.
fn failure(code: &str, info: &str, account_type: &str) -> String {
    format!(
        r#"{{"page":0,"pageSize":0,"totalCount":0,"pageNum":0,"result":{{"isSuccess":false,"code":"{code}","info":"{info}"}},"tempCreditList":[],"accountType":"{account_type}"}}"#
    )
}

fn missing_parameter() -> String {
    failure("1001", "missing parameter", "NORMAL")
}

#[tokio::test(start_paused = true)]
async fn a_page_has_the_fields_of_the_table_in_its_order_with_exact_numbers_and_shanghais_times() {
    let corrected = json!({
        "event_id": "e-total", "type": "account_changed", "pin": "p-1", "state": "open",
        "account_type": "NORMAL", "occurred_at": "2019-06-24T00:00:00+08:00", "temp_total": "920.0001",
    });
    let app = with_grants(&[
        lasting("2104", "201905210953183410004097", "880.0000"),
        with(granted("p-1", "2101", "W546231994", "80.9999"), "effective_time", "2019-06-19T16:30:00Z"),
        corrected,
    ])
    .await;
    let got = app.credit_man_query(&Post::signed(QUERY)).await;
    let expected = r#"{"page":1,"pageSize":10,"totalCount":2,"pageNum":1,"result":{"isSuccess":true,"code":"1111","info":"success"},"tempCreditList":[{"tempLimit":880.0000,"effectiveTime":"2019-06-20T10:00:00+08:00","invalidTime":"2019-12-27T00:00:00+08:00","businessType":"2104","businessId":"201905210953183410004097"},{"tempLimit":80.9999,"effectiveTime":"2019-06-20T00:30:00+08:00","invalidTime":null,"businessType":"2101","businessId":"W546231994"}],"totalTempQuota":920.0001,"accountType":"NORMAL"}"#;
    assert_eq!(got.brief(), (200, expected));
    assert_eq!(got.header("content-type"), Some("application/json"));
    assert_eq!(got.header("cache-control"), Some("no-store"));
}

#[tokio::test(start_paused = true)]
async fn amounts_keep_every_digit_that_a_float_would_lose() {
    let app = with_grants(&[
        lasting("2104", "1", "99999999999999.9999"),
        lasting("2104", "2", "99999999999999.9999"),
        lasting("2104", "3", "0.0001"),
    ])
    .await;
    let body = app.credit_man_query(&Post::signed(QUERY)).await.body;
    assert!(body.contains(r#"{"tempLimit":99999999999999.9999,"#), "{body}");
    assert!(body.contains(r#"{"tempLimit":0.0001,"#), "{body}");
    assert!(body.contains(r#""totalTempQuota":199999999999999.9999,"#), "{body}");
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_is_a_success_with_the_accounts_total() {
    let app = with_grants(&[]).await;
    let got = app.credit_man_query(&Post::signed(r#"{"pin":"p-1","page":"7","pageSize":"50"}"#)).await;
    let expected = r#"{"page":7,"pageSize":50,"totalCount":0,"pageNum":0,"result":{"isSuccess":true,"code":"1111","info":"success"},"tempCreditList":[],"totalTempQuota":0.0000,"accountType":"NORMAL"}"#;
    assert_eq!(got.brief(), (200, expected));
}

#[tokio::test(start_paused = true)]
async fn page_num_is_the_number_of_pages_and_a_page_holds_its_rows() {
    let grants: Vec<_> = (0..5).map(|number| lasting("2104", &number.to_string(), "80")).collect();
    let app = with_grants(&grants).await;
    let body = r#"{"pin":"p-1","page":3,"pageSize":2}"#;
    let got = app.credit_man_query(&Post::signed(body)).await.body;
    assert!(got.starts_with(r#"{"page":3,"pageSize":2,"totalCount":5,"pageNum":3,"#), "{got}");
    assert_eq!(got.matches("businessId").count(), 1);
    assert!(got.contains(r#""businessId":"4""#));
}

#[tokio::test(start_paused = true)]
async fn each_refusal_of_the_account_has_its_code_its_meaning_and_the_accounts_type() {
    for (state, account_type, code, info) in [
        ("not_opened", "NORMAL", "1006", "account not opened"),
        ("not_opened", "KDB", "1006", "account not opened"),
        ("closed", "NORMAL", "1110", "account deregistered / closed"),
        ("closed", "KDB", "1110", "account deregistered / closed"),
        ("temporarily_closed", "NORMAL", "1117", "account temporarily deregistered"),
        ("temporarily_closed", "KDB", "1117", "account temporarily deregistered"),
        ("open", "KDB", "10012", "开店宝 Baitiao user"),
    ] {
        let app = Quota::new().await;
        let account = with(with(opened("p-1"), "state", state), "account_type", account_type);
        app.take(&[account, lasting("2104", "1", "80")]).await;
        let got = app.credit_man_query(&Post::signed(QUERY)).await;
        assert_eq!(got.brief(), (200, failure(code, info, account_type).as_str()));
        assert_eq!(app.counted("internal_error"), 0);
    }
    let got = Quota::new().await.credit_man_query(&Post::signed(QUERY)).await;
    assert_eq!(got.brief(), (200, failure("1006", "account not opened", "NORMAL").as_str()));
}

#[tokio::test(start_paused = true)]
async fn pin_and_page_are_needed_and_judged_as_by_the_gateway() {
    let app = with_grants(&[lasting("2104", "1", "80")]).await;
    for body in [
        "",
        "{",
        "[]",
        r#"["p-1",1,10]"#,
        "{}",
        r#"{"page":1,"pageSize":10}"#,
        r#"{"pin":null,"page":1,"pageSize":10}"#,
        r#"{"pin":"","page":1,"pageSize":10}"#,
        r#"{"pin":7,"page":1,"pageSize":10}"#,
        r#"{"pin":"p-1"}"#,
        r#"{"pin":"p-1","page":1}"#,
        r#"{"pin":"p-1","pageSize":10}"#,
        r#"{"pin":"p-1","page":0,"pageSize":10}"#,
        r#"{"pin":"p-1","page":1.0,"pageSize":10}"#,
        r#"{"pin":"p-1","page":" 1","pageSize":10}"#,
        r#"{"pin":"p-1","page":1,"pageSize":51}"#,
        r#"{"pin":"p-1","page":1,"pageSize":"abc"}"#,
        r#"{"pin":"p-1","page":2147483648,"pageSize":10}"#,
        &format!(r#"{{"pin":"{}","page":1,"pageSize":10}}"#, "x".repeat(2_049)),
        &"x".repeat(1_048_577),
    ] {
        let (got, spent) = app.world.measure(app.credit_man_query(&Post::signed(body))).await;
        assert_eq!(got.brief(), (200, missing_parameter().as_str()), "{}", body.get(..60).unwrap_or(body));
        assert_eq!(spent.reads(), Units::default());
    }
    let typed = Post::signed(QUERY).header("content-type", "text/plain");
    assert_eq!(app.credit_man_query(&typed).await.brief(), (200, missing_parameter().as_str()));
    let latin1 = Post::signed(b"{\"pin\":\"\xe9\",\"page\":1,\"pageSize\":10}".to_vec()).base64();
    assert_eq!(app.credit_man_query(&latin1).await.brief(), (200, missing_parameter().as_str()));
    assert!(app.credit_man_query(&Post::signed(QUERY).base64()).await.body.contains("\"1111\""));
    assert_eq!(app.counted("internal_error"), 0);
}

#[tokio::test(start_paused = true)]
async fn whom_iam_did_not_let_through_is_forbidden_whatever_else_she_sends() {
    let app = with_grants(&[lasting("2104", "1", "80")]).await;
    for post in [
        Post::anonymous(QUERY),
        Post::anonymous("{"),
        Post::anonymous(QUERY).bearer(&Key::first().baitiao_token("p-1")),
        by("p-1", QUERY).without("content-type"),
        Post::anonymous("x".repeat(1_048_577)),
    ] {
        let (got, spent) = app.world.measure(app.credit_man_query(&post)).await;
        assert_eq!(got.brief(), FORBIDDEN);
        assert_eq!(spent.reads(), Units::default());
    }
}

#[tokio::test(start_paused = true)]
async fn a_database_without_an_answer_is_1034_and_any_other_failure_0000() {
    for (fault, code, info) in [
        (Fault::Hang, "1034", "RPC call failed"),
        (Fault::Refused, "1034", "RPC call failed"),
        (Fault::Reset, "1034", "RPC call failed"),
        (Fault::InternalError, "0000", "system exception"),
        (Fault::Throttled, "0000", "system exception"),
    ] {
        for on in [On::call("GetItem").to(ACCOUNTS), On::call("Query").to(GRANTS)] {
            let app = with_grants(&[lasting("2104", "1", "80")]).await;
            app.world.fail(on, fault);
            let got = app.credit_man_query(&Post::signed(QUERY)).await;
            assert_eq!(got.brief(), (200, failure(code, info, "NORMAL").as_str()), "{fault:?}");
            assert_eq!((app.counted("internal_error"), app.logged("ERROR").len()), (1, 1), "{fault:?}");
        }
    }
    let app = with_grants(&[]).await.with_time_left(std::time::Duration::from_secs(2));
    app.world.fail(On::call("Query"), Fault::Hang);
    let got = app.credit_man_query(&Post::signed(QUERY)).await;
    assert_eq!(got.brief(), (200, failure("1034", "RPC call failed", "NORMAL").as_str()));
}

#[tokio::test(start_paused = true)]
async fn both_layers_show_the_same_grants_each_in_its_own_words() {
    let app = with_grants(&[lasting("2104", "1", "80.9999"), lasting("2004", "pledge", "80")]).await;
    let inner = app.credit_man_query(&Post::signed(QUERY)).await.body;
    let outer = app.query("p-1", FIRST_PAGE).await.body;
    let inner: serde_json::Value = serde_json::from_str(&inner).unwrap();
    let outer: serde_json::Value = serde_json::from_str(&outer).unwrap();
    assert_eq!((&inner["result"]["isSuccess"], &outer["issuccess"]), (&json!(true), &json!(1)));
    assert_eq!((inner.get("issuccess"), outer.get("result")), (None, None));
    assert_eq!((inner.get("error_msg"), outer.get("accountType")), (None, None));
    for name in ["page", "pageSize", "pageNum", "totalCount"] {
        assert_eq!(inner[name], outer[name], "{name}");
    }
    let (inner, outer) = (&inner["tempCreditList"][0], &outer["tempQuotaList"][0]);
    for name in ["businessType", "businessId"] {
        assert_eq!(inner[name], outer[name], "{name}");
    }
    assert_eq!((&inner["invalidTime"], &outer["invalidTime"]), (&json!(EXPIRY), &json!("2019-12-27")));
    assert_eq!(outer["tempLimit"], "80.99");
    assert!(outer.get("effectiveTime").is_none());
}
