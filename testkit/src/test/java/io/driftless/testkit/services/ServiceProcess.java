package io.driftless.testkit.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A service as it is delivered: its executable jar in a process of its own. */
final class ServiceProcess {
    private static final Pattern PORT = Pattern.compile("Netty started on port (\\d+)");
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final List<String> JAVA =
            List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:-UsePerfData",
                    "--sun-misc-unsafe-memory-access=allow");

    private final String module;
    private final Path log;
    private final Process process;

    private ServiceProcess(String module, Path log, Process process) {
        this.module = module;
        this.log = log;
        this.process = process;
    }

    /** Starts it in {@code home}, where it finds its settings file, if there is one. */
    static ServiceProcess start(
            String module, Path home, Map<String, String> environment, String... arguments) {
        Path log = home.resolve(module + ".log");
        List<String> command =
                Stream.of(
                                JAVA.stream(),
                                Stream.of("-jar", jar(module).toString(), "--server.port=0"),
                                Stream.of(arguments))
                        .flatMap(each -> each)
                        .toList();
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(home.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        try {
            return new ServiceProcess(module, log, builder.start());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static Path jar(String module) {
        Path target = Path.of("..", module, "target").toAbsolutePath().normalize();
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(target, "driftless-" + module + "-*-app.jar")) {
            jars.forEach(found::add);
        } catch (IOException notBuilt) {
            throw new UncheckedIOException(notBuilt);
        }
        assertThat(found).as("executable jars in %s, made by mvn package", target).hasSize(1);
        return found.getFirst();
    }

    /** Fails at once where the process has ended. */
    boolean isReady(HttpClient http) {
        assertThat(process.isAlive()).as("%s is alive:%n%s", module, log()).isTrue();
        Matcher port = PORT.matcher(log());
        return port.find() && get(http, port.group(1), "/readiness").status() == 200;
    }

    int liveness(HttpClient http) {
        return get(http, port(), "/liveness").status();
    }

    /** What it says of itself and of what it needs. */
    String health(HttpClient http) {
        return get(http, port(), "").body();
    }

    private String port() {
        Matcher port = PORT.matcher(log());
        assertThat(port.find()).isTrue();
        return port.group(1);
    }

    private record Answer(int status, String body) {}

    private static Answer get(HttpClient http, String port, String group) {
        URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/health" + group);
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(ANSWER).build();
        try {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException notYet) {
            return new Answer(0, "");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Answer(0, "");
        }
    }

    /** SIGSTOP: it stands still, and so does whatever it holds. */
    void halt() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT, which does nothing to one that runs. */
    void goOn() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        String pid = Long.toString(process.pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor())
                .isZero();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Its exit status, where it ends in time. */
    int exitWithin(Duration limit) {
        try {
            boolean isOver = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(isOver).as("%s ended within %s:%n%s", module, limit, log()).isTrue();
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public String toString() {
        return module;
    }
}
