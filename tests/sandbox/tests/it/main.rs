//! The sandbox as its users see it: a process that answers on a loopback port.
mod controls;
mod mkk;
mod process;
mod running;
