//! What the context needs of a world, and its functions over it.

use std::time::Duration;

use crm::client_events::{ClientEvents, Projection as ClientProjection};
use crm::infor_inbound::{self, InforInbound};
use crm::infor_request::{self, InforRequest};
use crm::infor_scan::InforScan;
use crm::store::{BackIdStore, ClientStore, InboundStore, RequestStore, TaskStore};
use domain::crm::Rules;
use platform::aws::Aws;
use platform::config::FromVariable;
use platform::outbox::{Bus, Outbox};
use platform::sqs::{QueueSender, Waits};
use world::{Projection, Table, World};

use super::{BACK_IDS, CLIENT_EVENTS, CLIENTS, INBOUND, OUTBOUND, SHARDS, TASKS};
use crate::host::{BUS, OUTBOX};

/// One process of each of the context's functions.
pub struct Functions {
    /// client-events
    pub client_events: ClientEvents,
    /// infor-scan
    pub infor_scan: InforScan,
    /// infor-request
    pub infor_request: InforRequest,
    /// infor-inbound
    pub infor_inbound: InforInbound,
}

/// Gives `world` every table, queue and bus of the context.
pub fn furnish(world: &World) {
    world.table(Table::new(CLIENTS, "organization_id:S").index(
        "waiting",
        "waiting_shard:N",
        Some("waiting_since:S"),
        Projection::All,
    ));
    world.table(Table::new(BACK_IDS, "mdm_id:S").sort("back_system_name:S"));
    world.table(
        Table::new(TASKS, "vtbc_request_id:S").index("by_task", "task_id:S", None, Projection::All).index(
            "by_infor_message",
            "infor_message_id:S",
            None,
            Projection::All,
        ),
    );
    world.table(Table::new(OUTBOX, "shard:N").sort("entry:S"));
    world.bus(BUS);
    for (queue, receives) in [(CLIENT_EVENTS, 10), (SHARDS, 10), (OUTBOUND, 10), (INBOUND, 20)] {
        let dead_letters = format!("{queue}-dead");
        world.queue(world::Queue::new(&dead_letters));
        world.queue(
            world::Queue::new(queue).visibility(Duration::from_mins(3)).dead_letters(&dead_letters, receives),
        );
    }
}

impl Functions {
    /// The functions over these clients, with these numbers in the selection.
    #[must_use]
    pub fn over(aws: &Aws, rules: Rules) -> Self {
        let clients = ClientStore::new(aws.dynamodb(), CLIENTS.into());
        let back_ids = BackIdStore::new(aws.dynamodb(), BACK_IDS.into());
        let tasks = TaskStore::new(aws.dynamodb(), TASKS.into());
        let outbox = || Outbox::new(aws.dynamodb(), OUTBOX.into());
        let shards = QueueSender { client: aws.sqs(), url: World::queue_url(SHARDS) };
        let requests = infor_request::Deps {
            store: RequestStore { clients: clients.clone(), tasks: tasks.clone() },
            back_ids: back_ids.clone(),
            outbox: outbox().with_queues(aws.sqs()),
            outbound_url: World::queue_url(OUTBOUND),
            shards: shards.clone(),
            rules,
            page_clients: infor_request::PAGE_CLIENTS,
        };
        let bus = Bus { aws: aws.clone(), name: BUS.into() };
        let inbound = infor_inbound::Deps {
            store: InboundStore { tasks, clients: clients.clone() },
            outbox: outbox().with_bus(bus),
        };
        Self {
            client_events: ClientEvents { store: ClientProjection { clients, back_ids } },
            infor_scan: InforScan { shards },
            infor_request: InforRequest(requests),
            infor_inbound: InforInbound { deps: inbound, waits: waits() },
        }
    }
}

fn waits() -> Waits {
    Waits::from_variable("60,120,300,900,1800").expect("waits")
}
