//! A picture: the means of one quantity along one curve at every point of a sweep, and how a part of it travels.

use crate::dimensions::{Curve, Dimensions};
use crate::error::PageError;
use report::{MeanOf, Quantity};
use serde_json::json;
use std::sync::Arc;
use store::means::{Mean, MeansOf};
use store::{Store, StoreError, SweepId};

/// Nothing is recorded there.
const ABSENT: f32 = f32::from_bits(0x7fc0_0000);
/// Something is, but there is no mean to show.
const NO_VALUE: f32 = f32::from_bits(0x7fc0_0001);

/// Points of a slice that travel as numbers of four bytes, with their errors; beyond, values travel as 65,534 steps of
/// the range, and no errors do: so many points are looked at as colours.
const NUMBERS: usize = 1 << 16;

/// Steps of the range of a slice, and what stands for points without a value.
const STEPS: f32 = 65_533.0;
const STEP_ABSENT: u16 = u16::MAX;
const STEP_NO_VALUE: u16 = u16::MAX - 1;

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Subject {
    pub(crate) curve: Curve,
    pub(crate) quantity: Quantity,
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
    values: Vec<f32>,
    errors: Vec<f32>,
    /// The version in which a point changed last.
    changed: Vec<u32>,
}

/// A part of a picture: two dimensions, or one, with the others held at a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) x: usize,
    pub(crate) y: Option<usize>,
    /// A position for every dimension.
    pub(crate) at: Vec<usize>,
}

impl Picture {
    /// Reads all of it.
    pub(crate) async fn read(
        store: &Store,
        sweep_id: SweepId,
        dimensions: Arc<Dimensions>,
        subject: Subject,
        epoch: u64,
    ) -> Result<Self, PageError> {
        let points = dimensions.points();
        let of = MeansOf {
            sweep_id,
            method: subject.curve.method.clone(),
            branch: subject.curve.branch,
            value: subject.quantity.column(),
            error: subject.quantity.error_column(),
            axes: dimensions.axes().to_vec(),
        };
        let nothing = || vec![ABSENT; points];
        let (values, errors, changed) = (nothing(), nothing(), vec![0; points]);
        let mut picture = Self { dimensions, subject, of, epoch, version: 0, values, errors, changed };
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
        let Some(point) = self.dimensions.point_of(mean)? else { return Ok(()) };
        let (samples, asked) = mean.samples()?;
        let (value, error) = mean.value()?;
        let Curve { kind, branch, .. } = self.subject.curve;
        let value = value
            .and_then(|column| self.subject.quantity.mean(column, &MeanOf { kind, branch, samples, asked }));
        let error = error.filter(|error| value.is_some() && error.is_finite());
        let new = (value.map_or(NO_VALUE, |v| v as f32), error.map_or(NO_VALUE, |e| e as f32));
        let old = (self.values[point], self.errors[point]);
        if (new.0.to_bits(), new.1.to_bits()) != (old.0.to_bits(), old.1.to_bits()) {
            (self.values[point], self.errors[point], self.changed[point]) = (new.0, new.1, self.version);
        }
        Ok(())
    }

    /// All values and then all errors, little-endian; nothing if there is no value.
    pub(crate) fn numbers(&self) -> Option<Vec<u8>> {
        let has_values = self.values.iter().any(|value| !value.is_nan());
        has_values
            .then(|| self.values.iter().chain(&self.errors).flat_map(|number| number.to_le_bytes()).collect())
    }

    /// A slice as it travels: the length of a JSON object in four bytes, the object, and numbers, all little-endian.
    /// The object says `form`: `changes` since a version of this picture, each a position `y × nx + x` of four bytes, a
    /// value and an error; `numbers`, all values and then all errors; or `steps` of two bytes from `low` to `high`. Of
    /// the values that are NaN the last bit says that rows are there.
    pub(crate) fn encode(&self, slice: &Slice, since: Option<(u64, u32)>) -> Result<Vec<u8>, PageError> {
        let (places, nx) = self.places(slice)?;
        let since = since.filter(|(epoch, version)| *epoch == self.epoch && *version <= self.version);
        if let Some((_, version)) = since {
            let changed = places.iter().enumerate().filter(|(_, point)| self.changed[**point] > version);
            let changed: Vec<(usize, usize)> = changed.map(|(position, &point)| (position, point)).collect();
            if 3 * changed.len() <= places.len() {
                return Ok(self.changes(&changed, nx, places.len() / nx));
            }
        }
        let values = places.iter().map(|&point| self.values[point]);
        let known = values.clone().filter(|value| !value.is_nan());
        let (low, high) = known.fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let has_range = low <= high;
        let is_numbers = places.len() <= NUMBERS;
        let mut bytes =
            self.begin(if is_numbers { "numbers" } else { "steps" }, nx, places.len() / nx, |header| {
                if has_range {
                    (header["low"], header["high"]) = (low.into(), high.into());
                }
            });
        if is_numbers {
            values.for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
            places.iter().for_each(|&point| bytes.extend_from_slice(&self.errors[point].to_le_bytes()));
            return Ok(bytes);
        }
        let step = if high > low { STEPS / (high - low) } else { 0.0 };
        for value in values {
            let stepped = match value.to_bits() {
                bits if bits == ABSENT.to_bits() => STEP_ABSENT,
                _ if value.is_nan() => STEP_NO_VALUE,
                _ => ((value - low) * step).round() as u16,
            };
            bytes.extend_from_slice(&stepped.to_le_bytes());
        }
        Ok(bytes)
    }

    fn changes(&self, changed: &[(usize, usize)], nx: usize, ny: usize) -> Vec<u8> {
        let mut bytes = self.begin("changes", nx, ny, |_| ());
        for &(position, point) in changed {
            bytes.extend_from_slice(&(position as u32).to_le_bytes());
            bytes.extend_from_slice(&self.values[point].to_le_bytes());
            bytes.extend_from_slice(&self.errors[point].to_le_bytes());
        }
        bytes
    }

    fn begin(&self, form: &str, nx: usize, ny: usize, more: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
        let version = format!("{}-{}", self.epoch, self.version);
        let mut header = json!({ "form": form, "nx": nx, "ny": ny, "version": version });
        more(&mut header);
        // What follows is read as numbers of four bytes.
        let mut text = header.to_string();
        text.extend(std::iter::repeat_n(' ', text.len().next_multiple_of(4) - text.len()));
        let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    /// The points of a slice, row by row, and the length of a row.
    fn places(&self, slice: &Slice) -> Result<(Vec<usize>, usize), PageError> {
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
        let origin: usize = fixed.map(|(_, (at, stride))| at * stride).sum();
        let (rows, stride) = y.map_or((1, 0), |y| (lengths[y], strides[y]));
        let (nx, step) = (lengths[*x], strides[*x]);
        let row = |row: usize| (0..nx).map(move |column| origin + row * stride + column * step);
        Ok(((0..rows).flat_map(row).collect(), nx))
    }
}
