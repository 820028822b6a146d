//! A flow that dies anywhere is taken on by the next call, and nothing is done twice.

use std::time::Duration;

use serde_json::{Value, json};
use suites::lease::{Lease, ORDER, bodies, done};

use super::{ALL, CREATE, finished, flow_with, hasty};

/// Which effect the process dies at, and whether that effect comes about.
#[derive(Clone, Copy, Debug)]
struct Death {
    effect: usize,
    after: bool,
}

/// A flow that died there, and half a minute later.
async fn died(body: &Value, death: Death) -> Lease {
    let lease = hasty().await;
    let number = lease.world.effects().len() + death.effect;
    if death.after {
        lease.world.crash_after(number);
    } else {
        lease.world.crash_before(number);
    }
    let died = lease.world.run_until_crash(lease.send(&flow_with(body))).await;
    assert!(died.is_err(), "{death:?} was not reached");
    lease.world.pass(Duration::from_secs(30)).await;
    lease.restarted().await
}

async fn check(body: &Value, repeat: &Value) {
    let clean = hasty().await;
    let before = clean.world.effects().len();
    assert_eq!(done(&clean.send(&flow_with(body)).await), finished());
    let effects = clean.world.effects().len() - before;
    assert!(effects > 2 * ALL.len(), "{:#?}", clean.world.effects());
    for effect in 1..=effects {
        for after in [false, true] {
            let death = Death { effect, after };
            let lease = died(body, death).await;
            // Before its first write nothing is kept: then the caller has to say it all again.
            let repeat = if effect == 1 && !after { body } else { repeat };
            assert_eq!(done(&lease.send(&flow_with(repeat)).await), finished(), "{death:?}");
            for (method, times) in &clean.ant.order(ORDER).effects {
                let most = if method == CREATE { times + 1 } else { *times };
                let done = lease.ant.effects(ORDER, method);
                assert!((*times..=most).contains(&done), "{death:?}: {method} was done {done} times");
            }
            // Nothing is missing from the history, but for states that nobody saw.
            let history = lease.history(ORDER);
            let links = history.windows(2).map(|pair| (pair[0].split('>').nth(1), pair[1].split('>').next()));
            assert!(links.into_iter().all(|(to, from)| to == from), "{death:?}: {history:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_dies_between_any_two_effects_is_taken_on_by_the_same_call() {
    check(&bodies::contract(), &bodies::contract()).await;
}

#[tokio::test(start_paused = true)]
async fn a_flow_of_two_parties_that_dies_is_taken_on_by_a_call_that_says_nothing() {
    check(&bodies::contract_of_two(), &json!({})).await;
}
