package io.driftless.adapter.s3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Sockets that take little at once. What the system has taken and not yet sent looks like silence:
 * with a buffer of megabytes, as it grows to by itself, the end of a body would need longer on a
 * slow way than an answer may take. With this much a body moves at the slowest speed that {@link
 * S3Patience} allows for.
 */
final class S3Sockets extends SocketFactory {
    private static final int SEND_BUFFER_BYTES = 256 << 10;

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = new Socket();
        socket.setSendBufferSize(SEND_BUFFER_BYTES);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw connectedElsewhere();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        throw connectedElsewhere();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw connectedElsewhere();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        throw connectedElsewhere();
    }

    private static UnsupportedOperationException connectedElsewhere() {
        return new UnsupportedOperationException("The client connects its sockets itself.");
    }
}
