//! The frame of every page: title, navigation, who is logged in, colours.

use askama::Template;
use axum::response::{Html, Redirect};

use super::failure::Failed;
use super::reports;
use super::router::HOME;
use super::session::login;
use super::shortcuts::Shortcuts;
use super::theme::Theme;
use super::visit::{Person, Visit};
use super::{account, assets, audit, deliveries, now, partners, review};

/// What the console has, as the navigation shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Area {
    Now,
    Deliveries,
    Review,
    Audit,
    Reports,
    Partners,
    Account,
}

impl Area {
    /// In the navigation's order. The first one is where the console begins.
    pub(super) const ALL: [Self; 7] = [
        Self::Now,
        Self::Deliveries,
        Self::Review,
        Self::Audit,
        Self::Reports,
        Self::Partners,
        Self::Account,
    ];

    /// Where it is.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Now => now::PATH,
            Self::Deliveries => deliveries::PATH,
            Self::Review => review::PATH,
            Self::Audit => audit::PATH,
            Self::Reports => reports::PATH,
            Self::Partners => partners::PATH,
            Self::Account => account::PATH,
        }
    }

    /// What the navigation calls it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Now => "Now",
            Self::Deliveries => "Deliveries",
            Self::Review => "Review",
            Self::Audit => "Audit",
            Self::Reports => "Reports",
            Self::Partners => "Partners",
            Self::Account => "Account",
        }
    }
}

/// The frame of a page: the field `page` of every template that extends `layout.html`.
pub(super) struct Page {
    pub(super) title: String,
    area: Option<Area>,
    theme: Theme,
    shortcuts: Shortcuts,
    person: Option<Person>,
    here: String,
}

/// A theme in the switch.
pub(super) struct Choice {
    pub(super) name: &'static str,
    pub(super) is_chosen: bool,
}

impl Page {
    pub(super) fn of(visit: &Visit, area: Option<Area>, title: String) -> Self {
        Self {
            title,
            area,
            theme: visit.theme,
            shortcuts: visit.shortcuts,
            person: visit.person.clone(),
            here: visit.here.clone(),
        }
    }

    /// Who is logged in.
    pub(super) fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }

    /// What each form of the page carries in its field `csrf`.
    pub(super) fn csrf(&self) -> &str {
        self.person.as_ref().map_or("", |person| &person.csrf)
    }

    pub(super) fn areas(&self) -> &'static [Area] {
        &Area::ALL
    }

    pub(super) fn is_in(&self, area: &Area) -> bool {
        self.area == Some(*area)
    }

    pub(super) fn theme(&self) -> &'static str {
        self.theme.name()
    }

    /// Whether single keys do something.
    pub(super) fn shortcuts(&self) -> Shortcuts {
        self.shortcuts
    }

    pub(super) fn themes(&self) -> [Choice; 3] {
        Theme::ALL.map(|theme| Choice {
            name: theme.name(),
            is_chosen: theme == self.theme,
        })
    }

    /// Path and query of the page, to come back to.
    pub(super) fn here(&self) -> &str {
        &self.here
    }

    pub(super) fn style(&self) -> &'static str {
        &assets::paths().style
    }

    pub(super) fn script(&self) -> &'static str {
        &assets::paths().script
    }

    pub(super) fn icon(&self) -> &'static str {
        &assets::paths().icon
    }
}

/// A view as an answer.
///
/// # Errors
/// A template that cannot be filled in is a defect.
pub(super) fn show(view: &impl Template) -> Result<Html<String>, Failed> {
    view.render().map(Html).map_err(|error| {
        tracing::error!(%error, "a page cannot be made");
        Failed::Internal
    })
}

/// What a list offers: all there is, and what was asked for, which may be gone by now. Else the next
/// search would silently ask for anything.
pub(super) fn choices(all: impl Iterator<Item = String>, asked: Option<String>) -> Vec<String> {
    let mut choices: Vec<String> = all.collect();
    choices.extend(asked.filter(|it| !it.is_empty() && !choices.contains(it)));
    choices
}

/// Where a form leads that was done: a reload then sends nothing again.
pub(super) fn see_other(path: &str) -> Redirect {
    Redirect::to(path)
}

/// A path that somebody sent, if it is one of our pages, else where the console begins: nobody is
/// sent to another site by a link to us.
pub(super) fn local(path: &str) -> &str {
    let rest = path.strip_prefix(HOME);
    let is_ours = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if is_ours && is_plain && !path.starts_with(login::PATH) {
        path
    } else {
        HOME
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_stays_a_choice() {
        let all = || ["acme".to_owned(), "beta".to_owned()].into_iter();
        assert_eq!(choices(all(), Some("beta".to_owned())), ["acme", "beta"]);
        assert_eq!(
            choices(all(), Some("gone".to_owned())),
            ["acme", "beta", "gone"]
        );
        assert_eq!(choices(all(), Some(String::new())), ["acme", "beta"]);
        assert_eq!(choices(all(), None), ["acme", "beta"]);
    }

    #[test]
    fn nobody_is_led_to_another_site() {
        for ours in [
            "/console",
            "/console/account",
            "/console?x=1",
            "/console/a?b=%2F",
        ] {
            assert_eq!(local(ours), ours);
        }
        for other in [
            "",
            "https://evil.example/console",
            "//evil.example",
            "/consoles",
            "/admin/partners",
            "/console\\evil",
            "/console/a\r\nSet-Cookie: x",
            "/console/login?next=/console",
        ] {
            assert_eq!(local(other), HOME, "{other}");
        }
    }
}
