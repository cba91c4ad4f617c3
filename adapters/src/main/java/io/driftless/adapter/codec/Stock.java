package io.driftless.adapter.codec;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lends things that are costly to make, keeps a bounded number of them and closes the others. */
final class Stock<T> {
    private final BlockingQueue<T> idle;
    private final Supplier<T> maker;
    private final Consumer<T> closer;

    Stock(int size, Supplier<T> maker, Consumer<T> closer) {
        this.idle = new ArrayBlockingQueue<>(size);
        this.maker = maker;
        this.closer = closer;
    }

    T take() {
        @Nullable T lent = idle.poll();
        return lent == null ? maker.get() : lent;
    }

    void giveBack(T lent) {
        if (!idle.offer(lent)) {
            closer.accept(lent);
        }
    }
}
