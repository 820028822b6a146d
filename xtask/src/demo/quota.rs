//! Quota: a user's temporary quota is granted, seen on both channels, given back once, and runs out.

use anyhow::Result;
use serde_json::{Value, json};

use super::stage::{Caller, Stage};
use crate::ui;

const QUEUE: &str = "credit-events";
const QUERY: [&str; 2] = ["/gw/generic/bt/na/m/getTempQuotaInfo", "/gw/generic/bt/h5/m/getTempQuotaInfo"];
const CANCEL: [&str; 2] = ["/gw/generic/bt/na/m/cancelTempQuota", "/gw/generic/bt/h5/m/cancelTempQuota"];
const EXPIRY: &str = "temp-credit-expiry";
const PIN: &str = "pin-1";
const LISTED: &str = "以下是您的临时额度明细，您可选择对应额度进行取消。";
const QUERY_FAILED: &str = "抱歉，网络异常，暂时无法为您提供临时额度管理功能。";
const CANCEL_FAILED: &str = "抱歉，网络异常，暂时无法为您提供临时额度取消功能。";

/// Plays the story.
pub(super) fn play(stage: &mut Stage) -> Result<()> {
    ui::step("Quota: what was granted is seen");
    grants_arrive(stage)?;
    grants_are_seen(stage)?;
    strangers_are_refused(stage)?;
    ui::step("Quota: a grant is given back, once");
    grant_is_given_back(stage)?;
    other_grants_are_not(stage)?;
    ui::step("Quota: what has run out is taken off");
    grants_run_out(stage)?;
    ui::step("Quota: what can never be booked is set aside");
    amount_that_is_none_is_set_aside(stage)
}

fn grants_arrive(stage: &mut Stage) -> Result<()> {
    stage.step("The account is open, and three grants are booked: two by businesses, one from a list");
    let opened = json!({
        "event_id": "q-1", "type": "account_changed", "pin": PIN, "state": "open", "account_type": "NORMAL",
        "occurred_at": "2026-01-02T09:00:00+08:00",
    });
    stage.send(QUEUE, &opened.to_string())?;
    for (number, (business_type, business_id, limit)) in GRANTS.iter().enumerate() {
        stage.send(QUEUE, &granted(number, business_type, business_id, limit).to_string())?;
    }
    stage.account_total(PIN, "1040")?;
    stage.step("A message that comes twice is booked once");
    let (business_type, business_id, limit) = GRANTS[0];
    stage.send(QUEUE, &granted(0, business_type, business_id, limit).to_string())?;
    stage.queue_is_empty(QUEUE)?;
    stage.account_total(PIN, "1040")
}

fn grants_are_seen(stage: &mut Stage) -> Result<()> {
    stage.step("The user sees them on both channels, whether the page comes as texts or as numbers");
    let seen = listed(&GRANTS, "1040.00");
    stage.post(QUERY[0], Caller::Pin(PIN), &json!({"page": "1", "pageSize": "10"}), (200, &seen))?;
    stage.post(QUERY[1], Caller::Pin(PIN), &json!({"page": 1, "pageSize": 10}), (200, &seen))?;
    stage.step("Our own systems see them signed with IAM");
    let body = json!({"pin": PIN, "page": 1, "pageSize": 1});
    let result = json!({"isSuccess": true, "code": "1111", "info": "success"});
    let (business_type, business_id, _) = GRANTS[0];
    let grant = json!({
        "tempLimit": number("880.0000"), "effectiveTime": "2026-01-02T10:00:00+08:00",
        "invalidTime": "2099-12-27T00:00:00+08:00", "businessType": business_type, "businessId": business_id,
    });
    let expected = json!({
        "page": 1, "pageSize": 1, "totalCount": 3, "pageNum": 3, "result": result, "tempCreditList": [grant],
        "totalTempQuota": number("1040.0000"), "accountType": "NORMAL",
    });
    stage.post_signed("/credit/temp-credit/query", &body, (200, &expected))
}

fn strangers_are_refused(stage: &mut Stage) -> Result<()> {
    stage.step("Without a session of this front there is nothing to see");
    let page = json!({"page": "1", "pageSize": "10"});
    for caller in [Caller::Nobody, Caller::Client(PIN)] {
        stage.post(QUERY[0], caller, &page, (401, &not_listed("1001")))?;
    }
    stage.step("A pin without an account never opened one; a page that is none is a wrong parameter");
    stage.post(QUERY[0], Caller::Pin("pin-2"), &page, (200, &not_listed("1006")))?;
    let bad = json!({"page": "1", "pageSize": "abc"});
    stage.post(QUERY[0], Caller::Pin(PIN), &bad, (200, &not_listed("1001")))
}

