package io.driftless.adapter.codec;

import io.driftless.block.BlockHash;
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
        @Nullable List<String> approvals,
        @Nullable List<String> wanted)
        implements EventRecord {
    static OrderRecord of(Order order) {
        return new OrderRecord(
                order.target().value(),
                order.pin().orElse(null),
                order.paused(),
                order.scan(),
                order.resync(),
                order.retry(),
                order.approvals(),
                order.wanted().isEmpty()
                        ? null
                        : order.wanted().stream().map(BlockHash::toString).toList());
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
                EventRecord.items(approvals, "approvals"),
                readWanted());
    }

    private List<BlockHash> readWanted() {
        return wanted == null
                ? List.of()
                : EventRecord.items(wanted, "wanted").stream().map(BlockHash::parse).toList();
    }
}
