//! What `get_status` says is what is seen (UC-129 steps 11 to 13, UI-058, UI-059).

use serde_json::json;

use crate::{
    site::Reply,
    visit::{GET_STATUS, TOKEN, Visit, account, account_body, closed, stale},
};

const SECTIONS: [(&str, &str); 4] = [
    ("orders", "Заказы"),
    ("payments", "История оплат"),
    ("documents", "Документы"),
    ("questions", "Вопросы и ответы"),
];

/// Clicks on each of the four sections and sees the app told of each.
#[track_caller]
fn assert_sections_open(visit: &Visit) {
    for (_, title) in SECTIONS {
        visit.browser.click(title);
    }
    let told = SECTIONS.map(|(name, _)| json!({"name": "section", "detail": {"name": name}}));
    assert_eq!(visit.browser.told(), json!(told));
}

#[test]
fn an_open_line_shows_the_account_with_its_number_and_four_sections() {
    let visit = Visit::to(account());
    visit.browser.await_view("account");
    assert_eq!(visit.browser.value("document.title"), "Рассрочка");
    assert!(visit.browser.text().contains("Договор № 77-1"));
    assert!(!visit.browser.text().contains("Оформить"));
    assert_sections_open(&visit);
}

#[test]
fn a_closed_line_shows_the_closed_screen_with_its_button_and_the_sections_still_open() {
    let visit = Visit::to(closed(true));
    visit.browser.await_view("closed");
    assert_eq!(visit.browser.value("document.title"), "Рассрочка закрыта");
    assert!(visit.browser.sees("[data-renew]"));
    assert_sections_open(&visit);
}

#[test]
fn in_the_first_iteration_the_closed_screen_has_no_button_and_the_same_sections() {
    let visit = Visit::to(closed(false));
    visit.browser.await_view("closed");
    assert!(!visit.browser.sees("[data-renew]"));
    assert_sections_open(&visit);
}

#[test]
fn an_answer_without_the_lender_says_that_it_may_be_out_of_date() {
    let visit = Visit::to(stale());
    visit.browser.await_view("account");
    assert!(visit.browser.text().contains("Данные могли устареть"));
    visit.open(account());
    visit.browser.await_view("account");
    assert!(!visit.browser.text().contains("Данные могли устареть"));
}

#[test]
fn a_line_without_a_number_shows_none() {
    let mut body = account_body();
    body.as_object_mut().unwrap().remove("contract_number");
    let visit = Visit::to(Reply::json(200, &body));
    visit.browser.await_view("account");
    assert!(!visit.browser.text().contains('№'));
}

#[test]
fn while_the_answer_is_awaited_the_page_says_so() {
    let visit = Visit::to(account().held());
    visit.browser.await_view("loading");
    assert!(visit.browser.text().contains("Загружаем данные…"));
    visit.site.release();
    visit.browser.await_view("account");
}

#[test]
fn the_status_is_asked_for_once_as_the_api_wants_it() {
    let visit = Visit::to(account());
    visit.browser.await_view("account");
    let received = visit.site.received();
    let asked: Vec<_> = received.iter().filter(|request| request.target == GET_STATUS).collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].method, "POST");
    assert_eq!(asked[0].body, r#"{"method":"get_status","params":{}}"#);
    assert_eq!(asked[0].headers["content-type"], "application/json");
    assert_eq!(asked[0].headers["authorization"], format!("Bearer {TOKEN}"));
}

#[test]
fn a_page_that_is_come_back_to_shows_what_holds_now() {
    let visit = Visit::to(account());
    visit.browser.await_view("account");
    visit.browser.go(&format!("{}/elsewhere", visit.site.origin()));
    visit.site.answers(GET_STATUS, closed(true));
    visit.browser.back();
    visit.browser.await_view("closed");
}

#[test]
fn a_page_out_of_the_browsers_cache_asks_again_even_in_the_middle_of_a_call() {
    let visit = Visit::to(account().held());
    visit.await_calls(GET_STATUS, 1);
    visit.site.answers(GET_STATUS, closed(true).held());
    visit.browser.run("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));");
    visit.await_calls(GET_STATUS, 2);
    assert_eq!(visit.browser.shown(), "loading");
    visit.site.release();
    visit.browser.await_view("closed");
    visit.browser.run("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }));");
    assert_eq!((visit.browser.shown().as_str(), visit.site.calls(GET_STATUS)), ("closed", 2));
}
