package io.driftless.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A small ext4 file system on a loop device, whose blocks can be changed behind its back. */
final class LoopDisk implements AutoCloseable {
    private static final long BYTES = 64L << 20;
    private static final int BLOCK = 4096;

    /** Of {@code filefrag -v}: the first extent's number, its logical and its physical blocks. */
    private static final Pattern FIRST_EXTENT =
            Pattern.compile("^ *0: +0\\.\\. *\\d+: +(\\d+)\\.\\.", Pattern.MULTILINE);

    private final String device;
    private final Path root;

    private LoopDisk(String device, Path root) {
        this.device = device;
        this.root = root;
    }

    /** Skips the test, and says why, where this user or machine can have none. */
    static LoopDisk in(Path directory) throws IOException, InterruptedException {
        Path image = directory.resolve("image");
        Path root = Files.createDirectory(directory.resolve("disk"));
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
        }
        expect("mkfs.ext4 is missing", "mkfs.ext4", "-q", "-b", "" + BLOCK, image.toString());
        expect("filefrag is missing", "filefrag", image.toString());
        String device =
                expect("no loop device", "losetup", "--find", "--show", image.toString()).trim();
        LoopDisk disk = new LoopDisk(device, root);
        try {
            expect("mounts are not permitted", "mount", "-t", "ext4", device, root.toString());
        } catch (RuntimeException notMounted) {
            disk.close();
            throw notMounted;
        }
        return disk;
    }

    private static String expect(String otherwise, String... command)
            throws IOException, InterruptedException {
        Output output = output(command);
        assumeTrue(output.isGood(), otherwise + ": " + output.text());
        return output.text();
    }

    private record Output(boolean isGood, String text) {}

    private static Output output(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            byte[] said = process.getInputStream().readAllBytes();
            return new Output(process.waitFor() == 0, new String(said, StandardCharsets.UTF_8));
        } catch (IOException notThere) {
            return new Output(false, String.valueOf(notThere.getMessage()));
        }
    }

    /** Where it is mounted. */
    Path root() {
        return root;
    }

    /**
     * Changes one byte of the first block of a file on the device, and lets the kernel forget what
     * it has of the file, so that whoever reads it next sees the other byte.
     */
    void flip(Path file, int offset) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        flip(firstBlock(file) * BLOCK, offset);
        Output forgotten =
                output(
                        "dd",
                        "if=" + file,
                        "iflag=nocache",
                        "count=0",
                        "status=none",
                        "of=/dev/null");
        assertThat(forgotten.isGood()).as(forgotten.text()).isTrue();
    }

    private static long firstBlock(Path file) throws InterruptedException {
        Output extents = output("filefrag", "-v", "-b" + BLOCK, file.toString());
        Matcher first = FIRST_EXTENT.matcher(extents.text());
        assertThat(first.find()).as(extents.text()).isTrue();
        return Long.parseLong(first.group(1));
    }

    /** Past the caches of the device and of the file system on it. */
    private void flip(long position, int offset) throws IOException {
        try (FileChannel blocks =
                FileChannel.open(
                        Path.of(device),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        ExtendedOpenOption.DIRECT)) {
            ByteBuffer block = ByteBuffer.allocateDirect(2 * BLOCK).alignedSlice(BLOCK);
            assertThat(blocks.read(block.limit(BLOCK), position)).isEqualTo(BLOCK);
            block.put(offset, (byte) (block.get(offset) ^ 1));
            assertThat(blocks.write(block.flip(), position)).isEqualTo(BLOCK);
        }
    }

    /** Whatever became of the mount, the device is given back. */
    @Override
    public void close() throws InterruptedException {
        if (!output("umount", root.toString()).isGood()) {
            output("umount", "--lazy", root.toString());
        }
        output("losetup", "--detach", device);
    }
}
