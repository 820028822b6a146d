//! Load (docs/RELIABILITY.md): bursts on the functions that take from queues. Nothing is lost, nothing
//! happens twice.

mod alike;
mod burst;
mod callbacks;
mod consumers;
mod crm;
mod customers;
mod depository;
mod instalment;
mod loans;
mod parallel;
mod partners;
mod quota;
