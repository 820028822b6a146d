use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{BatchResultErrorEntry, MessageAttributeValue, SendMessageBatchRequestEntry};

use super::batch::TEXT;
use super::pending::Pending;
use super::send::{Sent, Unsent};

/// Sends rows to the queue at `url`, in one call.
pub(super) async fn send(client: &Client, url: &str, rows: &[&Pending]) -> Sent {
    let entries = rows.iter().enumerate().map(|(place, row)| entry(place, row));
    let entries: Vec<_> = entries.collect::<Result<_, _>>()?;
    let call = client.send_message_batch().queue_url(url).set_entries(Some(entries));
    let answer = call.send().await.map_err(|error| Unsent::of(&error))?;
    let outcome = |place: usize| {
        let id = place.to_string();
        if answer.successful().iter().any(|sent| sent.id() == id) {
            return Ok(());
        }
        let failed = answer.failed().iter().find(|failed| failed.id() == id);
        Err(failed.map_or_else(|| Unsent::Left("SQS does not tell what came of it".into()), judge))
    };
    Ok((0..rows.len()).map(outcome).collect())
}

fn entry(place: usize, row: &Pending) -> Result<SendMessageBatchRequestEntry, Unsent> {
    let mut entry =
        SendMessageBatchRequestEntry::builder().id(place.to_string()).message_body(row.body.clone());
    for (name, value) in &row.attributes {
        let attribute = MessageAttributeValue::builder().data_type(TEXT).string_value(value).build();
        entry =
            entry.message_attributes(name, attribute.map_err(|error| Unsent::Refused(error.to_string()))?);
    }
    entry.build().map_err(|error| Unsent::Refused(error.to_string()))
}

fn judge(failed: &BatchResultErrorEntry) -> Unsent {
    let message = failed.message().unwrap_or("-");
    if failed.sender_fault() {
        Unsent::refusal(failed.code(), message)
    } else {
        Unsent::Left(format!("{}: {message}", failed.code()))
    }
}
