//! Marketplace: users are checked, orders pushed and their data pulled; one user may borrow, another
//! may not; the loan of the one is paid out and repaid.

mod loan;

use anyhow::Result;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::ui;

const GOOD: &str = "120522";
const BAD: &str = "120523";
/// The kinds of data that are pulled, as the sandbox names them.
const KINDS: [&str; 3] = ["operator", "creditCard", "device"];

/// When every retry is due.
const LATER: &str = "2099-12-27T00:00:00Z";

/// A user of the platform.
struct User {
    uid: &'static str,
    name: &'static str,
    cid: &'static str,
    cid_md5: &'static str,
    phone: &'static str,
}

const NEWCOMER: User = User {
    uid: "12394129",
    name: "张三",
    cid: "11010119900307123X",
    cid_md5: "58c3acc5e0245fed9e47a7fdc225cd42",
    phone: "13800138016",
};
const BLACKLISTED: User = User {
    uid: "12394130",
    name: "李四",
    cid: "110101199003074477",
    cid_md5: "c1dabeba9644df2e4684ff362915e5bf",
    phone: "13900139000",
};

/// Plays the story.
pub(super) fn play(stage: &mut Stage) -> Result<()> {
    ui::step("Marketplace: before an order, the platform asks who may borrow, and what it costs");
    users_are_checked(stage)?;
    a_loan_is_calculated(stage)?;
    ui::step("Marketplace: orders are pushed, in both channels");
    orders_are_pushed(stage)?;
    strangers_are_refused(stage)?;
    ui::step("Marketplace: what the platform has of its users is pulled");
    data_is_pulled(stage)?;
    ui::step("Marketplace: the orders are parsed, and their users judged");
    orders_are_parsed(stage)?;
    ui::step("Marketplace: the loan core decides about credit, and the platform hears of it");
    credit_is_applied_for(stage)?;
    credit_is_granted(stage)?;
    loan::play(stage)
}

fn users_are_checked(stage: &mut Stage) -> Result<()> {
    stage.step("Our house tells of a customer who is blacklisted");
    let changed = json!({
        "event_id": "m-1", "type": "customer_changed", "name": BLACKLISTED.name, "cid": BLACKLISTED.cid,
        "phone": BLACKLISTED.phone, "birthday": "1990-03-07", "region": "330000", "is_customer": false,
        "blacklisted": true, "loan_in_progress": false, "refused_at": null,
        "occurred_at": "2026-01-02T03:04:05Z",
    });
    stage.send("customer-events", &changed.to_string())?;
    stage.queue_is_empty("customer-events")?;
    stage.step("The platform asks by digests alone: the customer may not borrow, whoever is new may");
    let may_not = [("/isCanLoan", json!(0)), ("/isBlackList", json!(1)), ("/rejectReason", json!(1))];
    stage.rongshu("840", "userCheck", &inquiry(&BLACKLISTED), Ok(&may_not))?;
    let may = [("/isStock", json!(0)), ("/isCanLoan", json!(1)), ("/rejectReason", json!(0))];
    stage.rongshu("rongshu", "userCheck", &inquiry(&NEWCOMER), Ok(&may))
}

fn a_loan_is_calculated(stage: &mut Stage) -> Result<()> {
    stage.step("15000 yuan over 12 months, to the cent; more than there is to be had is refused");
    let loan = |amount: u32| json!({"loanAmount": amount, "loanPeriod": 12, "periodUnit": 2});
    let sum = [("/refundAmount", json!(17547.69)), ("/actualAmount", json!(15000.0))];
    stage.rongshu("840", "loanCalculation", &loan(15000), Ok(&sum))?;
    stage.rongshu("840", "loanCalculation", &loan(15100), Err(10002))?;
    stage.step("Guangfa is GDB with us and CGB with the platform");
    stage.rongshu("840", "getBankList", &json!({}), Ok(&[("/4/bankCode", json!("CGB"))]))
}

fn orders_are_pushed(stage: &mut Stage) -> Result<()> {
    stage.step("An order, plain and signed with SHA-1; the same again is the same order");
    let accepted = [("/status", json!(2001))];
    stage.rongshu("840", "pushOrder", &push(GOOD, &NEWCOMER, 15000), Ok(&accepted))?;
    stage.rongshu("840", "pushOrder", &push(GOOD, &NEWCOMER, 15000), Ok(&accepted))?;
    stage.step("Another, encrypted and signed with SHA-256");
    stage.rongshu("rongshu", "pushOrder", &push(BAD, &BLACKLISTED, 10000), Ok(&accepted))?;
    stage.step("Both are in review, and there are contracts to read");
    let in_review = [("/status", json!(6003))];
    stage.rongshu("840", "queryAuditResult", &order(GOOD), Ok(&in_review))?;
    stage.rongshu("rongshu", "queryAuditResult", &order(BAD), Ok(&in_review))?;
    stage.rongshu("840", "getContracts", &order(GOOD), Ok(&[]))
}

