//! Following a sweep: a bar on a terminal, lines elsewhere.

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};
use tonic::{Code, Status};
use wire::access::Channel;
use wire::v1;
use wire::v1::progress::Status as Sweeping;
use wire::v1::sweeps_client::SweepsClient;

/// How long a coordinator or its database may be away.
const PATIENCE: Duration = Duration::from_secs(300);

/// Where there is no terminal, one line in so much time.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Shows a sweep's progress until it is finished, failed or cancelled; returns where it stands then.
pub(crate) async fn follow(mut client: SweepsClient<Channel>, sweep: &str) -> Result<v1::Progress, Status> {
    let request = v1::WatchRequest { sweep: sweep.to_owned(), interval_ms: 0 };
    let mut display = Display::new();
    let mut failing_since: Option<Instant> = None;
    loop {
        match watch(&mut client, &request, &mut display, &mut failing_since).await {
            // A database that restarts, or a coordinator that is replaced, is no reason to give up a scan of days.
            Err(status) if is_passing(&status) => {
                let since = *failing_since.get_or_insert_with(Instant::now);
                if since.elapsed() > PATIENCE {
                    return Err(status);
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            result => {
                display.finish();
                return result;
            }
        }
    }
}

fn is_passing(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Cancelled)
}

async fn watch(
    client: &mut SweepsClient<Channel>,
    request: &v1::WatchRequest,
    display: &mut Display,
    failing_since: &mut Option<Instant>,
) -> Result<v1::Progress, Status> {
    let mut messages = client.watch(request.clone()).await?.into_inner();
    let mut last = None;
    while let Some(progress) = messages.message().await? {
        *failing_since = None;
        display.show(&progress);
        last = Some(progress);
    }
    last.ok_or_else(|| Status::unavailable("the coordinator ended the watch"))
}

/// The name of a status, as SQL has it.
pub(crate) fn status_name(progress: &v1::Progress) -> &'static str {
    match progress.status() {
        Sweeping::Unspecified => "unknown",
        Sweeping::Running => "running",
        Sweeping::Paused => "paused",
        Sweeping::Cancelled => "cancelled",
        Sweeping::Finished => "finished",
        Sweeping::Failed => "failed",
    }
}

/// "3 minutes left", or nothing while that is unknown.
pub(crate) fn time_left(progress: &v1::Progress) -> String {
    match progress.seconds_left {
        Some(seconds) => format!("{} left", HumanDuration(Duration::from_secs_f64(seconds.clamp(0.0, 1e9)))),
        None => String::new(),
    }
}

enum Display {
    Bar(ProgressBar),
    Lines { last: Option<Instant> },
}

impl Display {
    fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Display::Lines { last: None };
        }
        let bar = ProgressBar::new(0);
        let template = "{wide_bar:.cyan/dim} {percent:>3} %  {pos}/{len} units  {msg}  {elapsed} elapsed";
        bar.set_style(ProgressStyle::with_template(template).expect("the template is valid"));
        bar.enable_steady_tick(Duration::from_millis(250));
        Display::Bar(bar)
    }

    fn show(&mut self, progress: &v1::Progress) {
        let mut message = format!("{} rows", progress.rows_done);
        if progress.status() == Sweeping::Paused {
            message += "  paused";
        }
        for extra in [time_left(progress), failures(progress)] {
            if !extra.is_empty() {
                message = format!("{message}  {extra}");
            }
        }
        match self {
            Display::Bar(bar) => {
                bar.set_length(progress.units);
                bar.set_position(progress.units_done);
                bar.set_message(message);
            }
            Display::Lines { last } => {
                let is_due = last.is_none_or(|last| last.elapsed() >= LINE_INTERVAL);
                if is_due || progress.units_done == progress.units {
                    *last = Some(Instant::now());
                    let v1::Progress { sweep, units, units_done, .. } = progress;
                    eprintln!("{sweep}: {units_done}/{units} units  {message}");
                }
            }
        }
    }

    fn finish(&self) {
        if let Display::Bar(bar) = self {
            bar.finish();
        }
    }
}

fn failures(progress: &v1::Progress) -> String {
    match progress.jobs_failed {
        0 => String::new(),
        jobs => format!("{jobs} jobs failed"),
    }
}
