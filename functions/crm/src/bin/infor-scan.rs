//! The Lambda `infor-scan`: daily at 06:00 in Moscow.

use crm::infor_scan::{InforScan, Settings};
use platform::start::{StartError, serve_schedule};

fn main() -> Result<(), StartError> {
    serve_schedule(Settings::read, async |settings| InforScan::new(settings))
}
