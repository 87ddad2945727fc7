//! The program as people run it: the real binary, each test in a folder of its own.

mod desk;
mod backend;

mod partners;
mod terms;
mod partners_mishaps;
mod admin;
mod admin_guide;
mod partners_guide;
mod operators_guide;
mod clicks;
mod explain;
mod review;
mod deciding;
mod deliveries;
mod reports;
mod sign_and_send;
mod verify;
mod serve;
mod edge;
mod postgres;
mod memory;
mod doctor;
