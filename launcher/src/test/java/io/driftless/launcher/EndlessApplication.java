package io.driftless.launcher;

import io.driftless.launcher.command.FakeEngine;
import reactor.core.publisher.Mono;

/** The command line in a process of its own, on an engine that works until it is stopped. */
final class EndlessApplication {
    private EndlessApplication() {}

    /** With {@code -Dstuck=true} the engine does not stop either. */
    public static void main(String[] arguments) {
        FakeEngine engine = new FakeEngine();
        engine.sync = Mono.never();
        if (Boolean.getBoolean("stuck")) {
            engine.closing = Mono.never();
        }
        DriftlessApplication.run(arguments, engine);
    }
}
