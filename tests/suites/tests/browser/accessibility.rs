//! Readable for everyone: axe-core's rules, narrow screens, large text.

use std::{env, fs};

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    site::Reply,
    views::VIEWS,
    visit::{Visit, account, account_body, wanted},
};

/// Where `cargo xtask test` says that axe-core is.
const AXE: &str = "TENOR_AXE";
/// WCAG 2.2 at level AA, and what axe-core advises beyond.
const RULES: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";
/// What sticks out at the right, or is cut off.
const OVERFLOWING: &str = "[...document.querySelectorAll('body, body *')]
    .filter((element) => element.checkVisibility() && !element.closest('svg'))
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5
        || element.scrollWidth > Math.max(element.clientWidth, element.offsetWidth))
    .map((element) => element.outerHTML.slice(0, 80))";

/// A visit in whose every page axe-core stands ready.
fn with_axe() -> Visit {
    let visit = Visit::start();
    let path = env::var(AXE).unwrap_or_else(|_unset| panic!("{AXE} is not set; run `cargo xtask test`"));
    visit.browser.before_each_page(&fs::read_to_string(path).expect("axe-core"));
    visit
}

/// What axe-core finds wrong with what is shown.
fn violations(browser: &Browser) -> Value {
    browser.value(&format!(
        "axe.run(document, {{ runOnly: {RULES} }}).then(({{ violations }}) =>
             violations.map(({{ id, nodes }}) => ({{ id, where: nodes.map((node) => node.html) }})))"
    ))
}

/// Asserts that there is no scrolling to the side and nothing is cut off.
#[track_caller]
fn assert_fits(browser: &Browser, view: &str) {
    assert_eq!(browser.value("document.scrollingElement.scrollWidth <= innerWidth"), true, "{view}");
    assert_eq!(browser.value(OVERFLOWING), json!([]), "{view}");
}

#[test]
fn in_every_view_axe_finds_nothing_wrong() {
    let visit = with_axe();
    for view in &VIEWS {
        view.reach(&visit);
        assert_eq!(violations(&visit.browser), json!([]), "{}", view.name);
    }
}

#[test]
fn axe_finds_what_is_wrong_where_something_is() {
    let visit = with_axe();
    visit.open(wanted());
    visit.browser.await_view("wanted");
    visit.browser.run("document.querySelector('label').remove(); document.documentElement.lang = '';");
    let found = violations(&visit.browser);
    let ids: Vec<_> = found.as_array().unwrap().iter().map(|violation| &violation["id"]).collect();
    assert!(ids.contains(&&json!("html-has-lang")) && ids.contains(&&json!("label")), "{ids:?}");
}

#[test]
fn a_screen_320_pixels_wide_shows_every_view_without_scrolling_to_the_side() {
    let visit = Visit::start();
    visit.browser.resize(320, 568);
    for view in &VIEWS {
        view.reach(&visit);
        assert_eq!(visit.browser.value("innerWidth"), 320);
        assert_fits(&visit.browser, view.name);
    }
}

#[test]
fn text_twice_as_large_fits_into_every_view() {
    let visit = Visit::start();
    visit.browser.resize(320, 568);
    for view in &VIEWS {
        view.reach(&visit);
        visit.browser.run("document.documentElement.style.fontSize = '200%';");
        assert_fits(&visit.browser, view.name);
    }
}

#[test]
fn the_longest_contract_number_fits() {
    let visit = Visit::start();
    visit.browser.resize(320, 568);
    let mut body = account_body();
    body["contract_number"] = json!("W".repeat(128));
    visit.open(Reply::json(200, &body));
    visit.browser.await_view("account");
    assert_fits(&visit.browser, "account");
}

#[test]
fn every_button_and_field_is_large_enough_for_a_finger() {
    let visit = Visit::to(account());
    for view in &VIEWS {
        view.reach(&visit);
        let small = visit.browser.value(
            "[...document.querySelectorAll('button, input')]
                .filter((element) => element.checkVisibility() && element.offsetHeight < 48)
                .map((element) => element.outerHTML)",
        );
        assert_eq!(small, json!([]), "{}", view.name);
    }
}
