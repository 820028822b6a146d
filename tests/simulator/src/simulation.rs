//! One history under one seed.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::runtime::Builder;
use world::World;

use crate::chaos::Chaos;
use crate::context::{Context, Violation, hold};
use crate::lambda::Lambda;
use crate::random::Dice;

/// How often what happens in a step does not begin at the same time, in thousand.
const STAGGERED: usize = 300;
/// How many rounds everything has to settle in.
const ROUNDS: usize = 60;

/// What came of a seed.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What did not hold.
    pub violation: Option<Violation>,
    /// Everything that happened, in order.
    pub trace: Vec<String>,
    /// How far the history came.
    pub reached: Vec<String>,
}

/// Runs a context under a seed.
///
/// # Panics
/// When no runtime can be built.
#[must_use]
pub fn simulate<C: Context>(seed: u64) -> Outcome {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(history::<C>(seed))
}

async fn history<C: Context>(seed: u64) -> Outcome {
    let (dice, chance) = (Dice::of(seed), Dice::of(seed ^ 0xC0FF_EE00_5EED));
    let chaos = Chaos::new(chance);
    let world = World::starting_at(jiff::Timestamp::from_second(1_533_708_000).expect("an instant"));
    let lambda = Lambda::new(world.clone(), chaos.clone());
    let context = C::new(lambda.clone(), dice.clone()).await;
    world.direct(chaos.clone());
    let mut violation = None;
    for step in 0..C::STEPS {
        one_step(&context, &chaos, &dice, &world, step).await;
        if let Err(broken) = lambda.check().and_then(|()| context.check()) {
            violation = Some(broken);
            break;
        }
    }
    if violation.is_none() {
        chaos.calm();
        violation = settled(&context, &chaos, &world).await.and_then(|()| lambda.check()).err();
    }
    Outcome { violation, trace: chaos.trace(), reached: context.reached() }
}

/// One thing happens, or several at the same time.
async fn one_step<C: Context>(context: &C, chaos: &Chaos, dice: &Dice, world: &World, step: usize) {
    let at_once = *dice.weighed(&[(4, 1), (4, 2), (3, 3), (1, 4)]);
    let is_staggered = dice.happens(STAGGERED);
    let begins = || if is_staggered { dice.below(10) } else { 0 };
    let moves: Vec<(usize, C::Move)> = (0..at_once).map(|_| (begins(), context.draw())).collect();
    chaos.tell(format!("{step} {} {moves:?}", world.time().now()));
    join_all(moves.iter().map(|(begins, next)| later(context, world, *begins, next))).await;
}

/// It happens after so many seconds, while what happened before may still go on.
async fn later<C: Context>(context: &C, world: &World, seconds: usize, next: &C::Move) {
    if seconds > 0 {
        let pause = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
        tokio::time::sleep(pause).await;
        world.pass(Duration::ZERO).await;
    }
    context.play(next).await;
}

/// Everything is done that is still to be done, as often as it takes.
async fn settled<C: Context>(context: &C, chaos: &Chaos, world: &World) -> Result<(), Violation> {
    for round in 0..ROUNDS {
        chaos.tell(format!("settling {round} {}", world.time().now()));
        context.settle().await;
        context.check()?;
        if context.unsettled().is_none() {
            return context.check_end();
        }
    }
    let left = context.unsettled();
    hold("settles", left.is_none(), || left.unwrap_or_default())
}
