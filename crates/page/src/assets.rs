//! The files of the page, as they are in `assets/`.

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

/// Name, type and content.
pub(crate) type Asset = (&'static str, &'static str, &'static str);

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Every file, the page itself first.
pub(crate) const ASSETS: &[Asset] = &[
    ("", "text/html; charset=utf-8", include_str!("../assets/index.html")),
    ("style.css", "text/css; charset=utf-8", include_str!("../assets/style.css")),
    ("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg")),
    ("main.js", SCRIPT, include_str!("../assets/main.js")),
    ("frozen.js", SCRIPT, include_str!("../assets/frozen.js")),
    ("live.js", SCRIPT, include_str!("../assets/live.js")),
    ("sweeps.js", SCRIPT, include_str!("../assets/sweeps.js")),
    ("sweep.js", SCRIPT, include_str!("../assets/sweep.js")),
    ("picture.js", SCRIPT, include_str!("../assets/picture.js")),
    ("heatmap.js", SCRIPT, include_str!("../assets/heatmap.js")),
    ("lines.js", SCRIPT, include_str!("../assets/lines.js")),
    ("point.js", SCRIPT, include_str!("../assets/point.js")),
    ("dimensions.js", SCRIPT, include_str!("../assets/dimensions.js")),
    ("elements.js", SCRIPT, include_str!("../assets/elements.js")),
    ("text.js", SCRIPT, include_str!("../assets/text.js")),
    ("vendor/uPlot.esm.js", SCRIPT, include_str!("../assets/vendor/uPlot.esm.js")),
    ("vendor/uPlot.min.css", "text/css; charset=utf-8", include_str!("../assets/vendor/uPlot.min.css")),
    (
        "vendor/uPlot.LICENSE.txt",
        "text/plain; charset=utf-8",
        include_str!("../assets/vendor/uPlot.LICENSE.txt"),
    ),
];

pub(crate) fn routes() -> Router {
    ASSETS.iter().fold(Router::new(), |router, asset| {
        let tag = tag(asset.2);
        router.route(
            &format!("/{}", asset.0),
            get(async move |headers: HeaderMap| serve(asset, &tag, &headers)),
        )
    })
}

fn tag(content: &str) -> String {
    let digest = Sha256::digest(content);
    let number = u64::from_le_bytes(digest[..8].try_into().expect("a digest is longer"));
    format!("\"{number:x}\"")
}

/// A browser keeps it, and asks each time whether it is still the same.
fn serve(asset: &Asset, tag: &str, headers: &HeaderMap) -> Response {
    let kept = [(header::ETAG, tag.to_owned()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| known.contains(tag.trim_matches('"'))) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(header::CONTENT_TYPE, asset.1)], asset.2).into_response()
}
