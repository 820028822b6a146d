//! Communication tasks (crm §5, §8, §12): clients arrive by messages, the scan is invoked, `InforCRM` answers.

use std::process;

use serde_json::{Value, json};

use crate::world::{dead_letter, eventually, platform, put_in_queue};

const CLIENT_EVENTS: &str = "client-events";
const INBOUND: &str = "infor-inbound";
const SCAN_TIME: &str = "2026-01-09T06:00:00Z";

/// An organization, of which no other test knows.
struct Organization {
    id: String,
}

impl Organization {
    /// One that has waited before the Wizard since this instant, and is known as such.
    fn waiting_since(test: &str, since: &str) -> Self {
        let organization = Self { id: format!("o-{test}-{}", process::id()) };
        for message in organization.messages(since) {
            put_in_queue(CLIENT_EVENTS, &message.to_string());
        }
        eventually(&format!("{} waits", organization.id), || {
            let row = organization.client()?;
            (row.get("waiting_since").is_some() && row.get("tin").is_some()).then_some(())
        });
        organization
    }

    fn messages(&self, since: &str) -> [Value; 3] {
        let at = "2025-12-01T00:00:00+03:00";
        [
            json!({
                "event_id": "1", "type": "client_snapshot", "organization_id": self.id, "tin": "1200009193",
                "registry_number": "1231200000844", "kpp": "120001001", "okpo": "02847208", "occurred_at": at,
            }),
            json!({
                "event_id": "2", "type": "wizard_status_changed", "organization_id": self.id,
                "wizard_status": "TO_SIGN", "change_date": since,
            }),
            json!({
                "event_id": "3", "type": "migration_client", "organization_id": self.id,
                "mdm_id": format!("m-{}", self.id), "status": "in_wizard", "wizard_status": "OK", "occurred_at": at,
            }),
        ]
    }

    fn client(&self) -> Option<Value> {
        let table = platform().outputs.table("crm_clients").unwrap();
        platform().engine.items(table, "organization_id", &self.id).unwrap().pop()
    }

    /// The requests about it that `InforCRM` received.
    fn requests(&self) -> Vec<Value> {
        let path = format!("/requests?partner=infor&order={}", self.id);
        let requests = platform().control("GET", &path, b"").unwrap().json().unwrap();
        requests.as_array().unwrap().clone()
    }

    /// The row of its first request, once it has this value in a column.
    fn task_with(&self, column: &str, value: &str) -> Value {
        let request =
            eventually(&format!("{} is asked about", self.id), || self.requests().into_iter().next());
        assert_eq!(request["verified"], true, "{request}");
        let id = request["body"]["requestID"].as_str().unwrap();
        let table = platform().outputs.table("infor_communication_task").unwrap();
        eventually(&format!("{column} of {id} is {value}"), || {
            let row = platform().engine.items(table, "vtbc_request_id", id).unwrap().pop()?;
            (row[column]["S"] == value).then_some(row)
        })
    }
}

/// `InforCRM` takes every request, creates a task, and reports it done.
fn infor_answers() {
    let plan = json!({"consume": true, "push": {"firstLevelClientReaction": "Недозвон"}});
    platform().control("PUT", "/infor", plan.to_string().as_bytes()).unwrap();
}

fn scan() {
    let function = platform().outputs.function("infor-scan").unwrap();
    let answer = platform().engine.invoke(function, &json!({"time": SCAN_TIME, "id": "test"})).unwrap();
    assert_eq!((answer.header("x-amz-function-error"), answer.text().as_str()), ("", "null"));
}

#[test]
fn a_client_goes_from_the_wizard_to_a_reaction_and_is_never_asked_about_again() {
    infor_answers();
    let client = Organization::waiting_since("done", "2026-01-02T09:00:00+03:00");
    let early = Organization::waiting_since("early", "2026-01-02T09:00:01+03:00");
    scan();
    let task = client.task_with("task_status", "3");
    assert_eq!(task["status_code"]["S"], "0");
    assert_eq!(task["first_level_client_reaction"]["S"], "Недозвон");
    assert_eq!(task["organization_id"]["S"], client.id.as_str());
    let row = client.client().unwrap();
    assert_eq!(
        (&row["status"]["S"], &row["changed_wizard_status"]["S"]),
        (&json!("in_wizard"), &json!("TO_SIGN"))
    );
    assert_eq!(row.get("waiting_since"), None);
    scan();
    assert_eq!(client.requests().len(), 1);
    assert_eq!(early.requests(), Vec::<Value>::new(), "a second short of seven days");
}

#[test]
fn a_reply_that_nobody_asked_for_is_set_aside_as_it_came() {
    let reply = json!({"requestID": "1", "replyUID": format!("nobody-{}", process::id()), "statusCode": "1"});
    put_in_queue(INBOUND, &reply.to_string());
    let letter = dead_letter(INBOUND, "nobody-");
    assert_eq!(
        (letter.body.as_str(), letter.attribute("dead_letter_reason")),
        (reply.to_string().as_str(), "unknown_request")
    );
}
