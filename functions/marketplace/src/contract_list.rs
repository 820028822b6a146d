//! The contracts that a borrower is shown: `getContracts` (1.14, item 3).

use std::collections::BTreeMap;

use domain::marketplace::OrderNumber;
use platform::Scope;
use platform::metrics::Source;
use serde::Serialize;

use crate::channel::{Channel, Contract, ContractShape};
use crate::endpoint::{Failure, Operation, Reply};
use crate::store::OrderStore;
use crate::{CONTEXT, asked_order};

/// The operation.
#[derive(Debug)]
pub struct ContractList {
    /// The orders.
    pub store: OrderStore,
}

/// A contract on the wire, in the channel's shape.
#[derive(Serialize)]
#[serde(untagged)]
enum WireContract<'a> {
    TitleUrl(BTreeMap<&'a str, &'a str>),
    KeyValue { key: &'a str, value: &'a str },
}

impl Operation for ContractList {
    const OP: &'static str = "getContracts";
    const SOURCE: Source = Source { context: CONTEXT, function: "contract-list" };
    type Input = OrderNumber;

    fn read(_: &Channel, text: String) -> Result<OrderNumber, Failure> {
        asked_order::read(&text)
    }

    async fn handle(&self, scope: &Scope, channel: &Channel, number: OrderNumber) -> Result<Reply, Failure> {
        asked_order::find(&self.store, scope, channel, number).await?;
        let shape = channel.config.contract_shape;
        let contracts: Vec<_> =
            channel.config.contracts.iter().map(|contract| wire(shape, contract)).collect();
        Ok(Reply::json("answered", &contracts))
    }
}

fn wire(shape: ContractShape, contract: &Contract) -> WireContract<'_> {
    let Contract { title, url } = contract;
    match shape {
        ContractShape::TitleUrl => WireContract::TitleUrl(BTreeMap::from([(title.as_str(), url.as_str())])),
        ContractShape::KeyValue => WireContract::KeyValue { key: title, value: url },
    }
}
