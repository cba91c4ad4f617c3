package io.driftless.launcher;

import io.driftless.launcher.command.FakeEngine;
import reactor.core.publisher.Mono;

/** The command line in a process of its own, on an engine that works until it is stopped. */
final class EndlessApplication {
    private EndlessApplication() {}

    /**
     * With {@code -Dstuck=true} the engine does not stop either, and with {@code -Dchatty=true} it
     * changes things without end besides.
     */
    public static void main(String[] arguments) {
        FakeEngine engine = new FakeEngine();
        engine.sync = Mono.never();
        boolean isChatty = Boolean.getBoolean("chatty");
        if (isChatty || Boolean.getBoolean("stuck")) {
            engine.closing = Mono.never();
        }
        if (isChatty) {
            Thread.ofPlatform().daemon().start(engine::changeWithoutEnd);
        }
        DriftlessApplication.run(arguments, engine);
    }
}
