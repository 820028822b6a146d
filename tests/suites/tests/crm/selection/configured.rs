//! The numbers of the selection are configuration, and a change of them rewrites nothing (§5, §12).

use domain::crm::Rules;
use suites::crm::{CLIENTS, Crm, SCAN, at_most, example_client, reply};

use super::request_of;
use crate::furnished;

#[tokio::test(start_paused = true)]
async fn the_days_change_without_a_rewritten_table() {
    let app = Crm::new();
    app.tell(&example_client("2023-07-24T06:00:00+03:00")).await;
    app.scan(SCAN).await;
    assert!(app.sent().is_empty());
    let before = app.world.items(CLIENTS);
    let with_days =
        |waiting_days| Crm::over_with_rules(app.world.clone(), Rules { waiting_days, ..Rules::default() });
    with_days(4).scan(SCAN).await;
    assert!(app.sent().is_empty());
    assert_eq!(app.world.items(CLIENTS), before);
    with_days(3).scan(SCAN).await;
    assert_eq!(app.sent().len(), 1);
    let app = Crm::new();
    app.tell(&example_client("2023-07-20T06:00:00+03:00")).await;
    Crm::over_with_rules(app.world.clone(), Rules { waiting_days: 8, ..Rules::default() }).scan(SCAN).await;
    assert!(app.sent().is_empty(), "more days as well");
}

#[tokio::test(start_paused = true)]
async fn the_pending_days_change_without_a_rewritten_table() {
    let app = Crm::new();
    app.asked().await;
    let with_days =
        |pending_days| Crm::over_with_rules(app.world.clone(), Rules { pending_days, ..Rules::default() });
    with_days(5).scan("2023-07-31T06:00:00+03:00").await;
    assert_eq!(app.tasks().len(), 1);
    with_days(1).scan("2023-07-28T06:00:00+03:00").await;
    assert_eq!(app.tasks().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn there_are_as_many_attempts_as_may_be_and_zero_is_without_limit() {
    for (most, rows) in [(0, 4), (1, 1), (3, 3)] {
        let app = Crm::over_with_rules(furnished(), at_most(most));
        app.tell(&example_client("2023-07-01T00:00:00+03:00")).await;
        for day in 10..14 {
            app.scan(&format!("2023-07-{day}T06:00:00+03:00")).await;
            let request_date = format!("2023-07-{day}T06:00:00.000+03:00");
            if app.tasks().len() > day - 10 {
                app.take(&[reply(&request_of(&app, &request_date), "1")]).await;
            }
        }
        assert_eq!(app.tasks().len(), rows, "{most}");
    }
}
