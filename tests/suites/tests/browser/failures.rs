//! What goes wrong is said, and there is a way on.

use crate::{
    site::Reply,
    visit::{GET_STATUS, RENEW, TOKEN, Visit, account, closed, error, stale},
};

const RETRY: &str = "Повторить";
/// A hundred times faster than the page thinks.
const FAST_TIMERS: &str = "const slow = setTimeout; \
     window.setTimeout = (task, wait, ...rest) => slow(task, wait / 100, ...rest);";

#[test]
fn an_error_can_be_retried_until_it_is_over() {
    let visit = Visit::to(error(500, "internal"));
    visit.browser.await_view("error");
    visit.browser.click(RETRY);
    visit.await_calls(GET_STATUS, 2);
    visit.browser.await_view("error");
    visit.site.answers(GET_STATUS, account());
    visit.browser.click(RETRY);
    visit.browser.await_view("account");
}

#[test]
fn a_second_click_on_retry_asks_no_second_time() {
    let visit = Visit::to(error(500, "internal"));
    visit.browser.await_view("error");
    visit.site.answers(GET_STATUS, account().held());
    visit.browser.click_times(RETRY, 2);
    visit.browser.run("for (const b of document.querySelectorAll('[data-retry]')) b.click();");
    visit.await_calls(GET_STATUS, 2);
    visit.site.release();
    visit.browser.await_view("account");
    assert_eq!(visit.site.calls(GET_STATUS), 2);
}

#[test]
fn an_answer_that_nobody_could_make_sense_of_is_an_error() {
    let visit = Visit::start();
    for (status, body) in [
        (200, ""),
        (200, "null"),
        (200, "[]"),
        (200, "<html>"),
        (200, r#"{"screen":"main_screen"}"#),
        (200, r#"{"screen":"main_screen","contract_closed":"true"}"#),
        (200, r#"{"screen":"elsewhere","contract_closed":false}"#),
        (400, r#"{"error":"bad_request"}"#),
        (403, r#"{"message":"Forbidden"}"#),
        (429, r#"{"message":"Too Many Requests"}"#),
        (502, "null"),
        (503, ""),
    ] {
        visit.open(Reply::text(status, body));
        visit.browser.await_view("error");
        assert!(visit.browser.text().contains(RETRY), "{status} {body}");
    }
}

#[test]
fn an_answer_that_never_comes_is_given_up() {
    let visit = Visit::start();
    visit.browser.before_each_page(FAST_TIMERS);
    visit.open(account().held());
    visit.browser.await_view("error");
    visit.site.answers(GET_STATUS, closed(true));
    visit.browser.click(RETRY);
    visit.browser.await_view("closed");
    visit.site.answers(RENEW, account().held());
    visit.browser.click("Оформить");
    visit.browser.await_view("error");
}

#[test]
fn an_expired_session_says_so_and_can_be_retried() {
    let visit = Visit::to(error(403, "access_denied"));
    visit.browser.await_view("expired");
    assert!(visit.browser.text().contains("Сессия истекла"));
    visit.site.answers(GET_STATUS, account());
    visit.browser.click(RETRY);
    visit.browser.await_view("account");
}

#[test]
fn a_new_session_in_the_fragment_is_taken_at_once() {
    let visit = Visit::to(error(403, "access_denied"));
    visit.browser.await_view("expired");
    visit.site.answers(GET_STATUS, account());
    visit.browser.go(&format!("{}#token=a.new.one", visit.site.page()));
    visit.browser.await_view("account");
    let last = visit.site.received().pop().unwrap();
    assert_eq!(last.headers["authorization"], "Bearer a.new.one");
}

#[test]
fn a_page_without_a_session_that_could_be_one_asks_nothing() {
    let visit = Visit::start();
    for fragment in ["", "#", "#token=", "#token=a b", "#token=%0Ax:y", "#token=клиент", "#other=a.b.c"]
    {
        visit.site.answers(GET_STATUS, account());
        visit.browser.load(&format!("{}{fragment}", visit.site.page()));
        visit.browser.await_view("expired");
    }
    visit.browser.load(&format!("{}?token={TOKEN}", visit.site.page()));
    visit.browser.await_view("expired");
    assert_eq!(visit.site.calls(GET_STATUS), 0);
}

#[test]
fn without_a_connection_the_page_says_so_and_the_retry_works_once_there_is_one() {
    let mut visit = Visit::to(error(500, "internal"));
    visit.browser.await_view("error");
    visit.site.stop();
    visit.browser.click(RETRY);
    visit.browser.await_view("offline");
    visit.browser.click(RETRY);
    visit.browser.await_view("offline");
}

#[test]
fn a_connection_that_comes_back_brings_the_page_back_by_itself() {
    let visit = Visit::to(error(500, "internal"));
    visit.browser.await_view("error");
    visit.browser.offline(true);
    visit.browser.click(RETRY);
    visit.browser.await_view("offline");
    visit.browser.click(RETRY);
    visit.browser.await_view("offline");
    visit.site.answers(GET_STATUS, stale());
    visit.browser.offline(false);
    visit.browser.await_view("account");
    assert_eq!(visit.site.calls(GET_STATUS), 2);
}

#[test]
fn a_connection_that_comes_back_disturbs_no_other_view() {
    let visit = Visit::to(account());
    visit.browser.await_view("account");
    visit.browser.offline(true);
    visit.browser.offline(false);
    visit.browser.run("dispatchEvent(new Event('online'));");
    assert_eq!((visit.browser.shown().as_str(), visit.site.calls(GET_STATUS)), ("account", 1));
}

#[test]
fn a_renewal_without_a_connection_changes_nothing_and_comes_back_to_the_button() {
    let visit = Visit::to(closed(true));
    visit.browser.await_view("closed");
    visit.browser.offline(true);
    visit.browser.click("Оформить");
    visit.browser.await_view("offline");
    visit.browser.offline(false);
    visit.browser.await_view("closed");
    assert!(visit.browser.sees("[data-renew]"));
    assert_eq!(visit.site.calls(RENEW), 0);
}
