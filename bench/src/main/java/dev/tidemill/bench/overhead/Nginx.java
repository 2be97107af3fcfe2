package dev.tidemill.bench.overhead;

import dev.tidemill.bench.Traffic;
import dev.tidemill.bench.process.Child;
import dev.tidemill.bench.process.Scratch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** nginx in its two parts: the provider that answers from memory, and the plain proxy that is the yardstick. */
record Nginx(Child child, URI url) implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(10);

    static Nginx upstream(Tools tools, Scratch scratch) throws InterruptedException {
        scratch.write("plain.json", Traffic.plainAnswer());
        scratch.write("stream.txt", Traffic.stream());
        return start(tools, scratch, "upstream", "upstream.conf", 0);
    }

    /** @param name tells several proxies of one run apart */
    static Nginx proxy(Tools tools, Scratch scratch, String name, Nginx upstream) throws InterruptedException {
        return start(tools, scratch, name, "proxy.conf", upstream.url.getPort());
    }

    private static Nginx start(Tools tools, Scratch scratch, String name, String template, int upstream)
            throws InterruptedException {
        int port = Scratch.freePort();
        String configuration = resource(template)
                .replace("@MODULES@", tools.modules().toString())
                .replace("@FOLDER@", scratch.file("").toString())
                .replace("@NAME@", name)
                .replace("@PORT@", Integer.toString(port))
                .replace("@UPSTREAM@", Integer.toString(upstream))
                // A worker started by root would become a user who may not enter the scratch folder.
                .replace("@USER@", "root".equals(System.getProperty("user.name")) ? "user root;" : "");
        String file = scratch.write(name + ".conf", configuration).toString();
        Child child = Child.start(
                name, scratch.file(name + ".log"), List.of(tools.nginx().toString(), "-c", file), Map.of());
        awaitPort(child, port);
        return new Nginx(child, URI.create("http://127.0.0.1:" + port));
    }

    private static void awaitPort(Child child, int port) throws InterruptedException {
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (!child.alive() || child.age().compareTo(START) > 0) {
                    throw new IllegalStateException("%s does not listen:%n%s".formatted(child.name(), child.tail()), e);
                }
                Thread.sleep(10);
            }
        }
    }

    static String resource(String name) {
        try (InputStream in = Nginx.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + ": not in the program's archive");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        child.close();
    }
}
