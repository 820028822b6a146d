//! The delivery context, in the world.
mod crash_points;
mod deliver;
mod outbox_relay;
