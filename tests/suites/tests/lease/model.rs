//! Random lives of an order: operations of callers with and without keys, faults at Ant, users, notifications and runs
//! of lease-reconcile, against a small reference model that was written from the specification.

mod answers;
mod at_ant;
mod driver;
mod reference;
mod steps;

use std::env;

use proptest::prelude::*;

use self::driver::Driver;
use self::steps::Step;

async fn live_through(history: &[Step]) -> Result<(), TestCaseError> {
    let mut driver = Driver::new().await;
    for step in history {
        driver.live_through(step).await?;
    }
    Ok(())
}

/// How many lives, unless `PROPTEST_CASES` says otherwise.
fn cases() -> u32 {
    env::var("PROPTEST_CASES").map_or(48, |cases| cases.parse().expect("a number"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_life_goes_as_the_model_says_step_by_step(history in steps::history()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(live_through(&history))?;
    }
}
