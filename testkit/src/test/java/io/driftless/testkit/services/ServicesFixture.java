package io.driftless.testkit.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.launcher.embedded.EmbeddedKafka;
import io.driftless.launcher.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * The five services as they are delivered, each in a process of its own, on servers outside them.
 */
abstract class ServicesFixture {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Of five virtual machines at once, on a machine that may be busy. */
    private static final Duration START = Duration.ofMinutes(3);

    static final String AGENT = "target-agent";
    static final String RECONCILER = "reconciler-service";
    private static final List<String> SERVICES =
            List.of("watcher-service", "indexer-service", "transfer-service", RECONCILER);

    @TempDir static Path home;
    static EmbeddedKafka kafka;
    private static EmbeddedPostgres postgres;

    final HttpClient http = HttpClient.newHttpClient();
    final List<ServiceProcess> processes = new ArrayList<>();

    @BeforeAll
    static void startServers() {
        var broker =
                CompletableFuture.supplyAsync(() ->
                        EmbeddedKafka.start(EmbeddedKafka.Settings.in(home.resolve("kafka"))));
        postgres = EmbeddedPostgres.start(EmbeddedPostgres.Settings.in(home.resolve("postgres")));
        kafka = broker.join();
    }

    @AfterAll
    static void stopServers() {
        kafka.close();
        postgres.close();
    }

    @AfterEach
    void killWhatIsLeft() {
        processes.forEach(ServiceProcess::kill);
    }

    /**
     * @param reconcile more settings of the reconciler, indented by four
     * @param agent more settings of the agent, as variables
     */
    final void startAll(Path source, Path target, String reconcile, Map<String, String> agent)
            throws IOException {
        Path key = home.resolve("folder.key");
        Ed25519Signer.signing(key);
        Files.writeString(home.resolve("application.yaml"), settingsFile(source, key) + reconcile);
        SERVICES.forEach(each -> start(each, home, Map.of()));
        Path node = Files.createDirectory(home.resolve("node"));
        Map<String, String> environment = agentEnvironment(target, node, key);
        environment.putAll(agent);
        start(AGENT, node, environment);
    }

    final ServiceProcess process(String module) {
        return processes.stream()
                .filter(each -> each.toString().equals(module))
                .findFirst()
                .orElseThrow();
    }

    private void start(String module, Path in, Map<String, String> environment) {
        processes.add(ServiceProcess.start(module, in, environment));
    }

    /** One file for all: each reads its own groups. */
    private static String settingsFile(Path source, Path key) {
        return """
        driftless:
          folder:
            id: sample
            source: %s
          kafka:
            bootstrap-servers: %s
            client:
        %s
          postgres:
            host: %s
            port: %d
            database: %s
            user: %s
            password: %s
          store.directory: %s
          transfer.signing-key: %s
          reconcile:
            api.port: 0
        """
                .formatted(
                        source,
                        kafka.address().bootstrapServers(),
                        kafka.address().security().entrySet().stream()
                                .map(each ->
                                        "      %s: '%s'".formatted(each.getKey(), each.getValue()))
                                .collect(Collectors.joining("\n")),
                        postgres.address().host(),
                        postgres.address().port(),
                        postgres.address().database(),
                        postgres.address().user(),
                        postgres.address().password(),
                        home.resolve("store"),
                        key);
    }

    /** The agent's settings come from the environment, and it is told nothing of PostgreSQL. */
    private static Map<String, String> agentEnvironment(Path target, Path node, Path key) {
        Map<String, String> all = new TreeMap<>();
        all.put("DRIFTLESS_FOLDER_ID", "sample");
        all.put("DRIFTLESS_KAFKA_BOOTSTRAPSERVERS", kafka.address().bootstrapServers());
        kafka.address()
                .security()
                .forEach((name, value) ->
                        all.put(variable("driftless.kafka.client." + name), value));
        all.put("DRIFTLESS_STORE_DIRECTORY", home.resolve("store").toString());
        all.put("DRIFTLESS_AGENT_TARGET", "node-1");
        all.put("DRIFTLESS_AGENT_DIRECTORY", target.toString());
        all.put("DRIFTLESS_AGENT_STATEDIRECTORY", node.resolve("state").toString());
        all.put("DRIFTLESS_AGENT_PUBLICKEY", key + ".pub");
        return all;
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    final void awaitReady() {
        telling(() ->
                await().atMost(START)
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> processes.stream().allMatch(each -> each.isReady(http))));
    }

    final void awaitEqual(Path source, Path target) {
        telling(() ->
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(100))
                        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                        .untilAsserted(() ->
                                assertThat(DiskTree.of(target)).isEqualTo(DiskTree.of(source))));
    }

    /** What the services said is what tells why something did not happen. */
    final void telling(Runnable waiting) {
        try {
            waiting.run();
        } catch (ConditionTimeoutException late) {
            String logs =
                    processes.stream()
                            .map(each -> each + ":\n" + each.log())
                            .collect(Collectors.joining("\n"));
            throw new AssertionError(late.getMessage() + "\n" + logs, late);
        }
    }
}
