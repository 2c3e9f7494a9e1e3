//! Archives that NumPy 2 wrote (tests/npz/make.py), and the paths that a loop in Python found in them.

use model::Instance;

#[test]
fn archives_of_numpy_give_the_paths_that_are_in_them() {
    let expected = Instance::from_json(include_str!("npz/expected.json")).unwrap();
    assert!(expected.path_count() > 10, "{} paths", expected.path_count());
    for bytes in [&include_bytes!("npz/masks.npz")[..], include_bytes!("npz/weights.npz")] {
        assert_eq!(Instance::from_npz(bytes).unwrap(), expected);
        let text = Instance::text_of(bytes.to_vec()).unwrap();
        assert_eq!(Instance::from_json(&text).unwrap(), expected);
    }
    assert_eq!(Instance::text_of(b"{}".to_vec()).unwrap(), "{}");
    let error = Instance::text_of(vec![0xff, 0xfe]).unwrap_err().to_string();
    assert!(error.contains("the file is no text"), "{error}");
    // Cut anywhere, an archive is refused and nothing else happens.
    let whole = include_bytes!("npz/weights.npz");
    for length in (4..whole.len()).step_by(41) {
        assert!(Instance::from_npz(&whole[..length]).is_err(), "the first {length} bytes");
    }
}
