//! What a schema says a consumer takes, and what a consumer takes the schema says. Of the examples each is taken; of what
//! comes of them by another value in one place, whatever contradicts the schema is a dead letter, and whatever does not is
//! never one for its form.

mod apps;

use suites::contract::Judge;

use crate::changes;
use crate::consumers::apps::App;
use crate::messages::examples;

/// Why a message that its schema allows may never be taken all the same: where things stand forbids it, or two of its
/// members contradict each other.
const BEYOND_A_SCHEMA: [&str; 11] = [
    "bad_plan",
    "bad_terms",
    "contradictory",
    "forbidden",
    "number_required",
    "number_taken",
    "other_task",
    "push_without_task",
    "task_mismatch",
    "unknown_order",
    "unknown_request",
];

async fn takes_the_examples(queue: &str) {
    for example in examples(queue) {
        let app = App::ready_for(queue, &example).await;
        let example = app.fitted(example);
        let taken = app.take(queue, &example).await;
        assert_eq!(taken, (true, None), "{queue}: {example}");
    }
}

async fn takes_what_the_schema_says(queue: &str) {
    let judge = Judge::of(queue);
    let app = App::new(queue).await;
    let (mut right, mut wrong) = (0, 0);
    for (number, changed) in examples(queue).iter().flat_map(changes::of).enumerate() {
        let changed = changes::numbered(changed, number);
        let (_, dead) = app.take(queue, &changed).await;
        if let Some(problem) = judge.problem(&changed) {
            assert!(dead.is_some(), "{queue} took {changed}, of which its schema says: {problem}");
            wrong += 1;
        } else {
            let of_the_form = dead.filter(|reason| !BEYOND_A_SCHEMA.contains(&reason.as_str()));
            assert_eq!(of_the_form, None, "{queue}: {changed}");
            right += 1;
        }
    }
    assert!(right > 0 && wrong > 0, "{queue}: {right} right, {wrong} wrong");
}

macro_rules! consumers {
    ($($name:ident: $queue:literal;)*) => {$(
        mod $name {
            #[tokio::test(start_paused = true)]
            async fn takes_the_examples() {
                super::takes_the_examples($queue).await;
            }

            #[tokio::test(start_paused = true)]
            async fn takes_what_its_schema_says_and_nothing_else() {
                super::takes_what_the_schema_says($queue).await;
            }
        }
    )*

        /// The queues that we take from.
        const QUEUES: &[&str] = &[$($queue),*];
    };
}

consumers! {
    audit_result: "audit-result";
    client_events: "client-events";
    contract_events: "contract-events";
    credit_events: "credit-events";
    credit_result: "credit-result";
    customer_events: "customer-events";
    depository_events: "depository-events";
    infor_inbound: "infor-inbound";
    infor_shards: "infor-shards";
    loan_result: "loan-result";
    overdue: "overdue";
    partner_callback: "partner-callback";
    repay_plan: "repay-plan";
    repay_result: "repay-result";
}

#[test]
fn every_queue_is_here_but_those_that_others_take_from() {
    let mut queues = crate::messages::queues();
    assert!(queues.remove("core-commands") && queues.remove("infor-outbound"));
    assert_eq!(queues, QUEUES.iter().map(|queue| (*queue).to_owned()).collect());
}
