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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The five services as they are delivered, each in a process of its own, and the servers they use,
 * which may be away for a while.
 */
final class ServiceFleet implements AutoCloseable {
    static final String WATCHER = "watcher-service";
    static final String INDEXER = "indexer-service";
    static final String TRANSFER = "transfer-service";
    static final String RECONCILER = "reconciler-service";
    static final String AGENT = "target-agent";

    /** As the agent calls it. */
    static final String TARGET = "node-1";

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Of five virtual machines at once, on a machine that may be busy. */
    private static final Duration START = Duration.ofMinutes(3);

    private static final List<String> AT_SOURCE = List.of(WATCHER, INDEXER, TRANSFER, RECONCILER);

    private final Path home;
    private final Map<String, String> settings;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, ServiceProcess> processes = new LinkedHashMap<>();
    private EmbeddedKafka kafka;
    private EmbeddedPostgres postgres;

    /**
     * Starts the servers.
     *
     * @param settings of services, as {@code transfer.sweep}
     */
    ServiceFleet(Path home, Map<String, String> settings) throws IOException {
        this.home = home;
        this.settings = Map.copyOf(settings);
        var broker =
                CompletableFuture.supplyAsync(() ->
                        EmbeddedKafka.start(EmbeddedKafka.Settings.in(home.resolve("kafka"))));
        postgres = EmbeddedPostgres.start(EmbeddedPostgres.Settings.in(home.resolve("postgres")));
        kafka = broker.join();
        Files.createDirectories(source());
    }

    Path source() {
        return home.resolve("source");
    }

    Path target() {
        return home.resolve("target");
    }

    EmbeddedKafka.Address kafka() {
        return kafka.address();
    }

    EmbeddedPostgres.Address postgres() {
        return postgres.address();
    }

    void stopKafka() {
        kafka.close();
    }

    /** Where it was before. */
    void startKafka() {
        var usual = EmbeddedKafka.Settings.in(home.resolve("kafka"));
        int port = kafka.address().port();
        kafka =
                EmbeddedKafka.start(
                        new EmbeddedKafka.Settings(
                                usual.directory(), port, 0, usual.startTimeout()));
    }

    void stopPostgres() {
        postgres.close();
    }

    /** Where it was before. */
    void startPostgres() {
        var usual = EmbeddedPostgres.Settings.in(home.resolve("postgres"));
        int port = postgres.address().port();
        postgres =
                EmbeddedPostgres.start(
                        new EmbeddedPostgres.Settings(
                                usual.directory(),
                                usual.cacheDirectory(),
                                port,
                                usual.startTimeout(),
                                usual.stopTimeout()));
    }

    /** All services; returns when they are ready. */
    void start() throws IOException {
        Ed25519Signer.signing(key());
        Files.writeString(home.resolve("application.yaml"), settingsFile());
        Files.createDirectories(node());
        AT_SOURCE.forEach(this::start);
        start(AGENT);
        awaitReady();
    }

    /** One that is not there, or is there no more. */
    void start(String module) {
        boolean isAgent = module.equals(AGENT);
        Map<String, String> environment = isAgent ? agentEnvironment() : new TreeMap<>();
        settings.forEach((name, value) -> environment.put(variable(name), value));
        processes.put(module, ServiceProcess.start(module, isAgent ? node() : home, environment));
    }

    ServiceProcess service(String module) {
        return processes.get(module);
    }

    Collection<ServiceProcess> services() {
        return processes.values();
    }

    private Path key() {
        return home.resolve("folder.key");
    }

    private Path node() {
        return home.resolve("node");
    }

    /** One file for all: each reads its own groups. */
    private String settingsFile() {
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
        """
                .formatted(
                        source(),
                        kafka().bootstrapServers(),
                        kafka().security().entrySet().stream()
                                .map(each ->
                                        "      %s: '%s'".formatted(each.getKey(), each.getValue()))
                                .collect(Collectors.joining("\n")),
                        postgres().host(),
                        postgres().port(),
                        postgres().database(),
                        postgres().user(),
                        postgres().password(),
                        home.resolve("store"),
                        key());
    }

    /** The agent's settings come from the environment, and it is told nothing of PostgreSQL. */
    private Map<String, String> agentEnvironment() {
        Map<String, String> all = new TreeMap<>();
        all.put("DRIFTLESS_FOLDER_ID", "sample");
        all.put("DRIFTLESS_KAFKA_BOOTSTRAPSERVERS", kafka().bootstrapServers());
        kafka().security()
                .forEach((name, value) -> all.put(variable("kafka.client." + name), value));
        all.put("DRIFTLESS_STORE_DIRECTORY", home.resolve("store").toString());
        all.put("DRIFTLESS_AGENT_TARGET", TARGET);
        all.put("DRIFTLESS_AGENT_DIRECTORY", target().toString());
        all.put("DRIFTLESS_AGENT_STATEDIRECTORY", node().resolve("state").toString());
        all.put("DRIFTLESS_AGENT_PUBLICKEY", key() + ".pub");
        return all;
    }

    /** As Spring wants it: capitals, dots to underlines, no dashes. */
    private static String variable(String setting) {
        return ("driftless." + setting).toUpperCase(Locale.ROOT).replace('.', '_').replace("-", "");
    }

    void awaitReady() {
        telling(() ->
                await().atMost(START)
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> services().stream().allMatch(each -> each.isReady(http))));
    }

    void awaitEqual() {
        telling(() ->
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(100))
                        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                        .untilAsserted(() ->
                                assertThat(DiskTree.of(target()))
                                        .isEqualTo(DiskTree.of(source()))));
    }

    /** What a service says of its health. */
    String health(String module) {
        return service(module).health(http);
    }

    int liveness(ServiceProcess service) {
        return service.liveness(http);
    }

    /** What the services said is what tells why something did not happen. */
    void telling(Runnable waiting) {
        try {
            waiting.run();
        } catch (ConditionTimeoutException late) {
            String logs =
                    services().stream()
                            .map(each -> each + ":\n" + each.log())
                            .collect(Collectors.joining("\n"));
            throw new AssertionError(late.getMessage() + "\n" + logs, late);
        }
    }

    @Override
    public void close() {
        services().forEach(ServiceProcess::kill);
        kafka.close();
        postgres.close();
    }
}
