//! `GET /webview` (instalment §12). What the page does is in the browser tests.

use crate::world::platform;

#[test]
fn the_page_comes_without_a_session_and_under_a_strict_policy() {
    let answer = platform().get("/webview").unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'; script-src 'sha256-"));
    assert!(answer.text().contains("<title>Рассрочка</title>"));
}
