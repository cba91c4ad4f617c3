package io.driftless.launcher.local;

/** Which of two compared trees something was met in. */
enum Side {
    SOURCE,
    TARGET
}
