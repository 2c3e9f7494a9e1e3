//! A picture: the means of one quantity along one curve at every point of a sweep, and how a part of it travels.

use crate::dimensions::{Curve, Dimensions};
use crate::error::PageError;
use report::{MeanOf, Quantity};
use serde_json::json;
use std::sync::Arc;
use store::means::{Mean, MeansOf};
use store::{Store, StoreError, SweepId};
use tokio::sync::OwnedSemaphorePermit;

/// Points of a slice that travel as numbers; beyond, values travel as 65,534 steps of the range: so many points are
/// looked at as colours.
const NUMBERS: usize = 1 << 16;

/// Points of a slice that are sent at all: more than a screen has.
const MOST_SLICE: usize = 4_000_000;

/// Steps of the range of a slice, and what stands for points without a mean and without rows.
const STEPS: f64 = 65_533.0;
const STEP_NO_VALUE: u16 = u16::MAX - 1;
const STEP_ABSENT: u16 = u16::MAX;

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Subject {
    pub(crate) curve: Curve,
    pub(crate) quantity: Quantity,
}

/// What a point shows.
#[derive(Debug, Clone, Copy)]
struct Point {
    /// NaN where there is no mean to show.
    value: f64,
    /// One standard error; NaN where there is none.
    error: f64,
    /// Samples that entered the mean, and samples recorded; 65,535 stands for as many or more.
    samples: [u16; 2],
    /// The version in which it changed last.
    changed: u32,
}

/// The means, as they were read last.
#[derive(Debug)]
pub(crate) struct Picture {
    dimensions: Arc<Dimensions>,
    subject: Subject,
    of: MeansOf,
    /// Tells this picture from one that was read anew: versions are its own.
    epoch: u64,
    version: u32,
    points: Vec<Point>,
    _room: Option<OwnedSemaphorePermit>,
}

/// A part of a picture: two dimensions, or one, with the others held at a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) x: usize,
    pub(crate) y: Option<usize>,
    /// A position for every dimension.
    pub(crate) at: Vec<usize>,
}

/// The points of a slice: `first + row × row_step + column × column_step`.
struct Places {
    first: usize,
    rows: usize,
    row_step: usize,
    columns: usize,
    column_step: usize,
}

impl Places {
    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.rows).flat_map(move |row| {
            let begin = self.first + row * self.row_step;
            (0..self.columns).map(move |column| begin + column * self.column_step)
        })
    }

    fn len(&self) -> usize {
        self.rows * self.columns
    }
}

impl Picture {
    /// Reads all of it; the room that it takes is given back with it.
    pub(crate) async fn read(
        store: &Store,
        sweep_id: SweepId,
        dimensions: Arc<Dimensions>,
        subject: Subject,
        epoch: u64,
        room: Option<OwnedSemaphorePermit>,
    ) -> Result<Self, PageError> {
        let of = MeansOf {
            sweep_id,
            method: subject.curve.method.clone(),
            branch: subject.curve.branch,
            value: subject.quantity.column(),
            error: subject.quantity.error_column(),
            axes: dimensions.axes().to_vec(),
        };
        let nothing = Point { value: f64::NAN, error: f64::NAN, samples: [0, 0], changed: 0 };
        let points = vec![nothing; dimensions.points()];
        let mut picture = Self { dimensions, subject, of, epoch, version: 0, points, _room: room };
        picture.read_cells(store, None).await?;
        Ok(picture)
    }

    /// Reads some cells again, or all.
    pub(crate) async fn renew(&mut self, store: &Store, cells: Option<&[i64]>) -> Result<(), PageError> {
        self.version += 1;
        self.read_cells(store, cells).await
    }

    async fn read_cells(&mut self, store: &Store, cells: Option<&[i64]>) -> Result<(), PageError> {
        let of = self.of.clone();
        store.each_mean(&of, cells, |mean| self.take(mean)).await?;
        Ok(())
    }

    fn take(&mut self, mean: &Mean<'_>) -> Result<(), StoreError> {
        let Some(place) = self.dimensions.point_of(mean)? else { return Ok(()) };
        let [samples, asked, recorded] = mean.samples()?;
        let (value, error) = mean.value()?;
        let Curve { kind, branch, .. } = self.subject.curve;
        let value = value
            .and_then(|column| self.subject.quantity.mean(column, &MeanOf { kind, branch, samples, asked }));
        let error = error.filter(|error| value.is_some() && error.is_finite());
        let count = |count: i64| u16::try_from(count).unwrap_or(u16::MAX);
        let new = Point {
            value: value.unwrap_or(f64::NAN),
            error: error.unwrap_or(f64::NAN),
            samples: [count(samples), count(recorded)],
            changed: self.version,
        };
        let old = &mut self.points[place];
        let is_same = (old.value.to_bits(), old.error.to_bits(), old.samples)
            == (new.value.to_bits(), new.error.to_bits(), new.samples);
        if !is_same {
            *old = new;
        }
        Ok(())
    }

    /// All values, then all errors, then all counts, little-endian; nothing if there is no value.
    pub(crate) fn numbers(&self) -> Option<Vec<u8>> {
        let has_values = self.points.iter().any(|point| !point.value.is_nan());
        has_values.then(|| {
            let mut bytes = Vec::with_capacity(20 * self.points.len());
            put_numbers(&mut bytes, || self.points.iter());
            bytes
        })
    }

