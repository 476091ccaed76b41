use super::*;
use crate::Client;

fn resolve(resolver: &CachingResolver, uri: &'static str) -> Vec<SocketAddr> {
    let resolved = resolver.resolve(&Uri::from_static(uri), &Config::default(), NextTimeout::default());
    resolved.expect("addresses").to_vec()
}

#[test]
fn an_address_needs_no_lookup_and_has_the_port_of_its_scheme() {
    let resolver = CachingResolver::default();
    for (uri, address) in [
        ("http://192.0.2.1/", "192.0.2.1:80"),
        ("https://192.0.2.1/", "192.0.2.1:443"),
        ("https://192.0.2.1:32400/", "192.0.2.1:32400"),
        ("http://[2001:db8::1]:32400/", "[2001:db8::1]:32400"),
    ] {
        assert_eq!(resolve(&resolver, uri), [address.parse().expect("an address")]);
    }
    assert!(resolver.last.lock().expect("the lock").is_none());
}

#[test]
fn a_name_is_looked_up_again_when_its_addresses_are_old_or_of_another_name() {
    let resolver = CachingResolver::default();
    let genuine = resolve(&resolver, "http://localhost:32400/");
    let remembered: SocketAddr = "192.0.2.1:32400".parse().expect("an address");
    let remember = |age: Duration| {
        let mut last = resolver.last.lock().expect("the lock");
        let last = last.as_mut().expect("a lookup");
        last.addresses = vec![remembered];
        last.at = Instant::now().checked_sub(age).expect("a time");
    };

    remember(Duration::ZERO);
    assert_eq!(resolve(&resolver, "http://localhost:32400/"), [remembered]);
    remember(MAX_AGE);
    assert_eq!(resolve(&resolver, "http://localhost:32400/"), genuine);
    remember(Duration::ZERO);
    assert_ne!(resolve(&resolver, "http://localhost:32401/"), [remembered]);
}

#[test]
fn a_name_whose_addresses_do_not_answer_is_looked_up_again() {
    // Port 1 is nobody's.
    let client = Client::builder("http://localhost:1").no_proxy().build().expect("a client");
    assert!(client.get_butler_tasks().is_err());
    assert!(lock(&client.inner.resolver.last).is_none());
}
