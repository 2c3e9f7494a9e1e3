//! The value columns of a measurement: one table, from which follow the struct, what a number may be, and every way in
//! and out, of messages and of the database.
//!
//! A new column is a line here, a field of `rapgrid.v1.Measurement`, a migration, and whatever computes it. Tests hold
//! the table against the message's descriptor and against the database.

use std::borrow::Cow;

/// Calls `$with!` with all columns of [`Values`](crate::measurement::Values): documentation, name, type, what its
/// numbers may be ([`Range`]), and which rows have it ([`Told`]).
#[macro_export]
macro_rules! with_value_columns {
    ($with:ident) => {
        $with! {
            /// ⟨H⟩ / n.
            energy_per_weight: f64, Energy, Solved;
            /// One standard error of `energy_per_weight`, autocorrelation accounted for.
            energy_error: f64, NotNegative, Solved;
            /// log Z / n.
            log_z_per_weight: f64, Any, Solved;
            /// S / n = (log Z + β E) / n.
            entropy_per_weight: f64, Any, Solved;
            /// q = (1/n) Σ_i m_i², of a BP state or of one Monte Carlo run.
            overlap: f64, Share, Solved;
            /// ⟨H²⟩ − ⟨H⟩², total, not per weight.
            energy_variance: f64, Any, Solved;
            /// Belief propagation reached its tolerance.
            converged: bool, Any, Course;
            /// Converged with overlap > 1e-6.
            ordered: bool, Any, Course;
            /// Iterations that belief propagation took.
            iterations: u32, Any, Course;
            /// max |Δ ln ρ| of the last iteration, undamped, with ρ = (1 − m)/(1 + m).
            residual: f64, NotNegative, Course;
            /// Integrated autocorrelation time of the energy, in MC sweeps (½ for uncorrelated samples).
            tau_int: f64, NotNegative, Solved;
            /// The largest rank-normalised split R̂ over the independent runs (1 when they agree), of what the method
            /// looks at.
            r_hat: f64, NotNegative, Solved;
            /// The runs agree and no longer drift: necessary for equilibrium, not sufficient.
            equilibrated: bool, Any, Solved;
            /// One standard error of `log_z_per_weight`, where it was measured.
            log_z_error: f64, NotNegative, Solved;
            /// One standard error of `entropy_per_weight`, where it was measured.
            entropy_error: f64, NotNegative, Solved;
            /// What the finite steps of a ladder may add to the errors of log Z and S, per weight.
            discretisation_error: f64, Any, Solved;
            /// The lowest energy that an annealing run reached, per weight.
            lowest_energy_per_weight: f64, Energy, Solved;
            /// c = β² Var(H) / n.
            specific_heat: f64, Any, Solved;
            /// One standard error of `specific_heat`.
            specific_heat_error: f64, NotNegative, Solved;
            /// ⟨q⟩ of the path products of two replicas, q = (1/M) Σ_a s_a s′_a: unlike an overlap of weights, the same
            /// in all states that flips of hidden units join (docs/model.md, fact 3).
            path_overlap: f64, Correlation, Solved;
            /// One standard error of `path_overlap`.
            path_overlap_error: f64, NotNegative, Solved;
            /// χ = M (⟨q²⟩ − ⟨q⟩²) of the path products of two replicas.
            susceptibility: f64, Any, Solved;
            /// One standard error of `susceptibility`.
            susceptibility_error: f64, NotNegative, Solved;
            /// (1/n) Σ_s ⟨M_s²⟩ with M_s the magnetisation of reduced system s along its ground state.
            system_susceptibility: f64, NotNegative, Solved;
            /// One standard error of `system_susceptibility`.
            system_susceptibility_error: f64, NotNegative, Solved;
            /// The mean over the units j of ½ (3 − ⟨q_j⁴⟩/⟨q_j²⟩²), q_j the overlap of two replicas' `v[j,k]` within
            /// the unit.
            unit_binder: f64, Any, Solved;
            /// One standard error of `unit_binder`.
            unit_binder_error: f64, NotNegative, Solved;
            /// The least number of independent samples that the runs are worth, over the observables that the verdict
            /// `equilibrated` looks at.
            effective_samples: f64, NotNegative, Solved;
            /// The smaller acceptance of the replica exchanges with the neighbouring temperatures.
            swap_acceptance: f64, Share, Solved;
            /// Round trips of all replicas from the hottest temperature to the coldest and back.
            round_trips: u64, Any, Solved;
            /// Those of the reduced system with the fewest: at 0 the ladder has not helped that system.
            fewest_round_trips: u64, Any, Solved;
            /// Λ = Σ_k (1 − a_k), a_k the acceptance of the exchanges between temperatures k and k + 1 of the whole
            /// ladder: what must be overcome from end to end, about the same on every ladder between the same ends that
            /// is not too coarse (Syed et al., J. R. Stat. Soc. B 84, 321 (2022)).
            communication_barrier: f64, NotNegative, Solved;
            /// How many times ln 2 the symmetric copies of the state would add to log Z: hidden units with an ordered
            /// weight, or ordered reduced systems. Never added silently.
            symmetries: u32, Any, Solved;
            /// q_l = (1/n_(l)) Σ_{i in l} m_i² of weight layer l = 1..=L, of a BP state or of one Monte Carlo run.
            layer_overlaps: Vec<f64>, Share, Solved;
            /// One standard error of each of `layer_overlaps`, where it was measured.
            layer_overlap_errors: Vec<f64>, NotNegative, Solved;
            /// How often the overlap of path products of two replicas fell into each of
            /// [`HISTOGRAM_BINS`](crate::measurement::HISTOGRAM_BINS) equal bins of [−1, 1].
            path_overlap_histogram: Vec<u64>, Any, Solved;
            /// The same of the absolute overlap of `v[j,k]` within a hidden unit j, over all of them, in equal bins of
            /// [0, 1].
            unit_overlap_histogram: Vec<u64>, Any, Solved;
            /// The distribution of the energy per weight: which bins it fell into, increasing. Bin b holds
            /// b ≤ [`ENERGY_BINS_PER_UNIT`](crate::measurement::ENERGY_BINS_PER_UNIT) H/n < b + 1.
            energy_bins: Vec<i32>, EnergyBin, Solved;
            /// How often it fell into each of `energy_bins`.
            energy_counts: Vec<u64>, Any, Solved;
        }
    };
}

