//! Starting and ending.

use std::process::Command;

use crate::running::{Running, command};

#[test]
fn it_listens_on_the_loopback_interface_only() {
    let sandbox = Running::start();
    assert!(sandbox.url.starts_with("http://127.0.0.1:"), "{}", sandbox.url);
}

#[test]
fn a_busy_port_is_a_clear_error() {
    let sandbox = Running::start();
    let port = sandbox.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("its port");
    let second = command(port).output().expect("the second sandbox starts");
    assert!(!second.status.success());
    let error = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(
        error.trim(),
        format!("sandbox: port {port} is in use: stop what listens there, or choose another with --port")
    );
}

#[test]
fn it_ends_when_it_is_asked_to_even_while_it_holds_a_connection() {
    for signal in ["-TERM", "-INT"] {
        let mut sandbox = Running::start();
        sandbox.put("/_control/mkk/lines/77-1", br#"{"fault":"timeout"}"#);
        sandbox.call("GET", "/mkk/lines/77-1", b"").map(|_| ()).expect_err("the connection is held");
        let kill = Command::new("kill").args([signal, &sandbox.process.id().to_string()]).status();
        assert!(kill.expect("kill runs").success());
        assert!(sandbox.process.wait().expect("it ends").success(), "{signal}");
    }
}
