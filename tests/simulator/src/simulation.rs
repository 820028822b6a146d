//! One history under one seed.

use futures_util::future::join_all;
use tokio::runtime::Builder;
use world::World;

use crate::chaos::Chaos;
use crate::context::{Context, Violation, hold};
use crate::lambda::Lambda;
use crate::random::Dice;

/// How many rounds everything has to settle in.
const ROUNDS: usize = 60;

/// What came of a seed.
#[derive(Clone, Debug)]
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
    let context = C::new(lambda, dice.clone()).await;
    world.direct(chaos.clone());
    let mut violation = None;
    for step in 0..C::STEPS {
        if let Err(broken) = one_step(&context, &chaos, &dice, &world, step).await {
            violation = Some(broken);
            break;
        }
    }
    if violation.is_none() {
        chaos.calm();
        violation = settled(&context, &chaos, &world).await.err();
    }
    Outcome { violation, trace: chaos.trace(), reached: context.reached() }
}

/// One thing happens, or several at the same time.
async fn one_step<C: Context>(
    context: &C,
    chaos: &Chaos,
    dice: &Dice,
    world: &World,
    step: usize,
) -> Result<(), Violation> {
    let at_once = *dice.weighed(&[(4, 1), (4, 2), (3, 3)]);
    let moves: Vec<C::Move> = (0..at_once).map(|_| context.draw()).collect();
    chaos.tell(format!("{step} {} {moves:?}", world.time().now()));
    join_all(moves.iter().map(|next| context.play(next))).await;
    context.check()
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
