//! The world, driven through the real SDK.
mod callbacks;
mod crashes;
mod decimals;
mod delivery;
mod dynamo;
mod event_bridge;
mod faults;
mod indexes;
mod objects;
mod partners;
mod races;
mod secrets;
mod sqs;
mod support;
