//! The delivery log, as it is read by partner. Two indexes keep a partner's live deliveries and its
//! tests apart, so neither walks past the other; who asks for both has the two merged by id.

use std::fmt::Display;

use postern_protocol::id::PartnerId;

use super::statement::Statement;

/// A part of the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Log<'p> {
    /// Whose deliveries; `None`: all.
    pub(super) partner: Option<&'p PartnerId>,
    /// Tests or live ones; `None`: both.
    pub(super) is_test: Option<bool>,
}

impl Log<'_> {
    /// Appends a select of what `narrow` leaves of the part. An order by id and a limit may follow.
    pub(super) fn select(
        self,
        statement: &mut Statement,
        columns: impl Display,
        narrow: impl Fn(&mut Statement),
    ) {
        let kinds = match (self.partner, self.is_test) {
            (Some(_), None) => vec![Some(false), Some(true)],
            (_, kind) => vec![kind],
        };
        for (place, kind) in kinds.into_iter().enumerate() {
            statement
                .push(if place > 0 { " UNION ALL " } else { "" })
                .push(format_args!("SELECT {columns} FROM deliveries WHERE 1 = 1"))
                .of_partner("partner", self.partner)
                .tests("test", kind);
            narrow(statement);
        }
    }
}
