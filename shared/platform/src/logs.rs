//! JSON lines (design §8): one per request and per record, failures once, where they are handled.

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;

use crate::Output;
use crate::config::FromVariable;

/// The least severe level that is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// Everything, for a developer.
    Debug,
    /// One line per request and record, and what needs attention.
    Info,
    /// What needs attention.
    Warn,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Info => Self::INFO,
            LogLevel::Warn => Self::WARN,
        }
    }
}

impl FromVariable for LogLevel {
    const KIND: &'static str = "`DEBUG`, `INFO` or `WARN`";

    fn from_variable(text: &str) -> Result<Self, String> {
        match text.to_ascii_uppercase().as_str() {
            "DEBUG" => Ok(Self::Debug),
            "INFO" => Ok(Self::Info),
            "WARN" => Ok(Self::Warn),
            _ => Err(format!("is not {}", Self::KIND)),
        }
    }
}

/// The AWS SDK and the HTTP stack report every failure to us; what they would say of it besides is a second
/// line for the same thing, or, at DEBUG, a request's contents. Lambda's runtime repeats an invocation's error
/// and its panic, which the entry point and the panic's hook have told.
const HUSHED: [&str; 5] = ["aws_", "h2", "hyper", "lambda_runtime::layers::panic", "rustls"];

fn is_hushed(target: &str) -> bool {
    HUSHED.iter().any(|prefix| target.starts_with(prefix))
}

/// The subscriber that writes JSON lines to `output`: the event's fields at the top, the root span's
/// fields (request id, function, context, correlation id) under `span`.
#[must_use]
pub fn subscriber(output: Output, level: LogLevel) -> impl Subscriber + Send + Sync {
    let most = LevelFilter::from(level);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .with_writer(output)
        .with_filter(
            filter_fn(move |event| *event.level() <= most && !is_hushed(event.target()))
                // Without the hint every span of the SDK below `most` is made, only to be thrown away.
                .with_max_level_hint(most),
        );
    tracing_subscriber::registry().with(lines)
}
