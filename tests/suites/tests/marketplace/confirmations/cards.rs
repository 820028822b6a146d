//! bindCard (1.4): when a card is bound, what is kept of it, and what the bank and the depository say.

use std::time::Duration;

use futures_util::join;
use serde_json::{Value, json};
use suites::confirmations::{
    BANK, Banks, CARD_NUMBER, CARDS, Confirmations, XW, XwSays, bind, confirm, event,
};
use suites::marketplace::channels::AES;
use suites::orders::credit::but;
use suites::orders::{HISTORY, ORDER, UID};
use world::{Fault, On};

const BOUND: &str = r#"{"status":3001,"remark":"绑卡成功"}"#;
const PROCESSING: &str = r#"{"status":3003,"remark":"处理中"}"#;
const GO_ON: &str = r#"{"status":3004,"url":"https://xw.test/open?uid=12394129&back=https%3A%2F%2Fplatform%2Etest%2Fbound%3Forder%3D1","remark":"请开通存管账户"}"#;

async fn with_account() -> Confirmations {
    let app = Confirmations::approved().await;
    app.partners.opens(UID);
    app
}

/// The cards' rows, the defaults last.
fn cards(app: &Confirmations) -> (Vec<Value>, Option<Value>) {
    let (mut defaults, cards): (Vec<_>, Vec<_>) =
        app.world.items(CARDS).into_iter().partition(|row| row["card"]["S"] == "default");
    assert!(defaults.len() <= 1, "two defaults cannot be");
    (cards, defaults.pop())
}

fn asked(app: &Confirmations) -> (usize, usize) {
    (app.world.received(BANK).len(), app.world.received(XW).len())
}

fn has_card(app: &Confirmations) -> bool {
    app.items(ORDER).contains(&"bankCard".to_owned())
}

#[tokio::test(start_paused = true)]
async fn the_first_binding_becomes_both_defaults() {
    let app = with_account().await;
    assert_eq!(app.bind(&bind()).await.response, BOUND);
    let (cards, defaults) = cards(&app);
    let [card] = &cards[..] else { panic!("one card") };
    let defaults = defaults.unwrap();
    let digest = card["card"]["S"].as_str().unwrap().strip_prefix("card#").unwrap().to_owned();
    assert_eq!((&defaults["payout"]["S"], &defaults["repayment"]["S"]), (&json!(digest), &json!(digest)));
    let shown = ["user", "bank_code", "card_last4", "card_ref"].map(|name| card[name]["S"].clone());
    assert_eq!(shown, ["840#12394129", "GDB", "4567", "card-1"]);
    assert_eq!(card["card_type"]["N"], "0");
    assert!(has_card(&app) && app.register(ORDER).is_none());
    assert_eq!((asked(&app), app.history(ORDER).len()), ((1, 1), 6));
    let told: Value = serde_json::from_slice(app.world.received(BANK)[0].body()).unwrap();
    let shown = ["name", "cid", "phone", "bank_code", "card_no"].map(|name| told[name].clone());
    assert_eq!(shown, ["张三", "11010119900307123X", "13800138016", "GDB", CARD_NUMBER]);
}

#[tokio::test(start_paused = true)]
async fn a_card_that_is_known_changes_the_default_and_the_time_and_is_not_bound_again() {
    let app = with_account().await;
    app.bind(&bind()).await;
    app.bind(&but(bind(), &json!({"bankCardNum": "622202020001", "bankCode": "ICBC", "cardType": "1"})))
        .await;
    let (before, defaults) = cards(&app);
    assert_eq!((before.len(), asked(&app).0), (2, 2));
    app.world.pass(Duration::from_mins(1)).await;
    assert_eq!(app.bind(&bind()).await.response, BOUND);
    let (after, new_defaults) = cards(&app);
    assert_eq!((after.len(), asked(&app).0), (2, 2), "the bank is not asked again");
    let changed: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
    assert_eq!((changed.len(), &changed[0]["card_last4"]["S"]), (1, &json!("4567")));
    assert_eq!(changed[0]["bound_at"]["S"], "2018-08-08T06:38:39.153000000Z");
    assert_ne!(defaults.unwrap()["payout"], new_defaults.unwrap()["payout"]);
}

