package io.driftless.testkit.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.ByteArrayResource;

/** The sample inside the services' jars shows every key, and the defaults as they are. */
class SettingsSampleTest {
    /** What has to be set, and what excludes another key. */
    private static final Set<String> NO_DEFAULT =
            Set.of(
                    "driftless.folder.id",
                    "driftless.folder.source",
                    "driftless.kafka.bootstrap-servers",
                    "driftless.postgres.host",
                    "driftless.postgres.password",
                    "driftless.store.directory",
                    "driftless.transfer.signing-key",
                    "driftless.agent.target",
                    "driftless.agent.directory",
                    "driftless.agent.state-directory",
                    "driftless.agent.public-key",
                    "driftless.reconcile.api.token-file");

    private static final Map<String, String> SAMPLE = uncommented();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hosting.FolderProperties",
                "hosting.KafkaProperties",
                "hosting.postgres.PostgresProperties",
                "hosting.StoreProperties",
                "watcher.WatchProperties",
                "indexer.IndexProperties",
                "transfer.TransferProperties",
                "agent.AgentProperties",
                "reconciler.ReconcileProperties"
            })
    void shows_every_key_and_its_default(String name) throws ClassNotFoundException {
        Class<?> type = Class.forName("io.driftless." + name);
        String prefix = type.getAnnotation(ConfigurationProperties.class).prefix() + ".";

        assertThat(shownBelow(prefix)).isEqualTo(keysOf(type));
        assertThat(bind(prefix, type, everyKey -> true))
                .isEqualTo(bind(prefix, type, NO_DEFAULT::contains));
    }

    @ParameterizedTest
    @CsvSource({
        "driftless.store.s3., hosting.StoreProperties$S3",
        "driftless.reconcile.api., reconciler.ApiProperties"
    })
    void shows_every_key_below_another(String prefix, String name) throws ClassNotFoundException {
        assertThat(shownBelow(prefix)).isEqualTo(keysOf(Class.forName("io.driftless." + name)));
    }

    private static Set<String> shownBelow(String prefix) {
        return SAMPLE.keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .map(key -> key.substring(prefix.length()).replaceAll("\\..*", ""))
                .collect(Collectors.toSet());
    }

    private static Set<String> keysOf(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private static Object bind(String prefix, Class<?> type, Predicate<String> isTaken) {
        Map<String, String> settings = new TreeMap<>();
        SAMPLE.forEach((key, value) -> {
            boolean isExample = key.startsWith("driftless.kafka.client") || isBucket(key);
            if (key.startsWith(prefix) && !isExample && isTaken.test(key)) {
                settings.put(key, value);
            }
        });
        String name = prefix.substring(0, prefix.length() - 1);
        return new Binder(new MapConfigurationPropertySource(settings)).bindOrCreate(name, type);
    }

    private static boolean isBucket(String key) {
        return key.startsWith("driftless.store.s3");
    }

    /** The file as it is when every setting in it is made one. */
    private static Map<String, String> uncommented() {
        try (InputStream file = SettingsSampleTest.class.getResourceAsStream("/application.yaml")) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            byte[] settings =
                    text.replaceAll("(?m)^( *)#(?=\\S)", "$1").getBytes(StandardCharsets.UTF_8);
            Map<String, String> all = new TreeMap<>();
            for (var source :
                    new YamlPropertySourceLoader()
                            .load("sample", new ByteArrayResource(settings))) {
                for (String key : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
                    all.put(key, String.valueOf(source.getProperty(key)));
                }
            }
            return all;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
