//! Requests that are not what §4.1 asks for: HTTP 200 with 1001, and nothing read.

use serde_json::Value;
use suites::gateway::Post;
use suites::quota::{FIRST_PAGE, Quota, by};

use super::{failure, lasting, with_grants};

async fn app() -> Quota {
    with_grants("2019-06-25T12:00:00+08:00", &[lasting("2104", "1")]).await
}

/// Sends `post` and checks that it is refused, and costs nothing.
async fn assert_refused(app: &Quota, post: &Post, what: &str) {
    let (got, spent) = app.world.measure(app.send_query(post)).await;
    assert_eq!(got.brief(), (200, failure("1001").as_str()), "{what}");
    assert_eq!((spent.reads(), spent.writes()), Default::default(), "{what}");
}

async fn assert_bodies_refused(bodies: &[&str]) {
    let app = app().await;
    for body in bodies {
        assert_refused(&app, &by("p-1", *body), body).await;
    }
    assert_eq!(app.counted("internal_error"), 0, "it is not our fault");
    assert!(app.logged("ERROR").is_empty());
}

async fn assert_accepted(app: &Quota, post: &Post, what: &str) {
    let got = app.send_query(post).await;
    assert!(got.status == 200 && got.body.contains(r#""code":"1111""#), "{what}: {}", got.body);
}

/// Values of either member that are no page and no size.
const NO_NUMBERS: [&str; 34] = [
    "null",
    "true",
    "[]",
    "[1]",
    "{}",
    r#"{"page":1}"#,
    "\"\"",
    "\"abc\"",
    "\"null\"",
    "0",
    "\"0\"",
    "-1",
    "\"-1\"",
    "-0",
    "1.0",
    "\"1.0\"",
    "1.5",
    "1e0",
    "1E1",
    "\"1e1\"",
    "\" 1\"",
    "\"1 \"",
    "\"+1\"",
    "\"0x1\"",
    "\"1_0\"",
    "\"1,0\"",
    "\"１\"",
    "\"١\"",
    "\"1\\u0000\"",
    "2147483648",
    "\"2147483648\"",
    "4294967297",
    "18446744073709551617",
    "\"99999999999999999999999999999999999999\"",
];

#[tokio::test(start_paused = true)]
async fn page_and_page_size_are_positive_numbers_of_ascii_digits_within_their_range() {
    let app = app().await;
    for value in NO_NUMBERS {
        for body in
            [format!(r#"{{"page":{value},"pageSize":10}}"#), format!(r#"{{"page":1,"pageSize":{value}}}"#)]
        {
            assert_refused(&app, &by("p-1", body.as_str()), &body).await;
        }
    }
    for size in ["51", "\"51\"", "100", "2147483647"] {
        let body = format!(r#"{{"page":1,"pageSize":{size}}}"#);
        assert_refused(&app, &by("p-1", body.as_str()), &body).await;
    }
    assert_eq!(app.counted("internal_error"), 0);
}

#[tokio::test(start_paused = true)]
async fn the_ends_of_the_ranges_are_accepted() {
    let app = app().await;
    for (number, size) in [("1", "1"), ("1", "50"), ("2147483647", "1"), ("\"2147483647\"", "\"50\"")] {
        let body = format!(r#"{{"page":{number},"pageSize":{size}}}"#);
        assert_accepted(&app, &by("p-1", body.as_str()), &body).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_missing_misspelt_or_there_twice_is_refused() {
    assert_bodies_refused(&[
        "{}",
        r#"{"page":1}"#,
        r#"{"pageSize":10}"#,
        r#"{"page":1,"pagesize":10}"#,
        r#"{"page":1,"page_size":10}"#,
        r#"{"Page":1,"pageSize":10}"#,
        r#"{"page":1,"page":1,"pageSize":10}"#,
        r#"{"pageNum":1,"pageSize":10}"#,
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_no_json_object_is_refused() {
    assert_bodies_refused(&[
        "",
        " ",
        "null",
        "1",
        "\"page\"",
        "[]",
        "[1,10]",
        r#"["1","10"]"#,
        "{",
        r#"{"page":1,"pageSize":10"#,
        r#"{"page":1,"pageSize":10}}"#,
        r#"{"page":1,"pageSize":10} {}"#,
        r#"{"page":1,"pageSize":10,}"#,
        r#"{"page":01,"pageSize":10}"#,
        r#"{"page":+1,"pageSize":10}"#,
        r#"{"page":NaN,"pageSize":10}"#,
        "{'page':1,'pageSize':10}",
        "page=1&pageSize=10",
        "\u{feff}{\"page\":1,\"pageSize\":10}",
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn other_members_are_ignored_and_a_pin_in_the_body_above_all() {
    let app = app().await;
    let body = r#"{"pin":"p-2","page":1,"pageSize":10,"x":[{"y":null}]}"#;
    let got = app.query("p-1", body).await;
    assert!(got.body.contains(r#""businessId":"1""#));
    let got = app.query("p-2", &body.replace("p-2", "p-1")).await;
    assert_eq!(got.brief(), (200, failure("1006").as_str()));
}

#[tokio::test(start_paused = true)]
async fn parameters_are_judged_before_the_account() {
    let app = Quota::new().await;
    assert_refused(&app, &by("nobody", r#"{"page":0,"pageSize":10}"#), "no account").await;
    assert_eq!(app.query("nobody", FIRST_PAGE).await.brief(), (200, failure("1006").as_str()));
}

#[tokio::test(start_paused = true)]
async fn the_content_type_must_be_json_in_any_case_and_with_any_parameters() {
    let app = app().await;
    let typed = |content_type: &str| by("p-1", FIRST_PAGE).header("content-type", content_type);
    for good in ["application/json", "Application/JSON", "application/json; charset=utf-8"] {
        assert_accepted(&app, &typed(good), good).await;
    }
    for bad in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json", ""] {
        assert_refused(&app, &typed(bad), bad).await;
    }
    assert_refused(&app, &by("p-1", FIRST_PAGE).without("content-type"), "none").await;
}

#[tokio::test(start_paused = true)]
async fn a_body_of_one_mebibyte_is_read_and_one_byte_more_is_refused() {
    let app = app().await;
    let body = |length: usize| {
        let start = r#"{"page":1,"pageSize":10,"pad":""#;
        format!("{start}{}\"}}", "x".repeat(length - start.len() - 2))
    };
    for post in [by("p-1", body(1_048_576)), by("p-1", body(1_048_576)).base64()] {
        assert_accepted(&app, &post, "1 MiB").await;
    }
    for post in [by("p-1", body(1_048_577)), by("p-1", body(1_048_577)).base64()] {
        assert_refused(&app, &post, "1 MiB and a byte").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_may_arrive_in_base64_and_must_be_utf_8() {
    let app = app().await;
    assert_accepted(&app, &by("p-1", FIRST_PAGE).base64(), "base64").await;
    let latin1 = b"{\"page\":1,\"pageSize\":10,\"x\":\"\xe9\"}".to_vec();
    assert_refused(&app, &by("p-1", latin1).base64(), "latin-1").await;
    let mut event = by("p-1", FIRST_PAGE).event("/gw/generic/bt/h5/m/getTempQuotaInfo");
    event["isBase64Encoded"] = true.into();
    assert_eq!(app.send_query_event(event).await.brief(), (200, failure("1001").as_str()));
}

#[tokio::test(start_paused = true)]
async fn json_may_nest_128_deep_and_no_deeper() {
    let app = app().await;
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!(r#"{{"page":1,"pageSize":10,"x":{open}{close}}}"#)
    };
    assert_accepted(&app, &by("p-1", nested(128)), "128").await;
    assert_refused(&app, &by("p-1", nested(129)), "129").await;
    assert_refused(&app, &by("p-1", nested(200_000)), "200000").await;
    let page =
        |levels: usize| format!(r#"{{"page":{}1{},"pageSize":10}}"#, "[".repeat(levels), "]".repeat(levels));
    assert_refused(&app, &by("p-1", page(100)), "a nested page").await;
    assert_refused(&app, &by("p-1", page(100_000)), "a deep page").await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_repeats_nothing_of_the_request_in_answer_or_log() {
    let app = app().await;
    let got = app.query("p-1", r#"{"page":"79990001122","pageSize":"Ivanov"}"#).await;
    assert_eq!(got.brief(), (200, failure("1001").as_str()));
    for secret in ["79990001122", "Ivanov", "p-1"] {
        let lines: Vec<Value> = app.logged("WARN");
        assert!(!lines.iter().any(|line| line.to_string().contains(secret)), "{secret}");
    }
}
