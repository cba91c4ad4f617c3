package io.driftless.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3SettingsTest {
    private static final Map<String, String> KEYS =
            Map.of("AWS_ACCESS_KEY_ID", "someone", "AWS_SECRET_ACCESS_KEY", "hush");

    @Test
    void reads_bucket_and_prefix() {
        assertThat(of("s3://backup").prefix()).isEmpty();
        assertThat(of("s3://backup/").prefix()).isEmpty();
        assertThat(of("s3://backup/a").prefix()).isEqualTo("a");
        assertThat(of("s3://backup/a/b/").prefix()).isEqualTo("a/b");
        assertThat(of("s3://backup/a/b/").bucket()).isEqualTo("backup");
    }

    @Test
    void is_at_amazon_where_nothing_else_is_said() {
        assertThat(of("s3://backup").endpoint())
                .isEqualTo(URI.create("https://s3.us-east-1.amazonaws.com"));
    }

    @Test
    void reads_the_environment_that_s3_tools_share() {
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.put("AWS_ENDPOINT_URL", "http://other:1");
        environment.put("AWS_ENDPOINT_URL_S3", "http://minio:9000");
        environment.put("AWS_REGION", "eu-1");
        environment.put("AWS_SESSION_TOKEN", "for now");

        S3Settings settings = S3Settings.of("s3://backup", true, environment);

        assertThat(settings.endpoint()).isEqualTo(URI.create("http://minio:9000"));
        assertThat(settings.region()).isEqualTo("eu-1");
        assertThat(settings.sessionToken()).isEqualTo(Optional.of("for now"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "backup",
                "http://backup",
                "s3://",
                "s3://B",
                "s3://ab",
                "s3://abc//x",
                "s3://abc/../x"
            })
    void refuses_what_is_no_location(String location) {
        isBad(() -> of(location));
    }

    @Test
    void says_which_variable_is_missing() {
        assertThatThrownBy(() -> S3Settings.of("s3://backup", true, Map.of()))
                .hasMessageContaining("AWS_ACCESS_KEY_ID");
    }

    @Test
    void refuses_an_endpoint_that_is_no_address() {
        for (String endpoint : new String[] {"minio:9000", "ftp://minio", "http://", "%"}) {
            Map<String, String> environment = new HashMap<>(KEYS);
            environment.put("AWS_ENDPOINT_URL", endpoint);
            isBad(() -> S3Settings.of("s3://backup", true, environment));
        }
    }

    @Test
    void keeps_the_secret_to_itself() {
        assertThat(of("s3://backup").toString()).doesNotContain("hush");
    }

    private static void isBad(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SyncException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SETTING));
    }

    private static S3Settings of(String location) {
        return S3Settings.of(location, true, KEYS);
    }
}
