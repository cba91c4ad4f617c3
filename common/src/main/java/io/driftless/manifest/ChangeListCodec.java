package io.driftless.manifest;

import io.driftless.block.BlockLocation;
import io.driftless.block.BlockLocation.Codec;
import io.driftless.block.BlockRef;
import io.driftless.change.Change;
import io.driftless.path.EntryPath;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Encodes what a commit changed and where blocks lie. Equal values give equal bytes; decoding
 * anything else fails with {@code STORE_OBJECT_DAMAGED}. Stateless.
 *
 * <p>Notation as in {@link EntryCodec}:
 *
 * <pre>
 * change list = 1 19 n:count (path change)* locations-body
 * change      = entry-body | 4         4 stands in the place of the tag: removed
 * locations   = 1 20 locations-body
 * locations-body = n:packs (16 bytes id)* n:count (block n:pack n:offset n:stored codec(1 byte))*
 * </pre>
 *
 * The pack table holds each pack once, in the order in which the locations first name them; {@code
 * n:pack} counts in it.
 */
public final class ChangeListCodec {
    private static final int CHANGES = 19;
    private static final int LOCATIONS = 20;
    private static final int REMOVED = 4;

    private static final int UUID_BYTES = 16;
    private static final int MIN_CHANGE_BYTES = 3;
    private static final int MIN_LOCATION_BYTES = ByteSink.MIN_BLOCK_BYTES + 4;

    private ChangeListCodec() {}

    public static byte[] encode(ChangeList list) {
        ByteSink out = new ByteSink(CHANGES, 64 + list.changes().size() * 96);
        out.unsigned32(list.changes().size());
        for (Change change : list.changes()) {
            out.path(change.path());
            switch (change) {
                case Change.Put(var entry) -> EntryBody.write(entry, out);
                case Change.Remove _ -> out.put(REMOVED);
            }
        }
        writeLocations(list.locations(), out);
        return out.toBytes();
    }

    public static ChangeList decode(byte[] bytes) {
        return ByteSource.read(
                bytes,
                in -> {
                    in.kind(CHANGES);
                    int count = in.count(Integer.MAX_VALUE, MIN_CHANGE_BYTES);
                    List<Change> changes = new ArrayList<>(count);
                    for (int i = 0; i < count; i++) {
                        EntryPath path = in.path();
                        int tag = in.next();
                        changes.add(
                                tag == REMOVED
                                        ? new Change.Remove(path)
                                        : new Change.Put(EntryBody.read(tag, path, in)));
                    }
                    return new ChangeList(changes, readLocations(in));
                });
    }

    public static byte[] encodeLocations(List<BlockLocation> locations) {
        ByteSink out = new ByteSink(LOCATIONS, 64 + locations.size() * 48);
        writeLocations(locations, out);
        return out.toBytes();
    }

    public static List<BlockLocation> decodeLocations(byte[] bytes) {
        return ByteSource.read(
                bytes,
                in -> {
                    in.kind(LOCATIONS);
                    return List.copyOf(readLocations(in));
                });
    }

    private static void writeLocations(List<BlockLocation> locations, ByteSink out) {
        Map<UUID, Integer> packs = new LinkedHashMap<>();
        locations.forEach(location -> packs.putIfAbsent(location.pack(), packs.size()));
        out.unsigned32(packs.size());
        for (UUID pack : packs.keySet()) {
            out.put(idBytes(pack));
        }
        out.unsigned32(locations.size());
        for (BlockLocation location : locations) {
            out.block(location.block());
            out.unsigned32(packs.getOrDefault(location.pack(), 0));
            out.unsigned64(location.offsetBytes());
            out.unsigned32(location.storedBytes());
            out.put(location.codec().number());
        }
    }

    private static List<BlockLocation> readLocations(ByteSource in) {
        List<UUID> packs = readPacks(in);
        int count = in.count(Integer.MAX_VALUE, MIN_LOCATION_BYTES);
        List<BlockLocation> locations = new ArrayList<>(count);
        int named = 0;
        for (int i = 0; i < count; i++) {
            BlockRef block = in.block();
            int pack = in.atMost(Math.min(named, packs.size() - 1));
            named = Math.max(named, pack + 1);
            locations.add(
                    new BlockLocation(
                            block,
                            packs.get(pack),
                            in.size(),
                            in.atMost(Integer.MAX_VALUE),
                            Codec.of(in.next())));
        }
        if (named != packs.size()) {
            throw ByteSource.damaged("names a pack that holds none of its blocks");
        }
        return locations;
    }

    private static List<UUID> readPacks(ByteSource in) {
        int count = in.count(Integer.MAX_VALUE, UUID_BYTES);
        LinkedHashMap<UUID, Integer> packs = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            ByteBuffer id = ByteBuffer.wrap(in.take(UUID_BYTES));
            if (packs.put(new UUID(id.getLong(), id.getLong()), i) != null) {
                throw ByteSource.damaged("names a pack twice");
            }
        }
        return List.copyOf(packs.keySet());
    }

    private static byte[] idBytes(UUID id) {
        return ByteBuffer.allocate(UUID_BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
