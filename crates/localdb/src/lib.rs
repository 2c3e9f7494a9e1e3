//! A private PostgreSQL beside the program.
