package io.driftless.adapter.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.driftless.block.BlockLocation.Codec;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockCodec;
import io.driftless.port.BlockStore;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Zstandard, level 3, by trial. A long block is first judged by a sample of it, so that photos and
 * archives cost little; a wrong guess costs space and nothing else. Contexts are lent from a
 * bounded stock, because each holds native memory. Safe for all threads.
 */
public final class ZstdBlockCodec implements BlockCodec {
    private static final int LEVEL = 3;
    private static final int CONTEXTS = 2 * Runtime.getRuntime().availableProcessors();

    /** Shorter blocks are tried whole. */
    private static final int MIN_SAMPLED_BYTES = 64 << 10;

    private static final int SAMPLES = 4;
    private static final int SAMPLE_BYTES = 4 << 10;

    private final Stock<Compressor> compressors =
            new Stock<>(CONTEXTS, Compressor::new, Compressor::close);
    private final Stock<ZstdDecompressCtx> decompressors =
            new Stock<>(CONTEXTS, ZstdDecompressCtx::new, ZstdDecompressCtx::close);

    /**
     * {@inheritDoc}
     *
     * <p>What is stored as it is shares its bytes with {@code plain}.
     */
    @Override
    public Encoded encode(ByteBuffer plain) {
        Heap heap = Heap.of(plain);
        Compressor compressor = compressors.take();
        try {
            byte @Nullable [] stored =
                    looksRandom(compressor, heap) ? null : compressor.compress(heap);
            return stored == null
                    ? new Encoded(Codec.RAW, plain.slice())
                    : new Encoded(Codec.ZSTD, ByteBuffer.wrap(stored));
        } finally {
            compressors.giveBack(compressor);
        }
    }

    /** True where pieces from all over the block do not become smaller. */
    private static boolean looksRandom(Compressor compressor, Heap plain) {
        if (plain.length < MIN_SAMPLED_BYTES) {
            return false;
        }
        byte[] sample = new byte[SAMPLES * SAMPLE_BYTES];
        int step = (plain.length - SAMPLE_BYTES) / (SAMPLES - 1);
        for (int i = 0; i < SAMPLES; i++) {
            System.arraycopy(
                    plain.bytes, plain.from + i * step, sample, i * SAMPLE_BYTES, SAMPLE_BYTES);
        }
        return compressor.compress(new Heap(sample, 0, sample.length)) == null;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Of raw bytes the result is a view of {@code stored}.
     */
    @Override
    public ByteBuffer decode(Codec codec, ByteBuffer stored, int plainBytes) {
        if (plainBytes < 0 || plainBytes > BlockStore.MAX_OBJECT_BYTES) {
            throw damaged("It cannot have " + plainBytes + " plain bytes.");
        }
        return switch (codec) {
            case RAW -> raw(stored, plainBytes);
            case ZSTD -> ByteBuffer.wrap(expand(Heap.of(stored), plainBytes));
        };
    }

    private static ByteBuffer raw(ByteBuffer stored, int plainBytes) {
        if (stored.remaining() != plainBytes) {
            throw damaged(plainBytes + " bytes expected, " + stored.remaining() + " found.");
        }
        return stored.slice();
    }

    private byte[] expand(Heap stored, int plainBytes) {
        byte[] plain = new byte[plainBytes];
        ZstdDecompressCtx context = decompressors.take();
        try {
            int found =
                    context.decompressByteArray(
                            plain, 0, plainBytes, stored.bytes, stored.from, stored.length);
            if (found != plainBytes) {
                throw damaged(plainBytes + " bytes expected, " + found + " found.");
            }
            return plain;
        } catch (ZstdException e) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_DAMAGED, "Stored bytes do not expand.", e);
        } finally {
            decompressors.giveBack(context);
        }
    }

    private static SyncException damaged(String why) {
        return new SyncException(
                ErrorCode.STORE_OBJECT_DAMAGED, "Stored bytes do not expand: " + why);
    }

    /** The bytes of a buffer where the compressor can reach them. */
    private record Heap(byte[] bytes, int from, int length) {
        static Heap of(ByteBuffer buffer) {
            if (buffer.hasArray()) {
                int from = buffer.arrayOffset() + buffer.position();
                return new Heap(buffer.array(), from, buffer.remaining());
            }
            byte[] copy = new byte[buffer.remaining()];
            buffer.duplicate().get(copy);
            return new Heap(copy, 0, copy.length);
        }
    }

    /** A context with room for its result, which is too small for what is not worth storing. */
    private static final class Compressor {
        private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(LEVEL);
        private byte[] room = new byte[0];

        /** The compressed bytes; null where they are more than seven eighths of the plain ones. */
        byte @Nullable [] compress(Heap plain) {
            int most = plain.length - (plain.length + 7) / 8;
            if (room.length < most) {
                room = new byte[most];
            }
            try {
                int size =
                        context.compressByteArray(
                                room, 0, most, plain.bytes, plain.from, plain.length);
                return Arrays.copyOf(room, size);
            } catch (ZstdException e) {
                if (e.getErrorCode() == Zstd.errDstSizeTooSmall()) {
                    return null;
                }
                throw new SyncException(
                        ErrorCode.INVARIANT_BROKEN, "Bytes in memory cannot be compressed.", e);
            }
        }

        void close() {
            context.close();
        }
    }
}
