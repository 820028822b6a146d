//! Partners that a test registers by their origin.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Uri;

use crate::{Reply, lock};

type Handler = Arc<dyn Fn(http::Request<Bytes>) -> Reply + Send + Sync>;

/// Everybody who is not AWS.
#[derive(Default)]
pub(crate) struct Partners(Mutex<BTreeMap<String, Partner>>);

struct Partner {
    handler: Handler,
    received: Vec<http::Request<Bytes>>,
}

impl Partners {
    pub(crate) fn register(&self, origin: &str, handler: Handler) {
        let origin = origin_of(&origin.parse().expect("a partner's origin is a URI"));
        lock(&self.0).insert(origin, Partner { handler, received: Vec::new() });
    }

    pub(crate) fn received(&self, origin: &str) -> Vec<http::Request<Bytes>> {
        let origin = origin_of(&origin.parse().expect("a partner's origin is a URI"));
        lock(&self.0).get(&origin).map(|partner| partner.received.clone()).unwrap_or_default()
    }

    pub(crate) fn answer(&self, request: http::Request<Bytes>) -> Reply {
        let handler = self.receive(&request);
        handler(request)
    }

    /// Notes the request. The handler runs after the lock is given back: it may look at the world.
    fn receive(&self, request: &http::Request<Bytes>) -> Handler {
        let origin = origin_of(request.uri());
        let mut partners = lock(&self.0);
        let Some(partner) = partners.get_mut(&origin) else {
            panic!("nobody plays {origin}: register it with World::partner");
        };
        partner.received.push(request.clone());
        Arc::clone(&partner.handler)
    }
}

/// Scheme, host and port of an address: what names a partner.
pub(crate) fn origin_of(address: &Uri) -> String {
    format!(
        "{}://{}",
        address.scheme_str().unwrap_or_default(),
        address.authority().map_or("", http::uri::Authority::as_str)
    )
}
