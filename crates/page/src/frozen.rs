//! The page of a sweep in one file, for a paper's supplement: it asks nobody for anything.

use crate::assets::ASSETS;
use crate::dimensions::Dimensions;
use crate::error::PageError;
use crate::interface::{colours, described, drawn};
use crate::picture::{Picture, Subject};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coordinator::json;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};
use std::io::Write;
use std::sync::Arc;
use store::{Store, StoreError};

/// Points of all pictures together, of twenty bytes before they are compressed: a browser opens a file of so many
/// within seconds.
const MOST_POINTS: usize = 4_000_000;

/// Metadata that the page says elsewhere.
const TOLD: [&str; 2] = ["rapgrid.spec", "rapgrid.coordinates"];

/// Where the file's own modules are: a browser finds them in its import map.
const SCHEME: &str = "rapgrid:/";

/// Everything that the page shows of a sweep, but for the rows of its samples.
///
/// # Errors
/// If there is no such sweep, it is too large for one file, or the database fails.
pub async fn frozen(store: &Store, name: &str) -> Result<String, PageError> {
    let stored = store.find_sweep(name).await?.ok_or_else(|| StoreError::NoSuchSweep(name.to_owned()))?;
    let sweep = coordinator::read_sweep(&stored)?;
    let dimensions = Arc::new(Dimensions::of(Arc::clone(sweep.latest())));
    let curves = dimensions.curves();
    if dimensions.points().saturating_mul(curves.len()) > MOST_POINTS {
        return Err(PageError::TooLarge(format!(
            "{} points of {} curves are more than a page in one file has: {MOST_POINTS} in all; export Parquet instead",
            dimensions.points(),
            curves.len()
        )));
    }
    // First: rows that come meanwhile are more than it says, not less.
    let progress = json::stored_progress(store.progress_of(name).await?);
    let mut pictures = Map::new();
    let mut left = MOST_POINTS;
    for curve in curves {
        for quantity in drawn() {
            let subject = Subject { curve: curve.clone(), quantity };
            let read =
                Picture::read(store, stored.sweep_id, Arc::clone(&dimensions), subject, 0, None).await?;
            let Some(numbers) = read.numbers() else { continue };
            left = left.checked_sub(dimensions.points()).ok_or_else(|| {
                PageError::TooLarge(
                    "that is too much for a page in one file; export Parquet instead".to_owned(),
                )
            })?;
            pictures.insert(format!("{} of {}", quantity.column(), curve.name()), packed(&numbers).into());
        }
    }
    let transitions: Vec<Value> = store
        .rows_of_transitions(name)
        .await?
        .iter()
        .filter_map(|row| serde_json::from_str(row).ok())
        .collect();
    let mut told = described(name, &dimensions);
    told["progress"] = progress;
    told["specs"] = sweep.parts().iter().map(|part| part.source().text.as_str()).collect();
    told["provenance"] =
        store.metadata(name).await?.into_iter().filter(|(key, _)| !TOLD.contains(&key.as_str())).collect();
    Ok(file(
        name,
        &json!({ "sweep": told, "pictures": pictures, "transitions": transitions, "colours": colours() }),
    ))
}

/// As a browser unpacks it.
fn packed(numbers: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(numbers).and_then(|()| encoder.finish());
    STANDARD.encode(written.expect("memory takes everything"))
}

fn file(name: &str, told: &Value) -> String {
    let of = |suffix: &'static str| ASSETS.iter().filter(move |(path, _, _)| path.ends_with(suffix));
    let module = |(path, _, text): &(&str, &str, &str)| {
        let text = text.replace("from \"./", &format!("from \"{SCHEME}"));
        (format!("{SCHEME}{path}"), format!("data:text/javascript;base64,{}", STANDARD.encode(text)).into())
    };
    let modules: Map<String, Value> = of(".js").map(module).collect();
    let styles: String = of(".css").map(|(_, _, text)| *text).collect();
    let licence: String = of(".txt").map(|(_, _, text)| *text).collect();
    let body = ASSETS[0]
        .2
        .split_once("<body>")
        .and_then(|(_, rest)| rest.split_once("</body>"))
        .map(|found| found.0);
    let icon = of("icon.svg").map(|(_, _, text)| STANDARD.encode(text)).collect::<String>();
    let body =
        body.expect("the page has a body").replace("icon.svg", &format!("data:image/svg+xml;base64,{icon}"));
    // Markup in a spec's comments must not end the script, nor hide its end.
    let told = told.to_string().replace('<', "\\u003c");
    let imports = json!({ "imports": modules });
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline' data:; \
         style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{name} – rapgrid</title>\n<style>\n{styles}</style>\n\
         <!-- The plots are drawn by uPlot:\n{licence}-->\n\
         <script type=\"application/json\" id=\"frozen\">{told}</script>\n\
         <script type=\"importmap\">{imports}</script>\n<script type=\"module\">import \"{SCHEME}main.js\";</script>\n\
         </head>\n<body>{body}</body>\n</html>\n"
    )
}
