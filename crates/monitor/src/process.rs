//! What a process shows of itself, under the names that other programs use: CPU time and memory.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use std::fmt;

/// Read from `/proc/self` when asked; shows nothing where there is none.
#[derive(Debug)]
pub(crate) struct Process;

/// CPU time in seconds, resident memory in bytes.
#[derive(Debug, PartialEq)]
struct Usage {
    cpu_seconds: f64,
    resident_bytes: u64,
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Some(usage) = std::fs::read_to_string("/proc/self/stat").ok().and_then(|stat| usage(&stat))
        else {
            return Ok(());
        };
        let cpu = encoder.encode_descriptor(
            "process_cpu",
            "CPU time of the process, user and system",
            Some(&Unit::Seconds),
            MetricType::Counter,
        )?;
        ConstCounter::new(usage.cpu_seconds).encode(cpu)?;
        let memory = encoder.encode_descriptor(
            "process_resident_memory",
            "Resident memory of the process",
            Some(&Unit::Bytes),
            MetricType::Gauge,
        )?;
        ConstGauge::new(usage.resident_bytes).encode(memory)
    }
}

/// Reads a line of `/proc/PID/stat`; proc(5) numbers its fields.
fn usage(stat: &str) -> Option<Usage> {
    // The second field is the program's name in parentheses, which may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    let ticks = field(14)? + field(15)?;
    Some(Usage {
        cpu_seconds: ticks as f64 / rustix::param::clock_ticks_per_second() as f64,
        resident_bytes: field(24)? * rustix::param::page_size() as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_parentheses_moves_no_field() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 0 0 0 0 0 150 50 0 0 20 0 4 0 99 1000 25 18446744073709551615";
        let usage = usage(stat).expect("it can be read");
        assert_eq!(usage.cpu_seconds, 200.0 / rustix::param::clock_ticks_per_second() as f64);
        assert_eq!(usage.resident_bytes, 25 * rustix::param::page_size() as u64);
    }
}
