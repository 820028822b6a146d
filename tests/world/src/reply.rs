//! What comes back for a request: an answer, or one of the ways in which none comes.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::StreamBody;

/// What a request gets back.
#[derive(Clone, Debug)]
pub struct Reply(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Answer(Answer),
    Refused,
    Reset,
    Hang,
}

#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
    delivery: Delivery,
    delay: Duration,
}

/// How the body reaches the caller.
#[derive(Clone, Copy, Debug)]
enum Delivery {
    AtOnce,
    Dripped { piece: usize, pause: Duration },
    BrokenOff { after: usize },
}

impl Reply {
    /// An answer with this status and body.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        let (headers, delivery, delay) = (HeaderMap::new(), Delivery::AtOnce, Duration::ZERO);
        Self(Kind::Answer(Answer { status, headers, body: body.into(), delivery, delay }))
    }

    /// An answer that says it is JSON.
    #[must_use]
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(status, body).header("content-type", "application/json")
    }

    /// The connection is refused: nothing was sent.
    #[must_use]
    pub fn refused() -> Self {
        Self(Kind::Refused)
    }

    /// The connection is reset after the request went out.
    #[must_use]
    pub fn reset() -> Self {
        Self(Kind::Reset)
    }

    /// No answer ever comes: the caller's own time-out must end the wait.
    #[must_use]
    pub fn hang() -> Self {
        Self(Kind::Hang)
    }

    /// Adds a header to an answer.
    ///
    /// # Panics
    /// When the name or the value cannot stand in a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a header name");
        let value = HeaderValue::try_from(value).expect("a header value");
        self.changed(|answer| {
            answer.headers.append(name, value);
        })
    }

    /// The answer takes this long.
    #[must_use]
    pub fn delayed(self, delay: Duration) -> Self {
        self.changed(|answer| answer.delay = delay)
    }

    /// The body comes in pieces of this many bytes, with a pause before each.
    #[must_use]
    pub fn dripped(self, piece: usize, pause: Duration) -> Self {
        self.changed(|answer| answer.delivery = Delivery::Dripped { piece: piece.max(1), pause })
    }

    /// The connection breaks after this many bytes of the body.
    #[must_use]
    pub fn broken_off(self, after: usize) -> Self {
        self.changed(|answer| answer.delivery = Delivery::BrokenOff { after })
    }

    /// The same answer with another body.
    pub(crate) fn with_body(self, body: impl Into<Bytes>) -> Self {
        self.changed(|answer| answer.body = body.into())
    }

    /// The body of an answer; nothing if there is none.
    pub(crate) fn body(&self) -> &[u8] {
        match &self.0 {
            Kind::Answer(answer) => &answer.body,
            Kind::Refused | Kind::Reset | Kind::Hang => &[],
        }
    }

    fn changed(mut self, change: impl FnOnce(&mut Answer)) -> Self {
        if let Kind::Answer(answer) = &mut self.0 {
            change(answer);
        }
        self
    }

    /// How the effect log names what came back.
    pub(crate) fn outcome(&self) -> String {
        match &self.0 {
            Kind::Answer(answer) => match answer.headers.get(ERROR_TYPE) {
                Some(code) => String::from_utf8_lossy(code.as_bytes()).into_owned(),
                None => answer.status.to_string(),
            },
            Kind::Refused => "connection refused".to_owned(),
            Kind::Reset => "connection reset".to_owned(),
            Kind::Hang => "no answer".to_owned(),
        }
    }

    /// Plays the reply to the caller.
    pub(crate) async fn play(self) -> Result<HttpResponse, ConnectorError> {
        match self.0 {
            Kind::Answer(answer) => Ok(answer.play().await),
            Kind::Refused => {
                let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
                Err(ConnectorError::io(refused.into()).never_connected())
            }
            Kind::Reset => Err(ConnectorError::io(io::Error::from(io::ErrorKind::ConnectionReset).into())),
            Kind::Hang => pending().await,
        }
    }
}

/// The header in which AWS names an error, beside the body.
pub(crate) const ERROR_TYPE: &str = "x-amzn-errortype";

impl Answer {
    async fn play(self) -> HttpResponse {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let status = StatusCode::try_from(self.status).expect("a status code");
        let mut response = HttpResponse::new(status, self.delivery.body(self.body));
        for (name, value) in &self.headers {
            let value = value.to_str().expect("headers of the world are ASCII").to_owned();
            response.headers_mut().append(name.as_str().to_owned(), value);
        }
        response
    }
}

impl Delivery {
    fn body(self, body: Bytes) -> SdkBody {
        match self {
            Self::AtOnce => SdkBody::from(body),
            Self::Dripped { piece, pause } => dripping(body, piece, pause),
            Self::BrokenOff { after } => {
                let sent = http_body::Frame::data(body.slice(..after.min(body.len())));
                let broken = io::Error::from(io::ErrorKind::ConnectionReset);
                SdkBody::from_body_1_x(StreamBody::new(stream::iter([Ok(sent), Err(broken)])))
            }
        }
    }
}

fn dripping(body: Bytes, piece: usize, pause: Duration) -> SdkBody {
    let pieces = stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let next = rest.split_to(piece.min(rest.len()));
        Some((Ok::<_, Infallible>(http_body::Frame::data(next)), rest))
    });
    SdkBody::from_body_1_x(StreamBody::new(pieces.fuse()))
}
