//! Dividing a whole number into unequal parts that add up to it exactly.

/// Divides `whole` in proportion to `weights`: each part is within one of its fair share, and their sum is `whole`.
pub(super) fn divide(whole: usize, weights: impl Iterator<Item = f64> + Clone) -> Vec<usize> {
    let total: f64 = weights.clone().sum();
    let (mut passed, mut given) = (0.0, 0);
    let mut parts: Vec<usize> = weights
        .map(|weight| {
            passed += weight;
            let reached = ((passed / total * whole as f64).floor() as usize).min(whole);
            let part = reached - given;
            given = reached;
            part
        })
        .collect();
    if let Some(last) = parts.last_mut() {
        *last += whole - given;
    }
    parts
}

/// Weights of a Zipf distribution over `count` ranks: the first is twice the second, three times the third.
pub(super) fn zipf(count: usize) -> impl Iterator<Item = f64> + Clone {
    (1..=count).map(|rank| 1.0 / rank as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_and_the_first_is_the_largest() {
        for (whole, count) in [(0, 3), (1, 7), (1000, 7), (200_000, 7_000)] {
            let parts = divide(whole, zipf(count));
            assert_eq!((parts.len(), parts.iter().sum::<usize>()), (count, whole));
        }
        assert!(divide(1000, zipf(7))[0] > 300);
    }
}
