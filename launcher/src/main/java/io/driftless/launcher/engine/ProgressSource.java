package io.driftless.launcher.engine;

/** Says how far the work has come. */
@FunctionalInterface
public interface ProgressSource {
    /** A snapshot; does not block and may be called from any thread, several times a second. */
    Progress progress();
}
