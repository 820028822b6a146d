//! The CRM context's jobs: for each function, the calls that it makes.

mod clients;
mod tasks;
mod wire;

use std::env;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client;
use bench::Error;
use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde_json::json;

use self::clients::{Clients, asked, changed, waiting_since};
use self::tasks::Tasks;
use self::wire::{MigrationClient, Reply, Request, SystemId, WorkItem, dt, id};
use crate::clients::Aws;
use crate::dynamodb::{Item, NOBODY, STAMP, put, text_of, transact, update};
use crate::forms::{Occasion, sortable};
use crate::outbox::{CORRELATION_ID, Event, Outbox};
use crate::queues::{CORRELATION_ATTRIBUTE, MOST_MESSAGES, Message, Queues};
use crate::unsent::{Row, Unsent, key};

/// Who tells the context's events.
const SOURCE: &str = "tenor.crm";
/// Into how many partitions the waiting clients are split.
const SHARDS: u32 = 16;
/// The functions' setting: how long a client waits before it is asked about.
const WAITING: SignedDuration = SignedDuration::from_hours(7 * 24);
/// No request has this id.
const NO_REQUEST: &str = "-";

/// What infor-request works with.
struct Requests {
    client: Client,
    clients: Clients,
    tasks: Tasks,
    unsent: Unsent,
    queues: Queues,
    outbound_url: String,
}

/// A request that is written and not sent yet.
struct Written {
    id: String,
    message_id: String,
    body: String,
    attributes: Vec<(String, String)>,
}

/// Does `job`.
pub(crate) async fn serve(job: &str) -> Result<(), Error> {
    let aws = Aws::read()?;
    match job {
        "client-events" => {
            let clients = &Clients::read(&aws)?;
            clients.find(NOBODY).await?;
            run(service_fn(async |event: LambdaEvent<_>| client_events(clients, &event.payload).await)).await
        }
        "infor-scan" => {
            let (queues, url) = (&Queues::read(&aws), &env::var("INFOR_SHARDS_QUEUE_URL")?);
            run(service_fn(async |event: LambdaEvent<_>| infor_scan(queues, url, &event.payload).await)).await
        }
        "infor-request" => {
            let requests = &Requests {
                client: aws.dynamodb(),
                clients: Clients::read(&aws)?,
                tasks: Tasks::read(&aws)?,
                unsent: Unsent::read(&aws)?,
                queues: Queues::read(&aws),
                outbound_url: env::var("INFOR_OUTBOUND_QUEUE_URL")?,
            };
            requests.clients.find(NOBODY).await?;
            run(service_fn(async |event: LambdaEvent<_>| requests.of_batch(&event.payload).await)).await
        }
        "infor-inbound" => {
            let (client, tasks) = (&aws.dynamodb(), &Tasks::read(&aws)?);
            let (clients, outbox) = (&Clients::read(&aws)?, &Outbox::read(&aws)?);
            tasks.find(NO_REQUEST).await?;
            let job = async |event: LambdaEvent<_>| {
                infor_inbound(client, (tasks, clients), outbox, &event.payload).await
            };
            run(service_fn(job)).await
        }
        other => Err(format!("{other} is no job").into()),
    }
}

/// client-events: a newer row of the migration.
async fn client_events(clients: &Clients, batch: &SqsEvent) -> Result<SqsBatchResponse, Error> {
    for record in &batch.records {
        let event: MigrationClient<'_> = serde_json::from_str(record.body.as_deref().ok_or("no body")?)?;
        if event.kind.trim() != "migration_client" {
            return Err("no row of the migration".into());
        }
        let row = clients.find(id(event.organization_id)?).await?.unwrap_or_default();
        clients.write(changed(row, &event)?).await?;
    }
    Ok(SqsBatchResponse::default())
}

/// infor-scan: a work item for each shard.
async fn infor_scan(queues: &Queues, url: &str, occasion: &Occasion) -> Result<(), Error> {
    let time = &sortable(&occasion.time)?;
    let bodies = (0..SHARDS).map(|shard| serde_json::to_string(&WorkItem { time, shard }));
    let bodies: Vec<_> = bodies.collect::<Result<_, _>>()?;
    let attributes = &[correlation()];
    for bodies in bodies.chunks(MOST_MESSAGES) {
        let messages: Vec<_> = bodies.iter().map(|body| Message { body, attributes }).collect();
        queues.send(url, &messages).await?;
    }
    Ok(())
}

impl Requests {
    /// infor-request: the clients who are due, none of whom was ever asked about; ten at once.
    async fn of_batch(&self, batch: &SqsEvent) -> Result<SqsBatchResponse, Error> {
        for record in &batch.records {
            let item: WorkItem<'_> = serde_json::from_str(record.body.as_deref().ok_or("no body")?)?;
            let time: Timestamp = item.time.parse()?;
            if item.shard >= SHARDS {
                return Err("no shard".into());
            }
            let cutoff = &format!("{:.9}", time.checked_sub(WAITING)?);
            let mut next = None;
            loop {
                let (rows, after) = self.clients.waiting(item.shard, cutoff, next).await?;
                for (chunk, rows) in rows.chunks(MOST_MESSAGES).enumerate() {
                    self.ask_about(chunk * MOST_MESSAGES, rows, (time, cutoff)).await?;
                }
                next = after;
                if next.is_none() {
                    break;
                }
            }
        }
        Ok(SqsBatchResponse::default())
    }

