//! Sweeps, jobs and measurements in PostgreSQL.
