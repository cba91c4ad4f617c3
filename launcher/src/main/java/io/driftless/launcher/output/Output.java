package io.driftless.launcher.output;

import io.driftless.error.SyncException;
import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Progress;
import io.driftless.launcher.engine.SyncOutcome;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.status.SystemStatus;
import java.time.Duration;

/** Says what happens. May be used by several threads. */
public interface Output {
    /**
     * Nothing of a source has been opened yet, from now on it is.
     *
     * @param isResult false where standard output is kept for other lines
     */
    void ready(boolean isResult);

    /** Where a running system answers. */
    void listening(String url);

    /** What is planned, or was done. */
    void change(TargetChange change);

    /** A path that is not as desired. */
    void deviation(Deviation deviation);

    /** Called several times a second; says only what is due. */
    void progress(Progress progress);

    /** How a sync ended. */
    void outcome(SyncOutcome outcome, Duration took);

    /** How many changes a plan has. */
    void planned(long changes, Duration took);

    /** How many differences a comparison found. */
    void verified(long deviations, Duration took);

    void status(SystemStatus status);

    /** Why a command did not do what it was asked for. */
    void failure(SyncException failure);
}
