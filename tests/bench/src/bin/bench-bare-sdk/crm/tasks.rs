//! DynamoDB with the table of communication tasks: the functions' calls, written out.

use std::env;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::builders::{PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{Put, Update};
use bench::Error;

use super::wire::{Reply, id};
use crate::clients::Aws;
use crate::dynamodb::{Item, NOW, ON_FAILURE, STAMP, UNITS, number, number_of, text, text_of};

/// A task's own id.
const ID: &str = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";

/// The tasks.
pub(super) struct Tasks {
    client: Client,
    table: String,
}

impl Tasks {
    /// Builds the client.
    pub(super) fn read(aws: &Aws) -> Result<Self, Error> {
        Ok(Self { client: aws.dynamodb(), table: env::var("INFOR_TASKS_TABLE")? })
    }

    /// The row of a request, if there is one.
    pub(super) async fn find(&self, request_id: &str) -> Result<Option<Item>, Error> {
        let read = self.client.get_item().table_name(&self.table).key("vtbc_request_id", text(request_id));
        Ok(read.consistent_read(true).return_consumed_capacity(UNITS).send().await?.item)
    }

    /// The row of a new request.
    pub(super) fn new_row(&self, request_id: &str, organization_id: &str, date: &str) -> PutBuilder {
        Put::builder()
            .table_name(&self.table)
            .item("id", text(ID))
            .item("vtbc_request_id", text(request_id))
            .item("organization_id", text(organization_id))
            .item("request_date", text(date))
            .item("send_state", text("NEW"))
            .item("time_create", text(NOW))
            .item("version", number(1))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP))
            .condition_expression("attribute_not_exists(#id)")
            .expression_attribute_names("#id", "vtbc_request_id")
    }

    /// Notes that the queue has a request.
    pub(super) async fn mark_sent(&self, request_id: &str) -> Result<(), Error> {
        self.client
            .update_item()
            .table_name(&self.table)
            .key("vtbc_request_id", text(request_id))
            .condition_expression("#send_state = :new")
            .update_expression("SET #send_state = :sent, #stamp = :stamp")
            .expression_attribute_names("#send_state", "send_state")
            .expression_attribute_names("#stamp", "request_stamp")
            .expression_attribute_values(":new", text("NEW"))
            .expression_attribute_values(":sent", text("SENT"))
            .expression_attribute_values(":stamp", text(STAMP))
            .return_values_on_condition_check_failure(ON_FAILURE)
            .return_consumed_capacity(UNITS)
            .send()
            .await?;
        Ok(())
    }

    /// A row with the reply that its task was created; what the reply leaves out is emptied.
    pub(super) fn replied(&self, row: &Item, reply: &Reply<'_>) -> Result<UpdateBuilder, Error> {
        let request_id = text_of(row, "vtbc_request_id")?;
        let version: u64 = number_of(row, "version")?.parse()?;
        let columns = [
            ("infor_response_id", Some(request_id)),
            ("status_code", Some("0")),
            ("infor_message_id", reply.message_id.map(id).transpose()?),
            ("status_msg", reply.status_msg),
            ("task_id", Some(id(reply.task_id)?)),
            ("time_update", Some(NOW)),
            ("request_stamp", Some(STAMP)),
        ];
        let mut update = Update::builder().table_name(&self.table).key("vtbc_request_id", text(request_id));
        let (mut sets, mut removes) = (vec!["#version = :next".to_owned()], Vec::new());
        for (place, (column, value)) in columns.into_iter().enumerate() {
            update = update.expression_attribute_names(format!("#c{place}"), column);
            if let Some(value) = value {
                sets.push(format!("#c{place} = :c{place}"));
                update = update.expression_attribute_values(format!(":c{place}"), text(value));
            } else {
                removes.push(format!("#c{place}"));
            }
        }
        let mut expression = format!("SET {}", sets.join(", "));
        if !removes.is_empty() {
            expression = format!("{expression} REMOVE {}", removes.join(", "));
        }
        Ok(update
            .condition_expression("#version = :version")
            .update_expression(expression)
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", number(version))
            .expression_attribute_values(":next", number(version + 1)))
    }
}
