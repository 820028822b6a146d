//! The gateway's "online configuration" (§4.3, §11 Messages): the table that overrides texts without a deploy.

mod waiting;

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use suites::gateway::{Got, Post};
use suites::quota::{FIRST_PAGE, ONLINE_TEXTS, Quota, granted, opened, with};
use world::{Fault, On, Units, World};

use crate::cancel_metrics::counted;

const QUERY_FAILED: &str = "抱歉，网络异常，暂时无法为您提供临时额度管理功能。";
const CANCEL_FAILED: &str = "抱歉，网络异常，暂时无法为您提供临时额度取消功能。";
const QUERY_SUCCEEDED: &str = "以下是您的临时额度明细，您可选择对应额度进行取消。";
const MINUTE: Duration = Duration::from_mins(1);

fn write(world: &World, texts: &str) {
    world.put_item(ONLINE_TEXTS, &json!({"context": {"S": "quota"}, "texts": {"S": texts}}));
}

/// A fresh process that finds these texts when it starts, with the open account of `p-1` and its grant 2104 1.
async fn app(texts: &str) -> Quota {
    let furnished = Box::pin(Quota::new()).await;
    let world = furnished.world.clone();
    drop(furnished);
    write(&world, texts);
    let app = Box::pin(Quota::over(world)).await;
    let grant = with(granted("p-1", "2104", "1", "80"), "invalid_time", "2019-12-27T00:00:00+08:00");
    app.take(&[opened("p-1"), grant]).await;
    app
}

/// An answer's code and text.
fn said(got: &Got) -> (String, String) {
    let body: Value = serde_json::from_str(&got.body).unwrap();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("code"), text("error_msg"))
}

async fn query_of(app: &Quota, pin: &str) -> (String, String) {
    said(&app.query(pin, FIRST_PAGE).await)
}

