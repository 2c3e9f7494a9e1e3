//! What is shown of a sweep's progress: a bar on a terminal, lines elsewhere, or JSON for scripts.

use crate::arguments::WatchFormat;
use crate::commands::progress_text::{remedy, time_left};
use crate::commands::width;
use crate::telling::{say, tell};
use coordinator::json::{self, status_name};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};
use wire::v1;
use wire::v1::progress::Status as Sweeping;

/// Where no bar is drawn, one line in so much time.
pub(crate) const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// The pace is that of the last minute.
const WINDOW: Duration = Duration::from_secs(60);

/// Shows the progress of one sweep.
pub(crate) struct Display {
    kind: Kind,
    pace: Pace,
    last: Option<v1::Progress>,
    is_away: bool,
    /// Whether this process computes as well.
    has_worker: bool,
}

enum Kind {
    Bar(ProgressBar),
    Lines { last: Option<Instant> },
    Json,
}

impl Display {
    pub(crate) fn new(format: WatchFormat, has_worker: bool) -> Self {
        let kind = match format {
            WatchFormat::Json => Kind::Json,
            WatchFormat::Text if width::errors_are_drawn() => Kind::Bar(bar()),
            WatchFormat::Text => Kind::Lines { last: None },
        };
        Self { kind, pace: Pace::default(), last: None, is_away: false, has_worker }
    }

    /// Shows where the sweep stands; `reasons` are those of jobs that failed since the last time.
    ///
    /// # Errors
    /// If standard output has gone or is full: a script that reads it must not take silence for waiting.
    pub(crate) fn show(&mut self, progress: &v1::Progress, reasons: &[String]) -> io::Result<()> {
        let progress = &self.seen(progress);
        self.is_away = false;
        self.pace.note(Instant::now(), progress);
        self.last = Some(progress.clone());
        for reason in reasons {
            self.tell(&format!("{}: a job failed: {reason}", progress.sweep));
        }
        let rates = self.pace.rates(Instant::now());
        let room = width::of_errors().unwrap_or(usize::MAX);
        let text = |room: usize| message(progress, rates, room);
        match &mut self.kind {
            Kind::Bar(bar) => {
                bar.set_length(progress.units);
                bar.set_position(progress.units_done);
                bar.set_message(text(room));
            }
            Kind::Lines { last } => {
                let is_due = last.is_none_or(|last| last.elapsed() >= LINE_INTERVAL);
                if is_due || progress.units_done == progress.units {
                    *last = Some(Instant::now());
                    let name = &progress.sweep;
                    tell!("{name}: {}", text(room.saturating_sub(name.chars().count())));
                }
            }
            Kind::Json => {
                let mut object = json::progress(progress);
                object["units_per_second"] = rates.map(|(units, _)| units).into();
                object["rows_per_second"] = rates.map(|(_, rows)| rows).into();
                object["failures"] = reasons.into();
                say!("{object}");
            }
        }
        Ok(())
    }

    /// A scan's own worker is there before it has said so.
    fn seen(&self, progress: &v1::Progress) -> v1::Progress {
        let mut progress = progress.clone();
        if self.has_worker && progress.status() == Sweeping::Stopped {
            progress.set_status(Sweeping::Running);
        }
        progress
    }

    /// Brings the pace up to date where it is always in sight.
    pub(crate) fn refresh(&self) {
        if let (Kind::Bar(bar), Some(progress), false) = (&self.kind, &self.last, self.is_away) {
            bar.set_message(message(
                progress,
                self.pace.rates(Instant::now()),
                width::of_errors().unwrap_or(usize::MAX),
            ));
        }
    }

    /// The coordinator does not answer, and is asked again: told once.
    pub(crate) fn away(&mut self, reason: &str) {
        if std::mem::replace(&mut self.is_away, true) {
            return;
        }
        match &self.kind {
            Kind::Bar(bar) => bar.set_message("the coordinator is away; trying again"),
            _ => tell!("the coordinator is away; trying again ({reason})"),
        }
    }

    pub(crate) fn finish(&self) {
        let Kind::Bar(bar) = &self.kind else { return };
        if self.last.as_ref().is_some_and(|last| last.status() == Sweeping::Finished) {
            bar.finish();
        } else {
            // It stays where it is.
            bar.abandon();
        }
        // What comes next stands below it.
        tell!();
    }

    /// A line of its own.
    fn tell(&self, line: &str) {
        match &self.kind {
            Kind::Bar(bar) => bar.println(line),
            Kind::Lines { .. } => tell!("{line}"),
            // It is in the object.
            Kind::Json => {}
        }
    }
}

