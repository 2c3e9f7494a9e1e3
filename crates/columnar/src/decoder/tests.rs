use super::*;
use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use store::export::ViewType;

fn column(name: &str, view_type: ViewType) -> ViewColumn {
    ViewColumn { name: name.to_owned(), view_type }
}

fn columns() -> Vec<ViewColumn> {
    vec![
        column("method", ViewType::Text),
        column("beta", ViewType::Number),
        column("counts", ViewType::Longs),
    ]
}

fn value(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as i32).to_be_bytes(), bytes].concat()
}

const NONE: [u8; 4] = (-1_i32).to_be_bytes();

fn counts(of: &[i64]) -> Vec<u8> {
    let mut bytes: Vec<u8> = [1, 0, 20, of.len() as i32, 1].into_iter().flat_map(i32::to_be_bytes).collect();
    of.iter().for_each(|count| bytes.extend(value(&count.to_be_bytes())));
    value(&bytes)
}

fn row(values: &[&[u8]]) -> Vec<u8> {
    [&(values.len() as i16).to_be_bytes()[..], &values.concat()].concat()
}

fn sent() -> Vec<u8> {
    let empty: Vec<u8> = [0_i32, 0, 20].into_iter().flat_map(i32::to_be_bytes).collect();
    [
        &[SIGNATURE, &[0; 8]].concat()[..],
        &row(&[&value(b"mc"), &value(&0.3_f64.to_be_bytes()), &counts(&[1, i64::MAX])]),
        &row(&[&NONE, &NONE, &NONE]),
        &row(&[&value("β".as_bytes()), &value(&f64::MIN_POSITIVE.to_be_bytes()), &value(&empty)]),
        &(-1_i16).to_be_bytes(),
    ]
    .concat()
}

fn decode(pieces: &[&[u8]], words: Words) -> Result<RecordBatch, ColumnarError> {
    let mut decoder = Decoder::new(&columns(), words, HashMap::new());
    for piece in pieces {
        assert!(decoder.push(piece)?.is_none(), "three rows are no batch");
    }
    Ok(decoder.finish()?.expect("three rows"))
}

#[test]
fn rows_are_the_same_however_they_are_cut_into_pieces() {
    let sent = sent();
    let whole = decode(&[&sent], Words::Plain).unwrap();
    assert_eq!(whole.num_rows(), 3);
    let methods = whole.column(0).as_string::<i32>();
    assert_eq!(methods.iter().collect::<Vec<_>>(), [Some("mc"), None, Some("β")]);
    let betas = whole.column(1).as_primitive::<Float64Type>();
    assert_eq!(betas.iter().collect::<Vec<_>>(), [Some(0.3), None, Some(f64::MIN_POSITIVE)]);
    let counts = whole.column(2).as_list::<i32>();
    assert_eq!(counts.value(0).as_primitive::<Int64Type>().values(), &[1, i64::MAX]);
    assert!(counts.is_null(1) && !counts.is_null(2) && counts.value(2).is_empty());
    for cut in 0..sent.len() {
        let (first, rest) = sent.split_at(cut);
        assert_eq!(decode(&[first, rest], Words::Plain).unwrap(), whole, "cut at {cut}");
    }
    let bytes: Vec<&[u8]> = sent.chunks(1).collect();
    assert_eq!(decode(&bytes, Words::Plain).unwrap(), whole);
    let words = decode(&[&sent], Words::Dictionaries).unwrap();
    let words = words.column(0).as_dictionary::<Int32Type>();
    assert_eq!(words.keys().iter().collect::<Vec<_>>(), [Some(0), None, Some(1)]);
}

#[test]
fn what_is_not_of_these_columns_is_refused() {
    let sent = sent();
    let header = [SIGNATURE, &[0; 8]].concat();
    for (pieces, why) in [
        (vec![&b"SELECT 1\n and some more of it"[..]], "begin"),
        (vec![&sent[..sent.len() - 2]], "end before their end"),
        (vec![&sent[..40]], "end before their end"),
        (vec![&sent[..], &sent[HEADER_BYTES..]], "after their end"),
        (vec![&header, &row(&[&NONE])], "another number of columns"),
        (vec![&header, &row(&[&value(&[0xff]), &NONE, &NONE])], "UTF-8"),
        (vec![&header, &row(&[&NONE, &value(b"short"), &NONE])], "another length"),
        (vec![&header, &row(&[&NONE, &NONE, &value(b"list")])], "cut short"),
    ] {
        let message = decode(&pieces, Words::Plain).unwrap_err().to_string();
        assert!(message.contains(why), "{message}, and not {why}");
    }
}
