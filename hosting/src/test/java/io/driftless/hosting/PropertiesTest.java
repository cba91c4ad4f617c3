package io.driftless.hosting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.adapter.kafka.KafkaSettings;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PropertiesTest {
    private static final String KAFKA = "driftless.kafka";
    private static final String STORE = "driftless.store";
    private static final String FOLDER = "driftless.folder";

    private static final Map<String, String> BROKER =
            Map.of("driftless.kafka.bootstrap-servers", "b:9092");
    private static final Map<String, String> BUCKET =
            Map.of(
                    "driftless.store.s3.endpoint", "https://s3.example",
                    "driftless.store.s3.bucket", "blocks",
                    "driftless.store.s3.access-key", "me",
                    "driftless.store.s3.secret-key", "hush");

    @Test
    void kafka_needs_only_its_address() {
        KafkaSettings settings = Settings.bind(KAFKA, KafkaProperties.class, BROKER).settings();

        assertThat(settings).isEqualTo(KafkaSettings.ofOneBroker("b:9092", Map.of()));
    }

    @Test
    void clients_of_kafka_take_its_own_words() {
        Map<String, String> settings =
                with(BROKER, "driftless.kafka.client.sasl.jaas.config", "secret");

        KafkaProperties kafka = Settings.bind(KAFKA, KafkaProperties.class, settings);

        assertThat(kafka.settings().client()).isEqualTo(Map.of("sasl.jaas.config", "secret"));
        assertThat(kafka.toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    bootstrap-servers  | ""  | not set | host:port, several parted by commas
                    bootstrap-servers  | b   | b       | host:port, several parted by commas
                    prefix             | a/b | a/b     | up to 100 of a-z A-Z 0-9 . _ -
                    partitions         | 0   | 0       | 1 to 1000
                    replication-factor | 11  | 11      | 1 to 10
                    publish-timeout    | 9ms | 9ms     | 1s to 10m
                    """)
    void a_bad_setting_of_kafka_is_named_with_what_is_allowed(
            String key, String value, String said, String allowed) {
        Map<String, String> settings = with(BROKER, KAFKA + "." + key, value);

        assertThat(Settings.refusal(KAFKA, KafkaProperties.class, settings))
                .isEqualTo(
                        "DL-1002 driftless.kafka.%s is %s; allowed is %s."
                                .formatted(key, said, allowed));
    }

    @Test
    void the_store_is_a_directory_or_a_bucket() {
        StoreProperties directory =
                Settings.bind(
                        STORE,
                        StoreProperties.class,
                        Map.of("driftless.store.directory", "/srv/store"));
        StoreProperties bucket = Settings.bind(STORE, StoreProperties.class, BUCKET);

        assertThat(directory.path()).contains(Path.of("/srv/store"));
        assertThat(bucket.path()).isEmpty();
        assertThat(bucket.s3().settings().bucket()).isEqualTo("blocks");
        assertThat(bucket.toString()).doesNotContain("hush");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    s3.bucket     | ""      | driftless.store.directory is not set; allowed is one of
                    directory     | /srv    | driftless.store.directory is /srv beside driftless.store.s3.bucket blocks
                    s3.endpoint   | ""      | driftless.store.s3.endpoint is not set; allowed is an http or https address
                    s3.endpoint   | a b     | driftless.store.s3.endpoint is a b; allowed is an http or https address
                    s3.endpoint   | ftp://a | driftless.store.s3.endpoint is ftp://a; allowed is an http or https address
                    s3.bucket     | B       | driftless.store.s3.bucket is B; allowed is 3 to 63 of a-z 0-9 . -
                    s3.prefix     | /a      | driftless.store.s3.prefix is /a; allowed is
                    s3.region     | ""      | driftless.store.s3.region is not set; allowed is
                    s3.access-key | ""      | driftless.store.s3.access-key is not set; allowed is
                    s3.secret-key | ""      | driftless.store.s3.secret-key is not set; allowed is
                    max-requests-per-second | -1   | driftless.store.max-requests-per-second is -1; allowed is 0 to 1000000
                    max-bytes-per-second    | 1KB  | driftless.store.max-bytes-per-second is 1KB; allowed is 64KB to 1TB
                    """)
    void a_bad_setting_of_the_store_is_named_with_what_is_allowed(
            String key, String value, String said) {
        Map<String, String> settings = with(BUCKET, STORE + "." + key, value);

        assertThat(Settings.refusal(STORE, StoreProperties.class, settings))
                .startsWith("DL-1002 " + said)
                .doesNotContain("hush");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    id     | ""     | driftless.folder.id is not set; allowed is 1 to 64 of a-z
                    id     | Photos | driftless.folder.id is Photos; allowed is 1 to 64 of a-z
                    source | photos | driftless.folder.source is photos; allowed is an absolute path
                    """)
    void a_bad_setting_of_the_folder_is_named_with_what_is_allowed(
            String key, String value, String said) {
        Map<String, String> settings =
                with(Map.of("driftless.folder.id", "photos"), FOLDER + "." + key, value);

        assertThat(Settings.refusal(FOLDER, FolderProperties.class, settings))
                .startsWith("DL-1002 " + said);
    }

    @Test
    void who_works_on_the_source_needs_one_that_is_a_directory(@TempDir Path home)
            throws Exception {
        Path file = Files.createFile(home.resolve("file"));

        assertThatThrownBy(() -> new FolderProperties("f", "").sourceDirectory())
                .isInstanceOfSatisfying(SyncException.class, code(ErrorCode.BAD_SETTING))
                .hasMessageContaining("driftless.folder.source is not set");
        assertThatThrownBy(() -> new FolderProperties("f", home + "/none").sourceDirectory())
                .isInstanceOfSatisfying(SyncException.class, code(ErrorCode.SOURCE_MISSING))
                .hasMessageContaining("driftless.folder.source is " + home + "/none");
        assertThatThrownBy(() -> new FolderProperties("f", file.toString()).sourceDirectory())
                .isInstanceOfSatisfying(SyncException.class, code(ErrorCode.SOURCE_NOT_DIRECTORY));
        assertThat(new FolderProperties("f", home.toString()).sourceDirectory()).isEqualTo(home);
    }

    private static Consumer<SyncException> code(ErrorCode code) {
        return failure -> assertThat(failure.code()).isEqualTo(code);
    }

    private static Map<String, String> with(Map<String, String> known, String key, String value) {
        Map<String, String> all = new HashMap<>(known);
        all.put(key, value);
        return all;
    }
}
