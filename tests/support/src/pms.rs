//! A stand-in for Plex Media Server: the Butler API with its state, as documents and running servers describe it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use crate::http::{HttpServer, Request, Response};

/// The body that a running server sends with a 401, whatever the request accepts.
pub const HTML_401: &str =
    "<html><head><title>Unauthorized</title></head><body><h1>401 Unauthorized</h1></body></html>";

/// `name, interval, scheduleRandomized, enabled, title, description`
type Task = (&'static str, u32, bool, bool, &'static str, &'static str);

/// What the stand-in lists.
pub const TASKS: &[Task] = &[
    ("AutomaticUpdates", 1, false, false, "Automatic Updates", "Install updates of the server when there are any"),
    (
        "BackupDatabase",
        3,
        false,
        true,
        "Backup Database",
        "Create a backup copy of the server's database in the configured backup directory",
    ),
    ("ButlerTaskCleanSupplementalLogFiles", 1, false, true, "Clean Logs", "Remove supplemental log files"),
    ("ButlerTaskGenerateAdMarkers", 1, false, false, "Generate Ad Markers", "Detect advertisements in recordings"),
    ("ButlerTaskGenerateCreditsMarkers", 1, true, true, "Generate Credits Markers", "Detect the credits of videos"),
    ("ButlerTaskGenerateIntroMarkers", 1, true, true, "Generate Intro Markers", "Detect the intros of episodes"),
    ("ButlerTaskGenerateVoiceActivity", 1, true, false, "Generate Voice Activity", "Detect speech for subtitles"),
    ("CleanOldBundles", 7, false, true, "Clean Old Bundles", "Remove the bundles of media that is gone"),
    ("CleanOldCacheFiles", 7, false, true, "Clean Old Cache Files", "Remove cache files that are no longer in use"),
    ("DeepMediaAnalysis", 1, true, true, "Deep Media Analysis", "Read media files to learn the bandwidth they need"),
    ("GarbageCollectBlobs", 7, false, true, "Garbage Collect Blobs", "Remove blobs that nothing refers to"),
    ("GarbageCollectLibraryMedia", 7, false, true, "Garbage Collect Library Media", "Remove media without a file"),
    ("GenerateBlurHashes", 1, true, true, "Generate Blur Hashes", "Make small previews of images"),
    ("GenerateChapterThumbs", 1, true, true, "Generate Chapter Thumbs", "Make an image for each chapter of a video"),
    ("GenerateMediaIndexFiles", 1, true, false, "Generate Media Index Files", "Make the previews of the seek bar"),
    ("LoudnessAnalysis", 1, true, true, "Loudness Analysis", "Measure the loudness of music"),
    ("MusicAnalysis", 1, true, true, "Music Analysis", "Measure what makes music sound alike"),
    ("OptimizeDatabase", 7, false, true, "Optimize Database", "Make the database smaller and faster"),
    ("ProcessAssets", 1, false, true, "Process Assets", "Process the assets that are waiting"),
    ("RefreshEpgGuides", 1, true, true, "Refresh EPG Guides", "Fetch the program guides"),
    ("RefreshLibraries", 1, false, false, "Refresh Libraries", "Scan the libraries for new media"),
    ("RefreshLocalMedia", 3, false, true, "Refresh Local Media", "Read the local artwork and metadata again"),
    ("RefreshPeriodicMetadata", 7, true, true, "Refresh Periodic Metadata", "Fetch metadata that has got old"),
    ("UpgradeMediaAnalysis", 1, true, true, "Upgrade Media Analysis", "Analyze again what an older server analyzed"),
];

/// The state behind the API: which tasks there are and which of them run.
#[derive(Debug, Default)]
pub struct Pms {
    token: Option<String>,
    further_tasks: Vec<String>,
    running: Mutex<BTreeSet<String>>,
}

impl Pms {
    /// A server that nobody has claimed: it wants no token.
    pub fn new() -> Pms {
        Pms::default()
    }

    /// A server that wants this token.
    pub fn with_token(token: &str) -> Pms {
        Pms { token: Some(token.to_owned()), ..Pms::default() }
    }

    /// Adds a task that no document lists.
    pub fn with_task(mut self, name: &str) -> Pms {
        self.further_tasks.push(name.to_owned());
        self
    }

    /// Serves the API.
    pub fn start(self) -> PmsServer {
        let pms = Arc::new(self);
        let state = Arc::clone(&pms);
        PmsServer { http: HttpServer::start(move |request| state.answer(request)), pms }
    }

    /// The names of the running tasks.
    pub fn running(&self) -> Vec<String> {
        self.running.lock().expect("the tasks").iter().cloned().collect()
    }

    /// The list as JSON.
    pub fn json(&self) -> String {
        let mut tasks: Vec<String> = TASKS
            .iter()
            .map(|(name, interval, randomized, enabled, title, description)| {
                format!(
                    r#"{{"name":"{name}","interval":{interval},"scheduleRandomized":{randomized},"enabled":{enabled},"title":"{title}","description":"{description}"}}"#
                )
            })
            .collect();
        tasks.extend(self.further_tasks.iter().map(|name| {
            format!(
                r#"{{"name":"{name}","interval":1,"scheduleRandomized":false,"enabled":true,"title":"","description":""}}"#
            )
        }));
        format!(r#"{{"ButlerTasks":{{"ButlerTask":[{}]}}}}"#, tasks.join(","))
    }

    /// The list as XML, for a request that does not ask for JSON.
    pub fn xml(&self) -> String {
        let mut xml = r#"<?xml version="1.0" encoding="UTF-8"?><ButlerTasks>"#.to_owned();
        for (name, interval, randomized, enabled, title, description) in TASKS {
            let (randomized, enabled) = (u8::from(*randomized), u8::from(*enabled));
            let _ = write!(
                xml,
                r#"<ButlerTask name="{name}" interval="{interval}" scheduleRandomized="{randomized}" enabled="{enabled}" title="{title}" description="{description}"/>"#
            );
        }
        xml + "</ButlerTasks>"
    }

    /// Answers one request.
    pub fn answer(&self, request: &Request) -> Response {
        if self.token.as_deref().is_some_and(|token| request.header("X-Plex-Token") != Some(token)) {
            return Response::of_pms(401).html(HTML_401);
        }
        if request.header("X-Plex-Client-Identifier").is_none_or(str::is_empty) {
            return Response::of_pms(400)
                .json(r#"{"errors":[{"code":1000,"message":"X-Plex-Client-Identifier is missing","status":400}]}"#);
        }
        let accept = request.header("Accept").unwrap_or("*/*");
        match (request.method.as_str(), request.target.strip_prefix("/butler")) {
            ("GET", Some("")) if accept.contains("application/json") => Response::of_pms(200).json(self.json()),
            ("GET", Some("")) => Response::of_pms(200).body("text/xml", self.xml()),
            // What a start or a stop answers is text/html by contract.
            _ if !accept.contains("text/html") && !accept.contains("*/*") => Response::of_pms(406),
            ("POST", Some("")) => {
                self.running.lock().expect("the tasks").extend(self.enabled());
                Response::of_pms(200).html("")
            }
            ("DELETE", Some("")) => {
                self.running.lock().expect("the tasks").clear();
                Response::of_pms(200).html("")
            }
            (method @ ("POST" | "DELETE"), Some(path)) => match path.strip_prefix('/').map(percent_decoded) {
                Some(name) if self.has(&name) => Response::of_pms(self.switch(method, name)).html(""),
                _ => not_found(),
            },
            _ => not_found(),
        }
    }

    fn switch(&self, method: &str, name: String) -> u16 {
        let mut running = self.running.lock().expect("the tasks");
        match method {
            "POST" if running.insert(name.clone()) => 200,
            "POST" => 202,
            _ if running.remove(&name) => 200,
            _ => 404,
        }
    }

    fn has(&self, name: &str) -> bool {
        TASKS.iter().any(|task| task.0 == name) || self.further_tasks.iter().any(|task| task == name)
    }

    fn enabled(&self) -> impl Iterator<Item = String> {
        TASKS.iter().filter(|task| task.3).map(|task| task.0.to_owned())
    }
}

fn not_found() -> Response {
    Response::of_pms(404).html("<html><head><title>Not Found</title></head><body><h1>404 Not Found</h1></body></html>")
}

fn percent_decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
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

    /// The names of the running tasks.
    pub fn running(&self) -> Vec<String> {
        self.pms.running()
    }
}
