//! The functions over a world.

use delivery::outbox_relay::OutboxRelay;
use instalment::contract_events::ContractEvents;
use instalment::get_status::GetStatus;
use instalment::renew_contract::RenewContract;
use instalment::store::EventStore;
use instalment::webview::Webview;
use suites::instalment::{deps, tables};
use suites::session::verifier;
use world::World;

use crate::outbox;

/// One process of each function.
pub(super) struct Functions {
    pub(super) get_status: GetStatus,
    pub(super) renew_contract: RenewContract,
    pub(super) webview: Webview,
    pub(super) contract_events: ContractEvents,
    pub(super) relay: OutboxRelay,
}

/// The functions over `world`, which has their tables.
pub(super) fn functions(world: &World) -> Functions {
    let aws = suites::aws(world);
    let deps = deps(world, &aws);
    Functions {
        get_status: GetStatus { deps: deps.clone(), sessions: verifier(), closed_screen_button: true },
        renew_contract: RenewContract { deps, sessions: verifier() },
        webview: Webview::new(),
        contract_events: ContractEvents { store: EventStore::new(aws.dynamodb(), tables()) },
        relay: outbox::relay(world),
    }
}
