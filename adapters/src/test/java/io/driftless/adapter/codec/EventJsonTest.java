package io.driftless.adapter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Bytes;
import io.driftless.event.Commit;
import io.driftless.event.Event;
import io.driftless.event.Hint;
import io.driftless.event.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {
    private static final String HINT =
            "{\"folder\":\"f\",\"directory\":\"d\",\"scope\":\"entry\",\"names\":[\"n\"],\"origin\":\"watch\"}";

    private final EventJson json = new EventJson();

    static Stream<String> samples() {
        return SampleEvents.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void writes_what_the_golden_file_of_version_1_says(String sample) {
        Event event = event(sample);

        assertThat(text(json.write(event))).isEqualTo(golden(sample));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void reads_what_version_1_wrote(String sample) {
        Event event = event(sample);

        assertThat(read(Topic.of(event), golden(sample))).isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void passes_over_fields_of_later_versions(String sample) {
        Event event = event(sample);
        String later =
                golden(sample).replaceFirst("\\{", "{\"later\":{\"a\":[1,null]},\"laterStill\":7,");

        assertThat(read(Topic.of(event), later)).isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void calls_every_piece_of_a_record_malformed(String sample) {
        Topic<?> topic = Topic.of(event(sample));
        byte[] whole = bytes(golden(sample));

        for (int length = 0; length < whole.length; length++) {
            isMalformed(topic, text(Arrays.copyOf(whole, length)));
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void fails_in_no_other_way_when_bytes_are_changed(String sample) {
        Topic<?> topic = Topic.of(event(sample));
        Random random = new Random(sample.hashCode());

        for (int i = 0; i < 2_000; i++) {
            byte[] changed = bytes(golden(sample));
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            readsOrIsMalformed(topic, changed);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "7",
                "\"x\"",
                "{}",
                "{\"folder\":null}",
                "{\"folder\":\"f\",\"directory\":\"d\",\"scope\":\"entry\",\"names\":[null],\"origin\":\"watch\"}",
                "{\"folder\":\"f\",\"directory\":\"..\",\"scope\":\"tree\",\"origin\":\"watch\"}",
                "{\"folder\":\"f\",\"directory\":\"d\",\"scope\":\"entry\",\"names\":[\"../x\"],\"origin\":\"watch\"}",
                "{\"folder\":\"f\",\"directory\":\"d\",\"scope\":\"entry\",\"names\":[\"a/b\"],\"origin\":\"watch\"}",
                "{\"folder\":\"f\",\"directory\":\"\",\"scope\":\"entry\",\"names\":[\"a/b\"],\"origin\":\"watch\"}",
                "{\"folder\":\"f\",\"directory\":\"d\",\"scope\":\"entry\",\"names\":[\"a%00b\"],\"origin\":\"watch\"}",
                "{\"folder\":\"F/../\",\"directory\":\"d\",\"scope\":\"tree\",\"origin\":\"watch\"}",
                "{\"folder\":\"f\",\"directory\":\"d\",\"scope\":\"forest\",\"origin\":\"watch\"}",
                "{\"folder\":\"f\",\"directory\":\"d\",\"scope\":\"tree\",\"origin\":\"watch\",\"run\":\"x\"}",
                "{\"folder\":\"f\",\"directory\":\"d\",\"scope\":\"tree\",\"origin\":\"watch\"} {}"
            })
    void calls_a_hint_that_is_none_malformed(String text) {
        isMalformed(Topic.HINTS, text);
    }

    @Test
    void calls_deep_nesting_malformed() {
        isMalformed(Topic.HINTS, "{\"x\":".repeat(100_000));
        isMalformed(Topic.HINTS, "[".repeat(100_000));
    }

    @Test
    void calls_a_commit_with_a_damaged_name_malformed() {
        String text = golden("commit-inline");

        isMalformed(Topic.COMMITS, text.replaceFirst("\"root\":\"01", "\"root\":\"02"));
        isMalformed(Topic.COMMITS, text.replaceFirst("\"time\":\"2026-11", "\"time\":\"2026-13"));
        isMalformed(Topic.COMMITS, text.replaceFirst("\"signature\":\"", "\"signature\":\"!"));
    }

    @Test
    void reads_the_hint_that_the_malformed_ones_are_made_of() {
        assertThat(read(Topic.HINTS, HINT)).isInstanceOf(Hint.class);
    }

    @Test
    void names_the_types_of_all_topics() {
        assertThat(Topic.ALL.stream().map(json::type))
                .isEqualTo(List.of("hint", "indexed", "commit", "order", "report"));
    }

    @Test
    void keeps_the_longest_inline_list_small() {
        byte[] list = new byte[Commit.MAX_INLINE_BYTES];
        var changes = new Commit.Changes.Inline(Bytes.of(list));
        Commit commit = SampleEvents.commit(2, Optional.empty(), changes);

        assertThat(json.write(commit)).hasSizeLessThan(Commit.MAX_INLINE_BYTES * 3 / 2);
    }

    private void isMalformed(Topic<?> topic, String text) {
        assertThatThrownBy(() -> read(topic, text))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.MESSAGE_MALFORMED));
    }

    private void readsOrIsMalformed(Topic<?> topic, byte[] changed) {
        try {
            assertThat(json.read(topic, changed)).isNotNull();
        } catch (SyncException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.MESSAGE_MALFORMED);
        }
    }

    private Event read(Topic<?> topic, String text) {
        return json.read(topic, bytes(text));
    }

    private static Event event(String sample) {
        return SampleEvents.all().get(sample);
    }

    private static String golden(String sample) {
        String name = "/golden/event-1/" + sample + ".json";
        try (InputStream file = EventJsonTest.class.getResourceAsStream(name)) {
            return text(file.readAllBytes()).strip();
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