/// A column of [`Values`](crate::measurement::Values).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in SQL, messages, JSON and CSV.
    pub name: &'static str,
    /// What it holds.
    pub column_type: ColumnType,
    /// What its numbers may be.
    pub range: Range,
    /// Which rows have it.
    pub told: Told,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// `boolean`.
    Flag,
    /// `integer`, 0..2^31.
    Small,
    /// `bigint`, 0..2^63.
    Count,
    /// `double precision`.
    Number,
    /// `double precision[]`.
    Numbers,
    /// `bigint[]`, each 0..2^63.
    Counts,
    /// `integer[]`.
    Bins,
}

/// What the numbers of a column may be: identities with room for rounding, never a judgement about physics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// Whatever is finite.
    Any,
    /// ≥ 0.
    NotNegative,
    /// 0..=1.
    Share,
    /// −1..=1.
    Correlation,
    /// An energy per weight: |H| ≤ M, so no more than M/n.
    Energy,
    /// A bin of energies per weight.
    EnergyBin,
}

/// Which rows have a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Only where something was solved.
    Solved,
    /// How an iteration went, whether it converged or not.
    Course,
}

/// What stands in a column of one row.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "they are those of ColumnType")]
pub enum Entry<'a> {
    Flag(bool),
    Small(u32),
    Count(u64),
    Number(f64),
    Numbers(Cow<'a, [f64]>),
    Counts(Cow<'a, [u64]>),
    Bins(Cow<'a, [i32]>),
}

/// A type that a column may have.
pub trait ColumnValue: Sized {
    /// Its type in the table.
    const TYPE: ColumnType;

    /// The value as it is written.
    fn entry(&self) -> Entry<'_>;

    /// As it was read; `None` if that is of another type.
    fn read(entry: Entry<'_>) -> Option<Self>;
}

macro_rules! column_values {
    ($($type:ty, $variant:ident, |$value:ident| $entry:expr, $read:expr;)*) => {
        $(impl ColumnValue for $type {
            const TYPE: ColumnType = ColumnType::$variant;

            fn entry(&self) -> Entry<'_> {
                let $value = self;
                Entry::$variant($entry)
            }

            fn read(entry: Entry<'_>) -> Option<Self> {
                match entry {
                    Entry::$variant(value) => Some($read(value)),
                    _ => None,
                }
            }
        })*
    };
}

column_values! {
    bool, Flag, |value| *value, |value| value;
    u32, Small, |value| *value, |value| value;
    u64, Count, |value| *value, |value| value;
    f64, Number, |value| *value, |value| value;
    Vec<f64>, Numbers, |list| Cow::Borrowed(list.as_slice()), Cow::into_owned;
    Vec<u64>, Counts, |list| Cow::Borrowed(list.as_slice()), Cow::into_owned;
    Vec<i32>, Bins, |list| Cow::Borrowed(list.as_slice()), Cow::into_owned;
}

/// Makes the struct of a table's columns, all of them optional.
macro_rules! value_struct {
    ($(#[$struct_doc:meta])* $struct:ident; $($(#[$doc:meta])* $name:ident: $type:ty, $range:ident, $told:ident;)*) => {
        $(#[$struct_doc])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
        pub struct $struct {
            $($(#[$doc])* pub $name: Option<$type>,)*
        }

        impl $struct {
            /// All columns, in the order of the table.
            pub const COLUMNS: &'static [Column] = &[$(Column {
                name: stringify!($name),
                column_type: <$type as ColumnValue>::TYPE,
                range: Range::$range,
                told: Told::$told,
            },)*];

            /// What stands in each of [`COLUMNS`](Self::COLUMNS).
            pub fn entries(&self) -> impl Iterator<Item = (&'static Column, Option<Entry<'_>>)> {
                Self::COLUMNS.iter().zip([$(self.$name.as_ref().map(ColumnValue::entry),)*])
            }

            /// From what stands in each of [`COLUMNS`](Self::COLUMNS), in their order.
            ///
            /// # Errors
            /// Those of `entry`.
            ///
            /// # Panics
            /// If `entry` gives another type than the column has.
            pub fn read<E>(
                mut entry: impl FnMut(&'static Column) -> Result<Option<Entry<'static>>, E>,
            ) -> Result<Self, E> {
                let mut columns = Self::COLUMNS.iter();
                Ok(Self {
                    $($name: {
                        let column = columns.next().expect("as many as there are fields");
                        let typed = |entry| ColumnValue::read(entry).expect("an entry has its column's type");
                        entry(column)?.map(typed)
                    },)*
                })
            }
        }
    };
}

macro_rules! values {
    ($($columns:tt)*) => {
        value_struct! {
            /// The numbers of a measurement; a method leaves absent what it does not give.
            Values; $($columns)*
        }
    };
}

with_value_columns!(values);

/// The same of [`TrainingValues`](crate::measurement::TrainingValues). Lists are by hidden layer l = 1..L − 1.
#[macro_export]
macro_rules! with_training_columns {
    ($with:ident) => {
        $with! {
            /// The mean loss over the patterns that are learnt, without DropConnect.
            train_loss: f64, NotNegative, Solved;
            /// The share of them that is told wrongly.
            train_error: f64, Share, Solved;
            /// The mean loss over patterns that were not learnt.
            test_loss: f64, NotNegative, Solved;
            /// The share of them that is told wrongly, mean over the masks where connections are removed.
            test_error: f64, Share, Solved;
            /// One standard error of `test_error` over the masks; the patterns are the same for each.
            test_error_over_masks: f64, NotNegative, Solved;
            /// ρ_l: the share of pairs of a unit and a test pattern in which the unit is active, z > 0.
            activation: Vec<f64>, Share, Solved;
            /// Standard deviation over the units of the share of patterns for which a unit is active.
            activation_over_units: Vec<f64>, Share, Solved;
            /// Standard deviation over the patterns of the share of units that are active.
            activation_over_inputs: Vec<f64>, Share, Solved;
            /// Units that are active for no test pattern.
            dead_units: Vec<u64>, Any, Solved;
        }
    };
}

macro_rules! training_values {
    ($($columns:tt)*) => {
        value_struct! {
            /// What is said of a network at one epoch of its training, or with connections removed.
            TrainingValues; $($columns)*
        }
    };
}

with_training_columns!(training_values);
