//! While a call is under way, others wait; once its invocation must have ended, its outcome is unknown.

use std::time::Duration;

use suites::lease::ant::Spoil;
use suites::lease::{Lease, ORDER, body, done};
use world::World;

use super::{CHANGES, Change, brief, unknown_operation};

/// Has the process die right after Ant has done it.
async fn died_after(change: Change) -> Lease {
    let lease = change.prepared().await;
    let world: World = lease.world.clone();
    // The intent is one effect, the call the next.
    world.crash_after(world.effects().len() + 2);
    let died = world.run_until_crash(lease.send(&change.request())).await;
    assert!(died.is_err(), "{change:?} did not come that far: {:#?}", world.effects());
    let next = lease.restarted().await;
    next.ant.heard();
    next
}

#[tokio::test(start_paused = true)]
async fn until_the_invocation_must_have_ended_it_counts_as_running() {
    for change in CHANGES {
        let lease = died_after(change).await;
        for seconds in [0, 28] {
            lease.world.pass(Duration::from_secs(seconds)).await;
            let got = lease.send(&change.request()).await;
            assert_eq!(brief(&got), (409, "STATE_CONFLICT".to_owned()), "{change:?}");
            assert_eq!(body(&got)["message"], "another operation is running", "{change:?}");
            assert_eq!(lease.ant.heard(), Vec::<String>::new(), "{change:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn while_it_is_running_a_question_is_answered_and_resolves_nothing() {
    for change in CHANGES {
        let lease = died_after(change).await;
        done(&lease.get(ORDER, "").await);
        assert_eq!(unknown_operation(&lease).as_deref(), Some(change.method), "{change:?}");
        assert_eq!(lease.state(ORDER), change.from, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_that_it_is_unknown_and_a_question_resolves_it() {
    for change in CHANGES {
        let lease = died_after(change).await;
        lease.world.pass(Duration::from_secs(29)).await;
        if change.name != "create" {
            let got = lease.send(&change.request()).await;
            assert_eq!(brief(&got), (409, "STATE_CONFLICT".to_owned()), "{change:?}");
        }
        done(&lease.get(ORDER, "").await);
        assert_eq!(unknown_operation(&lease), None, "{change:?}");
        // That an agreement is created is not to be seen until it is signed.
        let to = if change.name == "create" { change.from } else { change.to };
        assert_eq!(lease.state(ORDER), to, "{change:?}");
        assert_eq!(change.effects(&lease), 1, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_is_not_sent_again_while_it_is_running() {
    let lease = died_after(CHANGES[3]).await;
    assert_eq!(lease.send(&CHANGES[3].request()).await.status, 409);
    lease.world.pass(Duration::from_secs(29)).await;
    done(&lease.send(&CHANGES[3].request()).await);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_is_known_to_be_unknown_at_once_when_the_answer_fails() {
    for change in CHANGES {
        let (lease, _) = change.unknown(Spoil::Timeout, true).await;
        done(&lease.get(ORDER, "").await);
        assert_eq!(unknown_operation(&lease), None, "{change:?}");
    }
}
