package io.driftless.testkit.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Speaks as much HTTP as one PUT or GET needs, and reads and writes so many bytes a second. */
final class SlowServer implements AutoCloseable {
    private static final int STEPS_PER_SECOND = 20;

    /** Little, so that what is not read stays with the client. */
    private static final int RECEIVE_BUFFER_BYTES = 256 << 10;

    private static final int STEP_MILLIS = 1_000 / STEPS_PER_SECOND;

    private final ServerSocket socket = new ServerSocket();
    private final AtomicLong received = new AtomicLong();
    private final int stepBytes;
    private volatile int held;
    private volatile int stopsAfter = Integer.MAX_VALUE;

    SlowServer(int bytesPerSecond) throws IOException {
        this.stepBytes = bytesPerSecond / STEPS_PER_SECOND;
        socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Bytes of bodies. */
    long receivedBytes() {
        return received.get();
    }

    /** Every object has so many zeroes. */
    void holds(int bytes) {
        held = bytes;
    }

    /** After so many bytes of an answer there is silence. */
    void stopsAfter(int bytes) {
        stopsAfter = bytes;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (SocketException closed) {
            // the end of the test
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            String head = head(in);
            if (head.startsWith("put ")) {
                take(in, length(head));
                say(client, "HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 0\r\n\r\n");
            } else {
                say(
                        client,
                        "HTTP/1.1 200 OK\r\nETag: \"x\"\r\nLast-Modified: Thu, 01 Jan 1970 00:00:00 GMT"
                                + "\r\nContent-Length: "
                                + held
                                + "\r\n\r\n");
                give(client.getOutputStream());
            }
            in.transferTo(OutputStream.nullOutputStream());
        } catch (SocketException closed) {
            // the client gave up
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void say(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new SocketException("closed before a request came");
            }
            head.append((char) next);
        }
        return head.toString().toLowerCase(Locale.ROOT);
    }

    private static int length(String head) {
        String field = "\r\ncontent-length: ";
        int from = head.indexOf(field) + field.length();
        return Integer.parseInt(head.substring(from, head.indexOf("\r\n", from)));
    }

    private void take(InputStream in, int length) throws IOException, InterruptedException {
        int left = length;
        while (left > 0) {
            Thread.sleep(STEP_MILLIS);
            int read = in.readNBytes(Math.min(stepBytes, left)).length;
            received.addAndGet(read);
            left -= read;
        }
    }

    private void give(OutputStream out) throws IOException, InterruptedException {
        int given = 0;
        while (given < Math.min(held, stopsAfter)) {
            Thread.sleep(STEP_MILLIS);
            int next = Math.min(stepBytes, held - given);
            out.write(new byte[next]);
            out.flush();
            given += next;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
