//! CRM: clients who hesitate before the Wizard are found once a day, `InforCRM` gets a task, and its outcome comes back.

use anyhow::Result;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::ui;

const EVENTS: &str = "client-events";
const INBOUND: &str = "infor-inbound";
const SCAN: &str = "infor-scan";
/// Has waited for eight days when the scan runs.
const WAITING: &str = "354815252";
/// Has waited for a second less than seven.
const NOT_YET: &str = "354815253";

/// Plays the story.
pub(super) fn play(stage: &mut Stage) -> Result<()> {
    ui::step("CRM: who hesitates is asked about");
    clients_arrive(stage)?;
    day_is_scanned(stage)?;
    ui::step("CRM: what comes of it is kept");
    outcome_comes_back(stage)?;
    day_is_scanned_again(stage)?;
    ui::step("CRM: what cannot be placed is set aside");
    foreign_reply_is_set_aside(stage)
}

fn clients_arrive(stage: &mut Stage) -> Result<()> {
    stage.step("The bank tells of two clients before the Wizard, in any order");
    for (organization_id, since) in
        [(WAITING, "2026-01-01T09:00:00+03:00"), (NOT_YET, "2026-01-02T09:00:00.001+03:00")]
    {
        for message in client(organization_id, since) {
            stage.send(EVENTS, &message.to_string())?;
        }
    }
    stage.queue_is_empty(EVENTS)
}

fn day_is_scanned(stage: &mut Stage) -> Result<()> {
    stage.step("InforCRM listens, but does not answer yet; the day's run is opened");
    stage.control("PUT", "/infor", &json!({"consume": true, "reply": null}))?;
    stage.invoke(SCAN, &json!({"time": "2026-01-09T06:00:00Z", "id": "demo"}))?;
    stage.step(
        "One request arrives, with everything in its place; who is a moment short of seven days has to wait",
    );
    let request = stage.infor_request(WAITING)?;
    stage.infor_was_asked(WAITING, 1)?;
    stage.infor_was_asked(NOT_YET, 0)?;
    stage.task_shows(&request, &[("organization_id", WAITING), ("send_state", "SENT")])
}

fn outcome_comes_back(stage: &mut Stage) -> Result<()> {
    let request = stage.infor_request(WAITING)?;
    stage.step("A push overtakes its reply: it waits, and is taken after it");
    let push = json!({
        "requestID": "72a26ab9", "dt": "2026-01-10T12:00:00.000+03:00", "statusCode": "0", "taskID": "123456789",
        "taskStatus": "3", "taskCloseDate": "2026-01-10", "taskExecType": "Ручной",
        "taskExecDescr": "Обработано", "firstLevelClientReaction": "Дозвон - планирует миграцию",
        "secondLevelClientReaction": "Назначена встреча с КМ", "thirdLevelClientReaction": "",
    });
    stage.send(INBOUND, &push.to_string())?;
    let reply = json!({
        "requestID": "72a26ab9", "replyUID": request, "dt": "2026-01-09T09:01:00.000+03:00", "statusCode": 0,
        "taskId": "123456789",
    });
    stage.send(INBOUND, &reply.to_string())?;
    stage.task_shows(
        &request,
        &[
            ("status_code", "0"),
            ("task_id", "123456789"),
            ("task_status", "3"),
            ("first_level_client_reaction", "Дозвон - планирует миграцию"),
        ],
    )?;
    stage.step("The same reply again changes nothing");
    stage.send(INBOUND, &reply.to_string())?;
    stage.queue_is_empty(INBOUND)
}

fn day_is_scanned_again(stage: &mut Stage) -> Result<()> {
    stage.step("The next day: who has a task is never asked about again; the other one is due now");
    stage.invoke(SCAN, &json!({"time": "2026-01-10T06:00:00Z", "id": "demo-2"}))?;
    stage.infor_request(NOT_YET)?;
    stage.infor_was_asked(NOT_YET, 1)?;
    stage.infor_was_asked(WAITING, 1)
}

fn foreign_reply_is_set_aside(stage: &mut Stage) -> Result<()> {
    stage.step("A reply to a request that we never made goes to the dead-letter queue, with its reason");
    let reply =
        json!({"requestID": "1", "replyUID": "nobody's", "statusCode": "0", "taskID": "1"}).to_string();
    stage.send(INBOUND, &reply)?;
    stage.dead_letter(INBOUND, &reply, "unknown_request")
}

fn client(organization_id: &str, since: &str) -> [Value; 4] {
    let at = "2025-12-01T00:00:00+03:00";
    let mdm_id = format!("mdm-{organization_id}");
    [
        json!({
            "event_id": "1", "type": "client_snapshot", "organization_id": organization_id, "tin": "1200009193",
            "registry_number": "1231200000844", "kpp": "120001001", "okpo": "02847208", "occurred_at": at,
        }),
        json!({
            "event_id": "2", "type": "back_system_id", "mdm_id": mdm_id, "back_system_name": "infor",
            "back_system_id": "A6UJ9A00EEG", "occurred_at": at,
        }),
        json!({
            "event_id": "3", "type": "wizard_status_changed", "organization_id": organization_id,
            "wizard_status": "TO_SIGN", "change_date": since,
        }),
        json!({
            "event_id": "4", "type": "migration_client", "organization_id": organization_id, "mdm_id": mdm_id,
            "status": "in_wizard", "wizard_status": "OK", "occurred_at": at,
        }),
    ]
}
