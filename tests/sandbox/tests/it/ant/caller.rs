//! A merchant of the tests' own: signs calls, and holds the answers against their signatures.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;
use serde_json::{Value, json};
use ureq::Error;

use super::secrets::{self, FIRST_KEY};
use crate::running::{Answer, Running};

pub(super) const ORDER: &str = "LEASE-0001";
pub(super) const SYNC: &str = "antchain.ato.front.trade.sync";
pub(super) const SUBMIT: &str = "antchain.ato.front.sign.submit";
pub(super) const CREATE: &str = "antchain.ato.withhold.sign.create";
pub(super) const QUERY: &str = "antchain.ato.withhold.sign.query";
pub(super) const UNBIND: &str = "antchain.ato.withhold.sign.unbind";
pub(super) const PLAN_CANCEL: &str = "antchain.ato.withhold.plan.cancel";
pub(super) const CONFIRM: &str = "antchain.ato.withhold.signasyncunsign.confirm";
pub(super) const AUTH: &str = "antchain.ato.sign.flow.auth";
pub(super) const FLOW: &str = "antchain.ato.sign.flow.get";
pub(super) const FLOW_CANCEL: &str = "antchain.ato.sign.flow.cancel";
pub(super) const TEMPLATES: &str = "antchain.ato.sign.template.all";
pub(super) const TRADE: &str = "antchain.ato.trade.get";
pub(super) const CLOSE: &str = "antchain.ato.trade.sync";

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
pub(super) const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";

pub(super) type Pairs = BTreeMap<String, String>;

/// A sandbox with secrets, and who calls its Ant.
pub(super) struct Caller {
    pub(super) sandbox: Running,
}

