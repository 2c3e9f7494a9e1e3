//! Tables, plots and exports of a sweep's results.
