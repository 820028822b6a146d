//! Cards, confirmations, and the accounts that they wait for (items 11, 12, 13; §11, Card and confirmation).

mod accounts;
mod cards;
mod confirming;
mod crash_points;
mod interleavings;
mod privacy;
mod roles;
mod stored_items;
mod units;
