package io.driftless.adapter.postgres;

import io.netty.buffer.ByteBuf;
import io.r2dbc.postgresql.client.EncodedParameter;
import io.r2dbc.postgresql.codec.Codec;
import io.r2dbc.postgresql.message.Format;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Teaches the driver to send {@link ArrayColumn}s. They are never read. */
final class ArrayColumnCodec implements Codec<ArrayColumn> {
    @Override
    public boolean canEncode(Object value) {
        return value instanceof ArrayColumn;
    }

    @Override
    public EncodedParameter encode(Object value) {
        ArrayColumn column = (ArrayColumn) value;
        return encode(value, column.arrayTypeId());
    }

    @Override
    public EncodedParameter encode(Object value, int dataType) {
        ArrayColumn column = (ArrayColumn) value;
        return new EncodedParameter(
                Format.FORMAT_BINARY, dataType, Mono.fromSupplier(column::encoded));
    }

    @Override
    public boolean canEncodeNull(Class<?> type) {
        return false;
    }

    @Override
    public EncodedParameter encodeNull() {
        throw new UnsupportedOperationException("a column is never null");
    }

    @Override
    public boolean canDecode(int dataType, Format format, Class<?> type) {
        return false;
    }

    @Override
    public @Nullable ArrayColumn decode(
            @Nullable ByteBuf buffer,
            int dataType,
            Format format,
            Class<? extends ArrayColumn> type) {
        throw new UnsupportedOperationException("a column is never read");
    }
}
