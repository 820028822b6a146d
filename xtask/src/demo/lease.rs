//! Lease: an order from its registration to its close by a sale, with an unsign that is refused and a time-out that is
//! resolved.

use anyhow::Result;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::ui;

const ORDER: &str = "LEASE-0001";
const CANCEL: &str = "antchain.ato.withhold.plan.cancel";
const KEY: &str = "cancel-1";
const REASON: &str = "RENTING_AND_RESALE";

/// Plays the story.
pub(super) fn play(stage: &mut Stage) -> Result<()> {
    ui::step("Lease: an order is registered with Ant");
    order_is_registered(stage)?;
    ui::step("Lease: contract and withhold agreement are signed, then sealed");
    signing_waits_for_the_user(stage)?;
    signing_goes_on(stage)?;
    ui::step("Lease: the user may not leave while money is owed");
    unsign_is_refused(stage)?;
    ui::step("Lease: the plan is cancelled, once, although Ant's answer was lost");
    cancel_times_out(stage)?;
    ui::step("Lease: sold, closed, and the agreement ended");
    order_is_closed(stage)
}

fn pre_order(total_fen: u64) -> Value {
    let term = |index: u64, fen: u64| json!({"termIndex": index, "rentalMoney": fen, "payDay": format!("2026-0{index}-15")});
    json!({
        "source": "new", "merchantId": "M-1", "orderCreateTime": "2026-01-02 10:00:00.000", "rentTerm": 3,
        "rentUnit": "MONTH", "totalRentMoney": total_fen,
        "repayStrategyList": [term(1, 1167), term(2, 1167), term(3, 1166)],
        "orderUserInfo": {"userName": "张三", "userPhoneNumber": "13800000000"},
    })
}

fn contract() -> Value {
    json!({
        "user_id_type": "CRED_PSN_CH_IDCARD", "user_id_number": "11010519491231002X", "user_name": "张三",
        "business_scene": "手机租赁合同", "merchant_name": "租赁公司", "merchant_tag": "merchant",
        "merchant_id_type": "CRED_ORG_USCC", "merchant_id_number": "91330100MA27XL0C00",
        "template_list": [{"templateId": "T-1", "templateArgs": {"term": "3"}}],
        "third_signer": [{"tag": "guarantor", "orgName": "担保公司"}],
    })
}

fn state(state: &str) -> (&'static str, Value) {
    ("/data/state", state.into())
}

fn order_is_registered(stage: &mut Stage) -> Result<()> {
    stage.step("Terms that do not add up to the total are refused, and Ant is not asked");
    let code = ("/code", "INVALID_ARGUMENT".into());
    stage.lease(("PUT", ORDER), Some(&pre_order(3501)), (400, &[code]))?;
    stage.step("The order is registered and synced");
    stage.lease(("PUT", ORDER), Some(&pre_order(3500)), (200, &[state("SYNCED")]))?;
    stage.step("Sealing has to wait for the withhold agreement");
    let code = ("/code", "PRECONDITION_FAILED".into());
    let path = format!("{ORDER}/contract/seal");
    stage.lease(("POST", &path), Some(&json!({"tag": "merchant"})), (422, &[code])).map(drop)
}

fn signing_waits_for_the_user(stage: &mut Stage) -> Result<()> {
    stage.step("The flow submits the contract and creates the agreement; then it is the user's turn");
    let path = format!("{ORDER}/sign-flow");
    let waits = ("/data/waiting_for", "withhold_signature".into());
    let answer =
        stage.lease(("POST", &path), Some(&contract()), (200, &[state("WITHHOLD_SIGNING"), waits]))?;
    let has_link = answer["data"]["sign_info"].is_string() && answer["data"]["sign_str"].is_string();
    Stage::sees("the links that the user needs", has_link)
}

