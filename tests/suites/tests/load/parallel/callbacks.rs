//! Operators who all send the same dead callback again.

use serde_json::json;
use suites::callbacks::{Callbacks, ORDER, Platform};

use super::{Callers, callers, rounds};

/// An order whose callback was given up.
async fn given_up() -> Callbacks {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    app.platform.always(ORDER, Some(Platform::code(10_001)));
    for mut row in app.rows(ORDER) {
        // A day has nearly passed.
        row["waited_ms"] = json!({"N": (24 * 3600 * 1000).to_string()});
        app.world.put_item(suites::callbacks::CALLBACKS, &row);
    }
    app.wake(ORDER);
    app.work_all().await;
    assert_eq!(app.states(ORDER), ["dead"]);
    app.platform.always(ORDER, None);
    app
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_many_operators_send_again_goes_out_once() {
    let mut of = Callers::of("callbacks/resend");
    for round in rounds() {
        let app = given_up().await;
        let mut operators = vec![];
        for _ in 0..callers() {
            operators.push(app.another().await);
        }
        let before = app.platform.numbers(ORDER).len();
        let send_again = async |operator: usize| {
            let got = operators[operator].resend(&json!({"callback_id": Callbacks::id(1)})).await;
            if got.status == 200 { got.body } else { got.status.to_string() }
        };
        let [resent, ..] =
            of.call((&app.world, round), [r#"{"resent":1}"#, "409"], &["503"], send_again).await;
        assert!(resent == 1 || (round.fails() && resent == 0), "{round:?}: {resent}");
        if app.states(ORDER) == ["dead"] {
            assert_eq!(app.resend(&json!({"callback_id": Callbacks::id(1)})).await.status, 200);
        }
        app.live(2).await;
        assert_eq!(app.states(ORDER), ["delivered"], "{round:?}");
        assert_eq!(app.platform.numbers(ORDER).len(), before + 1, "{round:?}");
    }
    of.tell();
}
