//! The table of loans, and what the platform asks of them.

use std::env;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use bench::Error;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;

use super::channel::{Channel, answered, answered_text};
use super::orders::unless_there;
use super::{NOBODY, Status, channel, of_http};
use crate::clients::Aws;
use crate::dynamodb::{Item, NOW, STAMP, UNITS, number, number_of, put, text, text_of, transact};
use crate::forms::fingerprint;
use crate::outbox::CORRELATION_ID;
use crate::queues::{CORRELATION_ATTRIBUTE, Message, Queues};
use crate::unsent::{Row, Unsent, key};

/// The table, and that of the steps.
pub(super) struct Loans {
    client: Client,
    table: String,
    history: String,
}

/// What repay sends the core.
struct Commands {
    unsent: Unsent,
    queues: Queues,
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    order_id: String,
    period: Option<u16>,
}

/// Does the job of a question, or of repay.
pub(super) async fn question(aws: &Aws, job: &str) -> Result<(), Error> {
    let (channel, loans) = (&channel(aws).await?, &Loans::read(aws)?);
    match job {
        "loan-result-query" => {
            loans.find(NOBODY).await?;
            of_http(async |request| result(channel, loans, request).await).await
        }
        "repay" => {
            let commands = &Commands {
                unsent: Unsent::read(aws)?,
                queues: Queues::read(aws),
                url: env::var("CORE_COMMANDS_QUEUE_URL")?,
            };
            loans.find(NOBODY).await?;
            of_http(async |request| repay(channel, loans, commands, request).await).await
        }
        _ => {
            loans.find(NOBODY).await?;
            of_http(async |request| plan(job, channel, loans, request).await).await
        }
    }
}

async fn result(
    channel: &Channel,
    loans: &Loans,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let (order, _) = asked(channel, request)?;
    let loan = loans.find(&order).await?.ok_or("no such loan")?;
    if number_of(&loan, "status")? != "30" {
        return Err("it is not disbursed".into());
    }
    answered_text(disbursed(&loan)?)
}

/// What is told of a loan that is disbursed.
pub(super) fn disbursed(loan: &Item) -> Result<String, Error> {
    let amount = |name| text_of(loan, name);
    Ok(format!(
        r#"{{"status":7001,"remark":"放款成功","contractId":"{}","loanAmount":{},"receiveAmount":{},"repayAmount":{},"repayPlan":{}}}"#,
        amount("contract_id")?,
        amount("loan_amount")?,
        amount("receive_amount")?,
        amount("repay_amount")?,
        json!(periods(loan)?),
    ))
}

async fn plan(
    job: &str,
    channel: &Channel,
    loans: &Loans,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let (order, asked) = asked(channel, request)?;
    let loan = loans.find(&order).await?.ok_or("no such loan")?;
    if job == "repay-plan-query" {
        return answered_text(whole_plan(&loan)?);
    }
    let asked = asked.ok_or("no period")?;
    let period = period(&loan, asked)?;
    let amount = |name| -> Result<Decimal, Error> { Ok(text_of(period, name)?.parse()?) };
    let left = amount("repay_amount")? + amount("overdue_fee")? - amount("already_repay_amount")?;
    if job == "repay-trial" {
        return answered_text(format!(
            r#"{{"loanAmount":{},"repayAmount":{left},"overdueFee":{},"remark":"试算成功"}}"#,
            text_of(period, "principal")?,
            text_of(period, "overdue_fee")?,
        ));
    }
    if text_of(period, "status")? == "paid" || loan.contains_key("attempts") {
        return Err("it was repaid, or tried to be".into());
    }
    answered_text(format!(
        r#"{{"status":8006,"alreadyRepayAmount":{},"willRepayAmount":{left},"repayPeriod":{asked},"remark":"未还款"}}"#,
        text_of(period, "already_repay_amount")?,
    ))
}

async fn repay(
    channel: &Channel,
    loans: &Loans,
    commands: &Commands,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let (order, asked) = asked(channel, request)?;
    let mut loan = loans.find(&order).await?.ok_or("no such loan")?;
    let asked = asked.ok_or("no period")?.to_string();
    if text_of(period(&loan, asked.parse()?)?, "status")? == "paid" || loan.contains_key("attempts") {
        return Err("it was repaid, or tried to be".into());
    }
    let open = map([("closed", AttributeValue::L(Vec::new())), ("is_open", AttributeValue::Bool(true))]);
    loan.insert("attempts".to_owned(), map([(&asked, open)]));
    let reason = format!("repayment of {asked} asked for, attempt 1");
    let mut items = loans.step(&mut loan, "30", ("repay", &reason))?;
    let (of_channel, of_order) = order.split_once('#').ok_or("no order")?;
    let id = fingerprint(&["repayment", of_channel, of_order, &asked, "1"]);
    let body = json!({
        "command_id": &id[..32],
        "type": "repayment",
        "channel_id": of_channel,
        "order_id": of_order,
        "borrow_no": text_of(&loan, "borrow_no")?,
        "period": asked.parse::<u16>()?,
        "attempt_no": 1,
    })
    .to_string();
    let attributes = [(CORRELATION_ATTRIBUTE.to_owned(), CORRELATION_ID.to_owned())];
    let destination = [("queue_url", commands.url.as_str())];
    let row = Row { id: STAMP, destination: &destination, body: &body, attributes: &attributes };
    items.push(put(commands.unsent.put(&row))?);
    loans.commit(items).await?;
    commands.queues.send(&commands.url, &[Message { body: &body, attributes: &attributes }]).await?;
    commands.unsent.delete(vec![key(STAMP)]).await?;
    answered(&Status { status: 5001, remark: "还款申请已受理" })
}

