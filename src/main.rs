//! Argument → role of the one binary. No logic.

use clap::{Parser, Subcommand};
use kabeuchi::config::{Config, Settings};
use kabeuchi::features::people::Along;
use kabeuchi::platform::{panic, telemetry};
use kabeuchi::serve;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "kabeuchi", version, about = "Open consultation calls: write first, talk, reflect, publish")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Instance(Role),
    /// Read a case as JSON and print the slots that it offers
    Slots {
        /// Print instead why this instant is, or is not, offered
        #[arg(long, value_name = "INSTANT")]
        why: Option<String>,
    },
}

/// What needs the settings of an instance.
#[derive(Subcommand)]
enum Role {
    /// Serve pages and do the work behind them
    Serve {
        /// Pages only: another process does the work
        #[arg(long)]
        no_work: bool,
    },
    /// Do the work behind the pages: mails, reminders, expiries
    Work,
    /// Bring the database to this release
    Migrate,
    /// Fill an empty local instance with a small believable world
    Demo,
    /// Check the settings, say all that is wrong, and measure what they lead to
    CheckConfig {
        /// The settings alone: nothing is connected to
        #[arg(long)]
        offline: bool,
    },
    /// Print a single-use sign-in link for an address
    SignInLink {
        /// Make the person administrator and host
        #[arg(long)]
        administrator: bool,
        /// Take the person's app, passkeys and recovery codes away, and sign them out everywhere
        #[arg(long)]
        without_factor: bool,
        address: String,
    },
    /// The embedded database
    Database {
        #[command(subcommand)]
        what: DatabaseRole,
    },
}

#[derive(Subcommand)]
enum DatabaseRole {
    /// Print its URL and keep it running until this is stopped
    Url,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let role = match arguments.command {
        Command::Instance(role) => role,
        Command::Slots { why } => return slots(why.as_deref()),
    };
    let config = match arguments.settings.check() {
        Ok(config) => config,
        Err(faults) => {
            for fault in faults {
                eprintln!("{fault}");
            }
            return ExitCode::from(2);
        }
    };
    let _logs = telemetry::start_logs();
    panic::keep_words_out_of_logs();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("starting the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(play(role, config)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn slots(why: Option<&str>) -> ExitCode {
    let answer = std::io::read_to_string(std::io::stdin())
        .map_err(|error| error.to_string())
        .and_then(|case| kabeuchi::slots::answer(&case, why));
    match answer {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::from(2)
        }
    }
}

async fn play(role: Role, config: Config) -> anyhow::Result<ExitCode> {
    match role {
        Role::Serve { no_work } => serve::serve(config, !no_work).await,
        Role::Work => serve::work(config).await,
        Role::Migrate => serve::migrate(config).await,
        Role::Demo => serve::demo(config).await,
        Role::CheckConfig { offline } => serve::check_config(config, offline).await,
        Role::SignInLink { administrator, without_factor, address } => {
            let along = Along { grants: administrator, loses_factor: without_factor };
            serve::sign_in_link(config, &address, along).await
        }
        Role::Database { what: DatabaseRole::Url } => serve::database_url(config).await,
    }
}
