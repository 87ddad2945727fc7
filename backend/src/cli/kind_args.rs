//! Whether tests are asked for, or live deliveries.

#[derive(Debug, clap::Args)]
pub(super) struct KindArgs {
    /// Only tests
    #[arg(long)]
    test: bool,
    /// Only live deliveries, no tests
    #[arg(long, conflicts_with = "test")]
    live: bool,
}

impl KindArgs {
    /// `None`: both are.
    pub(super) fn is_test(&self) -> Option<bool> {
        (self.test || self.live).then_some(self.test)
    }
}
