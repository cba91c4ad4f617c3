package io.driftless.adapter.disk;

/**
 * An open file or directory, or why it could not be opened.
 *
 * @param number the file descriptor, or a negative errno
 */
record Descriptor(int number) implements AutoCloseable {
    boolean isOpen() {
        return number >= 0;
    }

    /** What close says is of no use: what must be durable was synced before. */
    @Override
    public void close() {
        if (isOpen()) {
            Kernel.call(Syscall.CLOSE, number);
        }
    }
}
