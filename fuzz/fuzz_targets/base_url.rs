//! Base URL and task name: either refused, or exactly `<base>/butler` and `<base>/butler/<one segment>`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (base_url, name) = input;
    let Ok((butler, task)) = plex_butler::fuzzing::urls(base_url, name) else {
        return;
    };
    assert!(
        butler.starts_with("http://") || butler.starts_with("https://"),
        "{butler}"
    );
    assert!(butler.ends_with("/butler"), "{butler}");
    assert!(
        !butler.contains(['?', '#', ' ', '\\']) && !butler.contains(char::is_control),
        "{butler}"
    );
    let authority = butler.split('/').nth(2).expect("an authority");
    assert!(!authority.is_empty() && !authority.contains('@'), "{butler}");
    assert!(base_url.to_ascii_lowercase().contains(authority), "{butler}");
    assert!(
        !butler.split('/').skip(3).any(|segment| matches!(segment, "." | "..")),
        "{butler}"
    );

    let Ok(task) = task else {
        return;
    };
    let segment = task
        .strip_prefix(&butler)
        .and_then(|rest| rest.strip_prefix('/'))
        .expect("the same base");
    assert!(
        segment
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)),
        "{task}"
    );
    assert_eq!(decoded(segment), name.as_bytes(), "{task}");
    assert!(!matches!(segment, "" | "." | ".."), "{task}");
});

fn decoded(segment: &str) -> Vec<u8> {
    let mut parts = segment.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two digits"));
        bytes.extend_from_slice(part[2..].as_bytes());
    }
    bytes
}
