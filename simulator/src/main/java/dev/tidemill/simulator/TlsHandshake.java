package dev.tidemill.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * TLS, right or wrong.
 *
 * <p>{@link Tls#OLD} is played by hand: it reads the client's first message and answers as a server would that knows nothing newer than
 * TLS 1.1, with a ServerHello of that version. Switching the old version on in the JDK would weaken the whole process.
 */
final class TlsHandshake implements Handshake {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Tls mode;
    private final SSLContext context;

    TlsHandshake(Tls mode, Authority authority) throws GeneralSecurityException, IOException {
        this.mode = mode;
        this.context = context(authority.identity(mode));
    }

    @Override
    public Socket secure(Socket bottom) throws IOException {
        return switch (mode) {
            case OFF -> bottom;
            case RESET -> throw reset(bottom);
            case OLD -> throw old(bottom);
            case GOOD, EXPIRED, WRONG_HOST, SELF_SIGNED -> handshake(bottom);
        };
    }

    private Socket handshake(Socket bottom) throws IOException {
        bottom.setSoTimeout(PATIENCE_MILLIS);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(bottom, null, bottom.getPort(), true);
        socket.setUseClientMode(false);
        socket.startHandshake();
        return socket;
    }

    private static Severed reset(Socket bottom) throws IOException {
        firstMessage(bottom);
        bottom.setSoLinger(true, 0);
        bottom.close();
        return new Severed();
    }

    private static Severed old(Socket bottom) throws IOException {
        firstMessage(bottom);
        byte[] hello = new byte[5 + 4 + 38];
        byte[] start = {0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2};
        System.arraycopy(start, 0, hello, 0, start.length);
        hello[5 + 4 + 34] = 0; // no session
        hello[5 + 4 + 35] = (byte) 0xc0; // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, which old and new both know
        hello[5 + 4 + 36] = 0x13;
        bottom.getOutputStream().write(hello);
        InputStream in = bottom.getInputStream();
        byte[] alert = new byte[64];
        while (in.read(alert) > 0) {
            // The client says why it goes, and goes.
        }
        return new Severed();
    }

    private static void firstMessage(Socket bottom) throws IOException {
        bottom.setSoTimeout(PATIENCE_MILLIS);
        InputStream in = bottom.getInputStream();
        byte[] header = in.readNBytes(5);
        if (header.length == 5) {
            in.readNBytes((header[3] & 0xff) << 8 | (header[4] & 0xff));
        }
    }

    private static SSLContext context(Authority.Identity identity) throws GeneralSecurityException, IOException {
        char[] password = "simulator".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, password);
        store.setKeyEntry("server", identity.key(), password, new Certificate[] {identity.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
