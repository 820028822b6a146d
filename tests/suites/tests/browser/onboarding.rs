//! The wanted limit, the last screen that is ours: from there on it is the app's (CRED-1735).

use serde_json::json;

use crate::{
    browser::ENTER,
    visit::{Visit, wanted},
};

fn before_the_form() -> Visit {
    let visit = Visit::start();
    open_the_form(&visit);
    visit
}

fn open_the_form(visit: &Visit) {
    visit.open(wanted());
    visit.browser.await_view("wanted");
    visit.browser.run("document.querySelector('#amount').focus();");
}

fn error(visit: &Visit) -> String {
    visit.browser.value("document.querySelector('#amount-error').innerText").as_str().unwrap().to_owned()
}

#[test]
fn a_good_limit_is_handed_over_to_the_app() {
    let visit = Visit::start();
    for (typed, amount) in [("50000", 50_000), (" 50 000 ", 50_000), ("1", 1), ("999999999", 999_999_999)] {
        open_the_form(&visit);
        visit.browser.press(typed.chars());
        visit.browser.click("Продолжить");
        visit.browser.await_view("handed");
        let told = json!([{"name": "wanted-limit", "detail": {"amount_rub": amount}}]);
        assert_eq!(visit.browser.told(), told);
    }
}

#[test]
fn a_limit_that_is_none_is_explained_and_stays_in_the_field() {
    let visit = before_the_form();
    for typed in ["", "0", "007", "-5", "1.5", "1e3", "много", "1000000000"] {
        visit.browser.run("document.querySelector('#amount').value = '';");
        visit.browser.press(typed.chars());
        visit.browser.press([ENTER]);
        assert_eq!(error(&visit), "Введите сумму цифрами, больше нуля.", "{typed}");
        assert_eq!(visit.browser.value("document.activeElement.id"), "amount", "{typed}");
        assert_eq!(visit.browser.value("document.activeElement.value"), typed);
        assert_eq!(visit.browser.value("document.activeElement.ariaInvalid"), "true");
    }
    assert_eq!(visit.browser.told(), json!([]));
}

#[test]
fn a_limit_that_was_put_right_is_no_longer_wrong() {
    let visit = before_the_form();
    visit.browser.press([ENTER]);
    visit.browser.press("700".chars().chain([ENTER]));
    visit.browser.await_view("handed");
    visit.browser.click("Вернуться");
    visit.browser.await_view("wanted");
    assert_eq!(error(&visit), "");
    assert_eq!(visit.browser.value("document.querySelector('#amount').ariaInvalid"), "false");
}

#[test]
fn a_limit_that_is_sent_twice_at_once_is_handed_over_once() {
    let visit = before_the_form();
    visit.browser.press("700".chars().chain([ENTER, ENTER]));
    visit.browser.run("document.querySelector('[data-wanted]').requestSubmit();");
    assert_eq!(visit.browser.shown(), "handed");
    assert_eq!(visit.browser.told().as_array().unwrap().len(), 1);
}
