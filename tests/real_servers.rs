//! Cases with real servers that only the library can do. `.ci/real-servers` starts the servers and runs these tests.

use std::env;

use plex_butler::{Client, ClientBuilder, Error};
use plex_butler_test_support::pms::TASKS;

/// `user:password`, as Basic authentication encodes it.
const AUTHORIZATION: &str = "Basic dXNlcjpwYXNzd29yZA==";

fn setting(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run .ci/real-servers"))
}

fn client(url: &str) -> ClientBuilder {
    Client::builder(url).token(setting("PLEX_TOKEN"))
}

#[test]
#[ignore = "needs the servers of .ci/real-servers"]
fn a_reverse_proxy_gets_its_password_in_a_header() {
    for url in setting("PASSWORD_URLS").split(' ') {
        let client = client(url)
            .header("Authorization", AUTHORIZATION)
            .build()
            .unwrap();
        let tasks = client
            .get_butler_tasks()
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(tasks.len(), TASKS.len(), "{url}");
        client
            .start_all_tasks()
            .unwrap_or_else(|error| panic!("{url}: {error}"));
    }
}

#[test]
#[ignore = "needs the servers of .ci/real-servers"]
fn an_explicit_proxy_is_used_for_loopback_too() {
    for proxy in setting("PROXIES").split(' ') {
        let client = |proxy: String| client(&setting("PMS_URL")).proxy(proxy).build().unwrap();
        let tasks = client(format!("http://user:password@{proxy}")).get_butler_tasks();
        assert_eq!(
            tasks
                .unwrap_or_else(|error| panic!("{proxy}: {error}"))
                .len(),
            TASKS.len(),
            "{proxy}"
        );

        let error = client(format!("http://{proxy}"))
            .get_butler_tasks()
            .unwrap_err();
        assert!(
            matches!(error, Error::Transport { .. }),
            "{proxy}: {error:?}"
        );
        assert!(error.to_string().contains("407"), "{proxy}: {error}");
    }
}
