-- The views have errors of every mean, Monte Carlo's own part of them apart, and differences between methods that are paired by
-- sample. What is found along a line says which share of the samples' scatter their own numbers of paths explain.
ALTER TABLE found_transitions ADD COLUMN crossing_explained double precision,
                              ADD COLUMN crossing_with_symmetry_explained double precision,
                              ADD COLUMN ordering_explained double precision;
