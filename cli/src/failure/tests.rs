//! Tests of how a failure is told.

use std::fmt;

use super::*;

/// A message and what is behind it.
#[derive(Debug)]
struct Layer(&'static str, Option<Box<Layer>>);

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for Layer {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.1.as_deref().map(|layer| layer as _)
    }
}

#[test]
fn causes_are_told_once() {
    let root = Layer("connection refused", None);
    let wrapper = Layer("io: connection refused", Some(root.into()));
    let error = Layer("no answer", Some(wrapper.into()));
    assert_eq!(chain(&error), "no answer: io: connection refused");
}

#[test]
fn lack_of_authorization_outweighs_a_failure_and_a_failure_an_unknown_task() {
    use Status::*;
    assert!(Done < NoSuchTask && NoSuchTask < Failed && Failed < NotAuthorized);
}