    /// A slice as it travels: the length of a JSON object in four bytes, the object, and numbers, all little-endian.
    /// The object says `form`: `numbers`, all values, all errors, and for each point the samples of its mean and those
    /// recorded, two bytes each; `changes` since a version of this picture, all positions `y × nx + x` of four bytes,
    /// all counts, all values and all errors; or `steps` of two bytes from `low` to `high`.
    pub(crate) fn encode(&self, slice: &Slice, since: Option<(u64, u32)>) -> Result<Vec<u8>, PageError> {
        let places = self.places(slice)?;
        let since = since.filter(|(epoch, version)| *epoch == self.epoch && *version <= self.version);
        if let Some((_, version)) = since {
            let is_new = |(_, place): &(usize, usize)| self.points[*place].changed > version;
            // Where more have changed, all are sent.
            let most = places.len() / 3;
            let changed: Vec<(usize, usize)> =
                places.iter().enumerate().filter(is_new).take(most + 1).collect();
            if changed.len() <= most {
                return Ok(self.changes(&changed, &places));
            }
        }
        if places.len() > NUMBERS {
            return Ok(self.steps(&places));
        }
        let mut bytes = self.begin(json!({ "form": "numbers" }), &places);
        put_numbers(&mut bytes, || places.iter().map(|place| &self.points[place]));
        Ok(bytes)
    }

    fn steps(&self, places: &Places) -> Vec<u8> {
        let points = || places.iter().map(|place| &self.points[place]);
        let known = points().map(|point| point.value).filter(|value| !value.is_nan());
        let (low, high) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let range = (low <= high).then_some([low, high]);
        let mut bytes = self.begin(json!({ "form": "steps", "range": range }), places);
        let step = if high > low { STEPS / (high - low) } else { 0.0 };
        for point in points() {
            let stepped = match point {
                point if point.samples[1] == 0 => STEP_ABSENT,
                point if point.value.is_nan() => STEP_NO_VALUE,
                point => ((point.value - low) * step).round() as u16,
            };
            bytes.extend_from_slice(&stepped.to_le_bytes());
        }
        bytes
    }

    fn changes(&self, changed: &[(usize, usize)], places: &Places) -> Vec<u8> {
        let mut bytes = self.begin(json!({ "form": "changes", "changes": changed.len() }), places);
        let points = || changed.iter().map(|(_, place)| &self.points[*place]);
        changed.iter().for_each(|(position, _)| bytes.extend_from_slice(&(*position as u32).to_le_bytes()));
        points().for_each(|point| put_counts(&mut bytes, point));
        points().for_each(|point| bytes.extend_from_slice(&point.value.to_le_bytes()));
        points().for_each(|point| bytes.extend_from_slice(&point.error.to_le_bytes()));
        bytes
    }

    fn begin(&self, mut header: serde_json::Value, places: &Places) -> Vec<u8> {
        header["nx"] = places.columns.into();
        header["ny"] = places.rows.into();
        header["version"] = format!("{}-{}", self.epoch, self.version).into();
        let mut text = header.to_string();
        // What follows is read as numbers of eight bytes.
        text.extend(std::iter::repeat_n(' ', (text.len() + 4).next_multiple_of(8) - text.len() - 4));
        let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    fn places(&self, slice: &Slice) -> Result<Places, PageError> {
        let lengths = self.dimensions.lengths();
        let Slice { x, y, at } = slice;
        let is_inside = at.len() == lengths.len() && at.iter().zip(&lengths).all(|(at, len)| at < len);
        if !is_inside || *x >= lengths.len() || y.is_some_and(|y| y >= lengths.len() || y == *x) {
            return Err(PageError::Malformed(format!(
                "there is no slice {slice:?} of dimensions {lengths:?}"
            )));
        }
        let mut strides = vec![1; lengths.len()];
        for dimension in (0..lengths.len() - 1).rev() {
            strides[dimension] = strides[dimension + 1] * lengths[dimension + 1];
        }
        let varies = |dimension: usize| dimension == *x || Some(dimension) == *y;
        let fixed = at.iter().zip(&strides).enumerate().filter(|(dimension, _)| !varies(*dimension));
        let (rows, row_step) = y.map_or((1, 0), |y| (lengths[y], strides[y]));
        let first = fixed.map(|(_, (at, stride))| at * stride).sum();
        let places = Places { first, rows, row_step, columns: lengths[*x], column_step: strides[*x] };
        if places.len() > MOST_SLICE {
            let most = format!("a slice of {} points is more than a screen has: {MOST_SLICE}", places.len());
            return Err(PageError::TooLarge(most));
        }
        Ok(places)
    }
}

fn put_numbers<'p, I: Iterator<Item = &'p Point>>(bytes: &mut Vec<u8>, points: impl Fn() -> I) {
    points().for_each(|point| bytes.extend_from_slice(&point.value.to_le_bytes()));
    points().for_each(|point| bytes.extend_from_slice(&point.error.to_le_bytes()));
    points().for_each(|point| put_counts(bytes, point));
}

fn put_counts(bytes: &mut Vec<u8>, point: &Point) {
    point.samples.iter().for_each(|count| bytes.extend_from_slice(&count.to_le_bytes()));
}
