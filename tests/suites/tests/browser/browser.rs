//! A browser as a person uses it: pages, clicks, keys, what is seen.

use std::{
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::driver::Driver;

/// The key Tab.
pub(crate) const TAB: char = '\u{e004}';
/// The key Enter.
pub(crate) const ENTER: char = '\u{e007}';
/// The space bar.
pub(crate) const SPACE: char = ' ';

const WAIT_AT_MOST: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(20);
const EMPTY_PAGE: &str = "about:blank";
/// Keeps, from before the page's own script, what the page tells the app and what its policy blocks.
const RECORDER: &str = r#"
    window.seen = { told: [], blocked: [] };
    for (const name of ["section", "wanted-limit"])
        addEventListener(`tenor:${name}`, (event) => seen.told.push({ name, detail: event.detail }));
    addEventListener("securitypolicyviolation", (event) => seen.blocked.push(event.effectiveDirective));
"#;

/// A browser with one window.
pub(crate) struct Browser {
    driver: Driver,
}

impl Browser {
    /// Starts a browser of a phone's size, with nothing that moves.
    pub(crate) fn start() -> Self {
        let browser = Self { driver: Driver::start() };
        browser.resize(390, 844);
        let still = json!([{"name": "prefers-reduced-motion", "value": "reduce"}]);
        browser.driver.devtools("Emulation.setEmulatedMedia", &json!({"features": still}));
        browser.before_each_page(RECORDER);
        browser
    }

    /// Runs `script` in every page from now on, before the page's own.
    pub(crate) fn before_each_page(&self, script: &str) {
        self.driver.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": script}));
    }

    /// Gives the page this many CSS pixels.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.driver.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Loads a page anew, even when only its fragment differs from the one that is there.
    pub(crate) fn load(&self, url: &str) {
        self.go(EMPTY_PAGE);
        self.go(url);
    }

    /// Goes to an address, as a link there does.
    pub(crate) fn go(&self, url: &str) {
        self.driver.post("url", &json!({"url": url}));
    }

    /// Goes back in the history.
    pub(crate) fn back(&self) {
        self.driver.post("back", &json!({}));
    }

    /// Cuts the connection, or gives it back.
    pub(crate) fn offline(&self, offline: bool) {
        let conditions = json!({"offline": offline, "latency": 0, "throughput": -1});
        self.driver.post("chromium/network_conditions", &json!({"network_conditions": conditions}));
    }

    /// Runs JavaScript and gives what it returns.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.driver.run(script, &json!([]))
    }

    /// What `expression` is in the page.
    pub(crate) fn value(&self, expression: &str) -> Value {
        self.run(&format!("return {expression};"))
    }

    /// Which view is shown.
    pub(crate) fn shown(&self) -> String {
        self.value("document.body.dataset.shown").as_str().unwrap_or_default().to_owned()
    }

    /// Waits until this view is shown.
    pub(crate) fn await_view(&self, view: &str) {
        eventually(|| self.shown() == view, || format!("{view} is shown, and not {}", self.shown()));
    }

    /// The text that can be seen.
    pub(crate) fn text(&self) -> String {
        self.value("document.body.innerText").as_str().expect("a text").to_owned()
    }

    /// Whether the element is there and can be seen.
    pub(crate) fn sees(&self, selector: &str) -> bool {
        let selector = json!(selector);
        self.value(&format!("document.querySelector({selector})?.checkVisibility() ?? false")) == true
    }

    /// Clicks once on the button that reads so.
    pub(crate) fn click(&self, button: &str) {
        self.click_times(button, 1);
    }

    /// Clicks many times, as fast as a hand cannot.
    pub(crate) fn click_times(&self, button: &str, times: usize) {
        let path = format!("//button[normalize-space()='{button}'][not(ancestor-or-self::*[@hidden])]");
        let element = self.driver.post("element", &json!({"using": "xpath", "value": path}));
        let mut acts = vec![json!({"type": "pointerMove", "origin": element, "x": 0, "y": 0})];
        for _click in 0..times {
            acts.push(json!({"type": "pointerDown", "button": 0}));
            acts.push(json!({"type": "pointerUp", "button": 0}));
        }
        self.act(&json!({"type": "pointer", "id": "mouse", "actions": acts}));
    }

    /// Presses the keys one after the other.
    pub(crate) fn press(&self, keys: impl IntoIterator<Item = char>) {
        let press = |key| [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})];
        let acts: Vec<Value> = keys.into_iter().flat_map(press).collect();
        self.act(&json!({"type": "key", "id": "keyboard", "actions": acts}));
    }

    fn act(&self, source: &Value) {
        self.driver.post("actions", &json!({"actions": [source]}));
    }

    /// What the page has told the app since it was loaded.
    pub(crate) fn told(&self) -> Value {
        self.value("seen.told")
    }

    /// The policy's directives that have blocked something since the page was loaded.
    pub(crate) fn blocked(&self) -> Value {
        self.value("seen.blocked")
    }

    /// What the browser's console got since it was last asked.
    pub(crate) fn console(&self) -> Vec<String> {
        let entries = self.log("browser");
        entries.iter().map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Every request that a page sent since this was last asked, as Chromium's own log has them.
    pub(crate) fn requests(&self) -> Vec<Value> {
        let entries = self.log("performance").into_iter();
        let messages = entries.filter_map(|entry| serde_json::from_str(entry["message"].as_str()?).ok());
        messages
            .map(|mut event: Value| event["message"].take())
            .filter(|event| event["method"] == "Network.requestWillBeSent")
            .map(|mut event| event["params"]["request"].take())
            .collect()
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        self.driver.post("se/log", &json!({"type": kind})).as_array().expect("a log").clone()
    }

    /// A PNG of what can be seen.
    pub(crate) fn screenshot(&self) -> Vec<u8> {
        let encoded = self.driver.get("screenshot");
        STANDARD.decode(encoded.as_str().expect("a text")).expect("base64")
    }
}

/// Waits until `holds`; when it never does, the test fails with what was expected.
#[expect(clippy::disallowed_methods, reason = "real processes take real time")]
pub(crate) fn eventually(mut holds: impl FnMut() -> bool, what: impl Fn() -> String) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < WAIT_AT_MOST, "not within {WAIT_AT_MOST:?}: {}", what());
        thread::sleep(POLL_INTERVAL);
    }
}
