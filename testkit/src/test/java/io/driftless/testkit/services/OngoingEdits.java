package io.driftless.testkit.services;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Somebody who works below a directory all the time: from a seed, some edits a second. */
final class OngoingEdits implements AutoCloseable {
    private static final int A_SECOND = 20;
    private static final int DIRECTORIES = 12;
    private static final int FILES = 30;
    private static final int MAX_BYTES = 40_000;

    private final Path top;
    private final Random random;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<Integer> working;

    private OngoingEdits(Path top, long seed) {
        this.top = top;
        this.random = new Random(seed);
        Callable<Integer> work = this::work;
        this.working = thread.submit(work);
    }

    static OngoingEdits below(Path top, long seed) {
        return new OngoingEdits(top, seed);
    }

    /** Ends it, and tells how many edits there were. */
    int stop() throws Exception {
        isOver.set(true);
        return working.get();
    }

    private int work() throws IOException, InterruptedException {
        int edits = 0;
        while (!isOver.get()) {
            edit();
            edits++;
            Thread.sleep(Duration.ofSeconds(1).dividedBy(A_SECOND));
        }
        return edits;
    }

    private void edit() throws IOException {
        Path directory = top.resolve("d" + random.nextInt(DIRECTORIES));
        Files.createDirectories(directory);
        Path file = directory.resolve("f" + random.nextInt(FILES));
        switch (random.nextInt(10)) {
            case 0 -> Files.deleteIfExists(file);
            case 1 -> rename(file, directory.resolve("f" + random.nextInt(FILES)));
            case 2 -> changeMode(file);
            case 3 ->
                    Files.write(
                            file, bytes(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            case 4 -> clear(directory);
            default -> Files.write(file, bytes());
        }
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(MAX_BYTES)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void rename(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void changeMode(Path file) throws IOException {
        if (Files.exists(file)) {
            String mode = random.nextBoolean() ? "rw-------" : "rwxr-xr-x";
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        }
    }

    /** Now and then a whole directory goes. */
    private void clear(Path directory) throws IOException {
        if (random.nextInt(4) > 0) {
            return;
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            found.forEach(files::add);
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(directory);
    }

    @Override
    public void close() {
        isOver.set(true);
        thread.close();
    }
}
