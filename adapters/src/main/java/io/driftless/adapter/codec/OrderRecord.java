package io.driftless.adapter.codec;

import io.driftless.event.Order;
import io.driftless.tree.TargetId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

record OrderRecord(
        @Nullable String target,
        @Nullable Long pin,
        @Nullable Boolean paused,
        @Nullable Long scan,
        @Nullable Long resync,
        @Nullable Long retry,
        @Nullable List<String> approvals)
        implements EventRecord {
    static OrderRecord of(Order order) {
        return new OrderRecord(
                order.target().value(),
                order.pin().orElse(null),
                order.paused(),
                order.scan(),
                order.resync(),
                order.retry(),
                order.approvals());
    }

    @Override
    public Order toEvent() {
        return new Order(
                new TargetId(EventRecord.required(target, "target")),
                Optional.ofNullable(pin),
                EventRecord.required(paused, "paused"),
                EventRecord.required(scan, "scan"),
                EventRecord.required(resync, "resync"),
                EventRecord.required(retry, "retry"),
                EventRecord.items(approvals, "approvals"));
    }
}
