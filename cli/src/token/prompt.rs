//! Asking for the token on a terminal, where it is not shown.

use std::io;

const PROMPT: &str = "Token: ";

/// Turns the terminal's echo off while the token is typed. rpassword would leave it off after Ctrl-C.
#[cfg(unix)]
pub(super) fn ask() -> io::Result<String> {
    use std::fs::File;
    use std::io::{Read, Write};

    use rustix::process::{Signal, getpid, kill_process};
    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

    const CTRL_C: u8 = 3;
    /// No terminal takes a longer line.
    const LONGEST_LINE: usize = 4096;

    let mut terminal = File::options().read(true).write(true).open("/dev/tty")?;
    let before = tcgetattr(&terminal)?;
    let mut hidden = before.clone();
    // Ctrl-C ends the line and not the program, which must restore the terminal first.
    hidden.local_modes -= LocalModes::ECHO | LocalModes::ISIG;
    hidden.special_codes[SpecialCodeIndex::VEOL] = CTRL_C;
    terminal.write_all(PROMPT.as_bytes())?;
    let mut line = vec![0; LONGEST_LINE];
    tcsetattr(&terminal, OptionalActions::Flush, &hidden)?;
    let length = terminal.read(&mut line);
    tcsetattr(&terminal, OptionalActions::Now, &before)?;
    terminal.write_all(b"\n")?;
    line.truncate(length?);
    if line.contains(&CTRL_C) {
        kill_process(getpid(), Signal::INT)?;
        return Err(io::ErrorKind::Interrupted.into());
    }
    String::from_utf8(line).map_err(io::Error::other)
}

#[cfg(not(unix))]
pub(super) fn ask() -> io::Result<String> {
    rpassword::prompt_password(PROMPT)
}
