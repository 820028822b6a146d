//! What may happen, and the messages that tell of it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

/// How many organizations there are.
pub(super) const ORGANIZATIONS: u8 = 2;

/// Something that happens.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A message of the bank about a client.
    Tell(Told),
    /// A run, so many hours after the one before.
    Scan { hours: i64 },
    /// A run with the same time as the one before.
    ScanAgain,
    /// A reply.
    Reply(Reply),
    /// A push.
    Push(Push),
    /// One of the replies and pushes so far, once more.
    Repeat(usize),
    /// So many minutes pass.
    Wait(u64),
}

/// A message about a client.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) organization: u8,
    pub(super) event: u8,
    /// Hours since the beginning of July 2023.
    pub(super) hour: i64,
    pub(super) part: Part,
}

#[derive(Clone, Debug)]
pub(super) enum Part {
    Migration { in_wizard: bool, wizard: &'static str, has_mdm_id: bool },
    Wizard(&'static str),
    Snapshot { has_kpp: bool },
    BackId,
}

/// A reply to the request of an organization with this number, from the oldest on.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) organization: u8,
    pub(super) request: usize,
    pub(super) code: &'static str,
    pub(super) names: Option<u8>,
    pub(super) message: u8,
}

/// A push about the same.
#[derive(Clone, Debug)]
pub(super) struct Push {
    pub(super) organization: u8,
    pub(super) request: usize,
    pub(super) names: Option<u8>,
    pub(super) message: u8,
    pub(super) code: &'static str,
    pub(super) status: &'static str,
    pub(super) minute: Option<u8>,
    pub(super) mark: u16,
}

pub(super) fn task_of(organization: u8, request: usize, name: u8) -> String {
    format!("task-{organization}-{request}-{name}")
}

pub(super) fn message_of(organization: u8, request: usize, name: u8) -> String {
    format!("message-{organization}-{request}-{name}")
}

/// An instant of July 2023, counted in hours in Moscow.
pub(super) fn instant(hour: i64) -> String {
    format!("2023-{:02}-{:02}T{:02}:00:00.000+03:00", 7 + hour / (31 * 24), 1 + hour / 24 % 31, hour % 24)
}

impl Told {
    pub(super) fn message(&self) -> Value {
        let (organization_id, mdm_id) =
            (format!("o-{}", self.organization), format!("m-{}", self.organization));
        let (event_id, at) = (format!("e-{}", self.event), instant(self.hour));
        match &self.part {
            Part::Migration { in_wizard, wizard, has_mdm_id } => json!({
                "event_id": event_id, "type": "migration_client", "organization_id": organization_id,
                "mdm_id": if *has_mdm_id { Some(mdm_id) } else { None }, "wizard_status": wizard,
                "status": if *in_wizard { "in_wizard" } else { "migrated" }, "occurred_at": at,
            }),
            Part::Wizard(status) => json!({
                "event_id": event_id, "type": "wizard_status_changed", "organization_id": organization_id,
                "wizard_status": status, "change_date": at,
            }),
            Part::Snapshot { has_kpp } => json!({
                "event_id": event_id, "type": "client_snapshot", "organization_id": organization_id,
                "tin": "1200009193", "registry_number": "1231200000844",
                "kpp": if *has_kpp { "120001001" } else { "" }, "okpo": null, "occurred_at": at,
            }),
            Part::BackId => json!({
                "event_id": event_id, "type": "back_system_id", "mdm_id": mdm_id, "back_system_name": "ibso",
                "back_system_id": event_id, "occurred_at": at,
            }),
        }
    }
}

impl Step {
    /// The step about one of the requests that there are, if there are any.
    pub(super) fn aimed(&self, requests: &BTreeMap<u8, Vec<String>>) -> Self {
        let count = |organization: &u8| requests.get(organization).map_or(usize::MAX, Vec::len);
        let mut step = self.clone();
        match &mut step {
            Self::Reply(Reply { organization, request, .. })
            | Self::Push(Push { organization, request, .. }) => {
                *request %= count(organization);
            }
            Self::Tell(_) | Self::Scan { .. } | Self::ScanAgain | Self::Repeat(_) | Self::Wait(_) => {}
        }
        step
    }

