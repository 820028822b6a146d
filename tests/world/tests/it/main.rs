//! The world, driven through the real SDK.
mod dynamo;
mod support;
