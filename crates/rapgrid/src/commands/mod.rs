//! One file, one command.

pub(crate) mod cite;
pub(crate) mod coordinator;
pub(crate) mod db;
pub(crate) mod display;
pub(crate) mod export;
pub(crate) mod instance;
pub(crate) mod ladder;
pub(crate) mod metrics;
pub(crate) mod numbers;
pub(crate) mod plot;
pub(crate) mod progress;
pub(crate) mod progress_text;
pub(crate) mod provenance;
pub(crate) mod replay;
pub(crate) mod scan;
pub(crate) mod shutdown;
pub(crate) mod solve;
pub(crate) mod spec_file;
pub(crate) mod specification;
pub(crate) mod sweeps;
pub(crate) mod table;
pub(crate) mod token;
pub(crate) mod transitions;
pub(crate) mod width;
pub(crate) mod worker;
pub(crate) mod workers;
