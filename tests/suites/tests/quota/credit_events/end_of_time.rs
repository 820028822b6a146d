//! Grants at the end of time.

use suites::quota::{DEAD_LETTERS, FIRST_PAGE, Quota, granted, opened, with};

#[tokio::test(start_paused = true)]
async fn a_grant_until_the_end_of_9999_is_booked_shown_and_cancelled() {
    let app = Box::pin(Quota::new()).await;
    let forever = with(granted("p-1", "2201", "W1", "500"), "invalid_time", "9999-12-31T23:59:59+08:00");
    let late = with(granted("p-1", "2101", "W2", "1"), "effective_time", "9999-12-15T00:00:00+08:00");
    app.take(&[opened("p-1"), forever, late]).await;
    assert!(app.world.messages(DEAD_LETTERS).is_empty());
    let page = app.query("p-1", FIRST_PAGE).await.body;
    assert!(page.contains(r#""totalCount":2,"#), "{page}");
    assert_eq!(page.matches(r#""invalidTime":"9999-12-31""#).count(), 2, "{page}");
    app.expire("2019-06-26T00:10:00+08:00").await.unwrap();
    assert!(app.cancel("p-1", "2201", "W1").await.body.contains(r#""code":"1111""#));
    assert_eq!(app.total("p-1").as_deref(), Some("1"));
}
