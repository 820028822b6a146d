//! The temporary quota (quota §4, §10): granted by message, seen and given back over HTTP, taken off by the job.

use std::process;

use local::{KeyNumber, Response, TokenRequest};
use serde_json::{Value, json};

use crate::world::{dead_letter, eventually, platform, put_in_queue};

const QUEUE: &str = "credit-events";
const FIRST_PAGE: &str = r#"{"page":"1","pageSize":"10"}"#;

/// A pin, of which no other test knows, and a grant of it.
pub(crate) struct Pin {
    pub(crate) id: String,
    pub(crate) business_id: String,
}

impl Pin {
    /// A pin without an account.
    pub(crate) fn new(test: &str) -> Self {
        let test = format!("{test}-{}", process::id());
        Self { id: format!("p-{test}"), business_id: format!("W-{test}") }
    }

    /// A pin whose account is open and has one grant, until the end of the century.
    pub(crate) fn with_grant(test: &str, change_limit: &str) -> Self {
        let pin = Self::new(test);
        pin.grant(change_limit, "2099-12-27T00:00:00+08:00");
        pin
    }

    /// Opens the account and books the grant.
    fn grant(&self, change_limit: &str, invalid_time: &str) {
        put_in_queue(QUEUE, &self.opened().to_string());
        put_in_queue(QUEUE, &self.granted(change_limit, invalid_time).to_string());
        eventually(&format!("{} is granted", self.id), || {
            let account = self.account()?;
            (account["state"]["S"] == "open" && account["temp_total"]["N"] != "0").then_some(())
        });
    }

    pub(crate) fn opened(&self) -> Value {
        json!({
            "event_id": "opened", "type": "account_changed", "pin": self.id, "state": "open",
            "account_type": "NORMAL", "occurred_at": "2026-01-02T03:04:05Z",
        })
    }

    pub(crate) fn granted(&self, change_limit: &str, invalid_time: &str) -> Value {
        json!({
            "event_id": "granted", "type": "temp_credit_granted", "apply_no": self.business_id, "pin": self.id,
            "business_type": "2201", "business_id": self.business_id, "business_name": "白名单",
            "change_limit": change_limit, "effective_time": "2026-01-02T10:00:00+08:00",
            "invalid_time": invalid_time, "source_type": "AUTOTASK",
            "occurred_at": "2026-01-02T10:00:01+08:00",
        })
    }

    pub(crate) fn account(&self) -> Option<Value> {
        let table = platform().outputs.table("quota_accounts").unwrap();
        platform().engine.items(table, "pin", &self.id).unwrap().pop()
    }

    /// The account's total, as it is stored.
    pub(crate) fn total(&self) -> String {
        let total = self.account().unwrap()["temp_total"]["N"].as_str().unwrap().to_owned();
        if total.contains('.') { total.trim_end_matches('0').trim_end_matches('.').to_owned() } else { total }
    }

    /// A good token of the pin.
    pub(crate) fn token(&self) -> String {
        let key = KeyNumber::One;
        platform().sessions.token(&TokenRequest {
            key,
            audience: "bt",
            subject: &self.id,
            expires_in_s: 3600,
        })
    }

    fn query(&self, channel: &str) -> Response {
        let route = format!("/gw/generic/bt/{channel}/m/getTempQuotaInfo");
        platform().post(&route, Some(&self.token()), FIRST_PAGE.as_bytes()).unwrap()
    }

    pub(crate) fn cancel(&self, channel: &str, business_id: &str) -> Response {
        let route = format!("/gw/generic/bt/{channel}/m/cancelTempQuota");
        let body = json!({"businessId": business_id, "businessType": "2201"}).to_string();
        platform().post(&route, Some(&self.token()), body.as_bytes()).unwrap()
    }
}

