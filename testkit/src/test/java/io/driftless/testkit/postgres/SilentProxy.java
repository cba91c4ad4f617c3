package io.driftless.testkit.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Passes bytes on between clients and a server, until it is told to be silent. */
final class SilentProxy implements AutoCloseable {
    private final String host;
    private final int port;
    private final ServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile AtomicBoolean isSilent = new AtomicBoolean();

    SilentProxy(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.listening = new ServerSocket(0, 10, InetAddress.getByName("localhost"));
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** What goes over the connections made so far is swallowed from now on; later ones work. */
    void silence() {
        AtomicBoolean before = isSilent;
        isSilent = new AtomicBoolean();
        before.set(true);
    }

    private void accept() {
        try {
            while (!listening.isClosed()) {
                Socket client = listening.accept();
                Socket server = new Socket(host, port);
                sockets.addAll(List.of(client, server));
                AtomicBoolean silence = isSilent;
                Thread.ofVirtual().start(() -> pass(client, server, silence));
                Thread.ofVirtual().start(() -> pass(server, client, silence));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static void pass(Socket from, Socket to, AtomicBoolean isSilent) {
        byte[] bytes = new byte[8_192];
        try (from;
                to) {
            for (int length = 0; length >= 0; length = from.getInputStream().read(bytes)) {
                if (!isSilent.get()) {
                    to.getOutputStream().write(bytes, 0, length);
                }
            }
        } catch (IOException closed) {
            // One of both has ended.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
