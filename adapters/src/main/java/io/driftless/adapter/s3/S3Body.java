package io.driftless.adapter.s3;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.minio.GetObjectResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** The bytes of requests and answers. */
final class S3Body {
    private S3Body() {}

    /** One array, because the client signs and sends one. */
    static byte[] join(ObjectKey key, List<ByteBuffer> pieces) {
        long size = pieces.stream().mapToLong(ByteBuffer::remaining).sum();
        if (size > BlockStore.MAX_OBJECT_BYTES) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "Object %s has %d bytes; the limit is %d."
                            .formatted(key, size, BlockStore.MAX_OBJECT_BYTES));
        }
        byte[] whole = new byte[(int) size];
        ByteBuffer filling = ByteBuffer.wrap(whole);
        pieces.forEach(piece -> filling.put(piece.duplicate()));
        return whole;
    }

    /**
     * @param length what was asked for; empty for the whole object
     */
    static ByteBuffer read(ObjectKey key, GetObjectResponse response, Optional<Integer> length)
            throws IOException {
        String said = response.headers().get("Content-Length");
        int most = length.orElse(said == null ? BlockStore.MAX_OBJECT_BYTES : size(key, said));
        byte[] bytes = response.readNBytes(most);
        boolean isLonger = length.isEmpty() && hasMore(response);
        if (isLonger || bytes.length != length.orElse(bytes.length)) {
            throw damaged(key, "has not the length that it should have, but " + bytes.length);
        }
        return ByteBuffer.wrap(bytes);
    }

    private static int size(ObjectKey key, String said) {
        long size = Long.parseLong(said);
        if (size > BlockStore.MAX_OBJECT_BYTES) {
            throw damaged(key, "has " + size + " bytes, more than any object");
        }
        return (int) size;
    }

    private static boolean hasMore(InputStream in) throws IOException {
        return in.read() >= 0;
    }

    /** The empty range of an object of this size. */
    static ByteBuffer nothing(ObjectKey key, long sizeBytes, long offset) {
        if (offset > sizeBytes) {
            throw outOfRange(key, offset, 0);
        }
        return ByteBuffer.allocate(0);
    }

    static SyncException outOfRange(ObjectKey key, long offset, int length) {
        return damaged(key, "has no bytes at %d to %d".formatted(offset, offset + length));
    }

    private static SyncException damaged(ObjectKey key, String why) {
        return new SyncException(ErrorCode.STORE_OBJECT_DAMAGED, "Object " + key + " " + why + ".");
    }
}
