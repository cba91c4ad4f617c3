package io.driftless.port;

import io.driftless.block.BlockLocation.Codec;
import java.nio.ByteBuffer;

/**
 * Compresses and expands blocks, pages and change lists. Pure computation; calls may come from any
 * thread.
 */
public interface BlockCodec {
    /**
     * What to store for these plain bytes: compressed where that saves at least an eighth, else as
     * they are.
     */
    Encoded encode(ByteBuffer plain);

    record Encoded(Codec codec, ByteBuffer stored) {}

    /**
     * The plain bytes. More than {@code plainBytes}, fewer, or no valid stream is {@code
     * STORE_OBJECT_DAMAGED}; memory use does not depend on what the stored bytes claim.
     */
    ByteBuffer decode(Codec codec, ByteBuffer stored, int plainBytes);
}