fn signing_goes_on(stage: &mut Stage) -> Result<()> {
    stage.step("The user signs in Alipay; the flow seals both parties, and the order is active");
    stage.control("PUT", &format!("/ant/orders/{ORDER}"), &json!({"withhold_status": "SIGNED"}))?;
    let path = format!("{ORDER}/sign-flow");
    let waits = ("/data/waiting_for", Value::Null);
    stage.lease(("POST", &path), Some(&json!({})), (200, &[state("ACTIVE"), waits]))?;
    stage.ant_was_changed(ORDER, "antchain.ato.sign.flow.auth", 2)
}

fn unsign_is_refused(stage: &mut Stage) -> Result<()> {
    stage.step("Without an application there is nothing to answer");
    let path = format!("{ORDER}/unsign-confirm");
    let refusal = json!({
        "operate": "REFUSE", "refuse_reason_code": "USER_OWE_MONEY", "user_owe_money": 2333,
    });
    let code = || ("/code", "PRECONDITION_FAILED".into());
    stage.lease(("POST", &path), Some(&refusal), (422, &[code()]))?;
    stage.step("The user applies in Alipay; Ant's notification counts, a forged one does not");
    let notification = json!({
        "order_id": ORDER, "msg_publish_type": "ASYNC_UNSIGN_APPLY", "msg_content": "{}",
    });
    let mut forged = notification.clone();
    forged["tamper"] = "sign".into();
    stage.ant_notifies(&forged, 401)?;
    stage.lease(("POST", &path), Some(&refusal), (422, &[code()]))?;
    stage.ant_notifies(&notification, 200)?;
    stage.step("The application is refused, with the debt");
    stage.lease(("POST", &path), Some(&refusal), (200, &[state("ACTIVE")])).map(drop)
}

fn cancel_times_out(stage: &mut Stage) -> Result<()> {
    stage.step("Ant cancels the plan, and its answer is lost");
    let fault = json!([{"method": CANCEL, "order": ORDER, "fault": "timeout_after_effect", "times": 1}]);
    stage.control("PUT", "/ant/faults", &fault)?;
    let (path, body) = (format!("{ORDER}/withhold-plan/cancel"), json!({"cancel_reason": REASON}));
    let cancel = ("POST", path.as_str());
    stage.lease_with_key(KEY, cancel, &body, (504, &[("/code", "ANT_UNKNOWN".into())]))?;
    stage.step("Until somebody knows, nothing else is done");
    let conflict = || ("/code", "STATE_CONFLICT".into());
    stage.lease_with_key(KEY, cancel, &body, (409, &[conflict()]))?;
    let path = format!("{ORDER}/close");
    stage.lease(("POST", &path), Some(&json!({"reason": REASON})), (409, &[conflict()]))?;
    stage.step(
        "Asked for the order, Ant tells; the cancel counts, and its repeat gets the answer that was lost",
    );
    let known = ("/data/unknown_operation", Value::Null);
    stage.lease(("GET", ORDER), None, (200, &[state("PLAN_CANCELLED"), known]))?;
    stage.lease_with_key(KEY, cancel, &body, (200, &[state("PLAN_CANCELLED")]))?;
    stage.ant_was_changed(ORDER, CANCEL, 1)
}

fn order_is_closed(stage: &mut Stage) -> Result<()> {
    stage.step("A close for another reason does not go with the cancel");
    let path = format!("{ORDER}/close");
    let conflict = ("/code", "STATE_CONFLICT".into());
    let returned = json!({"reason": "RENTING_OUT", "return_confirmed": true});
    stage.lease(("POST", &path), Some(&returned), (409, &[conflict]))?;
    stage.step("Sold, the order is closed; then the agreement may end");
    stage.lease(("POST", &path), Some(&json!({"reason": REASON})), (200, &[state("CLOSED")]))?;
    let path = format!("{ORDER}/withhold-sign");
    stage.lease(("DELETE", &path), None, (200, &[state("UNBOUND")])).map(drop)
}
