//! Sweeps that travel from one database to another, and databases that travel whole.

use crate::specs::{TINY, TINY_ROWS, scan};
use std::fs;
use std::process::Command;
use store::travel::TABLES;
use system_tests::{HandWorker, Rapgrid, Signal, lease_of, wait_until};
use wire::v1;
use wire::v1::result_receipt::Verdict;

/// Eight units of the cost of [`TINY`]'s.
fn eight_units() -> String {
    TINY.replace("samples = 2", "samples = 4")
}

/// The file of a sweep of one database, where the other finds it.
fn carry(sweep: &str, from: &Rapgrid, to: &Rapgrid) -> String {
    let file = to.folder().join(format!("{sweep}.rapgrid")).display().to_string();
    let said = from.run(&["export", sweep, "--all", "-o", &file]).succeeded();
    assert!(said.contains(&format!("{sweep} is in {file}")), "{said}");
    file
}

/// Changes a file of a sweep by ordinary means, and writes its checksums anew.
fn repack(rapgrid: &Rapgrid, file: &str, change: &str) -> String {
    let script = "rm -rf unpacked && mkdir unpacked && tar xzf \"$1\" -C unpacked && cd unpacked && sha256sum --quiet -c SHA256SUMS
        sh -c \"$2\" && sha256sum manifest.json */*.csv > SHA256SUMS
        tar czf ../repacked.rapgrid manifest.json */*.csv SHA256SUMS";
    let mut command = Command::new("sh");
    command.args(["-euc", script, "repack", file, change]).current_dir(rapgrid.folder());
    assert!(command.status().unwrap().success());
    rapgrid.folder().join("repacked.rapgrid").display().to_string()
}

/// Delivers what a job asks for, as a worker does.
fn finish(worker: &HandWorker, job: &v1::Job) {
    let receipt = worker.deliver(vec![worker.chunk(job, worker.compute(job))]).unwrap();
    assert_eq!(receipt.verdict(), Verdict::Recorded, "{receipt:?}");
}

/// That all which is of a sweep travels, or is known not to.
fn assert_nothing_is_left_behind(rapgrid: &Rapgrid) {
    let columns = rapgrid.query(
        "SELECT relname || ' ' || string_agg(attname, ' ' ORDER BY attnum) FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
         WHERE relnamespace = 'rapgrid'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0
           AND NOT attisdropped
         GROUP BY pg_class.oid, relname HAVING 'sweep_id' = ANY (array_agg(attname)) ORDER BY relname",
    );
    let by_itself = |line: &&str| TABLES.iter().any(|table| line.starts_with(&format!("{} ", table.name)));
    let (by_themselves, others): (Vec<&str>, Vec<&str>) = columns.lines().partition(by_itself);
    // All of them but the workers, which are of no sweep.
    assert_eq!(by_themselves.len(), TABLES.len() - 1, "{columns}");
    let known = [
        "counted_jobs sweep_id before jobs units rows cpu_seconds estimated_seconds",
        "instance_files sweep_id part name content",
        "sweep_parts sweep_id part spec digest units rows estimated_seconds submitted_at is_cut is_analysed",
        "sweeps sweep_id name seed state numerics_revision bucket created_at priority",
    ];
    // Nor do jobs; and sums are taken again, of all rows.
    let elsewhere = ["jobs ", "sums ", "means ", "histograms "];
    let stays = |line: &&str| elsewhere.iter().any(|table| line.starts_with(table));
    let others: Vec<&str> = others.into_iter().filter(|line| !stays(line)).collect();
    assert_eq!(others, known, "see CONTRIBUTING.md, Changing SQL");
}

#[test]
fn a_sweep_that_travels_is_there_what_it_was_here() {
    let (here, there) = (Rapgrid::new(), Rapgrid::new());
    let (_server, _other) = (here.hold(), there.hold());
    scan(&here, TINY, &[]);
    assert_nothing_is_left_behind(&here);
    let file = carry("tiny", &here, &there);
    assert_eq!(there.run(&["import", &file]).succeeded(), format!("tiny is here: {TINY_ROWS} rows\n"));
    there.assert_complete("tiny");
    // Of views that have rows.
    for view in ["results", "phase-diagram", "layer-overlaps", "stable-branch", "transitions"] {
        let export = ["export", "tiny", "--view", view];
        assert_eq!(there.run(&export).succeeded(), here.run(&export).succeeded(), "{view}");
    }
    assert_eq!(there.table("tiny"), here.table("tiny"));
    for command in [["transitions", "tiny"], ["show", "tiny"]] {
        assert_eq!(there.run(&command).succeeded(), here.run(&command).succeeded());
    }
    let replayed = there.run(&["replay", "tiny", "--limit", "100"]).succeeded();
    assert!(replayed.ends_with("32 of 32 rows are identical\n"), "{replayed}");
    there.run(&["plot", "tiny", "--out", "figures"]).succeeded();

    // Nothing comes twice, and under another name it is another sweep.
    let counts = there.row_counts();
    let again = there.run(&["import", &file]).succeeded();
    assert_eq!(again, "tiny was here already, with all that is in the file\n");
    assert_eq!(there.row_counts(), counts);
    there.run(&["import", &file, "--as", "tiny-2"]).succeeded();
    let renamed = there.table("tiny").replace("tiny |", "tiny-2 |");
    assert_eq!(there.table("tiny-2"), renamed);
    scan(&there, &TINY.replace("\"tiny\"", "\"tiny-2\"").replace("samples = 2", "samples = 3"), &[]);

    // What it grew by comes back.
    scan(&there, &TINY.replace("samples = 2", "samples = 3"), &[]);
    let grown = here.run(&["import", &carry("tiny", &there, &here)]).succeeded();
    assert!(grown.ends_with("has 6 units and 16 rows more, in 1 part more\n"), "{grown}");
    here.assert_complete("tiny");
    assert_eq!(here.table("tiny"), there.table("tiny"));
    assert_eq!(here.count("SELECT count(*) FROM workers"), 2);
}

#[test]
fn a_sweep_half_done_here_and_half_done_there_becomes_whole() {
    let (here, there) = (Rapgrid::new(), Rapgrid::new());
    // Jobs of one unit here, and of two there.
    let coordinators =
        [here.coordinator(&["--job-seconds", "0.0001"]), there.coordinator(&["--job-seconds", "0.0012"])];
    let workers = coordinators.each_ref().map(|coordinator| HandWorker::register(coordinator.grpc()));
    workers.iter().for_each(|worker| drop(worker.grpc.submit(&eight_units()).unwrap()));
    let jobs: Vec<v1::Job> = (0..5).map(|_| workers[0].lease_one()).collect();
    [1, 3].into_iter().for_each(|unit| finish(&workers[0], &jobs[unit]));
    let first = workers[1].lease_one();
    assert_eq!((first.first_unit, first.end_unit), (0, 2));
    let second = workers[1].lease_one();
    finish(&workers[1], &second);
    workers[1].release(&first, "");

    // Of units 1 and 3 the second is there already.
    let file = carry("tiny", &here, &there);
    let said = there.run(&["import", &file]).succeeded();
    assert_eq!(said, "tiny was here already, and has 1 unit and 8 rows more\n");
    let ranges = |table: &str| {
        there.query(&format!(
            "SELECT string_agg(first_unit || '-' || end_unit, ' ' ORDER BY first_unit) FROM {table}"
        ))
    };
    assert_eq!((ranges("finished_jobs"), ranges("jobs")), ("1-2 2-4".to_owned(), "0-1".to_owned()));
    coordinators[1].worker(&there, &["--exit-when-idle"]).wait().succeeded();
    there.assert_complete("tiny");
    let replayed = there.run(&["replay", "tiny", "--limit", "100"]).succeeded();
    assert!(replayed.ends_with("64 of 64 rows are identical\n"), "{replayed}");

    // And back, when nobody here works on it any more.
    let file = carry("tiny", &there, &here);
    let counts = here.row_counts();
    let held = [0, 2, 4].map(|unit| lease_of(&jobs[unit]));
    assert_eq!(workers[0].heartbeat(held.to_vec()), Vec::new());
    let message = here.run(&["import", &file]).failed_with(2);
    assert!(message.contains("3 jobs of tiny are with workers here: `rapgrid pause tiny`"), "{message}");
    assert_eq!(here.row_counts(), counts);
    [0, 2].into_iter().for_each(|unit| workers[0].release(&jobs[unit], ""));
    finish(&workers[0], &jobs[4]);
    here.run(&["import", &file]).succeeded();
    here.assert_complete("tiny");
    assert_eq!(here.table("tiny"), there.table("tiny"));
    let late = workers[0].deliver(vec![workers[0].chunk(&jobs[0], workers[0].compute(&jobs[0]))]).unwrap();
    assert_eq!(late.verdict(), Verdict::Fenced);
}

#[test]
fn a_file_that_is_damaged_or_does_not_fit_is_refused_and_changes_nothing() {
    let (here, there) = (Rapgrid::new(), Rapgrid::new());
    let (_server, _other) = (here.hold(), there.hold());
    scan(&here, TINY, &[]);
    let file = carry("tiny", &here, &there);
    let content = fs::read(&file).unwrap();
    let refused = |file: &str, why: &[&str]| {
        let message = there.run(&["import", file]).failed_with(2);
        why.iter().for_each(|why| assert!(message.contains(why), "{why} is not in {message}"));
    };
    there.run(&["db", "url"]).succeeded();
    let counts = there.row_counts();
    refused("nobody.rapgrid", &["cannot read nobody.rapgrid"]);
    refused(there.write("tiny.toml", TINY), &["tiny.toml is no file of `rapgrid export --all`"]);
    let damaged = there.folder().join("damaged.rapgrid");
    for (place, length) in
        [(0, content.len() - 1), (0, content.len() / 2), (content.len() / 2, content.len())]
    {
        let mut content = content[..length].to_vec();
        content[place] ^= u8::from(place > 0);
        fs::write(&damaged, content).unwrap();
        refused("damaged.rapgrid", &["damaged.rapgrid is damaged, and nothing was taken in"]);
    }
    // Checksums are no signature: what is packed anew must still make sense.
    let newer = "sed -i 's|rapgrid-sweep/1|rapgrid-sweep/2|; s|\"version\": \".*\"|\"version\": \"9.9\"|' manifest.json";
    let other_version = "rapgrid-sweep/2, written by rapgrid 9.9 (git";
    refused(
        &repack(&there, &file, newer),
        &[other_version, "this is rapgrid 0.1.0", "which reads rapgrid-sweep/1"],
    );
    for (change, why) in [
        (
            "sed -i 's/\"lowest_energy_per_weight\"/\"colour\"/' manifest.json",
            "measurements.colour, which this version does not know",
        ),
        ("sed -i 2d measurements/*.csv", "its jobs found 32 rows that are not here, and it has 31"),
        ("sed -i '2{p}' measurements/*.csv", "it has rows of measurements twice"),
        ("sed -i 2d cells/*.csv", "it has rows of measurements without their cells"),
        ("sed -i '2{s/solved/solvent/}' measurements/*.csv", "measurements_outcome_check"),
        ("sed -i '3{s/,.*/,/}' degree_counts/*.csv", "its rows of degree_counts: "),
        ("sed -i 's/^0,0,4/0,0,5/' finished_jobs/*.csv", "jobs beyond the units of part 0"),
        ("sed -i 's/seed = 7/seed = 8/' manifest.json", "part 0 does not ask for what the file says"),
        ("sed -i 's/methods.mc/methods.mk/' manifest.json", "its specs: "),
    ] {
        refused(&repack(&there, &file, change), &[why]);
    }

    assert_eq!(there.row_counts(), counts);
    assert_eq!(there.count("SELECT count(*) FROM workers"), 0);

    // Another sweep of that name, and the same one with another row.
    scan(&there, &TINY.replace("seed = 7", "seed = 8"), &[]);
    refused(&file, &["another sweep named \"tiny\" here: its part 0 asks for something else", "`--as NAME`"]);
    there.run(&["delete", "tiny", "--yes"]).succeeded();
    there.run(&["import", &file]).succeeded();
    there.query(
        "UPDATE measurements SET energy_per_weight = energy_per_weight + 1e-12
         WHERE sample = 1 AND beta = 0.8 AND branch = 'polarised'",
    );
    let recorded = "SELECT md5(string_agg(m::text, '' ORDER BY m::text)) FROM measurements m";
    let (counts, before) = (there.row_counts(), there.query(recorded));
    refused(
        &file,
        &[
            "2 rows of measurements differ",
            "sample 1",
            "beta 0.8",
            "branch polarised",
            "energy_per_weight is -",
        ],
    );
    assert_eq!((there.row_counts(), there.query(recorded)), (counts, before));
    there.query("UPDATE sweeps SET numerics_revision = 1");
    refused(&file, &["numerics revision 1, and the file's is of"]);
    // What an older revision computed is taken as what it is.
    let old = carry("tiny", &there, &here);
    here.run(&["import", &old, "--as", "old"]).succeeded();
    assert_eq!(here.query("SELECT numerics_revision FROM sweeps WHERE name = 'old'"), "1");
}

