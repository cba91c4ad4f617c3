package io.driftless.launcher.embedded;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program to run, with nothing of our environment that could change what PostgreSQL does. */
record Command(List<String> words) {
    Command {
        words = List.copyOf(words);
    }

    static Command of(String... words) {
        return new Command(List.of(words));
    }

    Command and(List<String> more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(more);
        return new Command(all);
    }

    /** Runs it without output; false where it fails or is not there. */
    boolean succeeds() {
        try {
            return waitFor(builder(Redirect.DISCARD).start()) == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    /** Runs it, appending its output to a file. */
    int run(Path log) throws IOException {
        return waitFor(start(log));
    }

    Process start(Path log) throws IOException {
        return builder(Redirect.appendTo(log.toFile())).start();
    }

    private ProcessBuilder builder(Redirect output) {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.redirectErrorStream(true)
                .redirectOutput(output)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().keySet().removeIf(Command::isUnwanted);
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private static boolean isUnwanted(String variable) {
        return variable.startsWith("PG") || variable.startsWith("LD_");
    }

    private static int waitFor(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
