//! Rows of another credit type.

use serde_json::json;
use suites::gateway::Post;
use suites::quota::{FIRST_PAGE, GRANTS, opened};

use crate::one_grant::{app, cancel_of_w1, edit, lasting};

#[tokio::test(start_paused = true)]
async fn a_row_of_another_credit_type_is_no_grant_whatever_else_stands_in_it() {
    let app = app().await;
    app.take(&[opened("p-1"), lasting("p-1", "W2")]).await;
    edit(&app.world, GRANTS, "credit_type", json!({"S": "FIXED"}));
    edit(&app.world, GRANTS, "schema_version", json!({"N": "7"}));
    let page = app.query("p-1", FIRST_PAGE).await.body;
    assert!(page.contains(r#""totalCount":1,"#) && page.contains("W2") && !page.contains("W1"), "{page}");
    let cancel = app.cancel("p-1", "2201", "W1").await.body;
    assert!(cancel.contains(r#""code":"1001""#), "{cancel}");
    let cancel = app.credit_man_cancel(&Post::signed(cancel_of_w1())).await.body;
    assert!(cancel.contains(r#""code":"1001""#), "{cancel}");
    assert_eq!((app.counted("internal_error"), app.logged("ERROR").len()), (0, 0));
}
