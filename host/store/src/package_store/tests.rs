//! Tests of the package store, by subject.

mod claiming;
mod collecting;
mod faulty;
mod inserting;
mod killed;
mod kit;
mod places;
mod projects;
mod surviving;
mod vendoring;
mod verifying;
