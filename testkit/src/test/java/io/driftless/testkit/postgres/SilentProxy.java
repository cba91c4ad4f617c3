package io.driftless.testkit.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** Passes bytes on between clients and a server, until it is told to be silent, or deaf. */
final class SilentProxy implements AutoCloseable {
    private static final int PIECE_BYTES = 8_192;

    private final String host;
    private final int port;
    private final ServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile AtomicReference<Manner> manner = new AtomicReference<>(Manner.PASSING);

    private enum Manner {
        PASSING,
        SILENT,
        DEAF
    }

    SilentProxy(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.listening = new ServerSocket();
        listening.setReceiveBufferSize(2 * PIECE_BYTES);
        listening.bind(new InetSocketAddress(InetAddress.getByName("localhost"), 0));
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** What goes over the connections made so far is swallowed from now on; later ones work. */
    void silence() {
        change(Manner.SILENT);
    }

    /**
     * In the middle of the next long message over each of the connections made so far nobody reads
     * any more; later ones work.
     */
    void deafen() {
        change(Manner.DEAF);
    }

    private void change(Manner next) {
        AtomicReference<Manner> before = manner;
        manner = new AtomicReference<>(Manner.PASSING);
        before.set(next);
    }

    private void accept() {
        try {
            while (!listening.isClosed()) {
                Socket client = listening.accept();
                Socket server = new Socket(host, port);
                sockets.addAll(List.of(client, server));
                AtomicReference<Manner> current = manner;
                Thread.ofVirtual().start(() -> pass(client, server, current));
                Thread.ofVirtual().start(() -> pass(server, client, current));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void pass(Socket from, Socket to, AtomicReference<Manner> manner) {
        byte[] bytes = new byte[PIECE_BYTES];
        try (from;
                to) {
            for (int length = 0; length >= 0; length = from.getInputStream().read(bytes)) {
                if (manner.get() == Manner.DEAF && length == PIECE_BYTES) {
                    ended.await();
                }
                if (manner.get() != Manner.SILENT) {
                    to.getOutputStream().write(bytes, 0, length);
                }
            }
        } catch (IOException | InterruptedException closed) {
            // One of both has ended.
        }
    }

    @Override
    public void close() throws IOException {
        ended.countDown();
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
