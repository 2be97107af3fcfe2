package dev.tidemill.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "version", description = "Version, commit it was built from, and Java.")
final class VersionCommand implements Callable<Integer> {
    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws IOException {
        Properties build = new Properties();
        try (InputStream in = VersionCommand.class.getResourceAsStream("build.properties")) {
            if (in != null) {
                build.load(in);
            }
        }
        System.out.println("tidemill " + build.getProperty("version", "unknown") + " (commit "
                + build.getProperty("commit", "unknown") + ", Java " + Runtime.version() + ")");
        return Exit.DONE;
    }
}
