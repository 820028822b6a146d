//! Random histories of grants, changes, cancels, expiries and queries, against a small reference model.

mod reference;
mod steps;

use proptest::prelude::*;
use serde_json::Value;
use suites::quota::Quota;

use reference::{Answer, Model};
use steps::{PINS, Step};

/// A moment of 2019 in Shanghai: month, day, hour. Days that a month does not have are not made.
type Moment = (u32, u32, u32);

fn written((month, day, hour): Moment) -> String {
    format!("2019-{month:02}-{day:02}T{hour:02}:00:00+08:00")
}

/// Ten thousandths of a yuan as a decimal.
fn decimal(amount: u64) -> String {
    format!("{}.{:04}", amount / 10_000, amount % 10_000)
}

/// Lives through a step and holds what is said and what is stored against the model.
async fn live_through(app: &Quota, model: &mut Model, step: &Step) -> Result<(), TestCaseError> {
    match step {
        Step::Grant(grant) => {
            app.take(&[steps::message(grant)]).await;
            model.grant(grant);
        }
        Step::Change(change) => {
            app.take(&[steps::change_message(change)]).await;
            model.change(change);
        }
        Step::Cancel { pin, business_type, id } => {
            let got = app.cancel(pin, business_type, &id.to_string()).await;
            let code = if model.cancel(pin, business_type, *id) { "1111" } else { "1001" };
            prop_assert!(got.body.contains(&format!(r#""code":"{code}""#)), "{code}: {}", got.body);
        }
        Step::Expire(time) => {
            let run = app.expire(&written(*time)).await;
            prop_assert!(run.is_ok(), "{run:?}");
            model.expire(*time);
        }
        Step::Now(time) => {
            app.world.time().set(written(*time).parse().expect("an instant"));
            model.now = *time;
        }
    }
    compare(app, model, step.touches()).await
}

async fn compare(app: &Quota, model: &Model, asked: &[&str]) -> Result<(), TestCaseError> {
    for pin in PINS {
        let total = app.total(pin).map(|total| ten_thousandths(&total));
        prop_assert_eq!(total, model.total(pin), "the total of {}", pin);
        prop_assert_eq!(app.statuses(pin), model.statuses(pin));
    }
    for pin in asked {
        let got = app.query(pin, r#"{"page":1,"pageSize":50}"#).await;
        let got: Value = serde_json::from_str(&got.body).expect("JSON");
        match model.query(pin) {
            Answer::Refused(code) => prop_assert_eq!(&got["code"], code),
            Answer::Shown { count, total } => {
                prop_assert_eq!(&got["code"], "1111");
                prop_assert_eq!(&got["totalCount"], count);
                prop_assert_eq!(got["tempQuotaList"].as_array().map(Vec::len), Some(count));
                prop_assert_eq!(&got["totalTempQuota"], &total);
            }
        }
    }
    prop_assert!(app.is_quiet());
    Ok(())
}

/// A stored decimal in ten thousandths; a finer one, or a negative, is none.
fn ten_thousandths(text: &str) -> u64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 4, "{text}");
    whole.parse::<u64>().expect("digits") * 10_000 + format!("{fraction:0<4}").parse::<u64>().expect("digits")
}

async fn live_through_all(history: &[Step]) -> Result<(), TestCaseError> {
    let app = Quota::at(&written(reference::START)).await;
    let mut model = Model::new();
    for step in history {
        live_through(&app, &mut model, step).await?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_stands_as_the_model_says_after_every_step(history in steps::history()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(live_through_all(&history))?;
    }
}