fn expire(time: &str) {
    let function = platform().outputs.function("temp-credit-expiry").unwrap();
    let answer = platform().engine.invoke(function, &json!({"time": time, "id": "test"})).unwrap();
    assert_eq!((answer.header("x-amz-function-error"), answer.text().as_str()), ("", "null"));
}

#[test]
fn both_channels_show_a_grant_byte_for_byte() {
    let pin = Pin::with_grant("shown", "500.9999");
    let expected = format!(
        r#"{{"code":"1111","error_msg":"以下是您的临时额度明细，您可选择对应额度进行取消。","issuccess":1,"page":1,"pageNum":1,"pageSize":10,"tempQuotaList":[{{"businessId":"{}","businessType":"2201","invalidTime":"2099-12-27","tempLimit":"500.99"}}],"totalCount":1,"totalTempQuota":"500.99"}}"#,
        pin.business_id
    );
    for channel in ["na", "h5"] {
        let answer = pin.query(channel);
        assert_eq!((answer.status, answer.text()), (200, expected.clone()));
    }
}

#[test]
fn there_are_two_channels_and_no_third() {
    assert_eq!(Pin::new("third").query("tv").status, 404);
}

#[test]
fn a_grant_is_given_back_once_whatever_the_channel() {
    let pin = Pin::with_grant("cancelled", "500.0000");
    for channel in ["na", "h5", "na"] {
        let answer = pin.cancel(channel, &pin.business_id);
        let expected = r#"{"issuccess":1,"error_msg":"取消临时额度成功","code":"1111"}"#;
        assert_eq!((answer.status, answer.text().as_str()), (200, expected));
        assert_eq!(pin.total(), "0");
    }
    let answer = Pin::new("other").cancel("na", &pin.business_id).json().unwrap();
    assert_eq!(answer["code"], "1001", "another pin's grant");
}

#[test]
fn credit_man_answers_who_signs_and_nobody_else() {
    let pin = Pin::with_grant("credit-man", "500.0000");
    let body = json!({"pin": pin.id, "page": 1, "pageSize": 10}).to_string();
    let refused = platform().post("/credit/temp-credit/query", None, body.as_bytes()).unwrap();
    assert_eq!(refused.status, 403);
    let answer = platform().post_signed("/credit/temp-credit/query", body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains(r#""tempLimit":500.0000"#), "{}", answer.text());
    let body = json!({"pin": pin.id, "businessType": "2201", "businessId": pin.business_id}).to_string();
    let refused = platform().post("/credit/temp-credit/cancel", None, body.as_bytes()).unwrap();
    assert_eq!((refused.status, pin.total().as_str()), (403, "500"));
    let answer = platform().post_signed("/credit/temp-credit/cancel", body.as_bytes()).unwrap();
    let expected = r#"{"result":{"isSuccess":true,"code":"1111","info":"success"},"changelimit":500.0000}"#;
    assert_eq!((answer.status, answer.text().as_str()), (200, expected));
    assert_eq!(pin.total(), "0");
}

#[test]
fn what_has_run_out_is_taken_off_and_nothing_before() {
    let pin = Pin::new("expired");
    pin.grant("80.5000", "2026-01-03T00:00:00+08:00");
    expire("2026-01-02T15:59:59Z");
    assert_eq!(pin.total(), "80.5");
    expire("2026-01-02T16:00:00Z");
    expire("2026-01-02T16:00:00Z");
    assert_eq!(pin.total(), "0");
    assert_eq!(pin.cancel("na", &pin.business_id).json().unwrap()["code"], "1001");
}

#[test]
fn a_grant_that_can_never_be_booked_is_set_aside() {
    let pin = Pin::new("refused");
    let mut message = pin.granted("-1", "2099-12-27T00:00:00+08:00");
    message["event_id"] = json!(pin.id);
    put_in_queue(QUEUE, &message.to_string());
    let letter = dead_letter(QUEUE, &pin.id);
    assert_eq!(letter.attribute("dead_letter_reason"), "bad_amount");
    assert_eq!(letter.body, message.to_string());
}