#[tokio::test(start_paused = true)]
async fn a_card_is_bound_at_10_11_12_and_1_and_nowhere_else() {
    for status in ["0", "1", "2", "3", "4", "5", "10", "11", "12", "13"] {
        let app = with_account().await;
        if status == "1" {
            app.confirm(&confirm()).await;
        }
        app.change(ORDER, |row| row["status"] = json!({"N": status}));
        let got = app.bind(&bind()).await.response;
        if ["1", "10", "11", "12"].contains(&status) {
            assert_eq!((got.as_str(), has_card(&app)), (BOUND, true), "{status}");
        } else {
            assert_eq!(got, r#"{"status":3003,"remark":"当前状态不支持绑卡"}"#, "{status}");
            assert_eq!((cards(&app).0.len(), has_card(&app), asked(&app)), (0, false, (0, 0)));
        }
        assert_eq!(app.row(ORDER).unwrap()["status"]["N"], status);
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_waits_for_its_application_waits_still() {
    let app = Confirmations::new().await;
    app.waiting_for_credit().await;
    app.partners.opens(UID);
    assert_eq!(app.bind(&bind()).await.response, BOUND);
    app.apply().await.unwrap();
    assert_eq!((app.status(ORDER), has_card(&app)), (Some(11), true));
}

#[tokio::test(start_paused = true)]
async fn what_is_malformed_is_told_without_being_quoted() {
    let app = with_account().await;
    for (other, problem) in [
        (json!({"orderId": null}), "orderId: missing, or of a wrong kind"),
        (json!({"orderId": "1"}), "orderId: unknown order"),
        (json!({"uid": "99000001"}), "uid: not the order's"),
        (json!({"uid": "1 2"}), "uid: a character that is no letter, digit, _ or -"),
        (json!({"name": " "}), "name: not 1 to 100 characters"),
        (json!({"cid": "11010119900307"}), "cid: not 18 places of an id number"),
        (json!({"phone": "1380013801"}), "phone: not 11 digits"),
        (json!({"registerPhone": "1380013801"}), "registerPhone: not 11 digits"),
        (json!({"bankCode": "GDB"}), "bankCode: no bank that is known"),
        (json!({"bankCardNum": "6222 0202 0001 1234"}), "bankCardNum: not 12 to 19 digits"),
        (json!({"bankCardNum": null}), "bankCardNum: missing"),
        (json!({"cardType": 2}), "cardType: neither 0 nor 1"),
        (json!({"successUrl": "ftp://platform.test/"}), "successUrl: no address of a page"),
    ] {
        let got = app.bind(&but(bind(), &other)).await;
        assert_eq!(got.code, 10_002, "{other}");
        let field = problem.split(':').next().unwrap();
        assert!(got.message.starts_with(&format!("{field}: ")), "{}", got.message);
        if !["name", "cid", "phone", "registerPhone"].contains(&field) {
            assert_eq!(got.message, problem, "{other}");
        }
    }
    assert_eq!((cards(&app).0.len(), asked(&app)), (0, (0, 0)));
    assert_eq!(app.call("bindCard", AES, &bind()).await.message, "orderId: unknown order");
}

#[tokio::test(start_paused = true)]
async fn who_is_not_named_is_the_order_s_user() {
    let app = with_account().await;
    let without = json!({"uid": null, "registerPhone": null, "bankName": null, "cardType": null});
    assert_eq!(app.bind(&but(bind(), &without)).await.response, BOUND);
    assert_eq!(cards(&app).0[0]["user"]["S"], "840#12394129");
    let as_numbers = json!({"orderId": 120_522, "uid": 12_394_129, "cardType": "0"});
    assert_eq!(app.bind(&but(bind(), &as_numbers)).await.response, BOUND);
}

#[tokio::test(start_paused = true)]
async fn what_the_bank_refuses_is_answered_in_its_words_and_nothing_is_written() {
    for (message, remark) in [
        (json!("卡已挂失"), "卡已挂失".to_owned()),
        (json!(format!("卡{CARD_NUMBER}无效")), "卡****4567无效".to_owned()),
        (json!("长".repeat(300)), "长".repeat(200)),
        (json!(null), "绑卡失败".to_owned()),
    ] {
        let app = with_account().await;
        app.partners.bank(Banks::Says(200, json!({"status": "refused", "message": message})));
        let before = app.row(ORDER);
        let got = app.bind(&bind()).await;
        assert_eq!(got.response, format!(r#"{{"status":3003,"remark":"{remark}"}}"#));
        assert_eq!((cards(&app), app.row(ORDER)), ((vec![], None), before));
        assert!(!app.output.text().contains(CARD_NUMBER));
        app.partners.bank(Banks::Binds);
        assert_eq!(app.bind(&bind()).await.response, BOUND);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_bank_declines_by_its_status_is_refused_in_our_words_and_somebody_is_told() {
    for status in [400, 401, 403, 404, 405, 413, 415, 422] {
        let app = with_account().await;
        app.partners.bank(Banks::Says(status, json!({"message": format!("no card {CARD_NUMBER}")})));
        let before = app.row(ORDER);
        assert_eq!(app.bind(&bind()).await.response, r#"{"status":3003,"remark":"绑卡失败"}"#, "{status}");
        assert_eq!((cards(&app), app.row(ORDER)), ((vec![], None), before));
        let counted = ["card_binding_declined", "card_binding_unclear"].map(|name| app.counted(name));
        assert_eq!(counted, [1, 0], "{status}");
        let warned = app.logged("WARN");
        assert!(warned.len() == 1 && warned[0].to_string().contains(&status.to_string()), "{warned:?}");
        assert!(!app.output.text().contains(CARD_NUMBER));
        app.partners.bank(Banks::Binds);
        assert_eq!(app.bind(&bind()).await.response, BOUND);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_clear_is_being_processed_and_the_repeat_is_the_same_request() {
    let says = |status, told: Value| Banks::Says(status, told);
    for bank in [
        Banks::Hangs,
        Banks::HangsAfterwards,
        Banks::Fails,
        says(302, json!(null)),
        says(408, json!(null)),
        says(409, json!({"message": "another"})),
        says(425, json!(null)),
        says(429, json!({"message": "slow down"})),
        says(503, json!(null)),
        says(200, json!({"status": "bound", "message": "ok"})),
        says(200, json!({"status": "bound", "card_ref": format!("ref-{CARD_NUMBER}")})),
        says(200, json!({"status": "bound", "card_ref": format!("card-1{}", " ".repeat(195))})),
        says(200, json!({"status": "perhaps"})),
        says(200, json!([])),
    ] {
        let app = with_account().await;
        app.partners.bank(bank.clone());
        let before = app.row(ORDER);
        assert_eq!(app.bind(&bind()).await.response, PROCESSING, "{bank:?}");
        assert_eq!((cards(&app), app.row(ORDER)), ((vec![], None), before));
        assert_eq!(app.counted("card_binding_unclear"), 1);
        app.partners.bank(Banks::Binds);
        assert_eq!(app.another().await.bind(&bind()).await.response, BOUND);
        let ids: Vec<Value> = app
            .world
            .received(BANK)
            .iter()
            .map(|request| serde_json::from_slice::<Value>(request.body()).unwrap()["request_id"].clone())
            .collect();
        assert!(ids.len() == 2 && ids[0] == ids[1] && ids[0].as_str().unwrap().len() == 64);
        assert_eq!((app.partners.bound().len(), cards(&app).0.len()), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_account_the_card_is_bound_and_the_user_gets_the_page_once() {
    let app = Confirmations::approved().await;
    assert_eq!(app.bind(&bind()).await.response, GO_ON);
    let row = app.register_row(ORDER).unwrap();
    assert_eq!((app.register(ORDER).as_deref(), has_card(&app)), (Some("waiting"), true));
    app.world.pass(Duration::from_mins(10)).await;
    assert_eq!(app.bind(&bind()).await.response, GO_ON);
    assert_eq!(app.register_row(ORDER).unwrap(), row, "its hour goes on");
    app.tell(&event("open")).await;
    let asked_before = asked(&app);
    assert_eq!(app.bind(&bind()).await.response, BOUND);
    assert_eq!(asked(&app), asked_before, "the account is known, and the card");
}

#[tokio::test(start_paused = true)]
async fn a_depository_that_does_not_say_leaves_the_binding_and_a_repeat_asks_it_alone() {
    for says in [XwSays::Fails, XwSays::Hangs, XwSays::Garbage] {
        let app = with_account().await;
        app.partners.xw_says(says);
        assert_eq!(app.bind(&bind()).await.code, 10_001, "{says:?}");
        assert_eq!((cards(&app).0.len(), has_card(&app), app.register(ORDER)), (1, true, None));
        app.partners.xw_says(XwSays::Truth);
        assert_eq!(app.bind(&bind()).await.response, BOUND);
        assert_eq!(asked(&app), (1, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn the_bank_and_the_depository_are_asked_at_the_same_time() {
    let app = with_account().await;
    app.partners.xw_says(XwSays::Hangs);
    app.partners.bank(Banks::Hangs);
    let begin = app.world.time().now();
    assert_eq!(app.bind(&bind()).await.response, PROCESSING);
    let taken = app.world.time().now().duration_since(begin);
    assert_eq!(taken.as_secs(), 8, "the longer of the two time-outs");
}

#[tokio::test(start_paused = true)]
async fn after_the_confirmation_the_loan_gets_the_card_and_the_core_is_told() {
    let app = with_account().await;
    app.confirm(&confirm()).await;
    let (version, steps) = (app.loans()[0]["version"].clone(), app.world.items(HISTORY).len());
    assert_eq!(app.bind(&bind()).await.response, BOUND);
    let loan = &app.loans()[0];
    assert_eq!(loan["card"]["M"]["card_ref"]["S"], "card-1");
    assert_ne!(loan["version"], version);
    let told = app.commands_of("card_bound");
    let [command] = &told[..] else { panic!("one command: {told:?}") };
    let card = json!({"bank_code": "GDB", "card_last4": "4567", "card_ref": "card-1"});
    assert_eq!((&command["card"], &command["borrow_no"]), (&card, &loan["borrow_no"]["S"]));
    assert_eq!((&command["channel_id"], &command["order_id"]), (&json!("840"), &json!(ORDER)));
    app.bind(&bind()).await;
    assert_eq!(app.commands_of("card_bound").len(), 1, "it is the loan's card already");
    app.bind(&but(bind(), &json!({"bankCardNum": "622202020001"}))).await;
    app.bind(&bind()).await;
    let ids: std::collections::BTreeSet<String> =
        app.commands_of("card_bound").iter().map(|command| command["command_id"].to_string()).collect();
    assert_eq!(ids.len(), 3, "another card, and the first again");
    assert_eq!(app.world.items(HISTORY).len(), steps, "it is no step of the order");
    assert_eq!(app.loans()[0]["card"]["M"]["card_ref"]["S"], "card-1");
}

#[tokio::test(start_paused = true)]
async fn a_binding_that_meets_the_confirmation_leaves_no_loan_without_its_card() {
    for meets_at in ["GetItem", "Query", "TransactWriteItems"] {
        for after in 0..3 {
            let app = with_account().await;
            let (confirms, binds) = (app.another().await, app.another().await);
            app.world.before(On::call(meets_at).after(after), async move || {
                assert_eq!(binds.bind(&bind()).await.response, BOUND);
            });
            assert_eq!(confirms.confirm(&confirm()).await.status(), 4001);
            if asked(&app).0 == 0 {
                continue;
            }
            let applied = app.commands_of("loan_application");
            assert_eq!((app.status(ORDER), applied.len()), (Some(1), 1));
            let is_told =
                applied[0]["card"]["card_ref"] == "card-1" || app.commands_of("card_bound").len() == 1;
            assert!(is_told, "{meets_at} {after}");
            assert_eq!(app.loans()[0]["card"]["M"]["card_ref"]["S"], "card-1", "{meets_at} {after}");
            assert!(has_card(&app));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_that_meets_the_binding_leaves_no_loan_without_its_card() {
    for (meets_at, after) in [("GetItem", 0), ("GetItem", 2), ("POST", 0), ("TransactWriteItems", 0)] {
        let app = with_account().await;
        let (confirms, binds) = (app.another().await, app.another().await);
        app.world.before(On::call(meets_at).after(after), async move || {
            assert_eq!(confirms.confirm(&confirm()).await.status(), 4001);
        });
        assert_eq!(binds.bind(&bind()).await.response, BOUND, "{meets_at} {after}");
        assert_eq!((app.status(ORDER), app.loans().len()), (Some(1), 1), "{meets_at} {after}");
        assert_eq!(app.loans()[0]["card"]["M"]["card_ref"]["S"], "card-1");
        let applied = app.commands_of("loan_application");
        let told = app.commands_of("card_bound").len();
        assert_eq!((applied.len(), told), (1, usize::from(applied[0]["card"].is_null())));
        assert_eq!(asked(&app).0, 1, "the bank is asked once");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_binding_twice_at_once_is_one() {
    for order_is_confirmed in [false, true] {
        let app = with_account().await;
        if order_is_confirmed {
            app.confirm(&confirm()).await;
        }
        let other = app.another().await;
        app.world.meet(On::call("TransactWriteItems"), 2);
        let body = bind();
        let (one, two) = join!(app.bind(&body), other.bind(&body));
        assert_eq!((one.response.as_str(), two.response.as_str()), (BOUND, BOUND));
        assert_eq!((app.partners.bound().len(), cards(&app).0.len()), (1, 1));
        assert_eq!(app.commands_of("card_bound").len(), usize::from(order_is_confirmed));
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_ours_after_the_bank_s_answer_is_made_good_by_the_repeat() {
    for fault in [Fault::InternalError, Fault::ResetAfterEffect, Fault::TransactionConflict] {
        let app = with_account().await;
        app.world.fail(On::call("TransactWriteItems"), fault);
        app.bind(&bind()).await;
        assert_eq!(app.bind(&bind()).await.response, BOUND, "{fault:?}");
        assert_eq!((app.partners.bound().len(), cards(&app).0.len()), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_opens_while_a_card_is_bound_stays_open() {
    let app = Confirmations::approved().await;
    assert!(app.confirm(&confirm()).await.said()["url"].is_string());
    let second = app.another().await;
    app.world.before(On::call("TransactWriteItems"), async move || {
        second.tell(&event("open")).await;
    });
    let bound = app.bind(&bind()).await;
    assert_eq!((bound.status(), app.register(ORDER).as_deref()), (3001, Some("open")));
    assert_eq!((app.status(ORDER), app.commands_of("card_bound").len()), (Some(1), 1));
}
