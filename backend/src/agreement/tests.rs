//! Which terms hold when, what names them, and that their text keeps all of them.

use std::collections::{BTreeMap, BTreeSet};

use postern_protocol::event::EventKind;
use postern_protocol::geo::Geo;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;
use proptest::prelude::*;

use super::{
    Agreement, BasisPoints, CPA_KINDS, CapReached, Caps, Cpa, Pay, RevShare, Rules, SHARED_KINDS,
    Terms, TermsVersion, money_of,
};

fn money(text: &str) -> Money {
    money_of(text).expect(text)
}

fn paying(from: i64, ftd: &str) -> Terms {
    let pay = BTreeMap::from([(EventKind::Ftd, money(ftd))]);
    Terms::new(Rules {
        cpa: Some(Cpa {
            pay,
            ..Cpa::default()
        }),
        ..Rules::paying_nothing(UnixSeconds(from))
    })
}

#[test]
fn terms_hold_from_their_day_until_the_next_begin() {
    let agreement = Agreement {
        terms: vec![paying(100, "1.00 USD"), paying(200, "2.00 USD")],
        ..Agreement::default()
    };
    let from_at = |at| {
        agreement
            .terms_at(UnixSeconds(at))
            .map(|terms| terms.from.0)
    };
    assert_eq!(from_at(99), None, "nothing was agreed before");
    assert_eq!(from_at(100), Some(100));
    assert_eq!(from_at(199), Some(100));
    assert_eq!(from_at(200), Some(200));
    assert_eq!(from_at(i64::MAX), Some(200));
}

#[test]
fn terms_are_found_by_their_version() {
    let (early, late) = (paying(100, "1.00 USD"), paying(200, "1.00 USD"));
    assert_ne!(
        early.version(),
        late.version(),
        "the day is part of the content"
    );
    let agreement = Agreement {
        terms: vec![early, late.clone()],
        ..Agreement::default()
    };
    assert_eq!(agreement.terms_of(late.version()), Some(&late));
    let gone = paying(100, "3.00 USD");
    assert_eq!(agreement.terms_of(gone.version()), None);
}

