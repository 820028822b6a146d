//! What the core tells of loans: each message changes a loan, and most are told on.

use std::env;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::types::{AttributeValue, Put};
use bench::Error;
use futures_util::future::try_join;
use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde_json::{Value, json};

use super::loans::{Loans, disbursed, map, whole_plan};
use super::orders::unless_there;
use super::{CHANNEL, DIGEST_SECRET, NOBODY, SEALING_SECRET};
use crate::callbacks::{Callbacks, WakeUps};
use crate::clients::Aws;
use crate::dynamodb::{Item, NOW, STAMP, number, number_of, put, text, text_of};
use crate::forms::sortable;
use crate::outbox::{Event, Outbox};
use crate::secrets::Secrets;

/// What a consumer works with.
struct Tells {
    job: String,
    loans: Loans,
    messages: String,
    callbacks: Callbacks,
    wake_ups: WakeUps,
    outbox: Outbox,
}

/// What a message leads to, beside the loan's new row.
struct Change {
    status: &'static str,
    reason: &'static str,
    callbacks: Vec<(&'static str, String)>,
    event: Option<Event>,
}

/// Does the job of a consumer.
pub(super) async fn take(aws: &Aws, job: &str) -> Result<(), Error> {
    let needed: &[&str] = match job {
        "audit-result" | "loan-result" => &[DIGEST_SECRET, SEALING_SECRET],
        "overdue" | "repay-result" => &[CHANNEL],
        _ => &[],
    };
    if !needed.is_empty() {
        let secrets = Secrets::read(aws, needed).await?;
        for secret in needed {
            secrets.of(secret)?;
        }
    }
    let tells = &Tells {
        job: job.to_owned(),
        loans: Loans::read(aws)?,
        messages: env::var("THIRD_ORDER_MESSAGES_TABLE")?,
        callbacks: Callbacks::read(aws)?,
        wake_ups: WakeUps::read(aws)?,
        outbox: Outbox::read(aws)?,
    };
    tells.loans.find(NOBODY).await?;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        for record in &event.payload.records {
            tells.take(&serde_json::from_str(record.body.as_deref().ok_or("no body")?)?).await?;
        }
        Ok::<_, Error>(SqsBatchResponse::default())
    }))
    .await
}

