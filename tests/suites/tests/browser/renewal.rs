//! The button «Оформить» (UC-148).

use crate::{
    browser::{ENTER, SPACE},
    site::Reply,
    visit::{GET_STATUS, RENEW, Visit, account, closed, error, wanted},
};

const BUTTON: &str = "Оформить";
/// Presses the button as no hand can: past the pointer and the keyboard.
const PRESS_BY_SCRIPT: &str = "document.querySelector('[data-renew]').click();";

/// A visitor before the closed screen, where a renewal is answered so.
fn before_the_button(renewal: Reply) -> Visit {
    let visit = Visit::start();
    visit.site.answers(RENEW, renewal);
    visit.open(closed(true));
    visit.browser.await_view("closed");
    visit
}

#[test]
fn the_button_renews_and_leads_to_onboarding() {
    let visit = before_the_button(wanted());
    visit.browser.click(BUTTON);
    visit.browser.await_view("wanted");
    let received = visit.site.received();
    let renewal = received.iter().find(|request| request.target == RENEW).unwrap();
    assert_eq!(renewal.method, "POST");
    assert_eq!(renewal.body, r#"{"method":"renew_contract","params":{}}"#);
    assert_eq!(visit.site.calls(GET_STATUS), 1);
}

#[test]
fn a_double_click_renews_once() {
    let visit = before_the_button(wanted());
    visit.browser.click_times(BUTTON, 2);
    visit.browser.await_view("wanted");
    assert_eq!(visit.site.calls(RENEW), 1);
}

#[test]
fn while_a_renewal_is_slow_the_button_waits_and_no_click_doubles_it() {
    let visit = before_the_button(wanted().held());
    visit.browser.click(BUTTON);
    visit.await_calls(RENEW, 1);
    assert_eq!(visit.browser.value("document.querySelector('[data-renew]').ariaDisabled"), "true");
    assert!(visit.browser.text().contains("Оформляем новую рассрочку…"));
    visit.browser.click_times(BUTTON, 5);
    visit.browser.press([ENTER, SPACE]);
    visit.browser.run(&PRESS_BY_SCRIPT.repeat(5));
    visit.site.release();
    visit.browser.await_view("wanted");
    assert_eq!(visit.site.calls(RENEW), 1);
}

#[test]
fn a_contract_that_is_not_over_cannot_be_renewed_and_the_way_leads_back_to_what_holds() {
    let visit = before_the_button(error(403, "contract_not_terminal"));
    visit.browser.click(BUTTON);
    visit.browser.await_view("refused");
    visit.site.answers(GET_STATUS, account());
    visit.browser.click("Вернуться");
    visit.browser.await_view("account");
    assert_eq!(visit.site.calls(RENEW), 1);
}

#[test]
fn after_a_failed_renewal_the_retry_looks_before_it_renews_again() {
    let visit = before_the_button(error(500, "internal"));
    visit.browser.click(BUTTON);
    visit.browser.await_view("error");
    visit.browser.click("Повторить");
    visit.browser.await_view("closed");
    assert_eq!((visit.site.calls(RENEW), visit.site.calls(GET_STATUS)), (1, 2));
    assert_eq!(visit.browser.value("document.querySelector('[data-renew]').ariaDisabled"), "false");
    visit.site.answers(RENEW, wanted());
    visit.browser.click(BUTTON);
    visit.browser.await_view("wanted");
    assert_eq!(visit.site.calls(RENEW), 2);
}

#[test]
fn a_renewal_in_an_expired_session_says_so() {
    let visit = before_the_button(error(403, "access_denied"));
    visit.browser.click(BUTTON);
    visit.browser.await_view("expired");
}