fn asked(channel: &Channel, request: &ApiGatewayV2httpRequest) -> Result<(String, Option<u16>), Error> {
    let (channel, business) = channel.opened(request)?;
    let asked: Asked = serde_json::from_str(&business)?;
    Ok((format!("{channel}#{}", asked.order_id), asked.period))
}

impl Loans {
    /// Reads the functions' own variables.
    pub(super) fn read(aws: &Aws) -> Result<Self, Error> {
        let history = env::var("THIRD_ORDER_HISTORY_TABLE")?;
        Ok(Self { client: aws.dynamodb(), table: env::var("CL_BORROW_TABLE")?, history })
    }

    /// The loan of an order, if there is one.
    pub(super) async fn find(&self, order: &str) -> Result<Option<Item>, Error> {
        let get = self.client.get_item().table_name(&self.table).key("order", text(order));
        Ok(get.consistent_read(true).return_consumed_capacity(UNITS).send().await?.item)
    }

    /// What writes a loan that has changed, on condition of the version that was read: its row and its history's.
    pub(super) fn step(
        &self,
        loan: &mut Item,
        status: &str,
        (source, reason): (&str, &str),
    ) -> Result<Vec<TransactWriteItem>, Error> {
        let (read, from) = (number_of(loan, "version")?.to_owned(), number_of(loan, "status")?.to_owned());
        let version = read.parse::<u64>()? + 1;
        loan.insert("version".to_owned(), number(version));
        loan.insert("status".to_owned(), number(status));
        loan.insert("updated_at".to_owned(), text(NOW));
        loan.insert("request_stamp".to_owned(), text(STAMP));
        let changed = Put::builder()
            .table_name(&self.table)
            .set_item(Some(loan.clone()))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", number(read));
        let history = Put::builder()
            .table_name(&self.history)
            .item("order", text(text_of(loan, "order")?))
            .item("version", number(version))
            .item("at", text(NOW))
            .item("loan_from", number(from))
            .item("loan_to", number(status))
            .item("source", text(source))
            .item("reason", text(reason))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP));
        Ok(vec![put(changed)?, put(unless_there(history, "order"))?])
    }

    /// Writes all of these or none.
    pub(super) async fn commit(&self, items: Vec<TransactWriteItem>) -> Result<(), Error> {
        transact(&self.client, items).await
    }
}

/// The plan with the card that is debited.
pub(super) fn whole_plan(loan: &Item) -> Result<String, Error> {
    let card = loan.get("card").and_then(|card| card.as_m().ok()).ok_or("no card")?;
    if text_of(card, "bank_code")? != "GDB" {
        return Err("another bank".into());
    }
    let amounts = plan_of(loan)?.iter().map(|period| Ok(text_of(map_of(period)?, "repay_amount")?.parse()?));
    let total: Decimal = amounts.collect::<Result<Vec<Decimal>, Error>>()?.into_iter().sum();
    Ok(format!(
        r#"{{"status":9001,"bankName":"广发银行","bankCard":"{}","bankCode":"CGB","receiveAmount":{},"totalRepayAmount":{total},"repayPlan":{}}}"#,
        text_of(card, "card_last4")?,
        text_of(loan, "receive_amount")?,
        json!(periods(loan)?),
    ))
}

/// A plan's periods as the platform has them.
pub(super) fn periods(loan: &Item) -> Result<String, Error> {
    let millis = |period: &Item, name| -> Result<i64, Error> {
        Ok(text_of(period, name)?.parse::<Timestamp>()?.as_millisecond())
    };
    let wire = |period| -> Result<String, Error> {
        let period = map_of(period)?;
        let status = match text_of(period, "status")? {
            "not_due" => 1,
            "paid" => 2,
            _ => 3,
        };
        let amount = text_of(period, "repay_amount")?;
        let success = match period.get("success_time") {
            Some(_) => format!(r#","successTime":{}"#, millis(period, "success_time")?),
            None => String::new(),
        };
        Ok(format!(
            r#"{{"periodNo":{},"payType":4,"amount":{amount},"repayAmount":{amount},"alreadyRepayAmount":{},"overdueFee":{},"status":{status},"dueTime":{},"canRepayTime":{}{success}}}"#,
            number_of(period, "period_no")?,
            text_of(period, "already_repay_amount")?,
            text_of(period, "overdue_fee")?,
            millis(period, "due_time")?,
            millis(period, "can_repay_time")?,
        ))
    };
    let periods: Vec<_> = plan_of(loan)?.iter().map(wire).collect::<Result<_, _>>()?;
    Ok(format!("[{}]", periods.join(",")))
}

fn plan_of(loan: &Item) -> Result<&[AttributeValue], Error> {
    Ok(loan.get("plan").and_then(|plan| plan.as_l().ok()).ok_or("no plan")?)
}

fn period(loan: &Item, asked: u16) -> Result<&Item, Error> {
    let is_asked = |period: &&AttributeValue| {
        map_of(period)
            .and_then(|period| number_of(period, "period_no"))
            .is_ok_and(|no| no == asked.to_string())
    };
    map_of(plan_of(loan)?.iter().find(is_asked).ok_or("no such period")?)
}

fn map_of(value: &AttributeValue) -> Result<&Item, Error> {
    Ok(value.as_m().map_err(|_| "no map")?)
}

/// A map of these.
pub(super) fn map<const N: usize>(members: [(&str, AttributeValue); N]) -> AttributeValue {
    AttributeValue::M(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
