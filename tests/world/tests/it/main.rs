//! The world, driven through the real SDK.
mod crashes;
mod delivery;
mod dynamo;
mod faults;
mod partners;
mod races;
mod sqs;
mod support;
