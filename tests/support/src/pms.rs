//! A stand-in for Plex Media Server: its HTTP API, as documents and running servers describe it.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use serde::{Deserialize, Serialize};

use crate::butler::{Activity, Butler};
use crate::http::{HttpServer, Request, Response};

/// The body that a running server sends with a 401, whatever the request accepts.
pub const HTML_401: &str =
    "<html><head><title>Unauthorized</title></head><body><h1>401 Unauthorized</h1></body></html>";

/// The response to `GET /` and `GET /identity`, as JSON and as XML.
const IDENTITY_JSON: &str = r#"{"MediaContainer":{"size":0,"apiVersion":"1.2.2","claimed":true,"machineIdentifier":"0123456789abcdef0123456789abcdef01234567","version":"1.43.2.10687"}}"#;
const IDENTITY_XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?><MediaContainer size="0" apiVersion="1.2.2" claimed="1" machineIdentifier="0123456789abcdef0123456789abcdef01234567" version="1.43.2.10687"></MediaContainer>"#;

/// A task that the stand-in lists. A running server lists only one that has a title and a description.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    pub name: String,
    pub interval: u32,
    pub schedule_randomized: bool,
    pub enabled: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// The tasks of every stand-in: the only list of a running server (PMS 1.43.2) that was recorded whole.
pub static TASKS: LazyLock<Vec<Task>> =
    LazyLock::new(|| serde_json::from_str(include_str!("tasks.json")).expect("a list of tasks"));

/// The state behind the API: which tasks there are, and what the Butler does.
#[derive(Debug)]
pub struct Pms {
    token: Option<String>,
    serves_any_client: bool,
    tasks: Vec<Task>,
    butler: Mutex<Butler>,
}

impl Default for Pms {
    fn default() -> Pms {
        Pms::new()
    }
}

impl Pms {
    /// A server that nobody has claimed: it needs no token.
    pub fn new() -> Pms {
        Pms {
            token: None,
            serves_any_client: false,
            tasks: TASKS.clone(),
            butler: Mutex::default(),
        }
    }

    /// A server that requires this token.
    pub fn with_token(token: &str) -> Pms {
        Pms {
            token: Some(token.to_owned()),
            ..Pms::new()
        }
    }

    /// Adds a task that no document lists.
    pub fn with_task(mut self, name: &str) -> Pms {
        let name = name.to_owned();
        let (title, description) = (String::new(), String::new());
        self.tasks.push(Task {
            name,
            interval: 1,
            schedule_randomized: false,
            enabled: true,
            title,
            description,
        });
        self
    }

    /// Keeps the Butler awake when it has nothing to do, as in the maintenance window.
    pub fn with_waiting_butler(self) -> Pms {
        self.butler().waits = true;
        self
    }

    /// Serves clients other than the library too. The header `X-Plex-Client-Identifier` can be missing. `GET /` and
    /// `GET /identity` are answered; `/identity` needs no token.
    pub fn for_any_client(mut self) -> Pms {
        self.serves_any_client = true;
        self
    }

    /// Serves the API.
    pub fn start(self) -> PmsServer {
        self.start_at((Ipv4Addr::LOCALHOST, 0).into())
    }

    /// The same at an address of the caller's choice.
    pub fn start_at(self, address: SocketAddr) -> PmsServer {
        let pms = Arc::new(self);
        let state = Arc::clone(&pms);
        PmsServer {
            http: HttpServer::start_at(address, move |request| state.answer(request)),
            pms,
        }
    }

    /// The names of the running tasks, in the order in which they were started.
    pub fn running(&self) -> Vec<String> {
        self.butler().running()
    }

    /// Brings every running task one step further: most are at 0 percent, then at 50, and then they have ended. A backup
    /// and its like work under an activity of their own before.
    pub fn advance(&self) {
        self.butler().advance();
    }

