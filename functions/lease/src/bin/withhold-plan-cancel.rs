//! The Lambda `withhold-plan-cancel`: `POST /ant-lease/orders/{order_id}/withhold-plan/cancel`.

use lease::deps::Settings;
use lease::wire::Route;
use lease::withhold_plan_cancel::WithholdPlanCancel;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, async |settings| {
        Ok(Route::<WithholdPlanCancel>::new(settings.open().await?))
    })
}
