//! Every place at which a process can die between two effects, tried one after the other.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use crate::World;
use crate::effects::CrashPoint;

thread_local! {
    static TRIED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    /// What was needed until others came, if they did.
    static OWN: RefCell<Option<BTreeSet<String>>> = const { RefCell::new(None) };
}

impl World {
    /// Within a run whose crash points are tried: what is called from now on is called by other functions, as the relay is
    /// one, and tells nothing of those that the run is about. Others that come first are forgotten by
    /// [`World::forget_permissions`].
    pub fn others_follow(&self) {
        OWN.with_borrow_mut(|own| {
            own.get_or_insert_with(|| self.permissions());
        });
    }

    /// Notes which permissions the calls of this world needed, but for those of others that followed: every effect among
    /// them is tried as a crash point.
    pub fn note_tried(&self) {
        let own = OWN.take().unwrap_or_else(|| self.permissions());
        TRIED.with_borrow_mut(|tried| tried.extend(own));
    }

    /// Which permissions the runs needed whose crash points this thread tried, as [`World::permissions`] names them; they
    /// are forgotten by it.
    #[must_use]
    pub fn tried() -> BTreeSet<String> {
        TRIED.take()
    }
}

/// Runs an operation up to every crash there can be, delivers it again, and holds the state that this ends
/// in against the clean run's.
///
/// `setup` builds a world; `run` is one delivery of the operation by a process of its own: it builds its
/// clients anew, from [`World::http_client`]. The second delivery runs to its end.
pub struct CrashPoints<Setup, Run> {
    setup: Setup,
    run: Run,
    redelivered_after: Duration,
    volatile: Vec<String>,
}

impl<Setup: AsyncFn() -> World, Run: AsyncFn(&World)> CrashPoints<Setup, Run> {
    /// The crash points of `run` in the world of `setup`.
    #[must_use]
    pub fn new(setup: Setup, run: Run) -> Self {
        Self { setup, run, redelivered_after: Duration::ZERO, volatile: Vec::new() }
    }

    /// Lets this much time pass between a crash and the next delivery.
    #[must_use]
    pub fn redelivered_after(mut self, duration: Duration) -> Self {
        self.redelivered_after = duration;
        self
    }

    /// Leaves these attributes of rows and messages out of the comparison.
    #[must_use]
    pub fn volatile(mut self, attributes: &[&str]) -> Self {
        self.volatile = attributes.iter().map(ToString::to_string).collect();
        self
    }

    /// Tries them all, and tells the effects of the clean run.
    ///
    /// # Panics
    /// When a crash and the delivery after it end in another state than the clean run.
    pub async fn check(&self) -> Vec<String> {
        let world = (self.setup)().await;
        world.forget_permissions();
        OWN.take();
        (self.run)(&world).await;
        world.note_tried();
        let (clean, effects) = (self.state(&world), world.effects());
        self.redeliver(&world).await;
        self.compare(&clean, &world, "delivered twice");
        for number in 1..=effects.len() {
            for point in [CrashPoint::Before(number), CrashPoint::After(number)] {
                let world = self.crashed_at(point).await;
                self.redeliver(&world).await;
                self.compare(&clean, &world, &format!("{point:?} ({})", effects[number - 1]));
            }
        }
        effects
    }

    async fn crashed_at(&self, point: CrashPoint) -> World {
        let world = (self.setup)().await;
        world.plan_crash(point);
        let ended = world.run_until_crash((self.run)(&world)).await;
        assert!(ended.is_err(), "{point:?} was not reached: the run does not repeat itself");
        world
    }

    async fn redeliver(&self, world: &World) {
        world.pass(self.redelivered_after).await;
        (self.run)(world).await;
    }

    fn state(&self, world: &World) -> Value {
        let volatile: Vec<&str> = self.volatile.iter().map(String::as_str).collect();
        world.state_without(&volatile)
    }

    fn compare(&self, clean: &Value, world: &World, point: &str) {
        let state = self.state(world);
        assert!(
            state == *clean,
            "{point}: another state than the clean run's\n\nclean: {clean:#}\n\nnow: {state:#}\n\neffects: {:#?}",
            world.effects()
        );
    }
}
