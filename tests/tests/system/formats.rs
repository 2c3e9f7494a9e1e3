//! Results in the formats that other programs read.

use crate::specs::{TINY, TINY_ROWS, scan};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;
use system_tests::Rapgrid;

/// The rows of a CSV, each number as it is read.
fn csv_column(csv: &str, name: &str) -> Vec<Option<f64>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let place = reader.headers().unwrap().iter().position(|column| column == name).unwrap();
    reader.records().map(|record| record.unwrap()[place].parse().ok()).collect()
}

fn numbers(batches: &[RecordBatch], name: &str) -> Vec<Option<f64>> {
    let of_batch = |batch: &RecordBatch| -> Vec<Option<f64>> {
        let column = batch.column_by_name(name).unwrap();
        column.as_primitive::<Float64Type>().iter().collect()
    };
    batches.iter().flat_map(of_batch).collect()
}

fn parquet(path: &Path) -> (Vec<RecordBatch>, Vec<(String, String)>) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let metadata = builder.metadata().file_metadata().key_value_metadata().unwrap().clone();
    let of_rapgrid = metadata.into_iter().filter(|entry| entry.key.starts_with("rapgrid."));
    let metadata = of_rapgrid.map(|entry| (entry.key, entry.value.unwrap_or_default())).collect();
    (builder.build().unwrap().map(Result::unwrap).collect(), metadata)
}

#[test]
fn every_format_has_the_same_rows_and_the_files_say_what_made_them() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, TINY, &[]);
    let csv = rapgrid.run(&["export", "tiny"]).succeeded();
    for file in ["tiny.parquet", "tiny.arrow", "tiny.json"] {
        rapgrid.run(&["export", "tiny", "-o", file]).succeeded();
    }
    let at = |file: &str| rapgrid.folder().join(file);
    let (rows, metadata) = parquet(&at("tiny.parquet"));
    let of_metadata = |key: &str| metadata.iter().find(|(of, _)| of == key).unwrap().1.as_str();
    assert_eq!(of_metadata("rapgrid.spec"), TINY);
    assert_eq!(of_metadata("rapgrid.sweep"), "tiny");
    assert!(of_metadata("rapgrid.computed_by").contains(&format!("{TINY_ROWS} rows")), "{metadata:?}");
    let file = arrow_ipc::reader::FileReader::try_new(File::open(at("tiny.arrow")).unwrap(), None).unwrap();
    assert_eq!(file.schema().metadata()["rapgrid.spec"], TINY);
    let mapped: Vec<RecordBatch> = file.map(Result::unwrap).collect();
    let objects = std::fs::read_to_string(at("tiny.json")).unwrap();
    let objects: Vec<serde_json::Value> =
        objects.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.iter().map(RecordBatch::num_rows).sum::<usize>() as u64, TINY_ROWS);
    for column in ["dilution_1", "beta", "energy_per_weight", "log_z_per_weight", "energy_error"] {
        let expected = csv_column(&csv, column);
        assert_eq!(numbers(&rows, column), expected, "{column}");
        assert_eq!(numbers(&mapped, column), expected, "{column}");
        // The parser that reads them here may be off by the last bit.
        let same = |(object, expected): (&serde_json::Value, &Option<f64>)| match (
            object[column].as_f64(),
            expected,
        ) {
            (Some(found), Some(expected)) => (found - expected).abs() <= 4e-16 * expected.abs(),
            (found, expected) => found == *expected,
        };
        assert!(objects.iter().zip(&expected).all(same), "{column}");
    }
    let schema = rows[0].schema();
    for field in schema.fields() {
        assert!(!matches!(field.data_type(), DataType::Decimal128(..)), "{field}: nobody filters those");
    }
    let layers = rows[0].column_by_name("layer_overlaps").unwrap().as_list::<i32>();
    let layers: Vec<_> = layers.iter().flatten().collect();
    assert!(!layers.is_empty() && layers.iter().all(|of| of.as_primitive::<Float64Type>().len() == 3));
    let weights = rows[0].column_by_name("weights").unwrap().as_primitive::<Int32Type>();
    assert_eq!(weights.value(0).to_string(), csv_column(&csv, "weights")[0].unwrap().to_string());
    // With the names of SQL, in their order.
    let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    let names: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
    assert_eq!(names, header);
}

