//! Whatever is wished, answered, lost and asked, in whatever order: the machine stays within its table.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::fixtures::{now, order, signed, tag, two_parties};
use crate::lease::{
    Alert, CancelReason, CloseReason, FlowStatus, Intent, Judgement, Observation, Order, OrderState, Party,
    Reply, Term, TermStatus, Trade, Wish, WithholdStatus, begun, cleared, judge, needs_query, next_step,
    observe, succeeded,
};
use crate::properties::cases;

/// What may happen to an order.
#[derive(Clone, Debug)]
enum Event {
    /// Somebody wishes something; if it is to be sent, it is begun.
    Wish(Wish),
    /// The call comes back with OK, with or without a contract in it.
    Success(bool),
    /// The call is refused.
    Refusal,
    /// A query is answered.
    Answer(Observation),
    /// Time goes by.
    Wait(i64),
}

fn tags() -> impl Strategy<Value = Option<String>> {
    prop::sample::select(vec![None, tag("landlord"), tag("guarantor"), tag("somebody")])
}

fn intents() -> impl Strategy<Value = Intent> {
    let parties = prop::sample::select(vec![vec![Party::unsealed(None)], two_parties(), vec![]]);
    prop_oneof![
        Just(Intent::Sync),
        parties.prop_map(|parties| Intent::SubmitContract { parties }),
        Just(Intent::CreateWithhold),
        tags().prop_map(|tag| Intent::Seal { tag }),
        prop::sample::select(&CancelReason::ALL[..]).prop_map(|reason| Intent::CancelPlan { reason }),
        (prop::sample::select(&CloseReason::ALL[..]), any::<bool>())
            .prop_map(|(reason, evidence)| Intent::Close { reason, evidence }),
        Just(Intent::Unbind),
        any::<bool>().prop_map(|agree| Intent::ConfirmUnsign { agree }),
    ]
}

fn wishes() -> impl Strategy<Value = Wish> {
    (intents(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(intent, override_allowed, return_confirmed, terms_seen)| Wish {
            intent,
            override_allowed,
            return_confirmed,
            terms_seen,
        },
    )
}

fn trades() -> impl Strategy<Value = Trade> {
    let statuses = prop::sample::select(vec!["RETURN_FULL", "NOT_RETURN", "CANCEL", "FROZEN"]);
    let term = statuses.prop_map(|status| Term { index: 1, status: TermStatus::of(status), rental_fen: 1 });
    (any::<Option<bool>>(), any::<bool>(), any::<Option<bool>>(), prop::collection::vec(term, 0..3)).prop_map(
        |(closed, named, unsign_pending, terms)| Trade {
            closed,
            contract: named.then(signed),
            unsign_pending,
            terms,
        },
    )
}

fn observations() -> impl Strategy<Value = Observation> {
    let withhold =
        vec!["UNSIGNED", "SIGNED", "SIGNED", "TERMINATED", "APPLY_TERMINATE", "TIMEOUT_CLOSE", "?"];
    let flow = vec!["DRAFT", "SIGNING", "SIGNING", "FINISH", "FINISH", "UNDO", "EXPIRE", "REJECTED", "?"];
    prop_oneof![
        3 => prop::sample::select(withhold).prop_map(|text| Observation::Withhold(WithholdStatus::of(text))),
        3 => (prop::sample::select(flow), prop::collection::vec((tags(), any::<bool>()), 0..3))
            .prop_map(|(text, sealed)| Observation::Flow { status: FlowStatus::of(text), sealed }),
        3 => trades().prop_map(Observation::Trade),
        1 => Just(Observation::TradeAbsent),
    ]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => wishes().prop_map(Event::Wish),
        3 => prop::bool::weighted(0.9).prop_map(Event::Success),
        1 => Just(Event::Refusal),
        4 => observations().prop_map(Event::Answer),
        2 => (1_i64..30).prop_map(Event::Wait),
    ];
    prop::collection::vec(event, 1..80)
}

/// What follows, with what holds of that kind of step alone.
fn step(order: &Order, event: Event, now: &mut Timestamp) -> Result<Order, TestCaseError> {
    Ok(match event {
        Event::Wish(wish) if judge(order, &wish, *now) == Judgement::Send => {
            let again = order.unknown.as_ref().is_none_or(|unknown| {
                unknown.intent == Intent::CreateWithhold && wish.intent == Intent::CreateWithhold
            });
            prop_assert!(again, "no second call while the first has no outcome");
            let begun = begun(order, wish.intent, *now, *now + SignedDuration::from_secs(10));
            let reply = Reply { contract: Some(signed()) };
            prop_assert!(succeeded(&begun, reply).is_ok(), "what is sent can be entered");
            begun
        }
        Event::Wish(_) => order.clone(),
        Event::Success(named) => {
            let reply = Reply { contract: named.then(signed) };
            succeeded(order, reply).unwrap_or_else(|_| order.clone())
        }
        Event::Refusal => cleared(order),
        Event::Answer(observation) => answer(order, &observation, *now)?,
        Event::Wait(seconds) => {
            *now += SignedDuration::from_secs(seconds);
            order.clone()
        }
    })
}

fn answer(order: &Order, observation: &Observation, now: Timestamp) -> Result<Order, TestCaseError> {
    let seen = observe(order, observation, now);
    let running = order.unknown.as_ref().is_some_and(|unknown| unknown.is_running(now));
    let resolved = order.unknown.is_some() && seen.order.unknown.is_none();
    prop_assert_eq!(seen.resolution.is_some(), resolved);
    prop_assert!(!(running && resolved));
    prop_assert!(!running || seen.order.state == order.state);
    prop_assert_eq!(&seen.alerts, &Alert::between(order, &seen.order));
    let repeated = observe(&seen.order, observation, now);
    prop_assert_eq!(&repeated.order, &seen.order, "the same answer again changes nothing");
    Ok(seen.order)
}

fn holds(before: &Order, after: &Order) -> Result<(), TestCaseError> {
    prop_assert!(before.state == after.state || before.state.may_become(after.state));
    let grown = u64::from(before != after);
    prop_assert_eq!(after.version, before.version + grown, "one version for each change");
    prop_assert_eq!(after.contract.is_some(), after.state >= OrderState::ContractSigning);
    prop_assert!(after.state != OrderState::PlanCancelled || after.cancel_reason.is_some());
    prop_assert!(after.state != OrderState::Closed || after.close_reason.is_some());
    let reason = after.close_reason.map(CloseReason::cancel_reason);
    prop_assert!(reason.is_none_or(|reason| reason == after.cancel_reason), "the reasons agree");
    prop_assert!(after.unknown.is_none() || needs_query(after).len() == 1, "some query ends each wait");
    let _ = next_step(after);
    Ok(())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_sequence_of_events_leaves_the_table(start in prop::sample::select(&OrderState::ALL[..]), events in events()) {
        let (mut at, mut now) = (order(start), now());
        for event in events {
            let after = step(&at, event, &mut now)?;
            holds(&at, &after)?;
            at = after;
        }
    }
}
