//! The body of the list: read if it is unambiguous, and refused with the position of the fault if not.

use plex_butler::{ButlerTask, Error};
use plex_butler_test_support::http::{HttpServer, Response};
use plex_butler_test_support::pms::Pms;

use crate::util::{TOKEN, client_for, expect_error};

fn list(body: impl Into<Vec<u8>>) -> Result<Vec<ButlerTask>, Error> {
    let body = body.into();
    let server = HttpServer::start(move |_| Response::new(200).json(body.clone()));
    client_for(&server.url()).get_butler_tasks()
}

/// The `found` of the error.
#[track_caller]
fn found(body: impl Into<Vec<u8>>) -> String {
    match expect_error(list(body)) {
        Error::UnexpectedResponse {
            status: 200, found, ..
        } => found,
        other => panic!("{other:?}"),
    }
}

fn tasks(tasks: &str) -> String {
    format!(r#"{{"ButlerTasks":{{"ButlerTask":[{tasks}]}}}}"#)
}

/// A list of one task, with one field replaced by `written`. With `""`, the field is missing.
fn task_with(field: &str, written: &str) -> String {
    let fields = [
        ("name", r#""name":"BackupDatabase""#),
        ("interval", r#""interval":3"#),
        ("scheduleRandomized", r#""scheduleRandomized":false"#),
        ("enabled", r#""enabled":true"#),
        ("title", r#""title":"Backup Database""#),
        ("description", r#""description":"Backs up""#),
    ];
    let fields = fields.map(|(name, usual)| if name == field { written } else { usual });
    let fields: Vec<&str> = fields
        .into_iter()
        .filter(|field| !field.is_empty())
        .collect();
    tasks(&format!("{{{}}}", fields.join(",")))
}

/// The names of those tasks that a condition applies to.
fn names(tasks: &[ButlerTask], condition: fn(&ButlerTask) -> bool) -> Vec<&str> {
    tasks
        .iter()
        .filter(|task| condition(task))
        .map(|task| task.name.as_str())
        .collect()
}

#[test]
fn the_list_of_a_running_server_is_read_whole() {
    let list = list(Pms::new().json()).expect("a list");
    assert_eq!(list.len(), 23);
    assert!(list.is_sorted_by_key(|task| task.name.as_str()));
    for name in ["ProcessAssets", "ButlerTaskGenerateIntroMarkers"] {
        assert!(names(&list, |_| true).contains(&name), "{name}");
    }
    assert_eq!(
        names(&list, |task| task.interval == 3),
        ["BackupDatabase", "RefreshLocalMedia"]
    );
    assert_eq!(
        names(&list, |task| task.interval == 7),
        [
            "CleanOldBundles",
            "CleanOldCacheFiles",
            "GarbageCollectBlobs",
            "OptimizeDatabase"
        ]
    );
    assert_eq!(names(&list, |task| task.interval == 1).len(), 17);
    assert_eq!(
        names(&list, |task| task.schedule_randomized),
        [
            "ButlerTaskGenerateCreditsMarkers",
            "ButlerTaskGenerateVoiceActivity",
            "RefreshEpgGuides",
            "RefreshPeriodicMetadata"
        ]
    );
    assert_eq!(
        names(&list, |task| !task.enabled),
        [
            "AutomaticUpdates",
            "ButlerTaskCleanSupplementalLogFiles",
            "ButlerTaskGenerateAdMarkers",
            "ButlerTaskGenerateVoiceActivity",
            "GenerateMediaIndexFiles",
            "RefreshLibraries"
        ]
    );
    let explained = names(&list, |task| !task.title.is_empty());
    assert_eq!(explained, ["BackupDatabase"]);
    assert_eq!(list[1].title, "Backup Database");
    assert_eq!(
        list[1].description,
        "Create a backup copy of the server's database in the configured backup directory"
    );
}

#[test]
fn the_same_list_as_xml_is_recognized() {
    let xml = Pms::new().xml();
    assert!(xml.contains(
        r#"<ButlerTask name="BackupDatabase" interval="3" scheduleRandomized="0" enabled="1" title="Backup Database" description="Create a backup copy of the server&#39;s database in the configured backup directory"/>"#
    ));
    assert!(xml.contains(
        r#"<ButlerTask name="RefreshEpgGuides" interval="1" scheduleRandomized="1" enabled="1"/>"#
    ));
    assert_eq!(
        found(xml),
        "XML, which PMS sends if the request has no header `Accept`"
    );
}

#[test]
fn every_unambiguous_spelling_is_read() {
    let usual = list(task_with("", "")).expect("a list");
    assert_eq!(usual[0].interval, 3);
    assert!(usual[0].enabled && !usual[0].schedule_randomized);
    for (field, written) in [
        ("name", r#""n\u0061me":"\u0042ackupDatabase""#),
        (
            "name",
            r#""name":"BackupDatabase","Name":5,"further":null,"furthest":[{"a":[1e999]}]"#,
        ),
    ] {
        let read =
            list(task_with(field, written)).unwrap_or_else(|error| panic!("{written}: {error}"));
        assert_eq!(read, usual, "{written}");
    }
}

#[test]
fn title_and_description_can_be_missing() {
    for (field, written) in [
        ("title", ""),
        ("title", r#""title":null"#),
        ("description", ""),
        ("description", r#""description":null"#),
    ] {
        let read = list(task_with(field, written))
            .unwrap_or_else(|error| panic!("{field} {written}: {error}"));
        let (title, description) = match field {
            "title" => ("", "Backs up"),
            _ => ("Backup Database", ""),
        };
        assert_eq!(
            (&*read[0].title, &*read[0].description),
            (title, description)
        );
    }
}

#[test]
fn a_missing_duplicate_or_invalid_field_is_refused_with_its_position() {
    for (field, written) in [
        ("name", ""),
        ("name", r#""name":null"#),
        ("name", r#""name":5"#),
        ("name", r#""name":["BackupDatabase"]"#),
        ("name", r#""name":"BackupDatabase","name":"BackupDatabase""#),
        ("name", r#""name":"A","n\u0061me":"B""#),
        ("interval", ""),
        ("interval", r#""interval":null"#),
        ("interval", r#""interval":true"#),
        ("interval", r#""interval":-1"#),
        ("interval", r#""interval":-1.0"#),
        ("interval", r#""interval":3.0"#),
        ("interval", r#""interval":30e-1"#),
        ("interval", r#""interval":3.5"#),
        ("interval", r#""interval":"3""#),
        ("interval", r#""interval":"weekly""#),
        ("interval", r#""interval":"""#),
        ("interval", r#""interval":4294967296"#),
        ("interval", r#""interval":99999999999999999999"#),
        ("interval", r#""interval":1e300"#),
        ("interval", r#""interval":[3]"#),
        ("interval", r#""interval":{"days":3}"#),
        ("interval", r#""interval":3,"interval":7"#),
        ("enabled", ""),
        ("enabled", r#""enabled":null"#),
        ("enabled", r#""enabled":1"#),
        ("enabled", r#""enabled":"true""#),
        ("enabled", r#""enabled":-1"#),
        ("enabled", r#""enabled":1.0"#),
        ("enabled", r#""enabled":"yes""#),
        ("enabled", r#""enabled":"""#),
        ("enabled", r#""enabled":true,"enabled":false"#),
        ("scheduleRandomized", ""),
        ("scheduleRandomized", r#""scheduleRandomized":null"#),
        ("title", r#""title":5"#),
        ("title", r#""title":"A","title":"B""#),
        ("title", r#""title":null,"title":"B""#),
        ("description", r#""description":{}"#),
    ] {
        let found = found(task_with(field, written));
        assert!(found.starts_with("no task list ("), "{written}: {found}");
        assert!(found.contains(" at line 1 column "), "{written}: {found}");
    }
}

#[test]
fn json_of_another_shape_is_never_read_as_an_empty_list() {
    for body in [
        "{}",
        r#"{"butlerTasks":{"ButlerTask":[]}}"#,
        r#"{"ButlerTask":[]}"#,
        r#"{"MediaContainer":{"ButlerTasks":{"ButlerTask":[]}}}"#,
        r#"{"ButlerTasks":null}"#,
        r#"{"ButlerTasks":[]}"#,
        r#"{"ButlerTasks":{}}"#,
        r#"{"ButlerTasks":{"ButlerTask":null}}"#,
        r#"{"ButlerTasks":{"ButlerTask":{}}}"#,
        r#"{"ButlerTasks":{"ButlerTask":"BackupDatabase"}}"#,
        r#"{"ButlerTasks":{"ButlerTask":[null]}}"#,
        r#"{"ButlerTasks":{"ButlerTask":["BackupDatabase"]}}"#,
        // serde alone reads arrays by position.
        r#"[[[["BackupDatabase",1,false,true]]]]"#,
        r#"[{"ButlerTask":[]}]"#,
        r#"{"ButlerTasks":[[]]}"#,
        r#"{"ButlerTasks":{"ButlerTask":[["BackupDatabase",1,false,true,"",""]]}}"#,
        r#"{"ButlerTasks":{"ButlerTask":[],"ButlerTask":[]}}"#,
        r#"{"ButlerTasks":{"ButlerTask":[]},"ButlerTasks":{"ButlerTask":[]}}"#,
    ] {
        let found = found(body);
        assert!(found.starts_with("no task list ("), "{body}: {found}");
        assert!(found.contains(" at line 1 column "), "{body}: {found}");
    }
}

#[test]
fn an_error_list_in_place_of_the_tasks_is_quoted() {
    let found = found(r#"{"errors":[{"code":1001,"message":"User could not be authenticated"}]}"#);
    assert_eq!(
        found,
        "no task list (missing field `ButlerTasks` at line 1 column 70): User could not be authenticated (code 1001)"
    );
}

#[test]
fn a_refused_value_says_what_was_expected() {
    let array = format!(r#""interval":[{}0]"#, "0,".repeat(1000));
    for (body, expected) in [
        (
            task_with("interval", r#""interval":true"#),
            "invalid type: boolean `true`, expected u32",
        ),
        (
            task_with("interval", r#""interval":3.0"#),
            ", expected u32 at line 1 column ",
        ),
        (
            task_with("interval", &array),
            "invalid type: sequence, expected u32 at line 1 column ",
        ),
        (
            task_with("enabled", r#""enabled":{"value":true}"#),
            "invalid type: map, expected a boolean at line 1 column ",
        ),
        (
            task_with("enabled", r#""enabled":2.5"#),
            ", expected a boolean at line 1 column ",
        ),
        (
            task_with("name", r#""name":5"#),
            "invalid type: integer `5`, expected a string",
        ),
    ] {
        let found = found(body);
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn broken_json_is_refused_with_its_position() {
    let list = Pms::new().json();
    let before_name = "{\"ButlerTasks\":{\n\"ButlerTask\":[\n{";
    let bodies: [(&str, Vec<u8>); 8] = [
        ("cut off", list.as_bytes()[..list.len() - 1].to_vec()),
        ("cut in a name", format!("{before_name}\"na").into_bytes()),
        ("two lists", format!("{list}{list}").into_bytes()),
        ("a trailing comma", tasks("{},").into_bytes()),
        (
            "invalid UTF-8",
            [before_name.as_bytes(), b"\"name\":\"\xFF\"}]}}"].concat(),
        ),
        (
            "a lone surrogate",
            tasks(r#"{"name":"\ud800"}"#).into_bytes(),
        ),
        (
            "a control character",
            tasks("{\"name\":\"\0\"}").into_bytes(),
        ),
        (
            "brackets without an end",
            [b"{\"a\":".as_slice(), &[b'['; 200_000]].concat(),
        ),
    ];
    for (what, body) in bodies {
        let found = found(body);
        assert!(found.starts_with("no task list ("), "{what}: {found}");
        assert!(
            found.contains(" at line ") && found.contains(" column "),
            "{what}: {found}"
        );
    }
    let cut = found(format!("{before_name}\"na"));
    assert!(cut.contains("at line 3 column 4"), "{cut}");
    let not_utf8 = found([before_name.as_bytes(), b"\"name\":\"\xFF\"}]}}"].concat());
    assert!(
        not_utf8.contains("invalid unicode code point at line 3 column "),
        "{not_utf8}"
    );
}

#[test]
fn a_body_that_is_not_json_is_described() {
    for (body, description) in [
        ("null", "): null"),
        ("5", "): 5"),
        ("\"text\"", "): \"text\""),
        ("OK", "): OK"),
        ("<html><title>Log in</title><form>", "): Log in"),
        ("<!DOCTYPE html>\n<p>", "): <!DOCTYPE html> <p>"),
    ] {
        let found = found(body);
        assert!(
            found.starts_with("no task list (") && found.ends_with(description),
            "{body:?}: {found}"
        );
    }
}

#[test]
fn white_space_around_the_list_is_ignored() {
    let list = Pms::new().json();
    let marked = format!("\r\n\t{list}\n");
    assert_eq!(
        self::list(marked).expect("a list"),
        self::list(list).expect("a list")
    );
}

#[test]
fn unknown_fields_can_be_nested_to_any_depth() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let body = format!(r#"{{"future":{deep},"ButlerTasks":{{"future":{deep},"ButlerTask":[]}}}}"#);
    assert!(list(body).expect("a list").is_empty());
    found(format!(r#"{{"ButlerTasks":{deep}}}"#));
}

#[test]
fn a_list_that_echoes_the_token_does_not_leak_it() {
    for written in [
        format!(r#""interval":"{TOKEN}""#),
        format!(r#""interval":"\u0073{}""#, &TOKEN[1..]),
    ] {
        let found = found(task_with("interval", &written));
        assert!(found.contains("***"), "{found}");
    }
    found(format!("<html><title>{TOKEN}</title>"));
    found(format!("{TOKEN} is no JSON"));
}
