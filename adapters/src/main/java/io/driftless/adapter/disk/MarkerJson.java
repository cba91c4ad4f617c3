package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.TargetTree.Marker;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The marker of a target as its file has it. */
final class MarkerJson {
    /** Fields that later versions add are passed over. */
    private static final JsonMapper JSON =
            JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private MarkerJson() {}

    static byte[] print(Marker marker) {
        return JSON.writeValueAsBytes(marker);
    }

    static Marker parse(byte[] json) {
        try {
            return JSON.readValue(json, Marker.class);
        } catch (JacksonException damaged) {
            throw new SyncException(
                    ErrorCode.STATE_CORRUPT,
                    "Marker .driftless/marker.json of the target cannot be read.",
                    damaged);
        }
    }
}