fn grant_is_given_back(stage: &mut Stage) -> Result<()> {
    stage.step("The user gives the largest one back");
    let (business_type, business_id, _) = GRANTS[0];
    let body = json!({"businessType": business_type, "businessId": business_id});
    stage.post(CANCEL[0], Caller::Pin(PIN), &body, (200, &cancelled()))?;
    stage.account_total(PIN, "160")?;
    stage.step(
        "Again, from the other channel, and by our own systems: success, and nothing more is taken off",
    );
    stage.post(CANCEL[1], Caller::Pin(PIN), &body, (200, &cancelled()))?;
    let signed = json!({"pin": PIN, "businessType": business_type, "businessId": business_id});
    let result = json!({"isSuccess": true, "code": "1111", "info": "success"});
    let expected = json!({"result": result, "changelimit": number("880.0000")});
    stage.post_signed("/credit/temp-credit/cancel", &signed, (200, &expected))?;
    stage.account_total(PIN, "160")?;
    stage.post(
        QUERY[0],
        Caller::Pin(PIN),
        &json!({"page": "1", "pageSize": "10"}),
        (200, &listed(&GRANTS[1..], "160.00")),
    )
}

fn other_grants_are_not(stage: &mut Stage) -> Result<()> {
    stage.step("Another user's grant, and a pledge, cannot be given back");
    let (business_type, business_id, _) = GRANTS[1];
    let body = json!({"businessType": business_type, "businessId": business_id});
    stage.post(CANCEL[0], Caller::Pin("pin-2"), &body, (200, &not_cancelled("1001")))?;
    let pledge = json!({"businessType": "2004", "businessId": "1"});
    stage.post(CANCEL[0], Caller::Pin(PIN), &pledge, (200, &not_cancelled("1001")))?;
    stage.account_total(PIN, "160")
}

fn grants_run_out(stage: &mut Stage) -> Result<()> {
    stage.step("The daily job finds nothing due a second before");
    stage.invoke(EXPIRY, &occasion("2099-12-26T15:59:59Z"))?;
    stage.account_total(PIN, "160")?;
    stage.step("At the hour it takes both off; run again, it finds nothing more");
    stage.invoke(EXPIRY, &occasion("2099-12-26T16:00:00Z"))?;
    stage.account_total(PIN, "0")?;
    stage.invoke(EXPIRY, &occasion("2099-12-26T16:00:00Z"))?;
    stage.account_total(PIN, "0")?;
    let page = json!({"page": "1", "pageSize": "10"});
    stage.post(QUERY[1], Caller::Pin(PIN), &page, (200, &listed(&[], "0.00")))
}

fn amount_that_is_none_is_set_aside(stage: &mut Stage) -> Result<()> {
    stage.step("A grant of nothing goes to the dead-letter queue, with its reason");
    let body = granted(9, "2104", "nothing", "0.0000").to_string();
    stage.send(QUEUE, &body)?;
    stage.dead_letter(QUEUE, &body, "bad_amount")
}

/// Business type, business id, amount; in the order in which they are shown.
const GRANTS: [(&str, &str, &str); 3] = [
    ("2104", "201905210953183410004097", "880.00"),
    ("2104", "201905281421145750004096", "80.00"),
    ("2201", "W546231994", "80.00"),
];

fn granted(number: usize, business_type: &str, business_id: &str, limit: &str) -> Value {
    json!({
        "event_id": format!("q-grant-{number}"), "type": "temp_credit_granted",
        "apply_no": format!("apply-{number}"), "pin": PIN, "business_type": business_type,
        "business_id": business_id, "business_name": "加购提额", "change_limit": limit,
        "effective_time": "2026-01-02T10:00:00+08:00", "invalid_time": "2099-12-27T00:00:00+08:00",
        "source_type": if business_type == "2201" { "AUTOTASK" } else { "BUSINESS" },
        "occurred_at": "2026-01-02T10:00:01+08:00",
    })
}

/// A JSON number, as it is read.
fn number(digits: &str) -> Value {
    digits.parse().unwrap_or_default()
}

fn occasion(time: &str) -> Value {
    json!({"time": time, "id": "demo"})
}

fn listed(grants: &[(&str, &str, &str)], total: &str) -> Value {
    let shown: Vec<_> = grants
        .iter()
        .map(|(business_type, business_id, limit)| {
            json!({
                "businessId": business_id, "businessType": business_type, "invalidTime": "2099-12-27",
                "tempLimit": limit,
            })
        })
        .collect();
    json!({
        "code": "1111", "error_msg": LISTED, "issuccess": 1, "page": 1,
        "pageNum": usize::from(!grants.is_empty()), "pageSize": 10, "tempQuotaList": shown,
        "totalCount": grants.len(), "totalTempQuota": total,
    })
}

fn not_listed(code: &str) -> Value {
    json!({
        "code": code, "error_msg": QUERY_FAILED, "issuccess": 0, "page": 0, "pageNum": 0, "pageSize": 0,
        "totalCount": 0,
    })
}

fn cancelled() -> Value {
    json!({"issuccess": 1, "error_msg": "取消临时额度成功", "code": "1111"})
}

fn not_cancelled(code: &str) -> Value {
    json!({"issuccess": 0, "error_msg": CANCEL_FAILED, "code": code})
}
