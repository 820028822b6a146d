//! The Lambda `contract-list`: `POST /openapi/rongshu/getContracts`.

use marketplace::contract_list::ContractList;
use marketplace::order_settings::OrderSettings;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(OrderSettings::read, ContractList::start)
}
