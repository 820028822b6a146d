//! `GET /webview` (§12): the page and how it is sent. What it does is tested in a browser.

use platform::http::source_hash;
use suites::webview::{open, open_with};

/// What stands between the page's only `<tag>` and `</tag>`.
fn inline<'a>(page: &'a str, tag: &str) -> &'a str {
    let (start, end) = (format!("<{tag}>"), format!("</{tag}>"));
    assert_eq!((page.matches(&start).count(), page.matches(&end).count()), (1, 1), "{tag}");
    page.split_once(&start).unwrap().1.split_once(&end).unwrap().0
}

#[tokio::test]
async fn the_page_is_html_that_no_cache_keeps_no_sniffer_doubts_and_no_referrer_tells_of() {
    let got = open().await;
    assert_eq!(got.status, 200);
    assert_eq!(got.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(got.header("cache-control"), Some("no-store"));
    assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(got.header("referrer-policy"), Some("no-referrer"));
    assert!(got.body.starts_with("<!doctype html>"));
}

#[tokio::test]
async fn the_policy_allows_the_pages_own_script_and_style_and_calls_to_its_origin_and_nothing_else() {
    let got = open().await;
    let script = source_hash(inline(&got.body, "script"));
    let style = source_hash(inline(&got.body, "style"));
    let policy = format!(
        "default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    );
    assert_eq!(got.header("content-security-policy"), Some(policy.as_str()));
}

#[tokio::test]
async fn the_page_has_everything_inside_and_names_no_other_address() {
    let page = open().await.body;
    for outside in ["http:", "https:", "//", " src=", " href=", "url(", "@import", "import("] {
        let found = page.lines().find(|line| line.contains(outside) && !line.trim_start().starts_with("//"));
        assert_eq!(found, None, "{outside}");
    }
}

#[tokio::test]
async fn the_page_needs_no_session_and_is_the_same_whatever_is_asked() {
    let page = open().await.body;
    assert_eq!(open_with("token=a.b.c&x=%3Cscript%3E").await.body, page);
    assert!(!page.contains("{style}") && !page.contains("{script}"));
}

#[tokio::test]
async fn the_page_is_small() {
    assert!(open().await.body.len() < 20_000);
}