fn bar() -> ProgressBar {
    // Of nothing it would be full before the first look.
    let bar = ProgressBar::new(u64::MAX);
    let template = "{wide_bar:.cyan/dim} {percent:>3} %  {msg}";
    bar.set_style(ProgressStyle::with_template(template).expect("the template is valid"));
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

/// What is said beside the bar, or in a line: as much as fits, the most important first. A bar of ten columns and the
/// percentage have their room.
fn message(progress: &v1::Progress, rates: Option<(f64, f64)>, width: usize) -> String {
    const BAR: usize = 18;
    let mut text = String::new();
    for words in words(progress, rates) {
        let gap = if text.is_empty() { 0 } else { 2 };
        if BAR + text.chars().count() + gap + words.chars().count() > width {
            break;
        }
        text.push_str(&" ".repeat(gap));
        text.push_str(&words);
    }
    text
}

fn words(progress: &v1::Progress, rates: Option<(f64, f64)>) -> Vec<String> {
    let v1::Progress { units, units_done, rows_done, jobs_failed, workers, .. } = progress;
    let is_running = progress.status() == Sweeping::Running;
    let (units_rate, rows_rate) = rates.filter(|_| is_running).unzip();
    let workers = if *workers == 1 { "1 worker".to_owned() } else { format!("{workers} workers") };
    let left = if is_running && units_done == units {
        "finding transitions".to_owned()
    } else {
        time_left(progress)
    };
    let stands = matches!(progress.status(), Sweeping::Paused | Sweeping::Stopped | Sweeping::Cancelled);
    let words = [
        stands.then(|| status_name(progress).to_owned()),
        Some(format!("{units_done}/{units} units")),
        (*jobs_failed > 0).then(|| format!("{jobs_failed} jobs failed")),
        Some(left).filter(|left| !left.is_empty()),
        units_rate.map(|rate| format!("{} units/s", self::rate(rate))),
        units_rate.map(|_| workers),
        rows_rate.map(|rate| format!("{} rows/s", self::rate(rate))),
        Some(format!("{rows_done} rows")),
        remedy(progress).filter(|_| stands),
    ];
    words.into_iter().flatten().collect()
}

fn rate(value: f64) -> String {
    if value < 10.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

/// What was recorded when, in the last minute.
#[derive(Debug, Default)]
struct Pace(VecDeque<(Instant, u64, u64)>);

impl Pace {
    fn note(&mut self, now: Instant, progress: &v1::Progress) {
        self.0.push_back((now, progress.units_done, progress.rows_done));
        // The newest of those that are too old is where the window begins.
        while self.0.get(1).is_some_and(|(at, ..)| now - *at > WINDOW) {
            self.0.pop_front();
        }
    }

    /// Units and rows a second; none before there are two looks at the sweep. Where nothing comes any more, it falls.
    fn rates(&self, now: Instant) -> Option<(f64, f64)> {
        let (&(since, units, rows), &(_, units_now, rows_now)) = (self.0.front()?, self.0.back()?);
        let seconds = (now - since).as_secs_f64();
        let rate = |now: u64, before: u64| now.saturating_sub(before) as f64 / seconds;
        (self.0.len() > 1 && seconds > 0.0).then(|| (rate(units_now, units), rate(rows_now, rows)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_the_most_important_in_the_room_that_there_is() {
        let progress = v1::Progress {
            units: 1000,
            units_done: 380,
            rows_done: 123_456,
            workers: 3,
            seconds_left: Some(12.0),
            status: Sweeping::Running.into(),
            ..v1::Progress::default()
        };
        let rates = Some((41.0, 2000.0));
        let all = message(&progress, rates, usize::MAX);
        assert_eq!(all, "380/1000 units  12 seconds left  41 units/s  3 workers  2000 rows/s  123456 rows");
        assert_eq!(message(&progress, rates, 80), "380/1000 units  12 seconds left  41 units/s  3 workers");
        let stopped = v1::Progress { status: Sweeping::Stopped.into(), ..progress };
        assert!(message(&stopped, rates, 80).starts_with("stopped  380/1000 units"));
    }

    #[test]
    fn the_pace_is_that_of_the_last_minute_and_falls_when_nothing_comes() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let done =
            |units| v1::Progress { units_done: units, rows_done: 3 * units, ..v1::Progress::default() };
        let mut pace = Pace::default();
        pace.note(at(0), &done(1000));
        assert_eq!(pace.rates(at(1)), None);
        pace.note(at(100), &done(2000));
        pace.note(at(110), &done(3000));
        assert_eq!(pace.rates(at(110)), Some((2000.0 / 110.0, 6000.0 / 110.0)));
        pace.note(at(161), &done(3610));
        assert_eq!(pace.rates(at(161)), Some((1610.0 / 61.0, 4830.0 / 61.0)));
        assert_eq!(pace.rates(at(222)), Some((1610.0 / 122.0, 4830.0 / 122.0)));
    }
}
