//! A request that leaves the code under test, read far enough to know whom it addresses and what it does.

use bytes::Bytes;
use serde_json::Value;

use crate::objects::{self, ObjectRequest};
use crate::{dynamo, event_bridge, parameters, partner, sqs};

/// One request of ours.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// `UpdateItem`, `SendMessage`, `PutEvents`, `PutObject`, or a partner call's HTTP method.
    pub(crate) operation: String,
    pub(crate) addressee: Addressee,
}

/// Whom the request addresses, with what it says.
#[derive(Clone, Debug)]
pub(crate) enum Addressee {
    Dynamo(Value),
    Sqs(Value),
    EventBridge(Value),
    Parameters(Value),
    Objects(Box<ObjectRequest>),
    Partner(Box<http::Request<Bytes>>),
}

impl Call {
    /// Reads an HTTP request; AWS's JSON protocols name their operation in `x-amz-target`.
    pub(crate) fn read(request: http::Request<Bytes>) -> Self {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
        let Some((service, operation)) = target.and_then(|target| target.split_once('.')) else {
            if objects::is_for_s3(&request) {
                let (operation, request) = ObjectRequest::read(request);
                return Self { operation, addressee: Addressee::Objects(Box::new(request)) };
            }
            let operation = request.method().to_string();
            return Self { operation, addressee: Addressee::Partner(Box::new(request)) };
        };
        let body = serde_json::from_slice(request.body()).expect("the SDK sends JSON");
        let addressee = match service {
            "DynamoDB_20120810" => Addressee::Dynamo(body),
            "AmazonSQS" => Addressee::Sqs(body),
            "AWSEvents" => Addressee::EventBridge(body),
            "AmazonSSM" => Addressee::Parameters(body),
            _ => panic!("the world does not play {service}"),
        };
        Self { operation: operation.to_owned(), addressee }
    }

    /// The tables, the queue, the buses, the parameters, the bucket or the partner's origin that the call addresses.
    pub(crate) fn targets(&self) -> Vec<String> {
        match &self.addressee {
            Addressee::Dynamo(request) => dynamo::tables_of(request),
            Addressee::Sqs(request) => vec![sqs::queue_name(request).to_owned()],
            Addressee::EventBridge(request) => event_bridge::buses_of(request),
            Addressee::Parameters(request) => parameters::names_of(request),
            Addressee::Objects(request) => vec![request.bucket.clone()],
            Addressee::Partner(request) => vec![partner::origin_of(request.uri())],
        }
    }

    /// Whether the call may change something outside.
    pub(crate) fn is_effect(&self) -> bool {
        match &self.addressee {
            Addressee::Dynamo(_) => dynamo::is_write(&self.operation),
            Addressee::Sqs(_) => sqs::is_effect(&self.operation),
            Addressee::EventBridge(_) | Addressee::Partner(_) => true,
            Addressee::Objects(_) => self.operation == "PutObject",
            Addressee::Parameters(_) => false,
        }
    }
}
