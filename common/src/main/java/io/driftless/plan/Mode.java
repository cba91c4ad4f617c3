package io.driftless.plan;

/** How a target relates to the source. */
public enum Mode {
    /** Equal to the source; what else is there is removed. */
    MIRROR,
    /** Everything of the source is there and right; what else is there stays. */
    OVERLAY
}
