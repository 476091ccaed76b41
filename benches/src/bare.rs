//! The same calls on ureq alone, as a program without this crate would make them.

use plex_butler::{ButlerTask, Client};
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;
use ureq::{Agent, RequestBuilder};

use crate::{Calls, HEADERS, TASK, parse};

#[derive(Clone)]
pub struct Bare {
    agent: Agent,
    list: String,
    start: String,
}

impl Bare {
    pub fn new(url: &str) -> Bare {
        Bare::with_config(url, |config| config)
    }

    /// With more settings of ureq.
    pub fn with_config(
        url: &str,
        set: impl Fn(ConfigBuilder<AgentScope>) -> ConfigBuilder<AgentScope>,
    ) -> Bare {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Client::DEFAULT_TIMEOUT))
            .proxy(None);
        Bare {
            agent: set(config).build().into(),
            list: format!("{url}/butler"),
            start: format!("{url}/butler/{TASK}"),
        }
    }
}

impl Calls for Bare {
    fn list(&mut self) -> Vec<ButlerTask> {
        let mut response = with_headers(self.agent.get(&self.list))
            .call()
            .expect("a response");
        assert_eq!(response.status(), 200);
        parse(&response.body_mut().read_to_vec().expect("a body"))
    }

    fn start(&mut self) {
        let response = with_headers(self.agent.post(&self.start))
            .send_empty()
            .expect("a response");
        assert_eq!(response.status(), 200);
    }
}

fn with_headers<B>(request: RequestBuilder<B>) -> RequestBuilder<B> {
    HEADERS.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    })
}
