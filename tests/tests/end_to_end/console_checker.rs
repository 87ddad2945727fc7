//! The browser that holds pages against the policy, axe and their width notices what is wrong: a page
//! that is broken on purpose has a fault of each kind.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::browser::Browser;
use postern_tests::console::Console;

const ACCOUNT: &str = "/console/account";

/// What is done to the page, and what is then said of it.
const BROKEN: [(&str, &str); 6] = [
    (
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')",
        "Content Security Policy",
    ),
    (
        "const script = document.createElement('script');
         script.textContent = 'window.ran = true';
         document.body.append(script)",
        "Content Security Policy",
    ),
    ("console.error('something is wrong')", "something is wrong"),
    (
        "const image = document.createElement('img');
         image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
         document.querySelector('main').append(image)",
        "image-alt",
    ),
    (
        "document.querySelector('main').append('x'.repeat(1000))",
        "wide in a window of",
    ),
    (
        "document.querySelector('h1').remove()",
        "page-has-heading-one",
    ),
];

async fn is_noticed(browser: &Browser, said: &str) {
    let faults = browser.faults().await;
    assert!(faults.iter().any(|it| it.contains(said)), "{faults:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_broken_has_a_fault_of_each_kind() {
    let console = Console::open().await;
    let browser = console.shows(ACCOUNT).await;
    for (breaks, said) in BROKEN {
        browser.goes_to(&console.url(ACCOUNT)).await;
        browser.is_content().await;
        browser.runs(breaks).await;
        is_noticed(&browser, said).await;
    }
    let ran = browser.runs("return window.ran ?? false").await;
    assert_eq!(ran, false, "the policy holds");
}

/// What is closed is opened and looked at too.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_behind_a_fold_is_noticed() {
    let console = Console::open().await;
    let browser = console.shows(ACCOUNT).await;
    let fold = "const fold = document.createElement('details');
        fold.innerHTML = '<summary>more</summary><img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\">';
        document.querySelector('main').append(fold)";
    browser.runs(fold).await;
    browser.is_content().await;
    let looked = tokio::spawn(async move { browser.is_content_in_all_clothes().await });
    let panicked = looked.await.expect_err("the picture has no words");
    let said = panicked.into_panic();
    let said = said.downcast_ref::<String>().expect("what is wrong");
    assert!(said.contains("image-alt"), "{said}");
}
