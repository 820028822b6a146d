//! The webview in a real Chromium (instalment §12): the page as its endpoint serves it, over answers that each
//! test sets, and once over the whole local platform.

mod accessibility;
mod browser;
mod driver;
mod failures;
mod keyboard;
mod onboarding;
mod privacy;
mod renewal;
mod screens;
mod screenshots;
mod site;
mod views;
mod visit;
mod whole_system;
#[path = "../system/world.rs"]
#[expect(dead_code, reason = "the whole-system tests use more of it")]
mod world;
