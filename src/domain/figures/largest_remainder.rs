//! Shares in whole percent that add up to exactly 100.

/// Returns the share of each count by the largest remainder method. Every share is rounded down. The points that are
/// missing to 100 go one by one to the counts that lost most by rounding, to the first of equal ones. Returns `None` if
/// the sum is 0.
#[must_use]
pub(super) fn to_whole_percents(counts: &[i64]) -> Option<Vec<i64>> {
    let total: i64 = counts.iter().sum();
    if total <= 0 {
        return None;
    }
    let floor = |n: &i64| (n * 100).div_euclid(total);
    let mut shares: Vec<i64> = counts.iter().map(floor).collect();
    let mut lost: Vec<(usize, i64)> =
        counts.iter().map(|n| (n * 100).rem_euclid(total)).enumerate().collect();
    lost.sort_by_key(|(place, remainder)| (std::cmp::Reverse(*remainder), *place));
    let missing = usize::try_from(100 - shares.iter().sum::<i64>()).unwrap_or_default();
    for (place, _) in lost.into_iter().take(missing) {
        if let Some(share) = shares.get_mut(place) {
            *share += 1;
        }
    }
    Some(shares)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::to_whole_percents;

    #[test]
    fn what_rounding_down_leaves_goes_to_those_that_lost_most() {
        assert_eq!(to_whole_percents(&[1, 1, 1]), Some(vec![34, 33, 33]));
        assert_eq!(to_whole_percents(&[22, 5, 10, 17, 19, 4]), Some(vec![29, 6, 13, 22, 25, 5]));
        assert_eq!(to_whole_percents(&[0, 7, 0]), Some(vec![0, 100, 0]));
        assert_eq!((to_whole_percents(&[0, 0]), to_whole_percents(&[])), (None, None));
    }

    proptest! {
        #[test]
        fn shares_add_up_to_100_and_none_is_off_by_one(
            counts in prop::collection::vec(0_i64..10_000, 0..60),
        ) {
            let total: i64 = counts.iter().sum();
            let Some(shares) = to_whole_percents(&counts) else {
                prop_assert_eq!(total, 0);
                return Ok(());
            };
            prop_assert_eq!(shares.iter().sum::<i64>(), 100);
            for (n, share) in counts.iter().zip(&shares) {
                prop_assert!((share * total - n * 100).abs() < total);
                prop_assert!(*n > 0 || *share == 0);
            }
        }
    }
}
