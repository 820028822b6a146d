//! What AWS asks for each thing, and what an operation comes to.

use super::Operation;
use crate::template;

/// A millionth of a millionth of a dollar: of one of a thing it is as many microdollars for a million of them.
pub type Picodollars = u64;

/// How long an invocation takes without its partners.
pub const OWN_MS: u64 = 75;
/// How long a call to a partner takes.
pub const PARTNER_MS: u64 = 200;
/// What an invocation writes to the logs itself.
pub const OWN_LOG_BYTES: u64 = 1_800;
/// What Lambda writes beside it, and the access log.
const OTHER_LOG_BYTES: u64 = 1_200;
/// What every function has (`Globals` in template.yaml).
pub const MEMORY_MB: u64 = 256;

/// A thing that is paid for, with its price in us-east-1.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    /// What it is.
    pub what: &'static str,
    /// The price as AWS writes it.
    pub dollars: &'static str,
    /// The same for one of what is counted here.
    pub each: Picodollars,
}

const READ_HALF: Price =
    Price { what: "DynamoDB on demand, a million read request units", dollars: "0.125", each: 62_500 };
const WRITE: Price =
    Price { what: "DynamoDB on demand, a million write request units", dollars: "0.625", each: 625_000 };
const HTTP_CALL: Price =
    Price { what: "API Gateway, a million calls of an HTTP API", dollars: "1.00", each: 1_000_000 };
const INVOCATION: Price = Price { what: "Lambda, a million invocations", dollars: "0.20", each: 200_000 };
const GIGABYTE_SECOND: Price =
    Price { what: "Lambda on arm64, a GB-second", dollars: "0.0000133334", each: 13_333_400 };
const SQS_REQUEST: Price =
    Price { what: "SQS, a million requests to standard queues", dollars: "0.40", each: 400_000 };
const EVENT: Price =
    Price { what: "EventBridge, a million events of one's own", dollars: "1.00", each: 1_000_000 };
const SCHEDULED: Price =
    Price { what: "EventBridge Scheduler, a million invocations", dollars: "1.00", each: 1_000_000 };
const PUT: Price = Price { what: "S3, a thousand PUT", dollars: "0.005", each: 5_000_000 };
const GET: Price = Price { what: "S3, a thousand GET", dollars: "0.0004", each: 400_000 };
const LOG_BYTE: Price = Price { what: "CloudWatch Logs, a GB taken in", dollars: "0.50", each: 500 };
/// CloudWatch, a month of an alarm.
pub const ALARM: Price =
    Price { what: "CloudWatch, an alarm a month", dollars: "0.10", each: 100_000_000_000 };
/// CloudWatch, a month of a dashboard.
pub const DASHBOARD: Price =
    Price { what: "CloudWatch, a dashboard a month", dollars: "3.00", each: 3_000_000_000_000 };
/// CloudWatch, a month of a metric of one's own.
pub const METRIC: Price =
    Price { what: "CloudWatch, a metric of one's own a month", dollars: "0.30", each: 300_000_000_000 };

/// Every price that is counted with.
#[must_use]
pub fn prices() -> [Price; 14] {
    [
        READ_HALF,
        WRITE,
        HTTP_CALL,
        INVOCATION,
        GIGABYTE_SECOND,
        SQS_REQUEST,
        EVENT,
        SCHEDULED,
        PUT,
        GET,
        LOG_BYTE,
        ALARM,
        DASHBOARD,
        METRIC,
    ]
}

/// What one operation comes to, by where it is spent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bill {
    /// How it is reached: API Gateway, the queue, or the schedule.
    pub way_in: Picodollars,
    /// Lambda's invocations and time.
    pub lambda: Picodollars,
    /// `DynamoDB`'s request units.
    pub tables: Picodollars,
    /// Messages, events and objects.
    pub onward: Picodollars,
    /// Log lines, of which CloudWatch makes the metrics.
    pub logs: Picodollars,
}

impl Bill {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> Picodollars {
        self.way_in + self.lambda + self.tables + self.onward + self.logs
    }
}

impl Operation {
    /// What it comes to, once.
    #[must_use]
    pub fn bill(&self) -> Bill {
        let duration_ms = self.invocations * OWN_MS + self.partner_calls * PARTNER_MS;
        let time = duration_ms * MEMORY_MB * GIGABYTE_SECOND.each / (1024 * 1000);
        Bill {
            way_in: self.invocations * self.way_in(),
            lambda: self.invocations * INVOCATION.each + time,
            tables: self.read_halves * READ_HALF.each + self.writes * WRITE.each,
            onward: self.sends * SQS_REQUEST.each
                + self.events * EVENT.each
                + self.puts * PUT.each
                + self.gets * GET.each,
            logs: self.invocations * (OWN_LOG_BYTES + OTHER_LOG_BYTES) * LOG_BYTE.each,
        }
    }

    /// What an invocation costs before it begins. A message is sent, received and deleted.
    fn way_in(&self) -> Picodollars {
        if !template::routes(self.function).is_empty() {
            HTTP_CALL.each
        } else if template::source_queues(self.function).is_empty() {
            SCHEDULED.each
        } else {
            3 * SQS_REQUEST.each
        }
    }
}

/// What Lambda's poller asks of one queue in 30 days in which nothing comes: five connections, each of which waits for
/// 20 s.
#[must_use]
pub fn idle_polls() -> Picodollars {
    5 * 3 * 60 * 24 * 30 * SQS_REQUEST.each
}

/// Dollars and cents, as they are for a million of what costs so much.
#[must_use]
pub fn per_million(each: Picodollars) -> String {
    let cents = (each + 5_000) / 10_000;
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Dollars and cents.
#[must_use]
pub fn dollars(amount: Picodollars) -> String {
    per_million((amount + 500_000) / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::{GIGABYTE_SECOND, Operation, READ_HALF, dollars, per_million, prices};
    use crate::costs::OPERATIONS;

    fn operation(function: &str) -> &'static Operation {
        OPERATIONS.iter().find(|operation| operation.function == function).unwrap()
    }

    #[test]
    fn amounts_are_rounded_to_the_cent() {
        assert_eq!([0, 4_999, 5_000, 1_234_567].map(per_million), ["0.00", "0.00", "0.01", "1.23"]);
        assert_eq!([499_999_999, 5_000_000_000, 12_100_000_000_000].map(dollars), ["0.00", "0.01", "12.10"]);
    }

    #[test]
    fn each_price_is_the_one_that_is_written() {
        let parsed = |price: &super::Price| {
            let (whole, fraction) = price.dollars.split_once('.').unwrap();
            let picodollars = format!("{whole}{fraction:0<12}");
            picodollars.parse::<u64>().unwrap()
        };
        for price in prices() {
            let counted = match price.what {
                what if what.contains("a million read") => 2 * price.each * 1_000_000,
                what if what.contains("a million") => price.each * 1_000_000,
                what if what.contains("a thousand") => price.each * 1_000,
                what if what.contains("a GB taken") => price.each * 1_000_000_000,
                _ => price.each,
            };
            assert_eq!(counted, parsed(&price), "{}", price.what);
        }
    }

    #[test]
    fn a_question_of_one_read_is_added_up() {
        let bill = operation("audit-result-query").bill();
        assert_eq!((bill.way_in, bill.tables, bill.onward), (1_000_000, 2 * READ_HALF.each, 0));
        assert_eq!(bill.lambda, 200_000 + 75 * GIGABYTE_SECOND.each / 4_000);
        assert_eq!(bill.logs, 1_500_000);
        assert_eq!(per_million(bill.total()), "3.08");
    }
}
