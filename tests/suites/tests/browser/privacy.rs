//! The session stays where it belongs, and the page's policy holds.

use serde_json::json;

use crate::{
    browser::eventually,
    site::Reply,
    views::VIEWS,
    visit::{RENEW, TOKEN, Visit, account, account_body, closed, wanted},
};

#[test]
fn the_session_is_in_the_authorization_header_and_nowhere_else_in_a_request() {
    let visit = Visit::start();
    visit.site.answers(RENEW, wanted());
    visit.open(closed(true));
    visit.browser.await_view("closed");
    visit.browser.click("Оформить");
    visit.browser.await_view("wanted");
    let received = visit.site.received();
    assert_eq!(received.len(), 3);
    for request in &received {
        assert!(!request.target.contains('?'), "{}", request.target);
        assert!(!request.target.contains(TOKEN) && !request.body.contains(TOKEN));
        let with_token = request
            .headers
            .iter()
            .filter(|(_, value)| value.to_str().is_ok_and(|value| value.contains(TOKEN)));
        let names: Vec<_> = with_token.map(|(name, _)| name.as_str()).collect();
        let expected: &[&str] = if request.method == "POST" { &["authorization"] } else { &[] };
        assert_eq!(names, expected, "{}", request.target);
        assert!(!request.headers.contains_key("referer") && !request.headers.contains_key("cookie"));
    }
}

#[test]
fn in_every_view_the_page_asks_its_own_origin_alone() {
    let visit = Visit::start();
    for view in &VIEWS {
        view.reach(&visit);
    }
    let requests = visit.browser.requests();
    let urls: Vec<_> = requests.iter().map(|request| request["url"].as_str().unwrap()).collect();
    let ours = |url: &&str| url.starts_with(&format!("{}/stage/", visit.site.origin()));
    let foreign: Vec<_> = urls.iter().filter(|url| !ours(url) && **url != "about:blank").collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    assert!(urls.iter().filter(|url| ours(url)).count() > 2 * VIEWS.len());
    assert!(!urls.iter().any(|url| url.contains(TOKEN)), "{urls:?}");
    let paths = ["/webview", "/get_status", "/renew_contract"];
    for request in visit.site.received() {
        assert!(paths.contains(&request.target.as_str()), "{}", request.target);
    }
}

#[test]
fn in_no_view_does_the_page_violate_its_policy_or_complain() {
    let visit = Visit::start();
    for view in &VIEWS {
        view.reach(&visit);
        assert_eq!(visit.browser.blocked(), json!([]), "{}", view.name);
        // Chromium itself notes each answer that is an error, and each request that has none.
        let console = visit.browser.console();
        let ours: Vec<_> = console.iter().filter(|line| !line.contains("Failed to load resource")).collect();
        assert!(ours.is_empty(), "{}: {ours:?}", view.name);
    }
}

#[test]
fn what_is_smuggled_into_the_page_is_blocked() {
    let visit = Visit::start();
    for (html, directive) in [
        ("<script>window.owned = true</script>", "script-src-elem"),
        ("<script src=\"/owned.js\"></script>", "script-src-elem"),
        ("<img src=\"data:,\" onerror=\"window.owned = true\">", "script-src-attr"),
        ("<style>main { display: none }</style>", "style-src-elem"),
        ("<p style=\"position: fixed\">x</p>", "style-src-attr"),
        ("<img src=\"/owned.png\">", "img-src"),
        ("<iframe src=\"/owned\"></iframe>", "frame-src"),
        ("<base href=\"https://owned.test/\">", "base-uri"),
    ] {
        visit.site.inject(html);
        visit.open(account());
        visit.browser.await_view("account");
        let blocked = || visit.browser.blocked().as_array().unwrap().contains(&json!(directive));
        eventually(blocked, || format!("{directive} blocks {html}"));
        assert_eq!(visit.browser.value("window.owned === undefined"), true, "{html}");
        assert!(visit.browser.text().contains("Заказы"));
    }
    assert!(visit.site.received().iter().all(|request| !request.target.contains("owned")));
}

#[test]
fn a_script_cannot_turn_text_into_markup_or_code() {
    let visit = Visit::to(account());
    visit.browser.await_view("account");
    let refused = visit.browser.run(
        "const refused = (act) => { try { act(); return false; } catch (e) { return e instanceof TypeError; } };
         return [
             refused(() => { document.body.innerHTML = '<b>x</b>'; }),
             refused(() => { document.createElement('script').textContent = 'window.owned = 1'; }),
         ];",
    );
    assert_eq!(refused, json!([true, true]));
}

#[test]
fn whatever_text_an_answer_holds_is_shown_as_text() {
    let visit = Visit::start();
    for text in [
        "<script>window.owned = true</script>",
        "<img src=x onerror=\"window.owned = true\">",
        "</span></p><h1>Hello</h1>",
        "&lt;b&gt; &amp;",
        "\u{202e}77-1\u{0}'\"`${owned}",
    ] {
        let mut body = account_body();
        body["contract_number"] = json!(text);
        visit.open(Reply::json(200, &body));
        visit.browser.await_view("account");
        let shown = "document.querySelector('[data-view=account] [data-number] span')";
        assert_eq!(visit.browser.value(&format!("{shown}.textContent")), text);
        assert_eq!(visit.browser.value(&format!("{shown}.childElementCount")), 0);
        assert_eq!(visit.browser.value("window.owned === undefined"), true, "{text}");
        assert_eq!(visit.browser.blocked(), json!([]), "{text}");
    }
}
