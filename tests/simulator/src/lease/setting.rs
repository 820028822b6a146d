//! What the context needs of a world, and its functions in it.

use delivery::outbox_relay::OutboxRelay;
use lease::ant_notify::AntNotify;
use lease::contract_seal::ContractSeal;
use lease::contract_sign::ContractSign;
use lease::lease_close::LeaseClose;
use lease::lease_reconcile::LeaseReconcile;
use lease::order_query::OrderQuery;
use lease::pre_order_sync::PreOrderSync;
use lease::sign_flow::SignFlow;
use lease::store::NotificationStore;
use lease::unsign_confirm::UnsignConfirm;
use lease::wire::Route;
use lease::withhold_plan_cancel::WithholdPlanCancel;
use lease::withhold_query::WithholdQuery;
use lease::withhold_sign::WithholdSign;
use lease::withhold_unsign::WithholdUnsign;
use suites::lease::{NOTIFICATIONS, Options, deps};
use world::World;

use crate::outbox::relay;

/// One process of each function.
pub(super) struct Functions {
    pub(super) pre_order_sync: Route<PreOrderSync>,
    pub(super) contract_sign: Route<ContractSign>,
    pub(super) contract_seal: Route<ContractSeal>,
    pub(super) withhold_sign: Route<WithholdSign>,
    pub(super) withhold_query: Route<WithholdQuery>,
    pub(super) withhold_unsign: Route<WithholdUnsign>,
    pub(super) withhold_plan_cancel: Route<WithholdPlanCancel>,
    pub(super) unsign_confirm: Route<UnsignConfirm>,
    pub(super) order_query: Route<OrderQuery>,
    pub(super) close: Route<LeaseClose>,
    pub(super) sign_flow: Route<SignFlow>,
    pub(super) ant_notify: AntNotify,
    pub(super) reconcile: LeaseReconcile,
    pub(super) relay: OutboxRelay,
}

/// The functions in `world`, which has their tables, and in which Ant may do late what it was asked for.
///
/// # Panics
/// When the configuration or the secrets are not what they take.
pub(super) async fn functions(world: &World) -> Functions {
    let aws = suites::aws(world);
    let deps = deps(world, &aws, Options { late: true, ..Options::default() }).await;
    let notifications = NotificationStore::new(aws.dynamodb(), NOTIFICATIONS.into());
    Functions {
        pre_order_sync: Route::new(deps.clone()),
        contract_sign: Route::new(deps.clone()),
        contract_seal: Route::new(deps.clone()),
        withhold_sign: Route::new(deps.clone()),
        withhold_query: Route::new(deps.clone()),
        withhold_unsign: Route::new(deps.clone()),
        withhold_plan_cancel: Route::new(deps.clone()),
        unsign_confirm: Route::new(deps.clone()),
        order_query: Route::new(deps.clone()),
        close: Route::new(deps.clone()),
        sign_flow: Route::new(deps.clone()),
        ant_notify: AntNotify { deps: deps.clone(), notifications },
        reconcile: LeaseReconcile(deps),
        relay: relay(world),
    }
}
