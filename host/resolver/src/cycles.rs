//! Cycles in a graph: for each knot of nodes that reach each other, one shortest way around.

use std::collections::VecDeque;

/// One cycle for each set of nodes that all reach each other, beginning with its lowest node.
/// `next` holds, by node, the nodes it leads to, sorted.
pub(crate) fn cycles(next: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); next.len()];
    for (from, all) in next.iter().enumerate() {
        all.iter().for_each(|to| back[*to].push(from));
    }
    // Kosaraju: in the reverse order of leaving, walk backwards.
    let mut knot: Vec<Option<usize>> = vec![None; next.len()];
    for start in order_of_leaving(next).into_iter().rev() {
        let mut open = vec![start];
        while let Some(node) = open.pop() {
            if knot[node].is_none() {
                knot[node] = Some(start);
                open.extend(back[node].iter().filter(|before| knot[**before].is_none()));
            }
        }
    }
    let mut is_done = vec![false; next.len()];
    let mut found = Vec::new();
    for node in 0..next.len() {
        let of_knot = knot[node].expect("every node was left, so every node was walked");
        if !std::mem::replace(&mut is_done[of_knot], true) {
            found.extend(around(next, node, |other| knot[other] == Some(of_knot)));
        }
    }
    found
}

fn order_of_leaving(next: &[Vec<usize>]) -> Vec<usize> {
    let mut left = Vec::with_capacity(next.len());
    let mut is_seen = vec![false; next.len()];
    for start in 0..next.len() {
        let mut open = Vec::new();
        if !std::mem::replace(&mut is_seen[start], true) {
            open.push((start, 0));
        }
        while let Some((node, place)) = open.pop() {
            match next[node].get(place) {
                Some(to) => {
                    open.push((node, place + 1));
                    if !std::mem::replace(&mut is_seen[*to], true) {
                        open.push((*to, 0));
                    }
                }
                None => left.push(node),
            }
        }
    }
    left
}

/// The shortest way from a node back to itself.
fn around(next: &[Vec<usize>], start: usize, is_within: impl Fn(usize) -> bool) -> Option<Vec<usize>> {
    let mut from: Vec<Option<usize>> = vec![None; next.len()];
    let mut open = VecDeque::from([start]);
    while let Some(node) = open.pop_front() {
        for to in next[node].iter().copied().filter(|to| is_within(*to)) {
            if to == start {
                let mut path = vec![node];
                while let Some(before) = from[path[path.len() - 1]] {
                    path.push(before);
                }
                path.reverse();
                return Some(path);
            }
            if from[to].is_none() {
                from[to] = Some(node);
                open.push_back(to);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::cycles;

    #[test]
    fn each_knot_has_one_cycle() {
        let none: [Vec<usize>; 0] = [];
        assert!(cycles(&[]).is_empty());
        assert_eq!(cycles(&[vec![1], vec![2], vec![]]), none);
        assert_eq!(cycles(&[vec![0]]), [vec![0]]);
        assert_eq!(cycles(&[vec![1], vec![2], vec![3], vec![1]]), [vec![1, 2, 3]]);
        assert_eq!(cycles(&[vec![1, 2], vec![0], vec![0, 3], vec![4], vec![3]]), [vec![0, 1], vec![3, 4]]);
    }

    #[test]
    fn a_long_way_does_not_recurse() {
        let count = 200_000;
        let ring: Vec<Vec<usize>> = (0..count).map(|node| vec![(node + 1) % count]).collect();
        assert_eq!(cycles(&ring)[0].len(), count);
    }
}