pub(super) fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Pairs {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

pub(super) fn encoded(pairs: &Pairs) -> String {
    let text = |text| utf8_percent_encode(text, ESCAPED).to_string();
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", text(name), text(value)));
    pairs.collect::<Vec<_>>().join("&")
}

pub(super) fn signature(secret: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

/// The instant so many seconds from now, as a call states it.
#[expect(clippy::disallowed_methods, reason = "the sandbox is a real process in real time")]
pub(super) fn seconds_from_now(seconds: i64) -> String {
    let at = Timestamp::now() + SignedDuration::from_secs(seconds);
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn req_msg_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{:032x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Everything that a query has but its signature.
pub(super) fn unsigned_query(method: &str) -> Pairs {
    pairs([
        ("method", method),
        ("version", "1.0"),
        ("sign_type", "HmacSHA1"),
        ("req_time", &seconds_from_now(0)),
        ("req_msg_id", &req_msg_id()),
        ("access_key", FIRST_KEY.0),
        ("base_sdk_version", "TeaSDK-2.0"),
        ("sdk_version", "1.8.98"),
        ("_prod_code", "ATO"),
        ("_prod_channel", "undefined"),
    ])
}

pub(super) fn sign(query: &mut Pairs, form: &Pairs, secret: &str) {
    let all: Pairs = query.iter().chain(form).map(|(name, value)| (name.clone(), value.clone())).collect();
    query.insert("sign".to_owned(), signature(secret, &encoded(&all)));
}

/// `{"response":TEXT,"sign":"…"}`: its text, and whether its signature is that secret's.
pub(super) fn opened(body: &[u8], secret: &str) -> (Value, bool) {
    let text = str::from_utf8(body).expect("text");
    let (response, signed) = text
        .strip_prefix(r#"{"response":"#)
        .and_then(|rest| rest.strip_suffix(r#""}"#))
        .and_then(|rest| rest.rsplit_once(r#","sign":""#))
        .unwrap_or_else(|| panic!("{text}"));
    (serde_json::from_str(response).expect("JSON"), signed == signature(secret, response))
}

impl Caller {
    pub(super) fn start() -> Self {
        Self { sandbox: secrets::sandbox() }
    }

    pub(super) fn post(&self, query: &Pairs, form: &Pairs) -> Result<Answer, Error> {
        let path = format!("/ant/gateway.do?{}", encoded(query));
        self.sandbox.post_as(FORM, &path, encoded(form).as_bytes())
    }

    /// Sends a call as it should be.
    pub(super) fn send(&self, method: &str, form: &Pairs) -> Result<Answer, Error> {
        let mut query = unsigned_query(method);
        sign(&mut query, form, FIRST_KEY.1);
        self.post(&query, form)
    }

    /// The response to a call, whose signature must be good.
    pub(super) fn call<const N: usize>(&self, method: &str, form: [(&str, &str); N]) -> Value {
        let answer = self.send(method, &pairs(form)).expect("an answer");
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json;charset=UTF-8"));
        let (response, signed) = opened(&answer.body, FIRST_KEY.1);
        assert!(signed, "{response}");
        response
    }

    pub(super) fn code<const N: usize>(&self, method: &str, form: [(&str, &str); N]) -> String {
        self.call(method, form)["result_code"].as_str().expect("a code").to_owned()
    }

    pub(super) fn ok<const N: usize>(&self, method: &str, form: [(&str, &str); N]) -> Value {
        let response = self.call(method, form);
        assert_eq!(response["result_code"], "OK", "{response}");
        response
    }

    /// What the log says of the newest call.
    pub(super) fn newest(&self) -> Value {
        self.sandbox.requests("?partner=ant").pop().expect("a call")
    }

    pub(super) fn outcome(&self) -> String {
        self.newest()["outcome"].as_str().expect("an outcome").to_owned()
    }

    pub(super) fn set(&self, order_id: &str, state: &Value) {
        let path = format!("/_control/ant/orders/{}", utf8_percent_encode(order_id, ESCAPED));
        assert_eq!(self.sandbox.put(&path, state.to_string().as_bytes()).status, 200, "{state}");
    }

    pub(super) fn order(&self, order_id: &str) -> Value {
        self.sandbox.get(&format!("/_control/ant/orders/{order_id}")).json()
    }

    pub(super) fn faults(&self, faults: &Value) {
        let answer = self.sandbox.put("/_control/ant/faults", faults.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{faults}");
    }

    pub(super) fn sync(&self, order_id: &str) -> Value {
        self.ok(SYNC, [("type", "orderFullInfo"), ("biz_content", &full_order(order_id).to_string())])
    }

    pub(super) fn trade(&self, order_id: &str) -> Value {
        let question = json!({"orderId": order_id, "merchantId": "2088001"}).to_string();
        let response = self.ok(TRADE, [("type", "orderFullInfo"), ("biz_content", &question)]);
        serde_json::from_str(response["response_data"].as_str().expect("text")).expect("JSON")
    }
}

/// An order as it is synchronised.
pub(super) fn full_order(order_id: &str) -> Value {
    json!({
        "orderId": order_id, "merchantId": "2088001", "orderCreateTime": "2025-01-03 18:00:00.000",
        "rentTerm": 3, "rentUnit": "MONTH", "totalRentMoney": 3500,
        "repayStrategyList": [
            {"termIndex": 2, "rentalMoney": 1167, "payDay": "2025-03-03"},
            {"termIndex": 1, "rentalMoney": 1167, "payDay": "2025-02-03"},
            {"termIndex": 3, "rentalMoney": 1166, "payDay": "2025-04-03"},
        ],
        "orderUserInfo": {"userName": "张三"}, "orderProductInfoList": [{"productName": "手机"}],
    })
}

/// The contract's form for one party without a tag.
pub(super) fn contract(order_id: &str) -> Pairs {
    pairs([
        ("order_id", order_id),
        ("user_id_type", "CRED_PSN_CH_IDCARD"),
        ("user_id_number", &secrets::sealed("110101199001011237")),
        ("user_name", &secrets::sealed("张三")),
        ("business_scene", "手机租赁合同"),
        ("template_list", r#"[{"templateId":"TPL-0001","templateArgs":{"lessee":"张三"}}]"#),
        ("merchant_name", "某某租赁"),
        ("merchant_id_type", "CRED_ORG_USCC"),
        ("merchant_id_number", &secrets::sealed("91110000100000000A")),
    ])
}
