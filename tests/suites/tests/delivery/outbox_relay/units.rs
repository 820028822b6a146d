//! What a run costs is what is unsent, whatever was sent before.

use suites::delivery::Delivery;
use world::Units;

/// A query of a shard costs half a unit for up to 4 KB.
const READS_OF_A_RUN: Units = Units::halves(4);

#[tokio::test(start_paused = true)]
async fn ten_unsent_rows_cost_the_same_after_a_thousand_others_were_sent_and_deleted() {
    for history in [0, 10] {
        let app = Delivery::new();
        for _ in 0..history {
            app.leave(&vec!["of old"; 99]).await;
        }
        app.leave(&vec!["of old"; history]).await;
        app.relay().await.expect("all is sent");
        assert_eq!((app.told().len(), app.rows().len()), (history * 100, 0));
        app.leave(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]).await;
        let (run, spent) = app.world.measure(app.relay()).await;
        run.expect("all is sent");
        assert_eq!((spent.reads(), spent.writes()), (READS_OF_A_RUN, Units::whole(10)), "after {history}");
        let job = app.logged("INFO").into_iter().rfind(|line| line["message"] == "job").expect("a line");
        assert_eq!((&job["read_unit_halves"], &job["write_unit_halves"]), (&4.into(), &20.into()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_with_nothing_to_do_is_four_half_units() {
    let app = Delivery::new();
    let (run, spent) = app.world.measure(app.relay()).await;
    run.expect("nothing is to do");
    assert_eq!((spent.reads(), spent.writes()), (READS_OF_A_RUN, Units::whole(0)));
}

#[tokio::test(start_paused = true)]
async fn what_is_too_young_costs_no_more_than_nothing() {
    let app = Delivery::new();
    let scope = app.scope();
    let young: Vec<_> = (0..50).map(|_| app.message(&scope, &"x".repeat(4000))).collect();
    app.commit(&scope, "young", &young).await;
    let (run, spent) = app.world.measure(app.relay()).await;
    run.expect("nothing is to do");
    assert_eq!((spent.reads(), spent.writes()), (READS_OF_A_RUN, Units::whole(0)));
}
