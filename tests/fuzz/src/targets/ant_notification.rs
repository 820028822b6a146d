//! What Ant and Alipay tell us by themselves, as a form or as JSON: only what is signed, and what it says as it was signed.

use std::sync::{Arc, OnceLock};

use lease::ant::AntSecret;
use lease::ant_notify::{Dialect, Unreadable, Unverified};
use suites::lease::ant::{FIRST_KEY, Notification};
use suites::lease::{Options, deps, furnish};
use world::World;

use crate::Target;
use crate::input::{chosen_text, run, seed, spoilt};

pub(super) const TARGET: Target = Target { name: "ant-notification", hold, seeds };

/// The operation of docs/openapi.yaml whose requests these are.
pub(super) const OPERATION: &str = "ant-notify";
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
/// What makes a form Alipay's, or is the signature itself.
const OF_THE_ENVELOPE: [&str; 2] = ["sign", "sign_type"];

enum Way {
    Form,
    Json,
    /// A parameter a line, `name=value`, signed.
    Signed,
}

fn hold(data: &[u8]) {
    match chosen_text(&[Way::Form, Way::Json, Way::Signed], data) {
        Some((Way::Form, body)) => unsigned(FORM, body),
        Some((Way::Json, body)) => unsigned(JSON, body),
        Some((Way::Signed, lines)) => signed(lines),
        None => {}
    }
}

fn secret() -> Arc<AntSecret> {
    static SECRET: OnceLock<Arc<AntSecret>> = OnceLock::new();
    let read = || {
        let world = World::new();
        furnish(&world);
        run(async { deps(&world, &suites::aws(&world), Options::default()).await.ant.secret().current() })
    };
    Arc::clone(SECRET.get_or_init(read))
}

/// Nobody who fuzzes has a key.
fn unsigned(content_type: &str, body: &str) {
    if let Some(unverified) = Unverified::read(Some(content_type), body) {
        assert_eq!(unverified.verified(&secret()).err(), Some(Unreadable::Signature), "{body}");
    }
}

fn signed(lines: &str) {
    let fields = lines.lines().filter_map(|line| line.split_once('='));
    let fields = fields.filter(|(name, _)| !OF_THE_ENVELOPE.contains(name));
    let (_, key) = FIRST_KEY;
    let notification = Notification::signed(key, fields);
    let said = |name: &str| notification.0.get(name).cloned().unwrap_or_default();
    for (content_type, body) in [(FORM, notification.form()), (JSON, notification.json())] {
        let unverified = Unverified::read(Some(content_type), &body).expect("a notification");
        assert_eq!(unverified.dialect, Dialect::Gateway);
        match unverified.verified(&secret()) {
            Ok(message) => {
                let read = [message.msg_id, message.publish_type, message.order_id, message.content];
                assert_eq!(read, ["msg_id", "msg_publish_type", "order_id", "msg_content"].map(said));
            }
            Err(reason) => assert_eq!(reason, Unreadable::Form, "{body}"),
        }
    }
    let content = said("msg_content");
    let Some(spoilt) = spoilt(&content) else { return };
    let mut other = notification.clone();
    other.0.insert("msg_content".to_owned(), spoilt);
    for (content_type, body) in [(FORM, other.form()), (JSON, other.json())] {
        unsigned(content_type, &body);
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let lines = "msg_id=n-1\nmsg_publish_type=ASYNC_UNSIGN_APPLY\norder_id=LEASE-0001\nmsg_content={\"a\":\"+ &=%张\"}";
    let (_, key) = FIRST_KEY;
    let signed_by_another = Notification::signed("another", [("msg_id", "n-1"), ("order_id", "LEASE-0001")]);
    let alipay = "sign_type=RSA2&sign=AAAA&notify_id=1&app_id=2021000000000001&notify_type=trade_status_sync&out_order_no=LEASE-0001";
    assert_ne!(key, "another");
    vec![
        seed(0, signed_by_another.form()),
        seed(0, alipay),
        seed(1, signed_by_another.json()),
        seed(1, r#"{"msg_id":7,"order_id":null,"sign":"AAAA"}"#),
        seed(2, lines),
    ]
}
