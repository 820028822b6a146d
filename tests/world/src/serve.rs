//! How a call is carried out: what the test has planned for it, its effect, its answer.

use std::future::pending;
use std::sync::atomic::Ordering;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;

use crate::call::{Addressee, Call};
use crate::director::{Direction, Stop};
use crate::effects::CrashPoint;
use crate::{Crashed, Fault, Reply, World, lock, objects, sqs};

/// By which AWS names each request it answers.
const REQUEST_ID: &str = "x-amzn-requestid";

impl World {
    /// Carries out a call of the process of this generation. What a dying process asks for never happens.
    pub(crate) async fn serve(&self, call: Call, generation: u64) -> Result<HttpResponse, ConnectorError> {
        let _following = self.0.time.follow_to_end();
        if self.0.process.is_dead(generation) {
            return pending().await;
        }
        lock(&self.0.permissions).extend(call.permissions());
        let preparation = lock(&self.0.plan).prepare(&call);
        let fault = preparation.done().await;
        if self.0.process.is_dead(generation) {
            return pending().await;
        }
        let direction = self.directed(&call).await;
        if direction.stop == Some(Stop::Before) {
            return pending().await;
        }
        let Ok(reply) = self.carry_out(call, fault, direction) else {
            self.0.process.die();
            return pending().await;
        };
        if direction.stop == Some(Stop::After) {
            return pending().await;
        }
        reply.play().await
    }

    fn carry_out(&self, call: Call, fault: Option<Fault>, direction: Direction) -> Result<Reply, Crashed> {
        let fault = fault.or(direction.fault);
        if let Some(read) = call.index_read().filter(|_| fault.is_none() && self.is_directed()) {
            return Ok(self.of_index(read, direction.is_stale, || self.apply(call, None)));
        }
        if !call.is_effect() {
            return Ok(self.apply(call, fault));
        }
        if direction.is_repeated {
            self.apply(call.clone(), fault);
        }
        let number = lock(&self.0.effects).begin(self.describe(&call));
        self.survive(CrashPoint::Before(number))?;
        let reply = self.apply(call, fault);
        lock(&self.0.effects).end(number, reply.outcome());
        self.survive(CrashPoint::After(number))?;
        Ok(reply)
    }

    fn survive(&self, point: CrashPoint) -> Result<(), Crashed> {
        if lock(&self.0.effects).crashes_at(point) { Err(Crashed) } else { Ok(()) }
    }

    fn apply(&self, call: Call, fault: Option<Fault>) -> Reply {
        let fault = match fault {
            None => return self.answer(call, &[]),
            Some(Fault::SomeEntries(failing)) => {
                let has_entries = matches!(call.addressee, Addressee::Sqs(_) | Addressee::EventBridge(_));
                assert!(has_entries, "{} has no entries", call.operation);
                return self.answer(call, failing);
            }
            Some(fault) => fault,
        };
        let reply = fault.reply(&call).header(REQUEST_ID, &self.request_id());
        if fault.comes_after_the_effect() {
            self.answer(call, &[]);
        }
        reply
    }

    /// Does what was asked, but for the entries at the places `failing` of a batch.
    fn answer(&self, call: Call, failing: &[usize]) -> Reply {
        let reply = match call.addressee {
            Addressee::Dynamo(request) => self.0.dynamo.answer(&call.operation, request),
            Addressee::Sqs(request) => self.0.sqs.answer(&call.operation, &request, failing),
            Addressee::EventBridge(request) => self.0.event_bridge.answer(&call.operation, &request, failing),
            Addressee::Parameters(request) => self.0.parameters.answer(&call.operation, &request),
            Addressee::Objects(request) => {
                let missing = self.0.objects.permission_of_missing(&call.operation, &request);
                lock(&self.0.permissions).extend(missing);
                let reply = self.0.objects.answer(&call.operation, *request);
                return reply.header(objects::REQUEST_ID, &self.request_id());
            }
            Addressee::Partner(request) => return self.0.partners.answer(*request),
        };
        reply.header(REQUEST_ID, &self.request_id())
    }

    fn describe(&self, call: &Call) -> String {
        match &call.addressee {
            Addressee::Dynamo(request) => self.0.dynamo.describe(&call.operation, request),
            Addressee::Sqs(request) => format!("{} {}", call.operation, sqs::queue_name(request)),
            Addressee::EventBridge(_) | Addressee::Parameters(_) | Addressee::Objects(_) => {
                format!("{} {}", call.operation, call.targets().join(" "))
            }
            Addressee::Partner(request) => format!("{} {}", call.operation, request.uri()),
        }
    }

    fn request_id(&self) -> String {
        format!("REQUEST{:06}", self.0.requests.fetch_add(1, Ordering::Relaxed))
    }
}
