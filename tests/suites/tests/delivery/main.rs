//! The delivery context, in the world.
mod callbacks;
mod crash_points;
mod deliver;
mod events;
mod outbox_relay;
mod roles;