fn strangers_are_refused(stage: &mut Stage) -> Result<()> {
    stage.step("A signature that does not fit changes nothing, and a channel knows its own orders alone");
    stage.rongshu("840&tamper=sign", "pushOrder", &push("120599", &NEWCOMER, 15000), Err(10003))?;
    stage.rongshu("840", "queryAuditResult", &order("120599"), Err(10002))?;
    stage.rongshu("840", "queryAuditResult", &order(BAD), Err(10002))
}

fn data_is_pulled(stage: &mut Stage) -> Result<()> {
    stage.step("The minute job asks for each kind of data; nothing is ready yet, and the orders wait");
    stage.job("operator-pull")?;
    stage.job("push-order-parse")?;
    stage.third_order(("840", GOOD), 0)?;
    stage.step("Ready: a later run brings all of it, and the orders can be parsed");
    for user in [&NEWCOMER, &BLACKLISTED] {
        let data = json!({
            "operator": {"basicInfo": {"name": user.name}, "callDetailList": []},
            "creditCard": {"bills": []}, "device": {"userInfo": {"appInfo": []}},
        });
        stage.control("PUT", &format!("/rongshu/data/{}", user.uid), &data)?;
    }
    stage.job_at("operator-pull", LATER)?;
    stage.third_order(("840", GOOD), 2)?;
    stage.third_order(("rongshu", BAD), 2)?;
    for user in [&NEWCOMER, &BLACKLISTED] {
        stage.rongshu_gave(user.uid, &KINDS)?;
    }
    Ok(())
}

fn orders_are_parsed(stage: &mut Stage) -> Result<()> {
    stage.step("Who may borrow waits for a credit decision; who may not is refused, and the platform hears of it at once");
    stage.job("push-order-parse")?;
    stage.third_order(("840", GOOD), 10)?;
    stage.third_order(("rongshu", BAD), 4)?;
    stage.callback_arrives(("rongshu", BAD), "audit", 1)?;
    stage.rongshu("840", "queryAuditResult", &order(GOOD), Ok(&[("/status", json!(6003))]))?;
    let refused = [("/status", json!(6004)), ("/remark", json!("资质不符"))];
    stage.rongshu("rongshu", "queryAuditResult", &order(BAD), Ok(&refused))
}

fn credit_is_applied_for(stage: &mut Stage) -> Result<()> {
    stage.step("The minute job has the loan core decide; once, however often it runs");
    stage.job("credit-application")?;
    stage.job("credit-application")?;
    stage.third_order(("840", GOOD), 11)?;
    stage.core_was_told(GOOD, 1)
}

fn credit_is_granted(stage: &mut Stage) -> Result<()> {
    stage.step("Approved. The platform fails twice before it takes the callback, which arrives all the same");
    let faults = json!([{"kind": "audit", "order": GOOD, "fault": "http_500", "times": 2}]);
    stage.control("PUT", "/rongshu/faults", &faults)?;
    let approved = json!({
        "result": "approved",
        "amount_limit": {"max_loan": "15000.00", "min_loan": "5000.00", "max_period": 12, "min_period": 12},
        "amount_option": [{"min": "5000.00", "max": "15000.00", "step": "100.00", "periods": [12]}],
    });
    stage.control("POST", &format!("/core/{GOOD}/credit-result"), &approved)?;
    stage.third_order_becomes(("840", GOOD), 12)?;
    stage.callback_arrives(("840", GOOD), "audit", 3)?;
    stage.step("Asked, we say the same");
    stage.rongshu("840", "queryAuditResult", &order(GOOD), Ok(&[("/status", json!(6001))]))
}

fn inquiry(user: &User) -> Value {
    json!({"name": user.name, "md5": user.cid_md5})
}

fn order(number: &str) -> Value {
    json!({"orderId": number})
}

fn push(number: &str, user: &User, amount: u32) -> Value {
    json!({
        "orderId": number, "uid": user.uid, "registerPhone": user.phone, "loanAmount": amount, "period": 12,
        "periodUnit": 2, "applyDate": 1_533_710_259_153_u64,
        "basicInfo": {"houseProvince": "浙江省", "marriage": 50001},
        "idInfo": {
            "name": user.name, "cid": user.cid, "frontFile": "https://photos.rongshu.cn/front.jpg",
            "backFile": "https://photos.rongshu.cn/back.jpg", "natureFile": "https://photos.rongshu.cn/face.jpg",
        },
        "contact": {"firstName": "王五", "firstPhone": "13800138001", "firstRelation": "配偶"},
        "operator": {"phone": user.phone, "operatorType": 1},
    })
}
