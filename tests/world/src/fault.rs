//! Faults that a test injects between the code under test and what it calls.

use serde_json::{Value, json};

use crate::call::{Addressee, Call};
use crate::{Reply, dynamo, event_bridge, objects, parameters, sqs};

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is throttled; nothing is done.
    Throttled,
    /// The service fails; nothing is done.
    InternalError,
    /// The service says that the request is not valid; nothing is done.
    Invalid,
    /// `DynamoDB` only: another transaction holds the row; nothing is done.
    TransactionConflict,
    /// `DynamoDB` only: the transaction is cancelled for these reasons, one for each item; nothing is done, and no
    /// row is shown.
    Cancelled(&'static [&'static str]),
    /// `DynamoDB` only: the same transaction, by its token, is still being carried out; nothing more is done.
    TransactionInProgress,
    /// SQS and `EventBridge` only: the service fails at the entries at these places of a batch, counted from zero, and
    /// does what the others ask.
    SomeEntries(&'static [usize]),
    /// The connection is refused; nothing is sent.
    Refused,
    /// The connection breaks before anything is done.
    Reset,
    /// No answer comes, and nothing is done.
    Hang,
    /// The service does what it was asked, then fails.
    InternalErrorAfterEffect,
    /// It is done, then the connection breaks.
    ResetAfterEffect,
    /// It is done, but no answer comes.
    HangAfterEffect,
}

impl Fault {
    pub(crate) fn comes_after_the_effect(self) -> bool {
        matches!(self, Self::InternalErrorAfterEffect | Self::ResetAfterEffect | Self::HangAfterEffect)
    }

    /// What the caller gets instead of the answer to `call`.
    pub(crate) fn reply(self, call: &Call) -> Reply {
        match self {
            Self::Throttled => throttled(&call.addressee),
            Self::InternalError | Self::InternalErrorAfterEffect => internal_error(&call.addressee),
            Self::Invalid => invalid(&call.addressee),
            Self::TransactionConflict => conflict(call),
            Self::Cancelled(codes) => cancelled(codes),
            Self::SomeEntries(_) => panic!("the batch itself is answered"),
            Self::TransactionInProgress => {
                let message = "The transaction with the given request token is already in progress.";
                dynamo::error(400, "TransactionInProgressException", message)
            }
            Self::Refused => Reply::refused(),
            Self::Reset | Self::ResetAfterEffect => Reply::reset(),
            Self::Hang | Self::HangAfterEffect => Reply::hang(),
        }
    }
}

fn throttled(addressee: &Addressee) -> Reply {
    match addressee {
        Addressee::Dynamo(_) => {
            let message = "The level of configured provisioned throughput for the table was exceeded.";
            dynamo::error(400, "ProvisionedThroughputExceededException", message)
        }
        Addressee::Sqs(_) => sqs::error(400, "RequestThrottled", "The request was denied due to throttling."),
        Addressee::EventBridge(_) => event_bridge::error(400, "ThrottlingException", "Rate exceeded"),
        Addressee::Parameters(_) => parameters::error(400, "ThrottlingException", "Rate exceeded"),
        Addressee::Objects(_) => objects::error(503, "SlowDown", "Please reduce your request rate."),
        Addressee::Partner(_) => Reply::new(429, ""),
    }
}

fn internal_error(addressee: &Addressee) -> Reply {
    match addressee {
        Addressee::Dynamo(_) => dynamo::error(500, "InternalServerError", "Internal server error"),
        Addressee::Sqs(_) => sqs::error(500, "InternalError", "The service failed."),
        Addressee::EventBridge(_) => event_bridge::error(500, "InternalException", "The service failed."),
        Addressee::Parameters(_) => parameters::error(500, "InternalServerError", "The service failed."),
        Addressee::Objects(_) => objects::error(500, "InternalError", "We encountered an internal error."),
        Addressee::Partner(_) => Reply::new(500, ""),
    }
}

fn invalid(addressee: &Addressee) -> Reply {
    let message = "The request is not valid.";
    match addressee {
        Addressee::Dynamo(_) => dynamo::error(400, "ValidationException", message),
        Addressee::Sqs(_) => sqs::error(400, "InvalidParameterValue", message),
        Addressee::EventBridge(_) => event_bridge::error(400, "ValidationException", message),
        Addressee::Parameters(_) => parameters::error(400, "ValidationException", message),
        Addressee::Objects(_) => objects::error(400, "InvalidRequest", message),
        Addressee::Partner(_) => Reply::new(400, ""),
    }
}

fn cancelled(codes: &[&str]) -> Reply {
    let reasons: Vec<Value> = codes.iter().map(|code| json!({"Code": code})).collect();
    dynamo::cancelled(&reasons)
}

fn conflict(call: &Call) -> Reply {
    let Addressee::Dynamo(request) = &call.addressee else {
        panic!("only DynamoDB has transactions that conflict");
    };
    let actions = request["TransactItems"].as_array().map_or(0, Vec::len);
    if actions == 0 {
        let message = "Transaction is ongoing for the item";
        return dynamo::error(400, "TransactionConflictException", message);
    }
    let conflict = json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"});
    let others = std::iter::repeat_n(json!({"Code": "None"}), actions - 1);
    let reasons: Vec<Value> = std::iter::once(conflict).chain(others).collect();
    dynamo::cancelled(&reasons)
}
