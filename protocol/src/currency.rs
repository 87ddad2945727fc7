//! The currencies partners pay in.
