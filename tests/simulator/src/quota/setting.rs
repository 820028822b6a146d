//! The functions over a world.

use delivery::outbox_relay::OutboxRelay;
use quota::cancel_temp_credit::CancelTempCredit;
use quota::cancel_temp_quota::CancelTempQuota;
use quota::credit_events::CreditEvents;
use quota::get_temp_quota::GetTempQuota;
use quota::query_temp_credit::QueryTempCredit;
use quota::store::{BookingStore, StatusTexts};
use quota::temp_credit_expiry::TempCreditExpiry;
use suites::quota::{APPLY_NUMBERS, cancelling, deps, gateway};
use world::World;

use crate::outbox;

/// One process of each function.
pub(super) struct Functions {
    pub(super) get_temp_quota: GetTempQuota,
    pub(super) cancel_temp_quota: CancelTempQuota,
    pub(super) query_temp_credit: QueryTempCredit,
    pub(super) cancel_temp_credit: CancelTempCredit,
    pub(super) credit_events: CreditEvents,
    pub(super) temp_credit_expiry: TempCreditExpiry,
    pub(super) relay: OutboxRelay,
}

/// The functions over `world`, which has their tables.
pub(super) async fn functions(world: &World) -> Functions {
    let aws = suites::aws(world);
    let deps = deps(&aws, StatusTexts::default());
    let store = deps.store.clone();
    Functions {
        get_temp_quota: GetTempQuota(gateway(&aws, deps.clone()).await),
        cancel_temp_quota: CancelTempQuota(gateway(&aws, cancelling(&aws, deps.clone())).await),
        query_temp_credit: QueryTempCredit(deps.clone()),
        cancel_temp_credit: CancelTempCredit(cancelling(&aws, deps)),
        credit_events: CreditEvents { store: BookingStore::new(store.clone(), APPLY_NUMBERS.into()) },
        temp_credit_expiry: TempCreditExpiry { store },
        relay: outbox::relay(world),
    }
}
