//! `docker-compose.yml` from outside, one module for each side of it. One program for all stories, so that they
//! are linked once.

mod answers;
mod console;
mod demo;
mod doctor;
mod faults;
mod health;
mod images;
mod observe;
mod own;
mod partners;
mod secrets;
mod surface;
