package io.driftless.adapter.disk;

import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Leftover;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.SmallFile;
import io.driftless.port.TargetTree.StageName;
import io.driftless.port.TargetTree.TakeOver;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Files on their way: staged whole, partial, taken over, left over. */
final class PortableStaging {
    private static final Pattern STAGE_NAME = Pattern.compile("[a-z0-9-]{1,64}");
    private static final int PRIVATE_MODE = 0600;

    private final PortableWorkspace workspace;

    PortableStaging(PortableWorkspace workspace) {
        this.workspace = workspace;
    }

    Outcome write(SmallFile file) throws IOException {
        if (workspace.isStaged(file.name())) {
            return PortableWorkspace.inUse(file.name());
        }
        byte[] name = PortableWorkspace.bytes(file.name());
        try (FileChannel channel =
                workspace
                        .stage()
                        .file(name, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long at = 0;
            for (ByteBuffer piece : file.pieces()) {
                at += writeFully(channel, at, piece.duplicate());
            }
        } catch (IOException failure) {
            discard(file.name());
            throw failure;
        }
        return described(file.name(), file.entry().metadata());
    }

    static int writeFully(FileChannel channel, long offset, ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
        return length;
    }

    private Outcome described(StageName name, Metadata metadata) throws IOException {
        byte[] bytes = PortableWorkspace.bytes(name);
        Stat present = workspace.stage().stat(bytes);
        PortableTouch.apply(workspace.stage(), bytes, present, metadata);
        return new Outcome.Done(Optional.of(workspace.stage().stat(bytes)), false);
    }

    // ---- Partial files

    private static byte[] nameOf(ContentId content) {
        return content.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private FileChannel partial(ContentId content) throws IOException {
        boolean isNew = workspace.partials().statIfPresent(nameOf(content)).isEmpty();
        FileChannel channel =
                workspace
                        .partials()
                        .file(
                                nameOf(content),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE);
        if (isNew) {
            PortableTouch.changeMode(workspace.partials(), nameOf(content), PRIVATE_MODE);
        }
        return channel;
    }

    long openPartial(ContentId content) throws IOException {
        try (FileChannel channel = partial(content)) {
            return channel.size();
        }
    }

    void writePartial(ContentId content, long offset, ByteBuffer bytes) throws IOException {
        try (FileChannel channel = partial(content)) {
            writeFully(channel, offset, bytes.duplicate());
        }
    }

    boolean partialHolds(ContentId content, long offset, BlockRef block) throws IOException {
        if (workspace.partials().statIfPresent(nameOf(content)).isEmpty()) {
            return false;
        }
        try (FileChannel channel = partial(content)) {
            return isBlock(read(channel, offset, block), block);
        }
    }

    private static ByteBuffer read(FileChannel channel, long offset, BlockRef block)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(block.lengthBytes());
        PortableReading.readFully(channel, offset, bytes);
        return bytes;
    }

    private static boolean isBlock(ByteBuffer bytes, BlockRef block) {
        return bytes.remaining() == block.lengthBytes() && Sha256.block(bytes).equals(block.hash());
    }

    record Copy(BlockRef block, long offset, EntryPath from, long fromOffset) {}

    /** What is written is what was checked. */
    boolean copyIntoPartial(ContentId content, Copy copy) throws IOException {
        ByteBuffer bytes;
        try (PortableDirectory parent = workspace.root().open(copy.from.parent())) {
            byte[] name = copy.from.nameBytes();
            boolean isFile =
                    !workspace.isReserved(copy.from) && parent.stat(name).kind() == Stat.Kind.FILE;
            if (!isFile) {
                return false;
            }
            try (FileChannel source = parent.file(name, StandardOpenOption.READ)) {
                bytes = read(source, copy.fromOffset, copy.block);
            }
        } catch (IOException gone) {
            return false;
        }
        if (!isBlock(bytes, copy.block)) {
            return false;
        }
        writePartial(content, copy.offset, bytes);
        return true;
    }

    Outcome finishPartial(Entry.FileEntry entry, StageName name) throws IOException {
        ContentId content = entry.content().id();
        if (workspace.isStaged(name)) {
            return PortableWorkspace.inUse(name);
        }
        try (FileChannel channel = partial(content)) {
            if (channel.size() < entry.content().sizeBytes()) {
                String message = "Partial file " + content + " is shorter than its content.";
                return new Outcome.Failed(ErrorCode.BLOCK_MISSING, message);
            }
            channel.truncate(entry.content().sizeBytes());
        }
        workspace
                .partials()
                .move(nameOf(content), workspace.stage(), PortableWorkspace.bytes(name));
        return described(name, entry.metadata());
    }

    void dropPartialsExcept(List<ContentId> wanted) throws IOException {
        Set<String> kept = wanted.stream().map(ContentId::toString).collect(Collectors.toSet());
        try (PortableDirectory listing = workspace.partials().open(EntryPath.ROOT)) {
            for (PortableDirectory.Child child : listing.children()) {
                boolean isOurs = child.kind() == Stat.Kind.FILE;
                if (isOurs && !kept.contains(new String(child.name(), StandardCharsets.US_ASCII))) {
                    listing.remove(child.name());
                }
            }
        }
    }

    // ---- Taking over

    Outcome takeOver(TakeOver file) throws IOException {
        EntryPath from = file.from();
        if (workspace.isReserved(from)) {
            return PortableWorkspace.reserved(from);
        }
        if (workspace.isStaged(file.name())) {
            return PortableWorkspace.inUse(file.name());
        }
        byte[] name = PortableWorkspace.bytes(file.name());
        try (PortableDirectory parent = workspace.root().open(from.parent())) {
            Stat there = parent.stat(from.nameBytes());
            if (there.kind() != Stat.Kind.FILE || !there.isSameTuple(file.expected())) {
                return Staging.edited(from);
            }
            if (there.links() > 1) {
                return new Outcome.Failed(
                        ErrorCode.HARD_LINKED, "File " + from + " has other names.");
            }
            parent.move(from.nameBytes(), workspace.stage(), name);
            Stat taken = workspace.stage().stat(name);
            if (!PortableWorkspace.isSameButForMove(taken, file.expected())) {
                workspace.stage().move(name, parent, from.nameBytes());
                return Staging.edited(from);
            }
        }
        return described(file.name(), file.entry().metadata());
    }

    // ---- Durability

    void makeDurable(StageName name) throws IOException {
        try (FileChannel channel =
                workspace.stage().file(PortableWorkspace.bytes(name), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Where the platform opens no directories, its own journal has to do. */
    static void syncDirectory(PortableDirectory directory) throws IOException {
        if (directory.secure().isEmpty()) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory.path(), StandardOpenOption.READ)) {
            directory.check();
            channel.force(true);
        }
    }

    // ---- Leftovers

    List<Leftover> leftovers() throws IOException {
        List<Leftover> leftovers = new ArrayList<>();
        try (PortableDirectory listing = workspace.stage().open(EntryPath.ROOT)) {
            for (PortableDirectory.Child child : listing.children()) {
                String name = new String(child.name(), StandardCharsets.US_ASCII);
                if (STAGE_NAME.matcher(name).matches()) {
                    leftovers.add(
                            new Leftover(
                                    new StageName(name), workspace.stage().stat(child.name())));
                }
            }
        }
        return leftovers;
    }

    /** A directory is never ours. */
    void discard(StageName name) throws IOException {
        Optional<Stat> there = workspace.stage().statIfPresent(PortableWorkspace.bytes(name));
        if (there.filter(stat -> stat.kind() == Stat.Kind.DIRECTORY).isPresent()) {
            keep(name);
        } else if (there.isPresent()) {
            workspace.stage().remove(PortableWorkspace.bytes(name));
        }
    }

    void keep(StageName name) throws IOException {
        byte[] bytes = PortableWorkspace.bytes(name);
        if (workspace.isStaged(name)) {
            workspace.toTrash(bytes, EntryPath.ofBytes(bytes));
        }
    }
}
