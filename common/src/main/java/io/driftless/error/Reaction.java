package io.driftless.error;

/** What the code that meets an error does about it. */
public enum Reaction {
    /** Try the same step again, with backoff; the cause is expected to pass. */
    RETRY,
    /** Leave this one entry out for now, record why, go on with the others. */
    SKIP_ENTRY,
    /** Stop the work on this folder or target until somebody acts. */
    STOP_FOLDER,
    /** The request itself was wrong: say so and do nothing. */
    REFUSE,
    /** An invariant of ours does not hold: stop at once and say what was expected and found. */
    BUG
}
