"""How alike two sets of vectors are: the overlap of distances, and a classifier.

Both judge a set of generated melodies against a set of real ones. A vector holds the
features of one melody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist, pdist

from monody import seeds

GRID_CELLS = 4096  # of the axis that two densities are compared on
TAIL_BANDWIDTHS = 5  # half the width of a kernel
FOLDS = 5  # of the cross-validation
MAX_DRAWS = 5  # from the larger side
RIDGE = 10.0  # weight of the squared weights against the log loss in nats
FARTHEST = 3.0  # standard deviations; a feature that is farther off counts as this
FIT_STEPS = 100  # of the classifier's regression
NORMAL_95 = 1.959964  # standard deviations

Floats = NDArray[np.float64]


def overlapping_area(generated: Floats, reference: Floats) -> float:
    """Return how well distances to a set agree with the distances within it.

    There are two sets of Euclidean distances: between all pairs of the reference set,
    and from each generated vector to all of the reference set. The figure is the area
    that the densities of both share: L.-C. Yang and A. Lerch, "On the evaluation of
    generative models in music", Neural Computing and Applications 32, 2020. Densities
    are Gaussian kernel estimates with Scott's bandwidth. Unlike in their program,
    mgeval, a pair within the set counts once, and the tails of the densities count.

    If all distances of one side are equal, there is no density to estimate. Then the
    figure is the share of the other side's distances that equal that one.

    Args:
        generated: ``(generated, width)``, one row or more.
        reference: ``(reference, width)``, two rows or more.

    Returns:
        The area, from 0 to 1; 1 if the distances are distributed alike.

    Example:
        >>> from monody.evaluation.two_sample import overlapping_area
        >>> import numpy as np
        >>> line = np.arange(10.0)[:, None]  # ten vectors of width 1
        >>> far = line + 99
        >>> round(overlapping_area(line, line), 2), overlapping_area(far, line) < 0.01
        (0.93, True)
    """
    within = pdist(reference)  # (pairs,)
    between = cdist(generated, reference).ravel()  # (generated * reference,)
    for one, other in ((within, between), (between, within)):
        if math.isclose(one.min(), one.max(), rel_tol=1e-9, abs_tol=1e-12):
            return float(np.isclose(other, one[0], rtol=1e-9, atol=1e-12).mean())
    return _shared_area(within, between)


@dataclass(frozen=True)
class ToldApart:
    """How well a classifier tells two sets apart on vectors that it was not fitted to.

    The interval is Wilson's, with fewer trials than vectors: folds share most of their
    training vectors, so their errors are correlated. C. Nadeau and Y. Bengio,
    "Inference for the generalization error", Machine Learning 52, 2003, give the
    variance.
    """

    accuracy: float  # 0-1; 0.5 is chance
    interval_95: tuple[float, float]


def tell_apart(generated: Floats, real: Floats, seed: int) -> ToldApart:
    """Classify vectors as generated or real: a classifier two-sample test.

    D. Lopez-Paz and M. Oquab, "Revisiting classifier two-sample tests", ICLR 2017: if
    two sets come from one source, no classifier is right in more than half of the
    cases. Here it is a logistic regression on the standardised features and their
    magnitudes (a set with the same means may have another spread), cross-validated.
    Equal numbers of both sides are drawn; where one side is several times as large,
    that often, and the figure is the mean. A fold's means, spreads and weights come
    from its training vectors only.

    Args:
        generated: ``(generated, width)``, ``FOLDS`` rows or more.
        real: ``(real, width)``, ``FOLDS`` rows or more.
        seed: Decides which vectors are drawn, and into which fold.

    Returns:
        The accuracy and its interval.

    Example:
        >>> from monody.evaluation.two_sample import tell_apart
        >>> import numpy as np
        >>> line = np.arange(20.0)[:, None]
        >>> tell_apart(-line, line, seed=1).accuracy
        0.975
        >>> tell_apart(line, line, seed=1).accuracy <= 0.5
        True
    """
    rng = seeds.comparison(seed)
    each, most = sorted((len(generated), len(real)))
    draws = min(most // each, MAX_DRAWS)
    accuracies = []
    for _ in range(draws):
        drawn = [side[rng.permutation(len(side))[:each]] for side in (generated, real)]
        accuracies.append(_cross_validated(np.concatenate(drawn)))
    accuracy = sum(accuracies) / draws
    # Other draws from one side are not more vectors of the other.
    trials = 2 * each / (1 + FOLDS / (FOLDS - 1))
    return ToldApart(accuracy, _wilson(accuracy, trials))


def _cross_validated(vectors: Floats) -> float:
    """Return the share that is told rightly; half are generated, and come first."""
    each = len(vectors) // 2
    label = np.repeat([1.0, 0.0], each)
    fold = np.tile(np.arange(each) % FOLDS, 2)
    right = 0
    for held_out in range(FOLDS):
        test = fold == held_out
        scores = _scores(vectors[~test], label[~test], vectors[test])
        right += int(np.count_nonzero((scores > 0) == (label[test] > 0)))
    return right / len(label)


def _shared_area(one: Floats, other: Floats) -> float:
    """Return the area under the lower of the densities of two sets of values."""
    widths = [_scott_bandwidth(values) for values in (one, other)]
    margin = TAIL_BANDWIDTHS * max(widths)
    low = min(one.min(), other.min()) - margin
    high = max(one.max(), other.max()) + margin
    cell = (high - low) / (GRID_CELLS - 1)
    masses = [
        _smoothed((values - low) / cell, width / cell)
        for values, width in zip((one, other), widths, strict=True)
    ]
    return min(float(np.minimum(*masses).sum()), 1.0)


def _scott_bandwidth(values: Floats) -> float:
    """Return the bandwidth of D. Scott, "Multivariate Density Estimation", 1992."""
    return float(values.std(ddof=1) * len(values) ** -0.2)


def _smoothed(places: Floats, bandwidth: float) -> Floats:
    """Estimate a density on the grid.

    Args:
        places: ``(values,)``, in cells from the first cell.
        bandwidth: Standard deviation of the kernel, in cells.

    Returns:
        ``(GRID_CELLS,)`` mass of each cell; the sum is 1.
    """
    left = places.astype(np.int64)
    beyond = places - left
    mass = np.bincount(left, 1 - beyond, GRID_CELLS)
    mass += np.bincount(left + 1, beyond, GRID_CELLS)[:GRID_CELLS]
    bandwidth = max(bandwidth, 1.0)  # a grid shows nothing finer than a cell
    reach = int(TAIL_BANDWIDTHS * bandwidth)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / bandwidth) ** 2)
    smooth: Floats = np.convolve(mass, kernel / kernel.sum(), "same")
    return smooth / len(places)


def _scores(training: Floats, label: Floats, test: Floats) -> Floats:
    """Fit a logistic regression, and score the test vectors: above 0 for label 1.

    The weights climb by the fixed bound on the curvature, so that every step lowers the
    loss: D. Böhning and B. Lindsay, "Monotonicity of quadratic-approximation
    algorithms", Annals of the Institute of Statistical Mathematics 40, 1988.

    Args:
        training: ``(training, width)``.
        label: ``(training,)``, 0 or 1.
        test: ``(test, width)``.

    Returns:
        ``(test,)``.
    """
    mean, spread = training.mean(axis=0), training.std(axis=0)
    varies = spread > 1e-12

    def inputs(vectors: Floats) -> Floats:
        scaled = (vectors - mean)[:, varies] / spread[varies]
        scaled = np.clip(scaled, -FARTHEST, FARTHEST)
        return np.hstack([np.ones((len(vectors), 1)), scaled, np.abs(scaled)])

    given = inputs(training)  # (training, 1 + 2 * width)
    bound = given.T @ given / 4 + RIDGE * np.eye(given.shape[1])
    step = np.linalg.inv(bound)
    weights = np.zeros(given.shape[1])
    for _ in range(FIT_STEPS):
        probability = 0.5 * (1 + np.tanh(given @ weights / 2))  # the logistic function
        weights += step @ (given.T @ (label - probability) - RIDGE * weights)
    scores: Floats = inputs(test) @ weights
    return scores


def _wilson(share: float, trials: float) -> tuple[float, float]:
    """Return the 95 % interval of a share: E. Wilson, JASA 22, 1927."""
    square = NORMAL_95**2 / trials
    middle = (share + square / 2) / (1 + square)
    reach = math.sqrt(square * share * (1 - share) + square**2 / 4) / (1 + square)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)