#[test]
fn columns_are_chosen_and_a_stream_can_be_read_as_it_comes() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, TINY, &[]);
    let columns = ["--view", "phase-diagram", "--columns", "curve,beta,samples,energy_per_weight"];
    let csv = rapgrid.run(&[&["export", "tiny"], &columns[..]].concat()).succeeded();
    assert!(csv.starts_with("curve,beta,samples,energy_per_weight\n"), "{csv}");
    let line =
        format!("{} export tiny {} --format arrow --unordered", rapgrid.program_line(), columns.join(" "));
    let stream = Command::new("sh").args(["-c", &line]).output().unwrap();
    assert!(stream.status.success(), "{stream:?}");
    let stream = arrow_ipc::reader::StreamReader::try_new(Cursor::new(stream.stdout), None).unwrap();
    let batches: Vec<RecordBatch> = stream.map(Result::unwrap).collect();
    assert_eq!(batches.len(), 1);
    let curves = batches[0].column(0).as_dictionary::<Int32Type>();
    let words = curves.values().as_string::<i32>();
    let words: Vec<&str> = words.iter().flatten().collect();
    for curve in ["bp/polarised", "bp/paramagnetic", "exact"] {
        assert!(words.contains(&curve), "{words:?}");
    }
    assert!(batches[0].column(2).as_primitive::<Int64Type>().iter().all(|samples| samples <= Some(2)));
    let sum = |of: Vec<Option<f64>>| of.into_iter().flatten().sum::<f64>();
    let difference = sum(numbers(&batches, "energy_per_weight")) - sum(csv_column(&csv, "energy_per_weight"));
    assert!(difference.abs() < 1e-12, "in another order");

    let message = rapgrid.run(&["export", "tiny", "--columns", "energy", "-o", "none.csv"]).failed_with(2);
    assert!(message.contains("results has no column \"energy\""), "{message}");
    assert!(!rapgrid.folder().join("none.csv").exists());
    rapgrid.run(&["export", "nobody", "--format", "parquet", "-o", "none.parquet"]).failed_with(2);
    rapgrid.run(&["export", "tiny", "--format", "parquet", "-o", "/dev/full"]).failed_with(1);
    rapgrid.run(&["export", "tiny", "--format", "arrow", "-o", "/dev/full"]).failed_with(1);
}

#[test]
fn a_coordinator_sends_the_rows_to_who_has_no_database() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, TINY, &[]);
    let elsewhere = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&[]);
    for format in ["csv", "json"] {
        let export = ["export", "tiny", "--view", "phase-diagram", "--format", format];
        assert_eq!(
            coordinator.run(&elsewhere, &export).succeeded(),
            rapgrid.run(&export).succeeded(),
            "{format}"
        );
    }
    coordinator.run(&elsewhere, &["export", "tiny", "-o", "sent.parquet"]).succeeded();
    rapgrid.run(&["export", "tiny", "-o", "own.parquet"]).succeeded();
    let (sent, metadata) = parquet(&elsewhere.folder().join("sent.parquet"));
    let (own, of_own) = parquet(&rapgrid.folder().join("own.parquet"));
    assert_eq!(metadata, of_own);
    for column in ["beta", "energy_per_weight", "energy_error"] {
        assert_eq!(numbers(&sent, column), numbers(&own, column), "{column}");
    }
    for (arguments, code, why) in [
        (&["export", "nobody"][..], 2, "there is no sweep named \"nobody\""),
        (&["export", "tiny", "--columns", "energy"], 2, "results has no column \"energy\""),
    ] {
        let message = coordinator.run(&elsewhere, arguments).failed_with(code);
        assert!(message.contains(why), "{message}");
    }
    assert!(!elsewhere.data_dir().exists(), "no database was made");
}
