//! The page without a pointer.

use serde_json::Value;

use crate::{
    browser::{ENTER, SPACE, TAB},
    views::VIEWS,
    visit::{RENEW, Visit, account, closed, error, wanted},
};

/// What has the focus, and whether that can be seen.
const FOCUS: &str = "(() => {
    const focused = document.activeElement, style = getComputedStyle(focused);
    return {
        text: focused.innerText || focused.id,
        visible: focused.matches(':focus-visible') && style.outlineStyle === 'solid'
            && parseFloat(style.outlineWidth) >= 2,
    };
})()";

/// The texts of what Tab leads to from where the focus is, each seen to be focused, until it leaves the page.
fn tab_order(visit: &Visit) -> Vec<String> {
    let mut texts = Vec::new();
    loop {
        visit.browser.press([TAB]);
        if visit.browser.value("document.activeElement === document.body") == true {
            return texts;
        }
        let focus = visit.browser.value(FOCUS);
        assert_eq!(focus["visible"], true, "{focus}");
        texts.push(focus["text"].as_str().unwrap().to_owned());
        assert!(texts.len() < 20, "{texts:?}");
    }
}

fn focused(visit: &Visit) -> Value {
    visit.browser.value(FOCUS)["text"].take()
}

#[test]
fn each_view_takes_the_focus_to_its_heading_and_its_heading_to_the_title() {
    let visit = Visit::start();
    // Whoever has done something wrong is brought to where it can be put right.
    for view in VIEWS.iter().filter(|view| view.name != "wanted-limit-wrong") {
        view.reach(&visit);
        let heading = "document.activeElement.matches('[data-view]:not([hidden]) h1')";
        assert_eq!(visit.browser.value(heading), true, "{}", view.name);
        assert_eq!(visit.browser.value("document.title"), focused(&visit), "{}", view.name);
    }
}

#[test]
fn tab_goes_through_a_view_from_top_to_bottom_with_the_focus_seen() {
    let sections = ["Заказы", "История оплат", "Документы", "Вопросы и ответы"];
    let visit = Visit::to(account());
    visit.browser.await_view("account");
    assert_eq!(tab_order(&visit), sections);
    visit.open(closed(true));
    visit.browser.await_view("closed");
    assert_eq!(tab_order(&visit), [&sections[..], &["Оформить"]].concat());
    visit.open(wanted());
    visit.browser.await_view("wanted");
    assert_eq!(tab_order(&visit), ["amount", "Продолжить"]);
    visit.open(error(500, "internal"));
    visit.browser.await_view("error");
    assert_eq!(tab_order(&visit), ["Повторить"]);
}

#[test]
fn enter_and_space_press_what_has_the_focus() {
    let visit = Visit::to(closed(true));
    visit.browser.await_view("closed");
    visit.browser.press([TAB, ENTER, TAB, SPACE]);
    let told = visit.browser.told();
    assert_eq!(
        (&told[0]["detail"]["name"], &told[1]["detail"]["name"]),
        (&"orders".into(), &"payments".into())
    );
    visit.site.answers(RENEW, wanted());
    visit.browser.press([TAB, TAB, TAB, SPACE]);
    visit.browser.await_view("wanted");
    visit.browser.press([TAB]);
    visit.browser.press("900".chars());
    visit.browser.press([TAB, ENTER]);
    visit.browser.await_view("handed");
}

#[test]
fn a_button_that_waits_keeps_the_focus() {
    let visit = Visit::start();
    visit.site.answers(RENEW, wanted().held());
    visit.open(closed(true));
    visit.browser.await_view("closed");
    visit.browser.press([TAB, TAB, TAB, TAB, TAB, ENTER]);
    visit.await_calls(RENEW, 1);
    assert_eq!(focused(&visit), "Оформить");
    visit.site.release();
    visit.browser.await_view("wanted");
    assert_eq!(focused(&visit), "Новая рассрочка");
}
