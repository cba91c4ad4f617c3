package io.driftless.adapter.postgres;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One column of many rows: an array parameter, filled in PostgreSQL's binary form. The driver would
 * send arrays as text, which doubles binary data and costs both sides the translation.
 */
final class ArrayColumn {
    /**
     * The element types we send, with the ids that PostgreSQL has fixed for them and their arrays.
     */
    enum Type {
        BYTEA(17, 1001),
        BIGINT(20, 1016),
        SMALLINT(21, 1005),
        INTEGER(23, 1007),
        TIMESTAMPTZ(1184, 1185),
        UUID(2950, 2951);

        private final int id;
        private final int arrayId;

        Type(int id, int arrayId) {
            this.id = id;
            this.arrayId = arrayId;
        }
    }

    private static final int HEADER_BYTES = 20;
    private static final int NULL_LENGTH = -1;
    private static final long SECONDS_FROM_1970_TO_2000 = 946_684_800;
    private static final long MICROS = 1_000_000;

    private final Type type;
    private final ByteBuf body = Unpooled.buffer(256);
    private int count;
    private boolean hasNulls;

    ArrayColumn(Type type) {
        this.type = type;
    }

    static ArrayColumn ofIds(Collection<UUID> ids) {
        ArrayColumn column = new ArrayColumn(Type.UUID);
        ids.forEach(column::add);
        return column;
    }

    static ArrayColumn ofNumbers(Collection<Long> numbers) {
        ArrayColumn column = new ArrayColumn(Type.BIGINT);
        numbers.forEach(column::add);
        return column;
    }

    ArrayColumn add(byte @Nullable [] bytes) {
        if (bytes == null) {
            return addNull();
        }
        begin(bytes.length).writeBytes(bytes);
        return this;
    }

    ArrayColumn add(@Nullable Long number) {
        if (number == null) {
            return addNull();
        }
        begin(Long.BYTES).writeLong(number);
        return this;
    }

    ArrayColumn add(@Nullable Integer number) {
        if (number == null) {
            return addNull();
        }
        if (type == Type.SMALLINT) {
            begin(Short.BYTES).writeShort(number);
        } else {
            begin(Integer.BYTES).writeInt(number);
        }
        return this;
    }

    /** To the microsecond. */
    ArrayColumn add(@Nullable Instant time) {
        if (time == null) {
            return addNull();
        }
        long seconds = Math.subtractExact(time.getEpochSecond(), SECONDS_FROM_1970_TO_2000);
        begin(Long.BYTES).writeLong(Math.multiplyExact(seconds, MICROS) + time.getNano() / 1_000);
        return this;
    }

    ArrayColumn add(UUID id) {
        begin(2 * Long.BYTES)
                .writeLong(id.getMostSignificantBits())
                .writeLong(id.getLeastSignificantBits());
        return this;
    }

    private ArrayColumn addNull() {
        begin(NULL_LENGTH);
        hasNulls = true;
        return this;
    }

    private ByteBuf begin(int lengthBytes) {
        count++;
        return body.writeInt(lengthBytes);
    }

    int arrayTypeId() {
        return type.arrayId;
    }

    /** The whole array. May be asked for again: whoever gets it releases it. */
    ByteBuf encoded() {
        ByteBuf header = Unpooled.buffer(HEADER_BYTES);
        header.writeInt(count == 0 ? 0 : 1).writeInt(hasNulls ? 1 : 0).writeInt(type.id);
        if (count > 0) {
            header.writeInt(count).writeInt(1);
        }
        ByteBuf items = Unpooled.wrappedBuffer(body.array(), 0, body.writerIndex());
        return Unpooled.wrappedBuffer(header, items);
    }
}
