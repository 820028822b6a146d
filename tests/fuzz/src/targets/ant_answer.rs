//! What Ant's gateway answers: only what it signed is believed, letter by letter; a `sign` within is no signature.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use domain::lease::Query;
use lease::ant::{Ant, Failure, Parameters};
use serde_json::value::RawValue;
use suites::lease::ant::FIRST_KEY;
use suites::lease::{ANT, Options, deps, envelope, furnish};
use world::{Reply, World};

use crate::Target;
use crate::input::{chosen_text, run, scope, seed, spoilt};

pub(super) const TARGET: Target = Target { name: "ant-answer", hold, seeds };

/// What is made of an input.
enum Way {
    /// It is the answer.
    Raw,
    /// It is the text of `response`, and signed.
    Signed,
    /// It is the text of `response`; what is signed differs in a byte.
    Spoilt,
}

struct Gateway {
    world: World,
    ant: Ant,
    told: Arc<Mutex<String>>,
}

fn hold(data: &[u8]) {
    thread_local! {
        static GATEWAY: RefCell<Option<Gateway>> = const { RefCell::new(None) };
    }
    let Some((way, text)) = chosen_text(&[Way::Raw, Way::Signed, Way::Spoilt], data) else { return };
    GATEWAY.with_borrow_mut(|gateway| {
        run(async {
            if gateway.is_none() {
                *gateway = Some(Gateway::new().await);
            }
            let gateway = gateway.as_ref().expect("a gateway");
            match way {
                Way::Raw => gateway.raw(text).await,
                Way::Signed => gateway.signed(text).await,
                Way::Spoilt => gateway.spoilt(text).await,
            }
        });
    });
}

impl Gateway {
    async fn new() -> Self {
        let world = World::new();
        furnish(&world);
        let ant = deps(&world, &suites::aws(&world), Options::default()).await.ant;
        let told = Arc::new(Mutex::new(String::new()));
        let body = Arc::clone(&told);
        world.partner(ANT, move |_| Reply::json(200, body.lock().expect("a lock").clone()));
        Self { world, ant, told }
    }

    async fn ask(&self, body: String) -> Result<lease::ant::Reply, Failure> {
        *self.told.lock().expect("a lock") = body;
        self.ant.ask(&scope(&self.world.clock()), Query::TradeGet, &Parameters::new()).await
    }

    /// Nobody who fuzzes has the key.
    async fn raw(&self, body: &str) {
        let outcome = self.ask(body.to_owned()).await;
        assert!(matches!(outcome, Err(Failure::Signature | Failure::Unknown(_))), "{outcome:?}");
    }

    async fn signed(&self, response: &str) {
        let body = body(response, response);
        let is_json = is_json(response);
        match self.ask(body).await {
            Ok(reply) => assert!(reply.is_ok() && is_json, "{response}"),
            Err(Failure::Rejected(reply)) => assert!(!reply.is_ok() && is_json, "{response}"),
            Err(Failure::Signature) => assert!(!is_json, "{response}"),
            Err(Failure::Unknown(_)) => {}
            Err(failure @ (Failure::Disabled | Failure::NotSent | Failure::Refused(_))) => {
                panic!("{failure:?}")
            }
        }
    }

    async fn spoilt(&self, response: &str) {
        let Some(spoilt) = spoilt(response) else { return };
        for (said, signed) in [(response, spoilt.as_str()), (&spoilt, response)] {
            let outcome = self.ask(body(said, signed)).await;
            assert!(matches!(outcome, Err(Failure::Signature | Failure::Unknown(_))), "{said} {signed}");
        }
    }
}

/// Whether a text is one JSON value and nothing else, not even space.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok() && text.trim() == text
}

/// An answer that says `response`, with the signature of `signed`.
fn body(response: &str, signed: &str) -> String {
    let (_, secret) = FIRST_KEY;
    format!(r#"{{"response":{response},"sign":"{}"}}"#, envelope::sign(secret, signed))
}

fn seeds() -> Vec<Vec<u8>> {
    let ok = r#"{ "req_msg_id":"r-1","result_code":"OK" ,"result_msg":"ok","sign":"nested","sign_str":"s"}"#;
    let not_there = r#"{"result_code":"ORDER_NOT_EXIST","result_msg":"no such order"}"#;
    let unsigned = format!(r#"{{"response":{ok}}}"#);
    let another = format!(r#"{{"response":{ok},"sign":"{}"}}"#, envelope::sign("another", ok));
    let mut seeds =
        vec![seed(0, unsigned), seed(0, another), seed(1, "[]"), seed(1, r#"{"result_code":200}"#)];
    for response in [ok, not_there] {
        seeds.extend([seed(1, response), seed(2, response)]);
    }
    seeds
}