fn is(code: &str, text: &str) -> (String, String) {
    (code.to_owned(), text.to_owned())
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_the_table_at_the_start_overrides_the_built_in_texts_of_that_operation_and_code() {
    let app =
        app(r#"{"query":{"1111":"看","1006":"未开通","1001":"参数"},"cancel":{"1111":"好","1001":"没有"}}"#)
            .await;
    assert_eq!(query_of(&app, "p-1").await, is("1111", "看"));
    assert_eq!(query_of(&app, "p-2").await, is("1006", "未开通"));
    assert_eq!(said(&app.query("p-1", "{").await), is("1001", "参数"));
    assert_eq!(said(&app.cancel("p-1", "2104", "9").await), is("1001", "没有"));
    assert_eq!(said(&app.cancel("p-1", "2104", "1").await), is("1111", "好"));
    let denied = app.send_query(&Post::anonymous(FIRST_PAGE)).await;
    assert_eq!((denied.status, said(&denied)), (401, is("1001", "参数")));
}

#[tokio::test(start_paused = true)]
async fn a_change_is_seen_without_a_restart_after_a_minute() {
    let app = app(r#"{"query":{"1111":"旧"},"cancel":{"1001":"旧"}}"#).await;
    assert_eq!(query_of(&app, "p-1").await, is("1111", "旧"));
    assert_eq!(said(&app.cancel("p-1", "2104", "9").await), is("1001", "旧"));
    write(&app.world, r#"{"query":{"1111":"新"},"cancel":{"1001":"新"}}"#);
    app.world.pass(Duration::from_secs(59)).await;
    assert_eq!(query_of(&app, "p-1").await, is("1111", "旧"));
    assert_eq!(said(&app.cancel("p-1", "2104", "9").await), is("1001", "旧"));
    app.world.pass(Duration::from_secs(1)).await;
    assert_eq!(
        query_of(&app, "p-1").await,
        is("1111", "新"),
        "the request that finds them old shows the new"
    );
    assert_eq!(said(&app.cancel("p-1", "2104", "9").await), is("1001", "新"));
}

#[tokio::test(start_paused = true)]
async fn they_are_read_once_a_minute_at_most_however_many_ask() {
    let app = app(r#"{"query":{"1111":"看"}}"#).await;
    let cost = async || {
        let requests = join_all((0..20).map(|_| app.query("p-1", FIRST_PAGE)));
        app.world.measure(requests).await.1.on(ONLINE_TEXTS).reads()
    };
    assert_eq!(cost().await, Units::default(), "the start read them");
    for _ in 0..3 {
        app.world.pass(MINUTE).await;
        assert_eq!(cost().await, Units::halves(1));
        app.world.pass(MINUTE / 2).await;
        assert_eq!(cost().await, Units::default());
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_reads_no_texts() {
    let app = app("{}").await;
    app.query("p-1", FIRST_PAGE).await;
    app.world.pass(MINUTE).await;
    let (_, spent) = app.world.measure(app.query("p-1", "{")).await;
    assert_eq!(spent.reads(), Units::default());
}

#[tokio::test(start_paused = true)]
async fn an_empty_text_keeps_its_code_and_shows_the_operations_text_of_0000() {
    let app = app(r#"{"query":{"1111":"","1006":""},"cancel":{"1111":"","1001":""}}"#).await;
    assert_eq!(query_of(&app, "p-1").await, is("1111", QUERY_FAILED));
    assert_eq!(query_of(&app, "p-2").await, is("1006", QUERY_FAILED));
    assert_eq!(said(&app.cancel("p-1", "2104", "9").await), is("1001", CANCEL_FAILED));
    assert_eq!(said(&app.cancel("p-1", "2104", "1").await), is("1111", CANCEL_FAILED));
}

#[tokio::test(start_paused = true)]
async fn a_text_of_0000_stands_in_for_its_own_operations_unknown_texts() {
    let app = app(r#"{"query":{"0000":"稍后再试"}}"#).await;
    assert_eq!(query_of(&app, "p-2").await, is("1006", "稍后再试"));
    assert_eq!(query_of(&app, "p-1").await, is("1111", QUERY_SUCCEEDED));
    assert_eq!(said(&app.cancel("p-1", "2104", "9").await), is("1001", CANCEL_FAILED));
    app.world.fail(On::call("Query"), Fault::InternalError);
    assert_eq!(query_of(&app, "p-1").await, is("0000", "稍后再试"));
}

#[tokio::test(start_paused = true)]
async fn a_code_whose_row_is_taken_away_goes_out_as_999_and_the_inner_one_is_logged() {
    let app = app(r#"{"query":{"1006":null},"cancel":{"1001":null}}"#).await;
    let got = app.query("p-2", FIRST_PAGE).await;
    let expected = format!(
        r#"{{"code":"999","error_msg":"{QUERY_FAILED}","issuccess":0,"page":0,"pageNum":0,"pageSize":0,"totalCount":0}}"#
    );
    assert_eq!(got.brief(), (200, expected.as_str()));
    let warnings = app.logged("WARN");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!((&warnings[0]["code"], &warnings[0]["operation"]), (&json!("1006"), &json!("query")));
    let got = app.cancel("p-1", "2104", "9").await;
    let expected = format!(r#"{{"issuccess":0,"error_msg":"{CANCEL_FAILED}","code":"999"}}"#);
    assert_eq!(got.brief(), (200, expected.as_str()));
    assert_eq!(app.logged("WARN")[1]["code"], "1001");
    let expected =
        ["CANCELTEMPREQ 2104 REQUEST", "CANCELTEMPFALIED 2104 999", "CANCELTEMPRANGE,NULL 2104 999"];
    assert_eq!(counted(&app), expected, "as the gateway says it");
    let inner = r#"{"pin":"p-2","page":1,"pageSize":1}"#;
    assert!(
        app.credit_man_query(&Post::signed(inner)).await.body.contains("\"1006\""),
        "the inner code stays"
    );
}

#[tokio::test(start_paused = true)]
async fn a_success_whose_row_is_taken_away_is_999_and_no_success_on_the_wire() {
    let app = app(r#"{"query":{"1111":null},"cancel":{"1111":null}}"#).await;
    let got = app.query("p-1", FIRST_PAGE).await;
    let expected = format!(
        r#"{{"code":"999","error_msg":"{QUERY_FAILED}","issuccess":0,"page":0,"pageNum":0,"pageSize":0,"totalCount":0}}"#
    );
    assert_eq!(got.brief(), (200, expected.as_str()));
    let got = app.cancel("p-1", "2104", "1").await;
    let expected = format!(r#"{{"issuccess":0,"error_msg":"{CANCEL_FAILED}","code":"999"}}"#);
    assert_eq!(got.brief(), (200, expected.as_str()));
    assert_eq!(app.logged("WARN").len(), 2);
    assert_eq!(app.total("p-1").as_deref(), Some("0"), "the wording decides nothing");
    assert_eq!(app.counted("CANCELTEMPSUCCESS"), 1);
    assert_eq!(app.counted("internal_error"), 0);
}

#[tokio::test(start_paused = true)]
async fn codes_of_no_operation_may_stand_there_and_change_nothing() {
    let app = app(r#"{"query":{"2222":"?"},"cancel":{"1034":"?","10012":null}}"#).await;
    assert_eq!(query_of(&app, "p-1").await, is("1111", QUERY_SUCCEEDED));
    app.world.fail(On::call("TransactWriteItems"), Fault::Hang);
    assert_eq!(said(&app.cancel("p-1", "2104", "1").await), is("0000", CANCEL_FAILED), "never 1034");
    assert!(app.logged("WARN").is_empty());
}

#[tokio::test(start_paused = true)]
async fn texts_that_cannot_be_read_are_warned_of_and_the_old_ones_stay() {
    let written = |texts: &str| json!({"context": {"S": "quota"}, "texts": {"S": texts}});
    for row in [
        written(""),
        written("{"),
        written("[]"),
        written("null"),
        written(r#"{"query":[]}"#),
        written(r#"{"query":{"1006":7}}"#),
        written(r#"{"querry":{"1006":"x"}}"#),
        json!({"context": {"S": "quota"}}),
        json!({"context": {"S": "quota"}, "texts": {"N": "1"}}),
        json!({"context": {"S": "quota"}, "texts": {"M": {}}}),
    ] {
        let app = app(r#"{"query":{"1111":"旧"}}"#).await;
        assert_eq!(query_of(&app, "p-1").await, is("1111", "旧"));
        app.world.put_item(ONLINE_TEXTS, &row);
        app.world.pass(MINUTE).await;
        assert_eq!(query_of(&app, "p-1").await, is("1111", "旧"), "{row}");
        let warnings = app.logged("WARN");
        assert_eq!(warnings.len(), 1, "{row}");
        assert_eq!(warnings[0]["message"], "the online texts stay as they were");
        write(&app.world, r#"{"query":{"1111":"新"}}"#);
        app.world.pass(MINUTE).await;
        assert_eq!(query_of(&app, "p-1").await, is("1111", "新"), "mended: {row}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_of_the_texts_that_fails_does_not_fail_the_request_and_is_tried_again_in_a_minute() {
    for fault in [Fault::InternalError, Fault::Throttled, Fault::Reset, Fault::Refused, Fault::Hang] {
        let app = app(r#"{"query":{"1111":"旧"},"cancel":{"1111":"旧"}}"#).await;
        assert_eq!(query_of(&app, "p-1").await, is("1111", "旧"));
        assert_eq!(said(&app.cancel("p-1", "2104", "9").await).0, "1001");
        write(&app.world, r#"{"query":{"1111":"新"},"cancel":{"1111":"新"}}"#);
        app.world.pass(MINUTE).await;
        app.world.fail(On::call("GetItem").to(ONLINE_TEXTS).times(2), fault);
        assert_eq!(query_of(&app, "p-1").await, is("1111", "旧"), "{fault:?}");
        assert_eq!(said(&app.cancel("p-1", "2104", "1").await), is("1111", "旧"), "{fault:?}");
        assert_eq!((app.logged("WARN").len(), app.counted("internal_error")), (2, 0), "{fault:?}");
        app.world.pass(MINUTE).await;
        assert_eq!(query_of(&app, "p-1").await, is("1111", "新"), "{fault:?}");
        assert_eq!(said(&app.cancel("p-1", "2104", "1").await), is("1111", "新"), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_without_an_answer_has_the_built_in_texts_until_the_first_request_asks() {
    for fault in [Fault::InternalError, Fault::Reset, Fault::Hang] {
        let before = app(r#"{"query":{"1111":"看"}}"#).await;
        let world = before.world.clone();
        drop(before);
        world.fail(On::call("GetItem").to(ONLINE_TEXTS).times(3), fault);
        let app = Box::pin(Quota::over(world)).await;
        assert_eq!(query_of(&app, "p-1").await, is("1111", QUERY_SUCCEEDED), "{fault:?}: asked in vain");
        assert_eq!(query_of(&app, "p-1").await, is("1111", QUERY_SUCCEEDED), "not again within a minute");
        app.world.pass(MINUTE).await;
        assert_eq!(query_of(&app, "p-1").await, is("1111", "看"), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_row_the_built_in_texts_stand() {
    let app = Box::pin(Quota::new()).await;
    app.take(&[opened("p-1")]).await;
    assert_eq!(query_of(&app, "p-1").await, is("1111", QUERY_SUCCEEDED));
    app.world.put_item(ONLINE_TEXTS, &json!({"context": {"S": "loan"}, "texts": {"S": "{}"}}));
    app.world.pass(MINUTE).await;
    assert_eq!(query_of(&app, "p-1").await, is("1111", QUERY_SUCCEEDED), "another context's row");
    write(&app.world, r#"{"query":{"1111":"看"}}"#);
    app.world.pass(MINUTE).await;
    assert_eq!(query_of(&app, "p-1").await, is("1111", "看"));
    assert!(app.logged("WARN").is_empty());
}