    /// Writes the requests about some clients, sends them in one call, and notes that they are sent.
    async fn ask_about(&self, first: usize, rows: &[Item], times: (Timestamp, &str)) -> Result<(), Error> {
        let asked = rows.iter().enumerate().map(|(place, row)| self.ask(first + place, row, times));
        let written = try_join_all(asked).await?;
        let messages: Vec<_> = written
            .iter()
            .map(|request| Message { body: &request.body, attributes: &request.attributes })
            .collect();
        self.queues.send(&self.outbound_url, &messages).await?;
        self.unsent.delete(written.iter().map(|request| key(&request.message_id)).collect()).await?;
        try_join_all(written.iter().map(|request| self.tasks.mark_sent(&request.id))).await?;
        Ok(())
    }

    /// Writes the request about a client, with its row and its message.
    async fn ask(
        &self,
        place: usize,
        row: &Item,
        (time, cutoff): (Timestamp, &str),
    ) -> Result<Written, Error> {
        if row.contains_key("requested_at") || waiting_since(row)?.is_none_or(|since| since > cutoff) {
            return Err("the client is not due, or was asked about before".into());
        }
        let organization_id = text_of(row, "organization_id")?;
        let back_ids = self.clients.back_ids(text_of(row, "mdm_id")?).await?;
        let written = Written::new(place, &request_of(place, row, &back_ids, time)?)?;
        let message = self.unsent.put(&Row {
            id: &written.message_id,
            destination: &[("queue_url", &self.outbound_url)],
            body: &written.body,
            attributes: &written.attributes,
        });
        let row = self.clients.next_version(asked(row, &written.id, time))?;
        let task = self.tasks.new_row(&written.id, organization_id, &dt(time));
        transact(&self.client, vec![put(task)?, put(row)?, put(message)?]).await?;
        Ok(written)
    }
}

impl Written {
    fn new(place: usize, request: &Request<'_>) -> Result<Self, Error> {
        let id = request.id.clone();
        let attributes = vec![("requestID".to_owned(), id.clone()), correlation()];
        let message_id = format!("{place:08x}{}", &STAMP[8..]);
        Ok(Self { id, message_id, body: serde_json::to_string(request)?, attributes })
    }
}

/// What a request says of a client with these ids in the back systems, of which the newest count.
fn request_of<'a>(
    place: usize,
    row: &'a Item,
    back_ids: &'a [Item],
    time: Timestamp,
) -> Result<Request<'a>, Error> {
    let organization_id = text_of(row, "organization_id")?;
    let mdm_id = SystemId { system_code: "vtb_mdm_id", id: text_of(row, "mdm_id")? };
    let ehd_id = SystemId { system_code: "ehd_id", id: organization_id };
    let (ibso, infor) = (newest(back_ids, "ibso", "IBSO")?, newest(back_ids, "infor", "INFOR")?);
    Ok(Request {
        id: format!("{place:08x}-89ab-4cde-8f01-23456789abcd"),
        dt: dt(time),
        client_id_list: [Some(mdm_id), ibso, Some(ehd_id), infor].into_iter().flatten().collect(),
        inn: text_of(row, "tin")?,
        ogrn: text_of(row, "registry_number")?,
        kpp: text_of(row, "kpp")?,
        okpo: text_of(row, "okpo").ok(),
    })
}

fn newest<'a>(
    back_ids: &'a [Item],
    system: &str,
    system_code: &'static str,
) -> Result<Option<SystemId<'a>>, Error> {
    let mut newest = None;
    for row in back_ids {
        let told = (text_of(row, "occurred_at")?, text_of(row, "event_id")?);
        if text_of(row, "back_system_name")? == system && newest.is_none_or(|(shown, _)| told > shown) {
            newest = Some((told, text_of(row, "back_system_id")?));
        }
    }
    Ok(newest.map(|(_, id)| SystemId { system_code, id }))
}

/// infor-inbound: the first reply to a request, that a task was created.
async fn infor_inbound(
    client: &Client,
    (tasks, clients): (&Tasks, &Clients),
    outbox: &Outbox,
    batch: &SqsEvent,
) -> Result<SqsBatchResponse, Error> {
    for record in &batch.records {
        let reply: Reply<'_> = serde_json::from_str(record.body.as_deref().ok_or("no body")?)?;
        let row = tasks.find(id(reply.request_id)?).await?.ok_or("an unknown request")?;
        if reply.status_code.trim() != "0" || row.contains_key("status_code") {
            return Err("not the first reply, or no task".into());
        }
        let organization_id = text_of(&row, "organization_id")?;
        let members = json!({
            "organization_id": organization_id,
            "request_id": text_of(&row, "vtbc_request_id")?,
            "task_id": id(reply.task_id)?,
        });
        let event = Event::new(SOURCE, "communication_task_created", members);
        let replied = update(tasks.replied(&row, &reply)?)?;
        let never_again = update(clients.never_again(organization_id))?;
        transact(client, vec![replied, never_again, put(outbox.row(&event))?]).await?;
        outbox.deliver(event).await?;
    }
    Ok(SqsBatchResponse::default())
}

/// What every message is marked with.
fn correlation() -> (String, String) {
    (CORRELATION_ATTRIBUTE.to_owned(), CORRELATION_ID.to_owned())
}
