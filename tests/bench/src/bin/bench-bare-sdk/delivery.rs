//! Delivery's jobs: what functions committed and could not send, and the callbacks that operators look at.

mod ops;

use std::collections::BTreeMap;
use std::time::SystemTime;

use aws_sdk_dynamodb::types::AttributeValue;
use bench::Error;
use futures_util::future::{BoxFuture, try_join_all};
use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, run, service_fn};

use crate::bus::Bus;
use crate::callbacks::Callbacks;
use crate::clients::Aws;
use crate::dynamodb::{Item, text_of};
use crate::forms::Occasion;
use crate::queues::{MOST_MESSAGES, Message, Queues};
use crate::unsent::{SHARDS, Unsent};

/// What is younger, the function that wrote it may still be sending itself.
const AGE_S: u64 = 30;

/// The outbox and where its messages go.
struct Relay {
    unsent: Unsent,
    queues: Queues,
    bus: Bus,
    callbacks: Callbacks,
}

/// A row as it is read.
struct Pending {
    key: Item,
    created_at: Timestamp,
    destination: Destination,
    body: String,
    attributes: Vec<(String, String)>,
}

enum Destination {
    Queue { url: String },
    Bus { source: String, detail_type: String },
}

/// Does `job`.
pub(crate) async fn serve(job: &str) -> Result<(), Error> {
    let aws = Aws::read()?;
    let callbacks = Callbacks::read(&aws)?;
    match job {
        "outbox-relay" => relay(&aws, callbacks).await,
        "callback-list" => ops::list(&callbacks).await,
        "callback-resend" => ops::resend(&aws, &callbacks).await,
        other => Err(format!("{other} is no job").into()),
    }
}

async fn relay(aws: &Aws, callbacks: Callbacks) -> Result<(), Error> {
    let (unsent, queues, bus) = (Unsent::read(aws)?, Queues::read(aws), Bus::read(aws)?);
    let relay = &Relay { unsent, queues, bus, callbacks };
    run(service_fn(async |_: LambdaEvent<Occasion>| relay.relay().await)).await
}

impl Relay {
    /// outbox-relay: a page of every shard at a time, one shard after the other.
    async fn relay(&self) -> Result<(), Error> {
        self.callbacks.nothing_waits().await?;
        let now = SystemTime::UNIX_EPOCH.elapsed()?.as_secs();
        let before = &format!("{:.9}", Timestamp::from_second(i64::try_from(now - AGE_S)?)?);
        let mut places: Vec<(u32, Option<Item>)> = (0..SHARDS).map(|shard| (shard, None)).collect();
        while !places.is_empty() {
            let (mut rows, mut following) = (Vec::new(), Vec::new());
            for (shard, from) in places {
                let (found, next) = self.unsent.page(shard, before, from).await?;
                rows.extend(found.iter().map(Pending::read).collect::<Result<Vec<_>, _>>()?);
                following.extend(next.map(|from| (shard, Some(from))));
            }
            self.send(&rows).await?;
            self.unsent.delete(rows.into_iter().map(|row| row.key).collect()).await?;
            places = following;
        }
        Ok(())
    }

    /// Sends rows, those for one destination together, to all destinations at once.
    async fn send(&self, rows: &[Pending]) -> Result<(), Error> {
        let (mut of_queues, mut of_bus) = (BTreeMap::<&str, Vec<Message<'_>>>::new(), Vec::new());
        for row in rows {
            match &row.destination {
                Destination::Queue { url } => {
                    let message = Message { body: &row.body, attributes: &row.attributes };
                    of_queues.entry(url).or_default().push(message);
                }
                Destination::Bus { source, detail_type } => {
                    let second = row.created_at.as_second();
                    of_bus.push(self.bus.entry(second, (source, detail_type), &row.body));
                }
            }
        }
        let mut calls: Vec<BoxFuture<'_, Result<(), Error>>> = Vec::new();
        for (url, messages) in &of_queues {
            for messages in messages.chunks(MOST_MESSAGES) {
                calls.push(Box::pin(self.queues.send(url, messages)));
            }
        }
        for entries in of_bus.chunks(MOST_MESSAGES) {
            calls.push(Box::pin(self.bus.put(entries.to_vec())));
        }
        try_join_all(calls).await?;
        Ok(())
    }
}

impl Pending {
    fn read(row: &Item) -> Result<Self, Error> {
        let (shard, entry) = (row.get("shard").ok_or("a row without shard")?, text_of(row, "entry")?);
        let (created_at, _id) = entry.split_once('#').ok_or("no entry")?;
        let key = [("shard", shard.clone()), ("entry", AttributeValue::S(entry.to_owned()))];
        let attribute = |(name, value): (&String, &AttributeValue)| {
            Ok((name.clone(), value.as_s().map_err(|_| "an attribute that is no text")?.clone()))
        };
        Ok(Self {
            key: key.map(|(name, value)| (name.to_owned(), value)).into(),
            created_at: created_at.parse()?,
            destination: Destination::read(map_of(row, "destination")?)?,
            body: text_of(row, "body")?.to_owned(),
            attributes: map_of(row, "attributes")?.iter().map(attribute).collect::<Result<_, Error>>()?,
        })
    }
}

impl Destination {
    fn read(destination: &Item) -> Result<Self, Error> {
        if destination.contains_key("queue_url") {
            return Ok(Self::Queue { url: text_of(destination, "queue_url")?.to_owned() });
        }
        let source = text_of(destination, "source")?.to_owned();
        Ok(Self::Bus { source, detail_type: text_of(destination, "detail_type")?.to_owned() })
    }
}

fn map_of<'a>(row: &'a Item, attribute: &'static str) -> Result<&'a Item, Error> {
    let map = row.get(attribute).and_then(|value| value.as_m().ok());
    Ok(map.ok_or_else(|| format!("a row without {attribute}"))?)
}
