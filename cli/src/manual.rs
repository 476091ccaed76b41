//! The manual page, from the definition of the command line.

use std::io;

use clap::Arg;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::args;

/// `apropos` shows it in a line.
const NAME: &str = "start and stop maintenance tasks of a Plex Media Server";

const ENVIRONMENT: [(&str, &str); 6] = [
    ("PLEX_URL", "The server's address, if there is no --url."),
    ("PLEX_TOKEN", "The token, if no option says where it is."),
    (
        "PLEX_TOKEN_FILE",
        "The file with the token, if PLEX_TOKEN is not set either. - is stdin.",
    ),
    (
        "CREDENTIALS_DIRECTORY",
        "The folder in which systemd puts the credential plex-token, which is the last place for the token.",
    ),
    (
        "PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR",
        "The folder of a server whose data was moved, for --token-from-server.",
    ),
    (
        "NO_COLOR",
        "If it is set, the list is neither bold nor dim.",
    ),
];

const FILES: [(&str, &str); 3] = [
    (
        "/var/lib/plexmediaserver/Library/Application Support/Plex Media Server/Preferences.xml",
        "The settings of the server, where --token-from-server finds the token. The local admin token is beside them. README.md lists the places on other systems.",
    ),
    (
        "/etc/plex-butler/token",
        "The token that plex-butler.service reads.",
    ),
    (
        "/usr/share/doc/plex-butler/README.md",
        "Recipes for cron, systemd, containers and NAS, and what to do about each error message. The archive has it too.",
    ),
];

const SEE_ALSO: &str = "crontab(5), systemd.timer(5)";

/// One page for all commands, because they share most options.
pub(crate) fn page() -> io::Result<String> {
    let definition = args::definition()
        .mut_arg("help", |help| help.help("Print help"))
        .mut_subcommand("completions", |command| command.mut_arg("shell", in_a_line));
    let man = Man::new(definition.clone())
        // An empty date would be lost, and the next words taken for it.
        .date(" ")
        .manual("User Commands");

    let mut page = Vec::new();
    man.render_title(&mut page)?;
    Man::new(clap::Command::new("plex-butler").about(NAME)).render_name_section(&mut page)?;
    synopsis(definition.clone()).render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    paragraph(args::MEANING).to_writer(&mut page)?;
    Roff::new()
        .control("SH", ["COMMANDS"])
        .to_writer(&mut page)?;
    for command in definition.get_subcommands() {
        Roff::new()
            .control("SS", [command.get_name()])
            .to_writer(&mut page)?;
        for text in [command.get_about(), command.get_after_help()]
            .into_iter()
            .flatten()
        {
            paragraph(&text.to_string()).to_writer(&mut page)?;
        }
        let mut options = Vec::new();
        Man::new(command.clone().disable_help_flag(true)).render_options_section(&mut options)?;
        // They belong to the command, and not to a separate section.
        let options = String::from_utf8_lossy(&options).replace(".SH OPTIONS\n", "");
        page.extend_from_slice(options.as_bytes());
    }
    man.render_options_section(&mut page)?;
    section("EXIT STATUS", &args::EXIT_CODES).to_writer(&mut page)?;
    paragraph(args::SEVERAL_TASKS).to_writer(&mut page)?;
    section("ENVIRONMENT", &ENVIRONMENT).to_writer(&mut page)?;
    section("FILES", &FILES).to_writer(&mut page)?;
    let mut examples = Roff::new();
    examples.control("SH", ["EXAMPLES"]).control("nf", []);
    examples.text([roman(args::EXAMPLES)]).control("fi", []);
    examples.control("SH", ["SEE ALSO"]).text([roman(SEE_ALSO)]);
    examples.to_writer(&mut page)?;
    // On its own, this character is printed as an opening quotation mark.
    Ok(String::from_utf8_lossy(&page).replace('`', "\\(ga"))
}

/// Explains an argument by its possible values, which would be a separate list.
fn in_a_line(arg: Arg) -> Arg {
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    arg.hide_possible_values(true).help(values.join(", "))
}

/// A stand-in whose usage is that of each command.
fn synopsis(mut definition: clap::Command) -> Man {
    definition.build();
    let usages: Vec<String> = definition
        .get_subcommands_mut()
        .map(|command| command.render_usage().to_string().replace("Usage: ", ""))
        .collect();
    Man::new(clap::Command::new("plex-butler").override_usage(usages.join("\n")))
}

fn paragraph(text: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("PP", []).text([roman(text)]);
    roff
}

/// A section that explains words.
fn section(heading: &str, words: &[(&str, &str)]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [heading]);
    for (word, meaning) in words {
        roff.control("TP", [])
            .text([bold(*word)])
            .text([roman(*meaning)]);
    }
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The part of the page from one line to another.
    fn part<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
        let (_, part) = page.split_once(start).unwrap();
        part.split_once(end).unwrap().0
    }

    #[test]
    fn the_sections_are_those_of_every_manual_page() {
        let page = page().unwrap();
        let sections: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix(".SH "))
            .collect();
        assert_eq!(
            sections,
            [
                "NAME",
                "SYNOPSIS",
                "DESCRIPTION",
                "COMMANDS",
                "OPTIONS",
                "\"EXIT STATUS\"",
                "ENVIRONMENT",
                "FILES",
                "EXAMPLES",
                "\"SEE ALSO\""
            ]
        );
        assert!(
            page.contains(concat!(
                ".TH plex-butler 1 \" \" \"plex-butler ",
                env!("CARGO_PKG_VERSION"),
                "\" \"User Commands\"\n"
            )),
            "{page}"
        );
    }

    #[test]
    fn the_name_fits_a_line_of_apropos() {
        let page = page().unwrap();
        let name = part(&page, ".SH NAME\n", ".");
        assert_eq!(name, format!("plex\\-butler \\- {NAME}\n"));
        let line = format!("{:<20} - {NAME}", "plex-butler (1)");
        assert!(line.len() <= 80, "{line}");
    }

    #[test]
    fn the_synopsis_and_the_options_have_values() {
        let page = page().unwrap();
        let synopsis = part(&page, ".SH SYNOPSIS\n", ".SH");
        for command in [
            "list [OPTIONS] [TASK]...",
            "start [OPTIONS] <TASK>...",
            "stop [OPTIONS] \\-\\-all",
            "status [OPTIONS]",
            "completions <SHELL>",
        ] {
            assert!(synopsis.contains(command), "{synopsis}");
        }
        assert!(
            part(&page, ".SH OPTIONS\n", ".SH").contains("\\fB\\-\\-url\\fR \\fI<URL>\\fR\n"),
            "{page}"
        );
    }

    #[test]
    fn each_command_has_its_own_text() {
        let page = page().unwrap();
        let stop = part(&page, ".SS stop\n", ".S");
        assert!(
            stop.contains("Stop all running or queued tasks") && !stop.contains("enabled"),
            "{stop}"
        );
        assert!(part(&page, ".SS start\n", ".S").contains("Start all enabled tasks"));
        for command in ["names", "completions"] {
            let text = part(&page, &format!(".SS {command}\n"), ".S");
            assert!(!text.contains("\\-\\-"), "{text}");
        }
    }
}
