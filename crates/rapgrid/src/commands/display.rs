//! What is shown of a sweep's progress: a bar on a terminal, lines elsewhere, or JSON for scripts.

use crate::arguments::WatchFormat;
use crate::commands::progress_text::{json, time_left};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::VecDeque;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};
use wire::v1;
use wire::v1::progress::Status as Sweeping;

/// Where there is no terminal, one line in so much time.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// The pace is that of the last minute.
const WINDOW: Duration = Duration::from_secs(60);

/// Shows the progress of one sweep.
pub(crate) struct Display {
    kind: Kind,
    pace: Pace,
    last: Option<v1::Progress>,
    is_away: bool,
}

enum Kind {
    Bar(ProgressBar),
    Lines { last: Option<Instant> },
    Json,
}

impl Display {
    pub(crate) fn new(format: WatchFormat) -> Self {
        let kind = match format {
            WatchFormat::Json => Kind::Json,
            WatchFormat::Text if std::io::stderr().is_terminal() => Kind::Bar(bar()),
            WatchFormat::Text => Kind::Lines { last: None },
        };
        Self { kind, pace: Pace::default(), last: None, is_away: false }
    }

    /// Shows where the sweep stands; `reasons` are those of jobs that failed since the last time.
    pub(crate) fn show(&mut self, progress: &v1::Progress, reasons: &[String]) {
        self.is_away = false;
        self.pace.note(Instant::now(), progress);
        self.last = Some(progress.clone());
        for reason in reasons {
            self.tell(&format!("{}: a job failed: {reason}", progress.sweep));
        }
        let rates = self.pace.rates(Instant::now());
        let message = message(progress, rates);
        match &mut self.kind {
            Kind::Bar(bar) => {
                bar.set_length(progress.units);
                bar.set_position(progress.units_done);
                bar.set_message(message);
            }
            Kind::Lines { last } => {
                let is_due = last.is_none_or(|last| last.elapsed() >= LINE_INTERVAL);
                if is_due || progress.units_done == progress.units {
                    *last = Some(Instant::now());
                    let v1::Progress { sweep, units, units_done, .. } = progress;
                    eprintln!("{sweep}: {units_done}/{units} units  {message}");
                }
            }
            Kind::Json => {
                let mut object = json(progress);
                object["units_per_second"] = rates.map(|(units, _)| units).into();
                object["rows_per_second"] = rates.map(|(_, rows)| rows).into();
                object["failures"] = reasons.into();
                // A reader that has had enough ends this command with the next thing it does.
                let _ = writeln!(std::io::stdout(), "{object}");
            }
        }
    }

    /// Brings the pace up to date where it is always in sight.
    pub(crate) fn refresh(&self) {
        if let (Kind::Bar(bar), Some(progress), false) = (&self.kind, &self.last, self.is_away) {
            bar.set_message(message(progress, self.pace.rates(Instant::now())));
        }
    }

    /// The coordinator does not answer, and is asked again: told once.
    pub(crate) fn away(&mut self, reason: &str) {
        if std::mem::replace(&mut self.is_away, true) {
            return;
        }
        match &self.kind {
            Kind::Bar(bar) => bar.set_message("the coordinator is away; trying again"),
            _ => eprintln!("the coordinator is away; trying again ({reason})"),
        }
    }

    pub(crate) fn finish(&self) {
        if let Kind::Bar(bar) = &self.kind {
            bar.finish();
        }
    }

    /// A line of its own.
    fn tell(&self, line: &str) {
        match &self.kind {
            Kind::Bar(bar) => bar.println(line),
            Kind::Lines { .. } => eprintln!("{line}"),
            // It is in the object.
            Kind::Json => {}
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let template = "{wide_bar:.cyan/dim} {percent:>3} %  {pos}/{len} units  {msg}  {elapsed} elapsed";
    bar.set_style(ProgressStyle::with_template(template).expect("the template is valid"));
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

fn message(progress: &v1::Progress, rates: Option<(f64, f64)>) -> String {
    let pace = rates.filter(|_| progress.status() == Sweeping::Running).map(|(units, rows)| {
        let workers = match progress.workers {
            1 => "1 worker".to_owned(),
            workers => format!("{workers} workers"),
        };
        format!("{} units/s  {} rows/s  {workers}", rate(units), rate(rows))
    });
    let paused = (progress.status() == Sweeping::Paused).then(|| "paused".to_owned());
    let failed = (progress.jobs_failed > 0).then(|| format!("{} jobs failed", progress.jobs_failed));
    let is_computed = progress.status() == Sweeping::Running && progress.units_done == progress.units;
    let left = if is_computed { "finding transitions".to_owned() } else { time_left(progress) };
    let left = Some(left).filter(|left| !left.is_empty());
    let words = [Some(format!("{} rows", progress.rows_done)), pace, paused, left, failed];
    words.into_iter().flatten().collect::<Vec<_>>().join("  ")
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
