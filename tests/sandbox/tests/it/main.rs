//! The sandbox as its users see it: a process that answers on a loopback port.
mod ant;
mod bank;
mod controls;
mod infor;
mod loan_core;
mod mkk;
mod process;
mod rongshu;
mod running;
mod stand_in;
mod xw;