    /// The message of a reply or a push; `None` where the organization has no such request.
    pub(super) fn message(&self, requests: &BTreeMap<u8, Vec<String>>) -> Option<Value> {
        match self {
            Self::Reply(reply) => {
                let id = requests.get(&reply.organization)?.get(reply.request)?;
                Some(json!({
                    "requestID": message_of(reply.organization, reply.request, reply.message), "replyUID": id,
                    "statusCode": reply.code,
                    "taskID": reply.names.map(|name| task_of(reply.organization, reply.request, name)),
                }))
            }
            Self::Push(push) => Some(json!({
                "requestID": message_of(push.organization, push.request, push.message),
                "taskID": push.names.map(|name| task_of(push.organization, push.request, name)),
                "statusCode": push.code, "taskStatus": push.status, "applicationID": push.mark,
                "dt": push.minute.map_or("soon".to_owned(), |minute| format!("2023-08-01T00:{minute:02}:00Z")),
            })),
            Self::Tell(_) | Self::Scan { .. } | Self::ScanAgain | Self::Repeat(_) | Self::Wait(_) => None,
        }
    }
}

fn part() -> impl Strategy<Value = Part> {
    let wizard = || prop::sample::select(vec!["OK", "IN_PROGRESS", "TO_SIGN", "TO_SIGN", "SIGNED", ""]);
    let migration = (prop::bool::weighted(0.85), wizard(), prop::bool::weighted(0.9));
    prop_oneof![
        2 => migration
            .prop_map(|(in_wizard, wizard, has_mdm_id)| Part::Migration { in_wizard, wizard, has_mdm_id }),
        3 => wizard().prop_map(Part::Wizard),
        1 => prop::bool::weighted(0.8).prop_map(|has_kpp| Part::Snapshot { has_kpp }),
        1 => Just(Part::BackId),
    ]
}

fn told(hours: std::ops::Range<i64>) -> impl Strategy<Value = Told> {
    (0..ORGANIZATIONS, 0..5_u8, hours, part()).prop_map(|(organization, event, hour, part)| Told {
        organization,
        event,
        hour,
        part,
    })
}

fn reply() -> impl Strategy<Value = Reply> {
    let code = prop::sample::select(vec!["0", "0", "1", "2", "7"]);
    let names = prop::option::weighted(0.8, prop::sample::select(vec![0_u8, 0, 0, 1]));
    let message = prop::sample::select(vec![0_u8, 0, 0, 1]);
    (0..ORGANIZATIONS, 0..3_usize, code, names, message).prop_map(
        |(organization, request, code, names, message)| Reply { organization, request, code, names, message },
    )
}

fn push() -> impl Strategy<Value = Push> {
    let code = prop::sample::select(vec!["0", "0", "0", "1"]);
    let names = prop::option::weighted(0.8, prop::sample::select(vec![0_u8, 0, 0, 1]));
    let message = prop::sample::select(vec![0_u8, 0, 0, 1]);
    let status = prop::sample::select(vec!["3", "5", "3", "5", "4"]);
    let minute = prop::option::weighted(0.85, 0..6_u8);
    (0..ORGANIZATIONS, 0..3_usize, names, message, code, status, minute, any::<u16>()).prop_map(
        |(organization, request, names, message, code, status, minute, mark)| Push {
            organization,
            request,
            names,
            message,
            code,
            status,
            minute,
            mark,
        },
    )
}

/// Clients who mostly hesitate soon, and what happens to them.
pub(super) fn history() -> impl Strategy<Value = Vec<Step>> {
    let known = (0..ORGANIZATIONS).map(|organization| {
        let tell =
            move |part| Step::Tell(Told { organization, event: 0, hour: i64::from(organization), part });
        vec![
            tell(Part::Migration { in_wizard: true, wizard: "OK", has_mdm_id: true }),
            tell(Part::Wizard("TO_SIGN")),
            tell(Part::Snapshot { has_kpp: true }),
        ]
    });
    let known: Vec<Step> = known.flatten().collect();
    let step = prop_oneof![
        2 => told(0..20 * 24).prop_map(Step::Tell),
        4 => (0..60_i64).prop_map(|hours| Step::Scan { hours }),
        1 => Just(Step::ScanAgain),
        5 => reply().prop_map(Step::Reply),
        5 => push().prop_map(Step::Push),
        2 => any::<usize>().prop_map(Step::Repeat),
        2 => (1..40_u64).prop_map(Step::Wait),
    ];
    let known = prop::sample::subsequence(known.clone(), 5..=known.len());
    let first = (20..60_i64).prop_map(|hours| Step::Scan { hours });
    (known, first, prop::collection::vec(step, 15..50))
        .prop_map(|(known, first, steps)| known.into_iter().chain([first]).chain(steps).collect())
}
