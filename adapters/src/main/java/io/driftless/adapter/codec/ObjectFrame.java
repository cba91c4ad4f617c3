package io.driftless.adapter.codec;

import io.driftless.block.BlockLocation.Codec;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockCodec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * How pages, locations and change lists lie in the store, each an object of its own: the codec (1
 * byte), the plain length (4, big-endian), the CRC32C of the plain bytes (4), the stored bytes.
 */
final class ObjectFrame {
    private static final int HEAD_BYTES = 1 + 2 * Integer.BYTES;

    private final BlockCodec codec;
    private final int maxPlainBytes;

    /**
     * @param maxPlainBytes what an object may claim to expand to
     */
    ObjectFrame(BlockCodec codec, int maxPlainBytes) {
        this.codec = codec;
        this.maxPlainBytes = maxPlainBytes;
    }

    /** The pieces of an object. */
    List<ByteBuffer> encode(byte[] plain) {
        if (plain.length > maxPlainBytes) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "An object of %d bytes is above the limit of %d."
                            .formatted(plain.length, maxPlainBytes));
        }
        BlockCodec.Encoded encoded = codec.encode(ByteBuffer.wrap(plain));
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        head.put(encoded.codec().number()).putInt(plain.length).putInt(checksum(plain)).flip();
        return List.of(head, encoded.stored());
    }

    /** The plain bytes; bytes that are no such object fail with {@code STORE_OBJECT_DAMAGED}. */
    byte[] decode(ByteBuffer object) {
        if (object.remaining() < HEAD_BYTES) {
            throw damaged("It is cut.");
        }
        ByteBuffer head = object.duplicate();
        Codec how = Codec.of(head.get());
        int plainBytes = head.getInt();
        int checksum = head.getInt();
        if (plainBytes < 0 || plainBytes > maxPlainBytes) {
            throw damaged("It claims " + plainBytes + " plain bytes.");
        }
        byte[] plain = new byte[plainBytes];
        codec.decode(how, head.slice(), plainBytes).get(plain);
        if (checksum(plain) != checksum) {
            throw damaged("Its checksum is another.");
        }
        return plain;
    }

    private static int checksum(byte[] plain) {
        CRC32C crc = new CRC32C();
        crc.update(plain);
        return (int) crc.getValue();
    }

    private static SyncException damaged(String why) {
        return new SyncException(
                ErrorCode.STORE_OBJECT_DAMAGED, "A stored object is damaged: " + why);
    }
}
