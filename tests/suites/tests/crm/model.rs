//! Random histories of client events, runs, replies and pushes, repeated and late, against a small reference model that
//! was written from the specification.

mod history;
mod reference;

use std::collections::BTreeMap;
use std::env;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;
use suites::crm::{CLIENT_EVENTS, Crm, INBOUND, column};
use suites::host::{BUS, OUTBOX};
use world::Delivery;

use self::history::{Step, history};
use self::reference::{Model, Row};

/// The requests' ids by organization, oldest first.
fn requests(app: &Crm) -> BTreeMap<u8, Vec<String>> {
    let mut rows: Vec<_> = app
        .tasks()
        .iter()
        .map(|row| {
            let of = |name| column(row, name).expect("a column").to_owned();
            let organization: u8 = of("organization_id")[2..].parse().expect("a number");
            (organization, of("request_date"), of("vtbc_request_id"))
        })
        .collect();
    rows.sort();
    let mut requests = BTreeMap::<_, Vec<_>>::new();
    for (organization, _, id) in rows {
        requests.entry(organization).or_default().push(id);
    }
    requests
}

/// Has everything taken that is visible.
async fn drain(app: &Crm, queue: &str) {
    while app.deliver(queue).await != Delivery::default() {}
}

async fn live_through(steps: &[Step]) -> (Crm, Model) {
    let (app, mut model) = (Crm::new(), Model::default());
    let mut sent: Vec<(Step, Value)> = Vec::new();
    for step in steps {
        match step {
            Step::Tell(told) => {
                app.world.send(CLIENT_EVENTS, &told.message().to_string(), &[]);
                drain(&app, CLIENT_EVENTS).await;
                model.hear(told);
            }
            Step::Scan { .. } | Step::ScanAgain => {
                let time = model.scan(step);
                app.scan(&time).await;
            }
            Step::Reply(_) | Step::Push(_) => {
                let requests = requests(&app);
                let step = step.aimed(&requests);
                let Some(message) = step.message(&requests) else { continue };
                app.answer(&message);
                drain(&app, INBOUND).await;
                model.take(&step);
                sent.push((step, message));
            }
            Step::Repeat(place) => {
                let Some((step, message)) = sent.get(place % sent.len().max(1)) else { continue };
                app.answer(message);
                drain(&app, INBOUND).await;
                model.take(step);
            }
            Step::Wait(minutes) => {
                app.world.pass(Duration::from_secs(60 * minutes)).await;
                drain(&app, INBOUND).await;
                model.wait(*minutes);
            }
        }
    }
    (app, model)
}

/// What a row shows, as the model has it.
fn shown(app: &Crm) -> BTreeMap<u8, Vec<Row>> {
    let tasks = app.tasks();
    let by_id = |id: &String| {
        let row = tasks.iter().find(|row| column(row, "vtbc_request_id") == Some(id)).expect("a row");
        let of = |name| column(row, name).map(str::to_owned);
        assert_eq!(of("infor_response_id").is_some(), of("status_code").is_some());
        Row {
            request_date: of("request_date").expect("a date"),
            code: of("status_code"),
            task: of("task_id"),
            message: of("infor_message_id"),
            pushed: of("application_id"),
            push_dt: of("push_dt"),
            task_status: of("task_status"),
            ended: of("push_state").as_deref() == Some("ended"),
        }
    };
    let rows = requests(app).into_iter();
    rows.map(|(organization, ids)| (organization, ids.iter().map(by_id).collect())).collect()
}

fn agree(app: &Crm, model: &Model) -> Result<(), TestCaseError> {
    let rows: BTreeMap<_, _> = model.rows.clone().into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
    prop_assert_eq!(shown(app), rows);
    let mut sent: Vec<_> = app.requests().iter().map(|sent| sent["requestID"].to_string()).collect();
    sent.sort();
    let mut ids: Vec<_> = requests(app).into_values().flatten().map(|id| format!("\"{id}\"")).collect();
    ids.sort();
    prop_assert_eq!(sent, ids, "one message for each row");
    let mut dead = app.dead(INBOUND);
    dead.sort();
    let mut refused = model.dead.clone();
    refused.sort_unstable();
    prop_assert_eq!(dead, refused);
    prop_assert_eq!(app.world.messages(INBOUND).len(), model.waiting.len());
    prop_assert_eq!(app.counted("infor.skip"), model.skipped);
    let events = |kind: &str| app.world.events(BUS).iter().filter(|event| event.detail_type == kind).count();
    prop_assert_eq!(events("communication_task_created"), model.created);
    prop_assert_eq!(events("communication_task_finished"), model.finished);
    prop_assert!(app.world.items(OUTBOX).is_empty() && app.dead(CLIENT_EVENTS).is_empty());
    Ok(())
}

/// How many histories, unless `PROPTEST_CASES` says otherwise: a run is sixteen work items.
fn cases() -> u32 {
    env::var("PROPTEST_CASES").map_or(24, |cases| cases.parse().expect("a number"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_ends_as_the_model_says(steps in history()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let (app, model) = live_through(&steps).await;
            agree(&app, &model)
        })?;
    }
}
