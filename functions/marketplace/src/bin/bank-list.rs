//! The Lambda `bank-list`: `POST /openapi/rongshu/getBankList`.

use marketplace::bank_list::BankList;
use marketplace::deps::Settings;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, BankList::start)
}
