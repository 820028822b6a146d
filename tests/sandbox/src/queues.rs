//! Where the queues are: `PUT /_control/queues`. The sandbox starts before they exist, so it is told later.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::put;
use axum::{Json, Router};
use http::Uri;
use serde::Deserialize;
use serde_json::Value;

use crate::control::{Refused, done, read};
use crate::sqs::{Message, Sqs};
use crate::{Shared, lock};

/// The deployment's queues, once they are known.
#[derive(Default)]
pub(crate) struct Queues(Mutex<Option<Deployed>>);

struct Deployed {
    sqs: Arc<Sqs>,
    urls: BTreeMap<String, String>,
}

/// One queue of the deployment.
pub(crate) struct Queue {
    sqs: Arc<Sqs>,
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    aws_endpoint: String,
    region: String,
    access_key_id: String,
    secret_access_key: String,
    /// Name to URL.
    queues: BTreeMap<String, String>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/_control/queues", put(tell))
}

impl Queues {
    /// The queue called `name`, or that nobody has said yet where it is.
    pub(crate) fn named(&self, name: &str) -> Result<Queue, Refused> {
        let known = lock(&self.0);
        let queue = known.as_ref().and_then(|deployed| {
            let url = deployed.urls.get(name)?.clone();
            Some(Queue { sqs: Arc::clone(&deployed.sqs), url })
        });
        queue.ok_or_else(|| {
            Refused::TooEarly(format!("nobody has said where the queue {name} is: PUT /_control/queues does"))
        })
    }
}

impl Queue {
    pub(crate) async fn receive(&self) -> Result<Vec<Message>, String> {
        self.sqs.receive(&self.url).await
    }

    pub(crate) async fn delete(&self, message: &Message) -> Result<(), String> {
        self.sqs.delete(&self.url, message).await
    }

    pub(crate) async fn send(&self, body: &str) -> Result<(), String> {
        self.sqs.send(&self.url, body).await
    }
}

impl Deployed {
    fn from(told: Told) -> Result<Self, Refused> {
        let wrong = || {
            Refused::Impossible(format!(
                "{:?} is no address such as http://127.0.0.1:4566",
                told.aws_endpoint
            ))
        };
        let endpoint: Uri = told.aws_endpoint.parse().map_err(|_| wrong())?;
        if endpoint.scheme_str() != Some("http") {
            return Err(wrong());
        }
        let sqs = Sqs::new(endpoint, told.region, &told.access_key_id, &told.secret_access_key);
        Ok(Self { sqs: Arc::new(sqs), urls: told.queues })
    }
}

async fn tell(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, Refused> {
    let deployed = Deployed::from(read(&body)?)?;
    *lock(&sandbox.queues.0) = Some(deployed);
    Ok(done())
}
