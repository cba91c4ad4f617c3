package io.driftless.launcher.command;

import io.driftless.error.ErrorCode;

/** What the process says when it ends. The numbers are part of the interface. */
enum ExitStatus {
    CONVERGED(0),
    NOT_CONVERGED(1),
    WRONG_USE(2),
    WAITING(3),
    INTERRUPTED(130);

    private static final String WRONG_USE_IDS = "DL-1";

    private final int number;

    ExitStatus(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** Where a command ends with a failure. */
    static ExitStatus of(ErrorCode code) {
        return code.id().startsWith(WRONG_USE_IDS) ? WRONG_USE : NOT_CONVERGED;
    }
}
