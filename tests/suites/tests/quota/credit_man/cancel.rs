//! `POST /credit/temp-credit/cancel` (§3.2).

use futures_util::future::join_all;
use suites::gateway::Post;
use suites::quota::{FIRST_PAGE, GRANTS, by};
use world::{Fault, On, Units};

use super::{FORBIDDEN, lasting, with_grants};

const CANCEL: &str = r#"{"pin":"p-1","businessType":"2201","businessId":"W1"}"#;
const CANCELLED: (i64, &str) =
    (200, r#"{"result":{"isSuccess":true,"code":"1111","info":"success"},"changelimit":500.0000}"#);
const ABSENT: (i64, &str) =
    (200, r#"{"result":{"isSuccess":false,"code":"1001","info":"missing parameter"}}"#);
const FAILED: (i64, &str) =
    (200, r#"{"result":{"isSuccess":false,"code":"0000","info":"system exception"}}"#);

async fn app() -> suites::quota::Quota {
    with_grants(&[lasting("2201", "W1", "500.0000")]).await
}

#[tokio::test(start_paused = true)]
async fn a_cancel_and_its_repeat_tell_the_amount_byte_for_byte_and_take_it_off_once() {
    let app = app().await;
    for _ in 0..2 {
        assert_eq!(app.credit_man_cancel(&Post::signed(CANCEL)).await.brief(), CANCELLED);
        assert_eq!(app.total("p-1").as_deref(), Some("0"));
    }
    let outcomes: Vec<_> = app
        .lines()
        .iter()
        .filter(|line| line["message"] == "request")
        .map(|line| line["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["cancelled", "repeated"]);
}

#[tokio::test(start_paused = true)]
async fn changelimit_is_a_number_with_its_exact_digits_and_spelt_with_a_small_l() {
    for (change_limit, shown) in
        [("0.0001", "0.0001"), ("7", "7.0000"), ("99999999999999.9999", "99999999999999.9999")]
    {
        let app = with_grants(&[lasting("2201", "W1", change_limit)]).await;
        let got = app.credit_man_cancel(&Post::signed(CANCEL)).await.body;
        assert!(got.ends_with(&format!(r#","changelimit":{shown}}}"#)), "{got}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_grant_to_cancel_is_a_result_and_nothing_else() {
    let app = with_grants(&[lasting("2201", "W1", "500"), lasting("2004", "P", "500")]).await;
    for body in [
        r#"{"pin":"p-1","businessType":"2201","businessId":"W2"}"#,
        r#"{"pin":"p-2","businessType":"2201","businessId":"W1"}"#,
        r#"{"pin":"p-1","businessType":"2202","businessId":"W1"}"#,
        r#"{"pin":"p-1","businessType":"2004","businessId":"P"}"#,
    ] {
        assert_eq!(app.credit_man_cancel(&Post::signed(body)).await.brief(), ABSENT, "{body}");
    }
    assert_eq!(app.total("p-1").as_deref(), Some("1000"));
    assert_eq!(app.counted("internal_error"), 0);
}

#[tokio::test(start_paused = true)]
async fn all_three_parameters_are_needed_as_texts() {
    let app = app().await;
    for body in [
        "",
        "{",
        "[]",
        r#"["p-1","2201","W1"]"#,
        "{}",
        r#"{"businessType":"2201","businessId":"W1"}"#,
        r#"{"pin":"p-1","businessId":"W1"}"#,
        r#"{"pin":"p-1","businessType":"2201"}"#,
        r#"{"pin":"","businessType":"2201","businessId":"W1"}"#,
        r#"{"pin":"p-1","businessType":"","businessId":"W1"}"#,
        r#"{"pin":"p-1","businessType":"2201","businessId":""}"#,
        r#"{"pin":null,"businessType":"2201","businessId":"W1"}"#,
        r#"{"pin":"p-1","businessType":2201,"businessId":"W1"}"#,
        r#"{"pin":"p-1","businessType":"2201","businessId":1}"#,
        r#"{"pin":"p-1","businessType":"2201#W1","businessId":"1"}"#,
        &"x".repeat(1_048_577),
    ] {
        let (got, spent) = app.world.measure(app.credit_man_cancel(&Post::signed(body))).await;
        assert_eq!(got.brief(), ABSENT, "{}", body.get(..60).unwrap_or(body));
        assert_eq!(spent.reads(), Units::default());
    }
    let typed = Post::signed(CANCEL).without("content-type");
    assert_eq!(app.credit_man_cancel(&typed).await.brief(), ABSENT);
    assert_eq!(app.credit_man_cancel(&Post::signed(CANCEL).base64()).await.brief(), CANCELLED);
}

#[tokio::test(start_paused = true)]
async fn whom_iam_did_not_let_through_is_forbidden_whatever_else_she_sends() {
    let app = app().await;
    for post in [Post::anonymous(CANCEL), by("p-1", CANCEL), Post::anonymous("{")] {
        let (got, spent) = app.world.measure(app.credit_man_cancel(&post)).await;
        assert_eq!(got.brief(), FORBIDDEN);
        assert_eq!((spent.reads(), spent.writes()), Default::default());
    }
    assert_eq!(app.total("p-1").as_deref(), Some("500"));
}

#[tokio::test(start_paused = true)]
async fn a_database_that_fails_is_0000_and_never_1034() {
    for fault in [Fault::Hang, Fault::Refused, Fault::Reset, Fault::InternalError] {
        for on in [On::call("GetItem").to(GRANTS), On::call("TransactWriteItems")] {
            let app = app().await;
            app.world.fail(on, fault);
            assert_eq!(app.credit_man_cancel(&Post::signed(CANCEL)).await.brief(), FAILED, "{fault:?}");
            assert_eq!((app.counted("internal_error"), app.logged("ERROR").len()), (1, 1), "{fault:?}");
            assert_eq!(app.credit_man_cancel(&Post::signed(CANCEL)).await.brief(), CANCELLED);
        }
    }
    let app = app().await.with_time_left(std::time::Duration::from_secs(2));
    app.world.fail(On::call("GetItem"), Fault::Hang);
    assert_eq!(app.credit_man_cancel(&Post::signed(CANCEL)).await.brief(), FAILED);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_found_out_by_the_next_call() {
    let app = app().await;
    app.world.fail(On::call("TransactWriteItems"), Fault::HangAfterEffect);
    assert_eq!(app.credit_man_cancel(&Post::signed(CANCEL)).await.brief(), FAILED);
    assert_eq!(app.credit_man_cancel(&Post::signed(CANCEL)).await.brief(), CANCELLED);
    assert_eq!(app.total("p-1").as_deref(), Some("0"));
}

#[tokio::test(start_paused = true)]
async fn both_layers_cancel_the_same_grants_and_each_sees_the_others_cancel_as_a_repeat() {
    let app = app().await;
    assert_eq!(app.credit_man_cancel(&Post::signed(CANCEL)).await.brief(), CANCELLED);
    assert!(app.query("p-1", FIRST_PAGE).await.body.contains(r#""tempQuotaList":[]"#));
    let got = app.cancel("p-1", "2201", "W1").await;
    assert_eq!(got.brief(), (200, r#"{"issuccess":1,"error_msg":"取消临时额度成功","code":"1111"}"#));
    assert_eq!(app.counted("CANCELTEMPRANGE,500_1000"), 0, "a repeat");

    let app = self::app().await;
    app.cancel("p-1", "2201", "W1").await;
    assert_eq!(app.credit_man_cancel(&Post::signed(CANCEL)).await.brief(), CANCELLED);
    assert_eq!(app.total("p-1").as_deref(), Some("0"));
}

#[tokio::test(start_paused = true)]
async fn parallel_cancels_through_both_layers_come_off_once() {
    let app = app().await;
    app.world.meet(On::call("TransactWriteItems"), 10);
    let signed = Post::signed(CANCEL);
    let (inner, outer) = futures_util::join!(
        join_all((0..5).map(|_| app.credit_man_cancel(&signed))),
        join_all((0..5).map(|_| app.cancel("p-1", "2201", "W1")))
    );
    assert!(inner.iter().all(|got| got.brief() == CANCELLED), "{inner:?}");
    assert!(outer.iter().all(|got| got.body.contains("\"1111\"")), "{outer:?}");
    assert_eq!(app.total("p-1").as_deref(), Some("0"));
}