#[test]
fn a_dump_is_loaded_where_the_data_directory_was_and_elsewhere() {
    let rapgrid = Rapgrid::new();
    let message = rapgrid.run(&["db", "dump", "-o", "nothing.dump"]).failed_with(2);
    assert!(message.contains("there is nothing to dump"), "{message}");
    scan(&rapgrid, TINY, &[]);
    rapgrid.write("large.toml", &TINY.replace("tiny", "large").replace("samples = 2", "samples = 100000"));
    rapgrid.run(&["submit", "large.toml"]).succeeded();
    let mut server = rapgrid.hold();
    rapgrid.run(&["db", "dump", "-o", "rapgrid.dump"]).succeeded();
    let message = rapgrid.run(&["db", "load", "rapgrid.dump"]).failed_with(2);
    assert!(message.contains("has tables of rapgrid already"), "{message}");
    let before = (rapgrid.run(&["export", "tiny"]).succeeded(), rapgrid.run(&["show", "large"]).succeeded());
    let definitions = || rapgrid.run(&["db", "psql", "--", "-X", "-c", r"\d rapgrid.*"]).succeeded();
    let defined = definitions();
    server.signal(Signal::INT);
    server.wait().succeeded();
    wait_until("the server has stopped", || rapgrid.postmaster().is_none().then_some(()));
    fs::rename(rapgrid.data_dir().join("pg"), rapgrid.data_dir().join("pg-old")).unwrap();
    let message = rapgrid.run(&["db", "load", "large.toml"]).failed_with(1);
    assert!(message.contains("pg_restore failed, and nothing was loaded"), "{message}");
    let said = rapgrid.run(&["db", "load", "rapgrid.dump"]).succeeded();
    assert_eq!(said, "rapgrid.dump is loaded: 2 sweeps\n");
    let _server = rapgrid.hold();
    assert_eq!(defined, definitions());
    assert_eq!(before.0, rapgrid.run(&["export", "tiny"]).succeeded());
    assert_eq!(before.1, rapgrid.run(&["show", "large"]).succeeded());
    // The numbers of jobs and leases go on, and so do the sweeps.
    scan(&rapgrid, &TINY.replace("samples = 2", "samples = 3"), &[]);
    rapgrid.assert_complete("tiny");
    rapgrid.run(&["delete", "large", "--yes"]).succeeded();
}
