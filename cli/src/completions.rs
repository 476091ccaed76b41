//! The completions for a shell: the script that clap makes, with what it lacks.

use clap_complete::Shell;

use crate::args;

const PROGRAM: &str = "plex-butler";

pub(crate) fn script(shell: Shell) -> String {
    let mut definition = args::completable();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut definition, PROGRAM, &mut script);
    let script = String::from_utf8_lossy(&script);
    match shell {
        Shell::Bash => bash(&script),
        Shell::Fish => fish(&script, &definition),
        _ => script.into_owned(),
    }
}

fn bash(script: &str) -> String {
    script
        // A hyphen in the program's name has two spellings (clap-rs/clap#6421).
        .replace("plex__subcmd__butler", "plex__butler")
        // In `--option=FILE`, the word before the file is `=`.
        .replace(
            "prev=\"$3\"\n",
            "prev=\"$3\"\n    [[ $prev == = ]] && prev=\"${COMP_WORDS[COMP_CWORD-2]}\"\n",
        )
        // Where the script offers nothing, no files are wanted.
        .replace(" -o bashdefault -o default", "")
}

fn fish(script: &str, definition: &clap::Command) -> String {
    // An option before the command that still lacks its value is an error for `argparse`, and the command is still missing.
    let mut script = script.replace("or return\n", "or return 0\n");
    // The script has no arguments without an option (clap-rs/clap#6295).
    for command in definition.get_subcommands() {
        let values: Vec<String> = command
            .get_positionals()
            .flat_map(|arg| arg.get_possible_values())
            .map(|value| value.get_name().to_owned())
            .collect();
        script += &format!(
            "complete -c {PROGRAM} -n \"__fish_plex_butler_using_subcommand {}\" -f -a \"{}\"\n",
            command.get_name(),
            values.join(" ")
        );
    }
    script
}

#[cfg(test)]
mod tests {
    use plex_butler::TaskName;

    use super::*;
    use crate::names;

    #[test]
    fn every_candidate_for_a_task_is_understood() {
        for command in ["list", "start", "stop"] {
            let definition = args::completable();
            let command = definition.find_subcommand(command).unwrap();
            let tasks = command.get_positionals().next().unwrap();
            let candidates = tasks.get_possible_values();
            assert_eq!(candidates.len(), TaskName::KNOWN.len());
            for (candidate, name) in candidates.iter().zip(TaskName::KNOWN) {
                assert_eq!(names::find(candidate.get_name(), TaskName::KNOWN), [name]);
            }
        }
    }
}
