//! The Lambda `lease-reconcile`: every five minutes.

use lease::deps::Settings;
use lease::lease_reconcile::LeaseReconcile;
use platform::start::{StartError, try_serve_schedule};

fn main() -> Result<(), StartError> {
    try_serve_schedule(Settings::read, async |settings| Ok(LeaseReconcile(settings.open().await?)))
}