    fn butler(&self) -> MutexGuard<'_, Butler> {
        self.butler.lock().expect("the Butler")
    }

    /// The list as JSON.
    pub fn json(&self) -> String {
        let tasks = serde_json::to_string(&self.tasks).expect("strings, numbers and booleans");
        format!(r#"{{"ButlerTasks":{{"ButlerTask":{tasks}}}}}"#)
    }

    /// The list as XML, for a request that does not ask for JSON.
    pub fn xml(&self) -> String {
        let mut xml = r#"<?xml version="1.0" encoding="UTF-8"?><ButlerTasks>"#.to_owned();
        for Task {
            name,
            interval,
            schedule_randomized,
            enabled,
            title,
            description,
        } in &self.tasks
        {
            let (randomized, enabled) = (u8::from(*schedule_randomized), u8::from(*enabled));
            let name = escaped(name);
            let _ = write!(
                xml,
                r#"<ButlerTask name="{name}" interval="{interval}" scheduleRandomized="{randomized}" enabled="{enabled}""#
            );
            for (attribute, value) in [("title", title), ("description", description)] {
                if !value.is_empty() {
                    let _ = write!(xml, r#" {attribute}="{}""#, escaped(value));
                }
            }
            xml.push_str("/>");
        }
        xml + "</ButlerTasks>"
    }

    /// Answers one request, with the header that every response of PMS has.
    pub fn answer(&self, request: &Request) -> Response {
        self.answer_of_the_api(request)
            .header("X-Plex-Protocol", "1.0")
    }

    fn answer_of_the_api(&self, request: &Request) -> Response {
        let accept = request.header("Accept").unwrap_or("*/*");
        let json_or_xml = |json: &str, xml: &str| {
            if accept.contains("application/json") {
                Response::new(200).json(json)
            } else {
                Response::new(200).body("text/xml", xml)
            }
        };
        let (method, target) = (request.method.as_str(), request.target.as_str());
        if self.serves_any_client && (method, target) == ("GET", "/identity") {
            return json_or_xml(IDENTITY_JSON, IDENTITY_XML);
        }
        if self
            .token
            .as_deref()
            .is_some_and(|token| request.header("X-Plex-Token") != Some(token))
        {
            return Response::new(401).html(HTML_401);
        }
        let has_identifier = request
            .header("X-Plex-Client-Identifier")
            .is_some_and(|identifier| !identifier.is_empty());
        if !has_identifier && !self.serves_any_client {
            return Response::new(400)
                .json(r#"{"errors":[{"code":1000,"message":"X-Plex-Client-Identifier is missing","status":400}]}"#);
        }
        match (method, target) {
            ("GET", "/") if self.serves_any_client => json_or_xml(IDENTITY_JSON, IDENTITY_XML),
            ("GET", "/activities") => {
                let activities = self.butler().activities();
                json_or_xml(&activities_json(&activities), &activities_xml(&activities))
            }
            ("GET", "/butler") => json_or_xml(&self.json(), &self.xml()),
            // By contract, the response to a start or a stop is text/html.
            _ if !accept.contains("text/html") && !accept.contains("*/*") => Response::new(406),
            ("POST", "/butler") => {
                let mut butler = self.butler();
                for task in self.tasks.iter().filter(|task| task.enabled) {
                    butler.start(task.name.clone());
                }
                Response::new(200).html("")
            }
            ("DELETE", "/butler") => {
                self.butler().stop_all();
                Response::new(200).html("")
            }
            (method @ ("POST" | "DELETE"), target) => {
                match target.strip_prefix("/butler/").map(percent_decoded) {
                    Some(name) if self.has(&name) => {
                        Response::new(self.switch(method, name)).html("")
                    }
                    _ => not_found(),
                }
            }
            _ => not_found(),
        }
    }

    fn switch(&self, method: &str, name: String) -> u16 {
        let mut butler = self.butler();
        match method {
            "POST" if butler.start(name.clone()) => 200,
            "POST" => 202,
            _ if butler.stop(&name) => 200,
            _ => 404,
        }
    }

    fn has(&self, name: &str) -> bool {
        self.tasks.iter().any(|task| task.name == name)
    }
}

/// Without an activity, the key `Activity` is missing.
fn activities_json(activities: &[Activity]) -> String {
    let size = activities.len();
    let rows = match activities {
        [] => String::new(),
        _ => {
            let rows = serde_json::to_string(activities).expect("strings, numbers and booleans");
            format!(r#","Activity":{rows}"#)
        }
    };
    format!(r#"{{"MediaContainer":{{"size":{size}{rows}}}}}"#)
}

fn activities_xml(activities: &[Activity]) -> String {
    let mut xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><MediaContainer size="{}">"#,
        activities.len()
    );
    for Activity {
        uuid,
        kind,
        cancellable,
        user_id,
        title,
        subtitle,
        progress,
    } in activities
    {
        let (cancellable, subtitle) = (u8::from(*cancellable), escaped(subtitle));
        let _ = write!(
            xml,
            r#"<Activity uuid="{uuid}" type="{kind}" cancellable="{cancellable}" userID="{user_id}" title="{title}" subtitle="{subtitle}" progress="{progress}"></Activity>"#
        );
    }
    xml + "</MediaContainer>"
}

/// A text as the value of an XML attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn not_found() -> Response {
    Response::new(404).html(
        "<html><head><title>Not Found</title></head><body><h1>404 Not Found</h1></body></html>",
    )
}

fn percent_decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail
            .get(..2)
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match hex {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A running stand-in.
#[derive(Debug)]
pub struct PmsServer {
    http: HttpServer,
    pms: Arc<Pms>,
}

impl PmsServer {
    /// `http://127.0.0.1:port`
    pub fn url(&self) -> String {
        self.http.url()
    }

    pub fn address(&self) -> SocketAddr {
        self.http.address()
    }

    /// What came in, the first thousand requests of it.
    pub fn requests(&self) -> Vec<Request> {
        self.http.requests()
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.http.connections()
    }

    /// The names of the running tasks, in the order in which they were started.
    pub fn running(&self) -> Vec<String> {
        self.pms.running()
    }

    /// Brings every running task one step further, as [`Pms::advance`] does.
    pub fn advance(&self) {
        self.pms.advance();
    }
}
