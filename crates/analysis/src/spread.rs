//! Means over few samples, and how well they are known.

/// By how much the spread over n samples, divided by √n, is widened for n = 2, 3, …: so that the mean lies within one
/// error in 68 of 100 cases, and within three in 98. The spread of two or three samples cannot keep both promises
/// (Student's distribution has long tails): there it is 80 of 100 within one, and 93 and 97 within three.
const WIDENED: [f64; 5] = [3.078, 1.886, 1.514, 1.249, 1.122];

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// One error of the mean of independent values; none of a single one.
pub(crate) fn error_of_mean(values: &[f64]) -> Option<f64> {
    Some(widened(values.len())? * standard_error(values))
}

/// The spread of at least two values, divided by √n.
pub(crate) fn standard_error(values: &[f64]) -> f64 {
    let (count, mean) = (values.len(), mean(values));
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (squares / ((count - 1) * count) as f64).sqrt()
}

/// From seven samples on half the width of the middle 68 % of Student's distribution with ν = n − 1, 1 + 1/(2ν) +
/// 1/(4ν²).
pub(crate) fn widened(count: usize) -> Option<f64> {
    let degrees = count.checked_sub(1).filter(|&degrees| degrees > 0)?;
    let asymptotic = 1.0 + 0.5 / degrees as f64 + 0.25 / (degrees * degrees) as f64;
    Some(WIDENED.get(degrees - 1).copied().unwrap_or(asymptotic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_of_few_has_a_wider_error_and_that_of_one_has_none() {
        assert_eq!(error_of_mean(&[1.0]), None);
        assert_eq!(error_of_mean(&[]), None);
        assert_eq!(error_of_mean(&[1.0, 1.0, 1.0]), Some(0.0));
        let error = error_of_mean(&[0.0, 2.0]).unwrap();
        assert!((error - 3.078).abs() < 1e-12, "{error}");
        // Student's 68.27 % half width at ν = 11 is 1.0480.
        assert!((widened(12).unwrap() - 1.048).abs() < 5e-4);
        assert!((2..200).all(|n| widened(n).unwrap() > widened(n + 1).unwrap()));
    }
}
