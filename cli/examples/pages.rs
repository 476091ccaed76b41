//! Writes the manual pages and the completions for every shell into a folder, from the definition of the command line:
//! `cargo run --package plex-butler-cli --example pages -- FOLDER`

#[allow(dead_code)] // A package needs only the definition.
#[path = "../src/args.rs"]
mod args;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use clap::ValueEnum;
use clap_complete::Shell;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: pages FOLDER")?);
    let (man, completions) = (folder.join("man"), folder.join("completions"));
    fs::create_dir_all(&man)?;
    fs::create_dir_all(&completions)?;
    clap_mangen::generate_to(args::definition(), man)?;
    for shell in Shell::value_variants() {
        clap_complete::generate_to(
            *shell,
            &mut args::completable(),
            "plex-butler",
            &completions,
        )?;
    }
    Ok(())
}
