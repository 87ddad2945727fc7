//! Somebody at the console: keeps cookies, sends forms with what the page has put into them, and
//! follows no redirect, so that a story sees each step.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};

use crate::admin::tests::stand::{Reply, Stand, send};
use crate::admin::{Role, TokenName, Tokens};

/// Somebody at the console of a stand.
pub(crate) struct Browser<'s> {
    stand: &'s Stand,
    client: Client,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl<'s> Browser<'s> {
    pub(crate) fn at(stand: &'s Stand) -> Self {
        let client = Client::builder().redirect(Policy::none());
        Self {
            stand,
            client: client.build().unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    /// One that is logged in as this role, beside ada, who has made the stand.
    pub(crate) async fn of(stand: &'s Stand, role: Role) -> Self {
        let token = gives_token(stand, role.name(), role);
        Self::with(stand, &token).await
    }

    /// One that is logged in as ada, an admin, who has made the stand.
    pub(crate) async fn of_ada(stand: &'s Stand) -> Self {
        Self::with(stand, &stand.token).await
    }

    async fn with(stand: &'s Stand, token: &str) -> Self {
        let mut browser = Self::at(stand);
        let reply = browser.logs_in(token).await;
        assert_eq!(reply.status, 303, "{}", reply.text);
        browser
    }

    /// A request as a browser sends it from our own page.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let url = format!("{}{path}", self.stand.base);
        let request = self.client.request(method, url);
        match cookies.is_empty() {
            true => request,
            false => request.header("cookie", cookies.join("; ")),
        }
    }

    /// Sends it, and keeps the cookies that come back.
    pub(crate) async fn sends(&mut self, request: RequestBuilder) -> Reply {
        let reply = send(request).await;
        for set in reply.headers.get_all("set-cookie") {
            let set = set.to_str().unwrap();
            let (name, rest) = set.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            match set.contains("Max-Age=0") {
                true => _ = self.cookies.remove(name),
                false => _ = self.cookies.insert(name.to_owned(), value.to_owned()),
            }
        }
        reply
    }

    pub(crate) async fn gets(&mut self, path: &str) -> Reply {
        self.sends(self.request(Method::GET, path)).await
    }

    /// The clicks of a list, from its first page on through those it leads to.
    pub(crate) async fn walks(&mut self, first: &str) -> Vec<String> {
        let mut path = first.to_owned();
        let mut met = Vec::new();
        loop {
            let page = self.gets(&path).await.text;
            let titles = page.split("class=\"clip\" title=\"").skip(1);
            met.extend(titles.map(|it| it.split('"').next().unwrap().to_owned()));
            let Some(next) = page.split("<p class=\"pager\"><a href=\"").nth(1) else {
                return met;
            };
            path = next.split('"').next().unwrap().replace("&amp;", "&");
        }
    }

    /// Sends a form as it is.
    pub(crate) async fn posts_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.sends(self.form(path, fields)).await
    }

    /// A form from our own page.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.request(Method::POST, path)
            .header("origin", &self.stand.base)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.finish())
    }

    /// Sends a form of a page, with the token that the page has put into it.
    pub(crate) async fn posts(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let csrf = self.csrf().await;
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.posts_bare(path, &all).await
    }

    /// What the forms of this session carry.
    pub(crate) async fn csrf(&mut self) -> String {
        let page = self.gets("/console/account").await.text;
        let rest = page.split("name=\"csrf\" value=\"").nth(1).expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }

    pub(crate) async fn logs_in(&mut self, token: &str) -> Reply {
        self.posts_bare("/console/login", &[("token", token)]).await
    }
}

/// Makes a token for somebody, beside those that are there.
pub(crate) fn gives_token(stand: &Stand, name: &str, role: Role) -> String {
    let mut all = Tokens::clone(&stand.tokens.borrow());
    let name = TokenName::parse(name).unwrap();
    all.revoke(&name);
    let number = u8::try_from(all.holders().count()).unwrap();
    let token = all.issue(name, role, [number + 40; 32]).unwrap();
    stand.tokens.send_replace(Arc::new(all));
    token
}
