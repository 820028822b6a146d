//! Pushes (§3.3, §8, §13).

mod finding;
mod storing;
mod waiting;

use suites::crm::{Crm, created};

/// A context whose only task was created, and the request's id.
async fn with_task() -> (Crm, String) {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[created(&id)]).await;
    (app, id)
}

/// What came of the latest message.
fn latest(app: &Crm) -> String {
    app.outcomes().pop().unwrap_or_default()
}