impl Tells {
    async fn take(&self, message: &Value) -> Result<(), Error> {
        let order = format!("{}#{}", member(message, "channel_id")?, member(message, "order_id")?);
        let mut loan = self.loans.find(&order).await?.ok_or("no such loan")?;
        let occurred_at = sortable(member(message, "occurred_at")?)?;
        let change = self.changed(&mut loan, message, &occurred_at)?;
        let (kind, event_id) = (self.job.replace('-', "_"), member(message, "event_id")?);
        let last = map([("event_id", text(event_id)), ("occurred_at", text(&occurred_at))]);
        loan.insert("core_messages".to_owned(), map([(&kind, last)]));
        let mut items = self.loans.step(&mut loan, change.status, (&self.job, change.reason))?;
        if let Some(event) = &change.event {
            items.push(put(self.outbox.row(event))?);
        }
        let kept = Put::builder()
            .table_name(&self.messages)
            .item("order", text(&order))
            .item("message", text(format!("{kind}#{event_id}")))
            .item("taken", text("applied"))
            .item("told", text(&kind))
            .item("occurred_at", text(occurred_at))
            .item("at", text(NOW))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP));
        items.push(put(unless_there(kept, "order"))?);
        let version = number_of(&loan, "version")?.parse()?;
        items.extend(self.callbacks.caused(&order, version, &change.callbacks)?);
        self.loans.commit(items).await?;
        if change.callbacks.is_empty() {
            return Ok(());
        }
        match change.event {
            Some(event) => try_join(self.wake_ups.send(&order), self.outbox.deliver(event)).await.map(|_| ()),
            None => self.wake_ups.send(&order).await,
        }
    }

    fn changed(&self, loan: &mut Item, message: &Value, occurred_at: &str) -> Result<Change, Error> {
        let silent = |status, reason| Change { status, reason, callbacks: Vec::new(), event: None };
        if self.job == "audit-result" {
            return Ok(silent("20", "audit passed"));
        }
        if self.job == "loan-result" {
            loan.insert("receive_amount".to_owned(), text(member(message, "receive_amount")?));
            return Ok(silent("30", "result of the disbursement"));
        }
        loan.insert("plan".to_owned(), plan(message)?);
        loan.insert("plan_at".to_owned(), text(occurred_at));
        let number_text = member(message, "order_id")?;
        let of_order = |told: String| format!(r#"{{"orderId":"{number_text}",{}"#, &told[1..]);
        if self.job == "repay-plan" {
            for name in ["contract_id", "receive_amount", "repay_amount"] {
                loan.insert(name.to_owned(), text(member(message, name)?));
            }
            let event = paid_out(loan, number_text)?;
            let callbacks = vec![("loan", of_order(disbursed(loan)?))];
            return Ok(Change { event: Some(event), callbacks, ..silent("30", "plan made") });
        }
        let told_plan = ("plan", of_order(whole_plan(loan)?));
        if self.job == "overdue" {
            return Ok(Change { callbacks: vec![told_plan], ..silent("30", "overdue fees") });
        }
        let closed = map([
            ("closed", AttributeValue::L(vec![text("paid")])),
            ("is_open", AttributeValue::Bool(false)),
            ("last", text("paid")),
        ]);
        loan.insert("attempts".to_owned(), map([("1", closed)]));
        let callbacks = vec![("repay", repaid(message, number_text)?), told_plan];
        Ok(Change { callbacks, ..silent("30", "repayment of 1, attempt 1: paid") })
    }
}

fn repaid(message: &Value, number_text: &str) -> Result<String, Error> {
    let at = member(message, "repay_time")?.parse::<Timestamp>()?.as_millisecond();
    Ok(format!(
        r#"{{"orderId":"{number_text}","period":{},"status":8001,"alreadyRepayAmount":{},"willRepayAmount":{},"remark":"已还清","repayTime":{at}}}"#,
        message["period"],
        member(message, "already_repay_amount")?,
        member(message, "will_repay_amount")?,
    ))
}

fn paid_out(loan: &Item, number_text: &str) -> Result<Event, Error> {
    let members = json!({
        "channel_id": "840",
        "order_id": number_text,
        "borrow_no": text_of(loan, "borrow_no")?,
        "contract_id": text_of(loan, "contract_id")?,
        "loan_version": number_of(loan, "version")?.parse::<u64>()? + 1,
        "loan_amount": text_of(loan, "loan_amount")?,
        "receive_amount": text_of(loan, "receive_amount")?,
        "repay_amount": text_of(loan, "repay_amount")?,
        "periods": 2,
    });
    Ok(Event::new("tenor.marketplace", "loan_disbursed", members))
}

/// A message's plan as a loan's row has it.
fn plan(message: &Value) -> Result<AttributeValue, Error> {
    let period = |period: &Value| -> Result<AttributeValue, Error> {
        let mut item = Item::from([("period_no".to_owned(), number(&period["period_no"]))]);
        for name in [
            "due_time",
            "can_repay_time",
            "principal",
            "repay_amount",
            "already_repay_amount",
            "overdue_fee",
            "status",
        ] {
            item.insert(name.to_owned(), text(member(period, name)?));
        }
        if let Some(at) = period["success_time"].as_str() {
            item.insert("success_time".to_owned(), text(at));
        }
        Ok(AttributeValue::M(item))
    };
    let periods = message["plan"].as_array().ok_or("no plan")?;
    Ok(AttributeValue::L(periods.iter().map(period).collect::<Result<_, _>>()?))
}

fn member<'a>(message: &'a Value, name: &str) -> Result<&'a str, Error> {
    Ok(message[name].as_str().ok_or_else(|| format!("a message without {name}"))?)
}