#[test]
fn the_text_of_terms_never_changes() {
    // Versions stand in ledgers: the same terms must have this text and name for ever.
    let full = Terms::new(Rules {
        from: UnixSeconds(1_767_225_600),
        cpa: Some(Cpa {
            pay: BTreeMap::from([(EventKind::Ftd, money("100.00 USD"))]),
            by_geo: BTreeMap::from([(
                Geo::parse("DE").expect("DE"),
                BTreeMap::from([(EventKind::Ftd, money("150.00 EUR"))]),
            )]),
        }),
        revshare: Some(RevShare {
            share: BasisPoints::new(2_500).expect("a share"),
            of: BTreeSet::from(SHARED_KINDS),
            carry_over: true,
        }),
        hold_days: 14,
        caps: Caps {
            per_day: Some(50),
            per_month: Some(1_000),
        },
        min_deposit: ["20.00 USD", "1000 JPY"]
            .map(money)
            .map(|it| (it.currency(), it))
            .into(),
    });
    insta::assert_snapshot!(full.to_json(), @r#"{"cap_per_day":50,"cap_per_month":1000,"cpa":{"geo":{"DE":{"ftd":"150.00 EUR"}},"pay":{"ftd":"100.00 USD"}},"from":1767225600,"hold_days":14,"min_deposit":["1000 JPY","20.00 USD"],"revshare":{"basis_points":2500,"carry_over":true,"of":["ftd","redeposit"]}}"#);
    assert_eq!(full.version().as_str(), "84ee04639f0341e8");
    insta::assert_snapshot!(*full);
}

#[test]
fn damaged_texts_are_refused_with_what_is_wrong() {
    for (text, word) in [
        ("{", "EOF"),
        (r#"{"from":0}"#, "hold_days"),
        (r#"{"from":0,"hold_days":0,"colour":1}"#, "colour"),
        (
            r#"{"from":0,"hold_days":0,"cpa":{"pay":{"ftd":"1 XXX"}}}"#,
            "1 XXX",
        ),
        (
            r#"{"from":0,"hold_days":0,"cpa":{"pay":{"deposit":"1.00 USD"}}}"#,
            "deposit",
        ),
        (r#"{"from":0,"hold_days":0,"cpa":{"geo":{"UK":{}}}}"#, "UK"),
        (
            r#"{"from":0,"hold_days":0,"revshare":{"basis_points":0,"carry_over":true,"of":[]}}"#,
            "basis",
        ),
    ] {
        let refused = Terms::from_json(text).expect_err(text).to_string();
        assert!(refused.contains(word), "{text}: {refused}");
    }
}

#[test]
fn versions_read_back_and_nothing_else_does() {
    let version = paying(0, "1.00 USD").version().clone();
    assert_eq!(TermsVersion::parse(version.as_str()), Some(version));
    for text in ["", "abc", "0123456789ABCDEF", "0123456789abcdefg"] {
        assert_eq!(TermsVersion::parse(text), None, "{text}");
    }
}

#[test]
fn a_country_may_have_its_own_amount() {
    let germany = Geo::parse("DE").expect("DE");
    let cpa = Cpa {
        pay: [
            (EventKind::Ftd, money("1.00 USD")),
            (EventKind::Lead, money("0.10 USD")),
        ]
        .into(),
        by_geo: [(germany, Pay::from([(EventKind::Ftd, money("2.00 EUR"))]))].into(),
    };
    let own = cpa.amount(EventKind::Ftd, Some(germany));
    assert_eq!(own, Some((money("2.00 EUR"), Some(germany))));
    let general = Some((money("0.10 USD"), None));
    assert_eq!(cpa.amount(EventKind::Lead, Some(germany)), general);
    assert_eq!(cpa.amount(EventKind::Lead, None), general);
    assert_eq!(cpa.amount(EventKind::Registration, None), None);
}

#[test]
fn a_cap_is_reached_when_as_many_had_their_place() {
    let caps = Caps {
        per_day: Some(2),
        per_month: Some(10),
    };
    assert_eq!(caps.reached(1, 9), None);
    assert_eq!(caps.reached(2, 2), Some(CapReached::Day(2)));
    assert_eq!(caps.reached(0, 10), Some(CapReached::Month(10)));
    assert_eq!(Caps::NONE.reached(u32::MAX, u32::MAX), None);
}

#[test]
fn percentages_are_exact() {
    for (text, shown) in [
        ("25", "25 %"),
        ("12.50", "12.5 %"),
        ("0.01", "0.01 %"),
        ("100", "100 %"),
    ] {
        let share = BasisPoints::parse_percent(text).expect(text);
        assert_eq!(share.to_string(), shown);
    }
    for text in ["0", "0.001", "100.01", "-5", "25%", "", "1e1", "12,5"] {
        let refused = BasisPoints::parse_percent(text).expect_err(text);
        assert!(refused.contains("0.01 to 100"), "{refused}");
    }
}

fn any_money() -> impl Strategy<Value = Money> {
    let code = prop::sample::select(vec!["USD", "EUR", "JPY", "KWD", "USDT", "BTC"]);
    (1_i64..=postern_protocol::money::MAX_AMOUNT_MINOR, code).prop_map(|(minor, code)| {
        let currency = postern_protocol::currency::Currency::parse(code).expect(code);
        Money::of_minor(minor, currency).expect("inside the bounds")
    })
}

fn any_pay() -> impl Strategy<Value = Pay> {
    prop::collection::btree_map(prop::sample::select(CPA_KINDS.to_vec()), any_money(), 0..4)
}

prop_compose! {
    fn any_rules()(
        from in any::<u32>(), pay in any_pay(), own in any_pay(), has_cpa: bool,
        points in prop::option::of(1_u32..=10_000), carry_over: bool, hold_days in 0_u32..=365,
        per_day in prop::option::of(any::<u32>()), per_month in prop::option::of(any::<u32>()),
        least in prop::collection::vec(any_money(), 0..3),
    ) -> Rules {
        let by_geo = [(Geo::parse("DE").expect("DE"), own)].into();
        Rules {
            from: UnixSeconds(i64::from(from)),
            cpa: has_cpa.then_some(Cpa { pay, by_geo }),
            revshare: points.and_then(BasisPoints::new).map(|share| RevShare {
                share, of: SHARED_KINDS.into(), carry_over,
            }),
            hold_days,
            caps: Caps { per_day, per_month },
            min_deposit: least.into_iter().map(|it| (it.currency(), it)).collect(),
        }
    }
}

proptest! {
    #[test]
    fn terms_read_back_from_their_text(rules in any_rules()) {
        let terms = Terms::new(rules);
        prop_assert_eq!(Terms::from_json(&terms.to_json()), Ok(terms));
    }

    #[test]
    fn other_rules_have_another_name(one in any_rules(), other in any_rules()) {
        let is_same = one == other;
        let (one, other) = (Terms::new(one), Terms::new(other));
        prop_assert_eq!(one.version() == other.version(), is_same);
    }

    #[test]
    fn a_share_is_never_more_than_the_whole(points in 1_u32..=10_000, minor: i64) {
        let share = BasisPoints::new(points).expect("a share").of(minor);
        prop_assert!(share.unsigned_abs() <= minor.unsigned_abs());
        prop_assert!(share == 0 || share.signum() == minor.signum());
    }
}
