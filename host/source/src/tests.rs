mod concurrent;
mod faults;
mod hostile;
mod keeping;
mod kit;
mod packaging;
mod process;
mod resolving;
