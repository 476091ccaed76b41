//! Writes the manual page and the completions for every shell into a folder, from the definition of the command line:
//! `cargo run --package plex-butler-cli --example pages -- FOLDER`

#[allow(dead_code)] // A package needs only the definition.
#[path = "../src/args.rs"]
mod args;
#[path = "../src/completions.rs"]
mod completions;
#[path = "../src/manual.rs"]
mod manual;
#[allow(dead_code)]
#[path = "../src/token_text.rs"]
mod token_text;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use clap::ValueEnum;
use clap_complete::{Generator, Shell};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: pages FOLDER")?);
    let (man, scripts) = (folder.join("man"), folder.join("completions"));
    fs::create_dir_all(&man)?;
    fs::create_dir_all(&scripts)?;
    fs::write(man.join("plex-butler.1"), manual::page()?)?;
    for shell in Shell::value_variants() {
        let file = scripts.join(shell.file_name("plex-butler"));
        fs::write(file, completions::script(*shell))?;
    }
    Ok(())
}
