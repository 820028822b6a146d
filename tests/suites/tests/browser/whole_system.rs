//! The page over the real thing: our binaries behind the local platform's HTTP API.

use serde_json::json;

use crate::{
    browser::Browser,
    world::{Client, platform},
};

#[test]
fn a_client_whose_line_was_closed_at_the_lender_sees_it_closed_and_applies_anew() {
    let client = Client::with_active_contract("browser");
    client.lender_answers(&client.line("CLOSED", "50000.00"));
    let page = format!("{}/webview#token={}", platform().outputs.http_url, client.token());
    let browser = Browser::start();
    browser.load(&page);
    browser.await_view("closed");
    assert!(browser.text().contains(&client.contract_number));
    browser.click("Оформить");
    browser.await_view("wanted");
    let states: Vec<_> = client.rows().into_iter().map(|mut row| row["state"]["S"].take()).collect();
    assert_eq!(states, ["CLOSED", "init"]);
    browser.load(&page);
    browser.await_view("wanted");
    assert_eq!(browser.blocked(), json!([]));
}
