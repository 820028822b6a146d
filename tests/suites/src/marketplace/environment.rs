//! How the context's functions are configured in a world: the same for all, of which each reads what it needs.

use platform::config::Environment;
use world::World;

use super::channels::{AES, PLAIN, PREFIX};
use super::{CUSTOMERS, DIGEST_SECRET};
use crate::confirmations::{BANK, CARDS, LOGS, REGISTERS, XW};
use crate::host::{BUS, OUTBOX};
use crate::loans::LOANS;
use crate::orders::{
    BUCKET, CALLBACKS, CONVERSION, CORE_COMMANDS, DATA, HISTORY, MESSAGES, ORDERS, PARTNER_CALLBACK,
    PULL_LOG, SEALING_SECRET, USERS,
};

/// The dead-letter queue of a queue.
#[must_use]
pub fn dead(queue: &str) -> String {
    format!("{queue}-dead")
}

/// The variables of a function that takes what is in `queue`; of one that takes none, whatever queue.
#[must_use]
pub fn environment(queue: &str) -> Environment {
    let urls = [CORE_COMMANDS, PARTNER_CALLBACK, queue, &dead(queue)].map(World::queue_url);
    let [core_commands, wake_ups, source, dead_letters] = urls.each_ref().map(String::as_str);
    Environment::of([
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("RONGSHU_CHANNELS", [PLAIN, AES].join(",").as_str()),
        ("RONGSHU_PARAMETER_PREFIX", PREFIX),
        ("RONGSHU_DEFAULT_CHANNEL", PLAIN),
        ("THIRD_ORDERS_TABLE", ORDERS),
        ("THIRD_ORDER_HISTORY_TABLE", HISTORY),
        ("THIRD_ORDER_CONVERSION_TABLE", CONVERSION),
        ("THIRD_ORDER_DATA_TABLE", DATA),
        ("RONGSHU_USERS_TABLE", USERS),
        ("RONGSHU_CREDIT_DATA_PULL_LOG_TABLE", PULL_LOG),
        ("RONGSHU_CUSTOMERS_TABLE", CUSTOMERS),
        ("CALLBACKS_TABLE", CALLBACKS),
        ("THIRD_ORDER_MESSAGES_TABLE", MESSAGES),
        ("CL_BORROW_TABLE", LOANS),
        ("CL_BORROW_CONFIRM_LOG_TABLE", LOGS),
        ("CL_DEPOSITORY_REGISTER_APPLY_TABLE", REGISTERS),
        ("RONGSHU_CARDS_TABLE", CARDS),
        ("OUTBOX_TABLE", OUTBOX),
        ("EVENT_BUS_NAME", BUS),
        ("CORE_COMMANDS_QUEUE_URL", core_commands),
        ("WAKE_UP_QUEUE_URL", wake_ups),
        ("QUEUE_URL", source),
        ("DEAD_LETTER_QUEUE_URL", dead_letters),
        ("RAW_DATA_BUCKET", BUCKET),
        ("SEALING_SECRET_PARAMETER", SEALING_SECRET),
        ("DIGEST_SECRET_PARAMETER", DIGEST_SECRET),
        ("XW_URL", XW),
        ("BANK_URL", BANK),
    ])
}
