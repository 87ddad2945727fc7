//! `docker-compose.yml` from outside, one module for each side of it. One program for all stories, so that they
//! are linked once.

mod console;
mod demo;
mod doctor;
mod faults;
mod observe;
mod partners;
mod surface;
