//! When money is needed, and what is taken for it.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn money_is_required_where_money_moves() {
    for kind in [Ftd, Redeposit, Cashout] {
        let query = format!("clickid=c1&event={kind}&status=approved");
        assert_eq!(
            fields(&errors_of(read_query(&query))),
            ["amount", "currency"],
            "{kind}"
        );
    }
    for kind in [Registration, Lead, EventKind::Rejected] {
        let query = format!("clickid=c1&event={kind}&status=approved");
        assert_eq!(read_query(&query).expect("event").money, None, "{kind}");
    }
}

#[test]
fn money_is_checked_where_it_is_not_required() {
    let lead = "clickid=c1&event=lead&status=approved";
    assert_eq!(
        fields(&errors_of(read_query(&format!("{lead}&amount=5")))),
        ["currency"]
    );
    assert_eq!(
        fields(&errors_of(read_query(&format!(
            "{lead}&amount=five&currency=USD"
        )))),
        ["amount"]
    );
    assert_eq!(
        fields(&errors_of(read_query(&format!("{lead}&currency=XXX")))),
        ["currency"]
    );
    let zero = read_query(&format!("{lead}&amount=0&currency=USD")).expect("event");
    assert_eq!(zero.money.expect("money").minor(), 0);
    assert_eq!(
        read_query(&format!("{lead}&currency=USD"))
            .expect("event")
            .money,
        None
    );
}

#[test]
fn a_zero_without_currency_is_absent_where_no_money_moves() {
    for zero in ["0", "0.00", "000"] {
        let lead = format!("clickid=c1&event=lead&status=approved&amount={zero}&currency=");
        assert_eq!(read_query(&lead).expect("event").money, None, "{zero}");
        let errors = errors_of(read_query(&ftd_with(&format!("amount={zero}&currency="))));
        assert_eq!(fields(&errors), ["currency"], "{zero}");
    }
}

#[test]
fn an_amount_without_currency_still_hears_of_its_own_mistake() {
    let errors = errors_of(read_query(&ftd_with("currency=&amount=1e2")));
    assert_eq!(fields(&errors), ["currency", "amount"]);
    assert!(errors[1].expected.contains("exponents"), "{}", errors[1]);
}

#[test]
fn a_deposit_of_nothing_is_refused() {
    for kind in [Ftd, Redeposit, Cashout] {
        let errors = errors_of(read_query(&ftd_with(&format!("event={kind}&amount=0.00"))));
        assert_eq!(fields(&errors), ["amount"], "{kind}");
        assert!(errors[0].expected.contains("above zero"), "{}", errors[0]);
    }
}

#[test]
fn amounts_of_json_numbers_are_read_from_their_digits() {
    let money_of = |amount: &str| {
        let head =
            r#"{"clickid":"c1","event":"ftd","status":"approved","currency":"USD","amount":"#;
        read_json(&format!("{head}{amount}}}")).map(|event| event.money.expect("money").minor())
    };
    for amount in ["50", "50.0", "50.00", "50.000", r#""50.00""#] {
        assert_eq!(money_of(amount), Ok(5000), "{amount}");
    }
    assert_eq!(money_of("0.29"), Ok(29));
    for amount in ["-50", "5e1", "50.001", "true", "1E400"] {
        let refused = money_of(amount).expect_err(amount);
        assert!(
            matches!(refused, NotAnEvent::Invalid(_)),
            "{amount}: {refused:?}"
        );
    }
}

#[test]
fn the_unit_agreed_with_the_partner_decides() {
    let in_minor = |amount: &str| {
        read_from(
            Encoding::Query,
            &ftd_with(&format!("amount={amount}")),
            "",
            Minor,
        )
        .map(|event| event.money.expect("money").minor())
    };
    assert_eq!(in_minor("5000"), Ok(5000));
    assert!(matches!(in_minor("50.00"), Err(NotAnEvent::Invalid(_))));
}
