//! A table depends on its spec alone: not on threads, processes, or the CPU's features.

use crate::specs::{SMALL, scan, small_table};
use kernel::cpu::Level;
use std::process::Command;
use system_tests::{Process, Rapgrid};

/// The C library's settings that hide from it what its numerics choose their variants by.
const WITHOUT_FMA: (&str, &str) = ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-FMA,-FMA4");

#[test]
fn the_small_sweep_has_every_kind_of_row() {
    let table = small_table();
    for text in ["| empty |", "| solved |", "| not_converged |", "| too_costly |", "| paramagnetic |"] {
        assert!(table.contains(text), "no {text} in\n{table}");
    }
    for ensemble in ["independent", "branching", "synapse", "unit"] {
        for couplings in ["input", "path"] {
            assert!(
                table.contains(&format!("ensemble={ensemble} couplings={couplings} ")),
                "{ensemble} {couplings}"
            );
        }
    }
}

#[test]
fn one_thread_and_two_end_in_the_same_table() {
    let rapgrid = Rapgrid::new();
    scan(&rapgrid, SMALL, &["--threads", "1"]);
    assert_eq!(rapgrid.table("small"), small_table());
}

#[test]
fn a_coordinator_with_one_worker_ends_in_the_table_of_a_scan() {
    computed_by_workers(1);
}

#[test]
fn a_coordinator_with_three_workers_ends_in_the_table_of_a_scan() {
    computed_by_workers(3);
}

fn computed_by_workers(count: u64) {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--job-seconds", "0.02"]);
    coordinator.run(&rapgrid, &["submit", rapgrid.write("small.toml", SMALL)]).succeeded();
    let worker = |_| coordinator.worker(&rapgrid, &["--threads", "1", "--exit-when-idle"]);
    let workers: Vec<Process> = (0..count).map(worker).collect();
    for worker in workers {
        worker.wait().succeeded();
    }
    let took_part = rapgrid.count("SELECT count(DISTINCT worker_id) FROM measurements");
    assert!((count.min(2)..=count).contains(&took_part), "{took_part} of {count} workers took part");
    rapgrid.assert_complete("small");
    assert_eq!(rapgrid.table("small"), small_table());
}

#[test]
fn a_cpu_without_fma_ends_in_the_same_table() {
    let rapgrid = Rapgrid::new();
    rapgrid.write("small.toml", SMALL);
    rapgrid.spawn_with(&["scan", "small.toml", "--no-report"], &[WITHOUT_FMA]).wait().succeeded();
    assert_eq!(rapgrid.table("small"), small_table());
}

#[test]
fn every_level_of_vector_instructions_ends_in_the_same_table() {
    for level in Level::available() {
        let rapgrid = Rapgrid::new();
        rapgrid.write("small.toml", SMALL);
        let limit = ("RAPGRID_CPU_LEVEL", level.name());
        rapgrid.spawn_with(&["scan", "small.toml", "--no-report"], &[limit]).wait().succeeded();
        assert_eq!(rapgrid.table("small"), small_table(), "{level:?}");
    }
}

/// The control of the test of a CPU without FMA: that setting does reach numerics.
#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
#[test]
fn a_cpu_without_fma_changes_the_platforms_own_exp() {
    if !std::arch::is_x86_feature_detected!("fma") {
        eprintln!("this CPU has no FMA to hide");
        return;
    }
    let digest = |environment: Option<(&str, &str)>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_platform-exp"));
        let output = command.env_remove("GLIBC_TUNABLES").envs(environment).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(digest(None).trim().len(), 16);
    assert_ne!(digest(None), digest(Some(WITHOUT_FMA)));
}
