package io.driftless.adapter.codec;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Event;
import io.driftless.event.Hint;
import io.driftless.event.Indexed;
import io.driftless.event.Order;
import io.driftless.event.Report;
import io.driftless.event.Topic;
import java.time.DateTimeException;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Events as JSON. The form grows by adding fields only: a reader passes over fields it does not
 * know, and a golden file per version shows what was ever written. Paths are in their printed form,
 * names of digests hexadecimal, times ISO-8601, other binary data Base64. Safe for all threads.
 */
public final class EventJson {
    /** What is written now; the {@code v} header says it. */
    public static final int VERSION = 1;

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .changeDefaultPropertyInclusion(
                            inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                    .build();

    /** The {@code type} header of a topic's records. */
    public String type(Topic<?> topic) {
        return topic.type().getSimpleName().toLowerCase(Locale.ROOT);
    }

    public byte[] write(Event event) {
        return MAPPER.writeValueAsBytes(
                switch (event) {
                    case Hint hint -> HintRecord.of(hint);
                    case Indexed indexed -> IndexedRecord.of(indexed);
                    case Commit commit -> CommitRecord.of(commit);
                    case Order order -> OrderRecord.of(order);
                    case Report report -> ReportRecord.of(report);
                });
    }

    /** The event in these bytes; anything else fails with {@code MESSAGE_MALFORMED}. */
    public <E extends Event> E read(Topic<E> topic, byte[] json) {
        try {
            EventRecord record = MAPPER.readValue(json, recordOf(topic));
            return topic.type().cast(EventRecord.required(record, "record").toEvent());
        } catch (JacksonException
                | SyncException
                | IllegalArgumentException
                | DateTimeException e) {
            throw new SyncException(
                    ErrorCode.MESSAGE_MALFORMED,
                    "A record of topic " + topic.name() + " cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private static Class<? extends EventRecord> recordOf(Topic<?> topic) {
        if (topic.type() == Hint.class) {
            return HintRecord.class;
        } else if (topic.type() == Indexed.class) {
            return IndexedRecord.class;
        } else if (topic.type() == Commit.class) {
            return CommitRecord.class;
        } else if (topic.type() == Order.class) {
            return OrderRecord.class;
        }
        return ReportRecord.class;
    }
}
