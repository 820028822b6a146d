//! infor-scan and infor-request together, from the schedule's event to the queue that TIBCO takes from: who is asked
//! about, and when (§5, §12).

mod again;
mod configured;
mod missing;
mod waiting;

use serde_json::Value;
use suites::crm::{Crm, SCAN, column};

/// Whether the client of whom this is told is asked about.
async fn is_asked(told: &[Value]) -> bool {
    let app = Crm::new();
    app.tell(told).await;
    app.scan(SCAN).await;
    assert!(app.dead("client-events").is_empty());
    !app.sent().is_empty()
}

/// The request's id of the row that was made at this time.
fn request_of(app: &Crm, request_date: &str) -> String {
    let rows = app.tasks();
    let row = rows.iter().find(|row| column(row, "request_date") == Some(request_date)).expect("a row");
    column(row, "vtbc_request_id").expect("an id").to_owned()
}
