//! What would keep a pasted request from being booked although its signature fits.

use postern_protocol::event::{Event, NotAnEvent};
use postern_protocol::money::AmountUnit;

use super::Pasted;

const UNNAMED: &str = "The request does not name its partner. Send the partner's name in the X-RS-Source header \
    or in the `source` parameter.";

impl Pasted {
    /// What would keep the request from being booked although its signature fits, each with what to
    /// change: where it goes, who it names, its fields. `unit` is the one of the partner's amounts.
    #[must_use]
    pub fn beside_the_signature(&self, unit: AmountUnit) -> Vec<String> {
        let path = self.wrong_path();
        let path =
            path.map(|path| format!("It goes to `{path}`; postbacks are taken at `/v1/event`."));
        let is_unnamed = self.source().is_ok_and(|named| named.is_none());
        let source = is_unnamed.then(|| UNNAMED.to_owned());
        let around = path.into_iter().chain(source);
        around.chain(self.wrong_fields(unit)).collect()
    }

    /// Each field that is wrong, missing or in doubt. Nothing of a request that cannot be read at all:
    /// the diagnosis says that.
    fn wrong_fields(&self, unit: AmountUnit) -> Vec<String> {
        let Ok(Ok(request)) = self.request() else {
            return Vec::new();
        };
        let Ok(postback) = request.read() else {
            return Vec::new();
        };
        match Event::read(&postback, unit) {
            Ok(_) => Vec::new(),
            Err(NotAnEvent::Invalid(errors)) => {
                let told = errors.iter();
                told.map(|error| format!("`/v1/event` would answer 422. {error}"))
                    .collect()
            }
            Err(NotAnEvent::Doubtful(doubts)) => {
                let told = doubts.iter();
                told.map(|doubt| format!("`/v1/event` would keep it and book nothing. {doubt}"))
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(query: &str) -> String {
        let url = format!("https://gate.example/v1/event?source=acme&sign=00&{query}");
        let pasted = Pasted::read(&url).expect("a URL");
        pasted.beside_the_signature(AmountUnit::Major).join("\n")
    }

    #[test]
    fn a_request_that_would_be_booked_has_no_notes() {
        let whole = "clickid=a&event=ftd&status=approved&amount=50.00&currency=USD";
        assert_eq!(notes(whole), "");
    }

    #[test]
    fn each_field_that_would_be_refused_is_told() {
        let said = notes("event=ftd&status=approved&timestamp=1717000000000");
        for part in [
            "422. clickid: missing",
            "422. amount: missing",
            "422. currency: missing",
            "422. timestamp: expected UNIX time in seconds; this looks like milliseconds",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }

    #[test]
    fn what_would_be_kept_for_a_person_is_told_as_such() {
        let said = notes("clickid={clickid}&event=lead&status=approved");
        assert!(said.contains("book nothing. clickid"), "{said}");
    }

    #[test]
    fn amounts_are_read_in_the_partners_unit() {
        let url = "https://gate.example/v1/event?source=acme&clickid=a&event=ftd&status=approved\
                   &amount=50.00&currency=USD";
        let pasted = Pasted::read(url).expect("a URL");
        let said = pasted.beside_the_signature(AmountUnit::Minor).join("\n");
        assert!(said.contains("amount"), "{said}");
    }

    #[test]
    fn who_is_not_named_and_where_it_goes_is_told() {
        let pasted = Pasted::read("https://gate.example/event?a=b").expect("a URL");
        let said = pasted.beside_the_signature(AmountUnit::Major).join("\n");
        assert!(said.contains("It goes to `/event`"), "{said}");
        assert!(said.contains("does not name its partner"), "{said}");
    }

    #[test]
    fn what_cannot_be_read_is_left_to_the_diagnosis() {
        let body =
            "POST /v1/event HTTP/1.1\nX-RS-Source: acme\nContent-Type: application/json\n\n{";
        let pasted = Pasted::read(body).expect("a request");
        assert!(pasted.beside_the_signature(AmountUnit::Major).is_empty());
    }
}
